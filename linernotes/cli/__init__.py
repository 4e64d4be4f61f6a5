"""The command line: one module per group of commands, and their console.

The commands call the library, which they import when they need it.
"""
