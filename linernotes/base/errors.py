"""The base of every error that a user may see: its text says what, where and what to do.

Anything else that reaches the command line is a defect of ours and is reported as one.
"""


class LinernotesError(Exception):
    """A condition that the user can understand and act on."""


def first_line(error: BaseException) -> str:
    """What an error says, for records; one that nobody foresaw may quote a row, so its kind."""
    if isinstance(error, LinernotesError):
        return (str(error).splitlines() or [""])[0]
    return type(error).__name__
