"""Pasted symbols, and second spellings, with what they mean."""

OPERATORS = {"×": "*", "·": "*", "÷": "/", "−": "-", "**": "^", "≤": "<=", "≥": ">=", "≠": "!="}
CONSTANTS = {"π": "pi", "τ": "tau", "∞": "inf"}
POWERS = {"²": "2", "³": "3"}
