"""Turns errors of a full, failing or locked disk into messages that a person can act on.

Libraries wrap the system's errors in their own, and some keep only the text, so the cause is
searched in both.
"""

import errno
import os
import re
from collections.abc import Iterator

# By error number: what is wrong, and what to do.
_WORDS = {
    errno.ENOSPC: ("The disk is full", "Free space there"),
    errno.EDQUOT: ("The quota of this user on the disk is used up", "Free space, or raise it"),
    errno.EIO: ("The disk failed to read or write", "Look at the system's log and at the disk"),
    errno.EROFS: ("The file system is read-only", "Mount it for writing, or take another home"),
    errno.EACCES: ("Permission is denied", "Correct who may read and write there"),
    errno.EPERM: ("The system does not permit it", "Correct who may read and write there"),
    errno.EBUSY: ("The file is in use", "End the program that uses it"),
    errno.ETXTBSY: ("The file is in use", "End the program that uses it"),
    errno.EMFILE: ("Too many files are open", "Raise the limit of open files (ulimit -n)"),
    errno.ENFILE: ("Too many files are open on this machine", "End what opens so many"),
    errno.ESTALE: ("The network file system lost the file", "Mount it again"),
}
_BY_TEXT = {os.strerror(number).lower(): number for number in _WORDS}
# Messages of DuckDB that do not contain the system's own text.
_BY_TEXT |= dict.fromkeys(("fsync failed", "could not write all bytes"), errno.EIO)
# By default DuckDB's limit is the free space.
_BY_TEXT["max_temp_directory_size"] = errno.ENOSPC
_IN_RUST = re.compile(r"os error (\d+)")
_AGAIN = "then run the command again. What was reported as done is on the disk."


def message_for(error: BaseException) -> str | None:
    """The message for an error that the disk caused; None for any other error."""
    for cause in _causes(error):
        number = _number(cause)
        if number in _WORDS:
            what, remedy = _WORDS[number]
            place = getattr(cause, "filename", None)
            where = f": {os.fsdecode(place)}" if isinstance(place, str | bytes) else ""
            return f"{what}{where}. {remedy}, {_AGAIN}"
    return None


def file_message_for(error: BaseException) -> str:
    """The message for an error of a library that could not read or write a file of its caller.

    Not every such error contains the system's text: if a disk fails, the writer of a Parquet footer
    reports only `transport error`.
    """
    message = " ".join(str(error).split())[:200]
    return message_for(error) or (
        f"A file could not be read or written ({type(error).__name__}: {message})."
        f" Check the system's log and the disk, {_AGAIN}"
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        # A library's error may carry the system's in its arguments.
        yield from (one for one in error.args if isinstance(one, BaseException))
        error = error.__cause__ or error.__context__


def _number(error: BaseException) -> int | None:
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno
    text = str(error).lower()
    if found := _IN_RUST.search(text):
        return int(found[1])
    return next((number for words, number in _BY_TEXT.items() if words in text), None)
