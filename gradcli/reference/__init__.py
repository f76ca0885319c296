"""What there is to know of a function, taken from its record: for ``gradcli functions`` and the README.

record ──> symbols (applied, pulled back, printed) ──> entries
└─────> calls (a sample with numbers) ───────────────┘
"""
