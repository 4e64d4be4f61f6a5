"""The account of an unforeseen error: where it came about, and none of the values it was about.

An error's message may quote what was delivered: keys of persons, names, whole rows. Who reads a log
may not be one who may read the lake. So the messages of errors that are not ours are left out.
"""

import os
import traceback

from linernotes.base.errors import LinernotesError

LEFT_OUT = "its message is left out, since it may quote what was delivered"


def account_of(error: BaseException) -> str:
    """Every step to an error and to its causes, with the kind of each."""
    told, seen = [], set()
    current: BaseException | None = error
    while current and id(current) not in seen:
        seen.add(id(current))
        steps = "".join(traceback.format_tb(current.__traceback__))
        told.append(f"{steps}{kind_of(current)} ({LEFT_OUT})\n")
        hides = current.__suppress_context__
        current = current.__cause__ or (None if hides else current.__context__)
    return "\nAfter it came:\n\n".join(reversed(told))


def kind_of(error: BaseException) -> str:
    """What kind of error it is; of ours the words, of the system's what it says of its number."""
    kind = type(error).__name__
    if isinstance(error, LinernotesError):
        return f"{kind}: {error}"
    if isinstance(error, OSError) and error.errno:
        return f"{kind}: {os.strerror(error.errno)}"
    return kind
