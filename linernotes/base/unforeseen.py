"""The account of an unexpected error: where it occurred, without the values involved.

An error's message may quote delivered data: keys of persons, names, whole rows. Readers of a log
may lack the right to read the lake. So messages of errors that are not ours are omitted.
"""

import os
import traceback

from linernotes.base.errors import LinernotesError

LEFT_OUT = "its message is left out, since it may quote what was delivered"


def account_of(error: BaseException) -> str:
    """The stack of an error and of its causes, with the kind of each."""
    parts, seen = [], set()
    current: BaseException | None = error
    while current and id(current) not in seen:
        seen.add(id(current))
        steps = "".join(traceback.format_tb(current.__traceback__))
        parts.append(f"{steps}{kind_of(current)} ({LEFT_OUT})\n")
        hides = current.__suppress_context__
        current = current.__cause__ or (None if hides else current.__context__)
    return "\nAfter it came:\n\n".join(reversed(parts))


def kind_of(error: BaseException) -> str:
    """The kind of an error, with the text of our own errors and that of a system error's number."""
    kind = type(error).__name__
    if isinstance(error, LinernotesError):
        return f"{kind}: {error}"
    if isinstance(error, OSError) and error.errno:
        return f"{kind}: {os.strerror(error.errno)}"
    return kind
