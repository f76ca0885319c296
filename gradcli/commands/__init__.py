"""The command line: one file a command, imported when it is called.

    command   options and words -> a Request (inputs) -> Expression -> Answer -> printing

The only package that imports click.
"""
