"""Programs: state and effects around the expressions of the language, which mean here what they mean there.

run.py          a whole program, from its text to its last statement
statements.py   blocks, loops, branches, assignments
expressions.py  names, calls, attributes and methods, where a program has more than an expression
context.py      what the rules of expressions ask, answered with numbers and tensors
functions.py    the functions that only programs have
members.py      the attributes and methods of what is no array
host.py         values of Python as values of a program, and back
"""
