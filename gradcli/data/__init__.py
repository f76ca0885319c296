"""Values for names, and tables of rows: files in and out."""
