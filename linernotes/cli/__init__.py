"""The command line: one module per group of commands, and how commands talk.

The work is in the library, which a command imports when it needs it.
"""
