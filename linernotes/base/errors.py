"""The base of every error that a user may see: its text says what, where and what to do.

Anything else that reaches the command line is a defect of ours and is reported as one.
"""


class LinernotesError(Exception):
    """A condition that the user can understand and act on."""
