"""Kernels on NumPy arrays, where one NumPy function does not say it; a module a topic of the table."""
