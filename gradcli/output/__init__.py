"""Results, graphs and errors as text: nothing here computes anything."""
