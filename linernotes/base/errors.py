"""The base class of every error for users: its text names what is wrong, where, and what to do.

Any other exception that reaches the command line is reported as a defect.
"""


class LinernotesError(Exception):
    """A condition that the user can understand and act on."""


def first_line(error: BaseException) -> str:
    """The first line of an error, for records; only the kind if its message may quote a row."""
    if isinstance(error, LinernotesError):
        return (str(error).splitlines() or [""])[0]
    return type(error).__name__
