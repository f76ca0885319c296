"""The language: text in, a tree of what it says out, and a sentence where it says nothing."""
