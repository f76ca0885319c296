"""Expressions as graphs of immutable nodes, and their derivatives as more of the same."""
