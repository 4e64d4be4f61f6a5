"""What every kind of target can do, and which class does it for an agreed target.

The order of the steps, tries and records are not known here.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from linernotes.agreements import FolderTarget, S3Target, SftpTarget, Target

# An upload bears this ending until it is whole.
PART = ".part"
CHUNK = 1 << 20
# What the target says that it holds: bytes and, where it can be read back, SHA-256; or the ETag.
Acknowledgement = dict[str, Any]
OnBytes = Callable[[int], None]


class Destination(AbstractContextManager["Destination"], Protocol):
    """A place that files are brought to; a name is a path below it with slashes.

    Each call may be repeated after any fault and then takes up what is there. It raises
    `ConnectionFault` where another try may help, else `LinernotesError`.
    """

    def holding(self, name: str, size: int, sha256: str) -> Acknowledgement | None:
        """What the target says of a file with exactly these bytes; None if it has no such file."""
        ...

    def put(self, path: Path, name: str, sha256: str, on_bytes: OnBytes) -> Acknowledgement:
        """Brings a file; its name appears only when it is whole and holds what it should.

        Args:
            path: The file here.
            name: Its name there; one that is taken is replaced.
            sha256: What must have come out there.
            on_bytes: Called with how many bytes are there, each time some have come.
        """
        ...

    def flag(self, name: str) -> None:
        """Leaves an empty file."""
        ...

    def withdraw(self, name: str) -> None:
        """Takes away a file, if it is there."""
        ...


def open_destination(target: Target) -> Destination:
    """The destination of an agreed target, to be used in a `with` statement."""
    # Each client takes a while to import, and most homes need one of them.
    if isinstance(target, SftpTarget):
        from linernotes.delivery.sftp import SftpServer

        return SftpServer(target)
    if isinstance(target, S3Target):
        from linernotes.delivery.bucket import Bucket

        return Bucket(target)
    from linernotes.delivery.folder import Folder

    return Folder(target)


def described(target: Target) -> str:
    """A target in one line, without what is secret."""
    if isinstance(target, FolderTarget):
        return str(target.path)
    if isinstance(target, SftpTarget):
        path = target.path if target.path.startswith("/") else f"/./{target.path}"
        return f"sftp://{target.username}@{target.host}:{target.port}{path}"
    place = f"s3://{target.bucket}/{target.prefix}".rstrip("/")
    return f"{place} at {target.endpoint_url}" if target.endpoint_url else place


def alike(ours: bytes, theirs: bytes) -> int:
    """How many bytes from the start two texts have in common."""
    if ours == theirs:
        return len(ours)
    pairs = enumerate(zip(ours, theirs, strict=False))
    differing = (place for place, (one, other) in pairs if one != other)
    return next(differing, min(len(ours), len(theirs)))


def length_alike(source: BinaryIO, read: Callable[[int, int], bytes]) -> int:
    """How many bytes from the start a file here and one there have in common.

    Args:
        source: The file here, at its start.
        read: Reads there, from an offset, so many bytes; fewer only at the end.
    """
    offset = 0
    while theirs := read(offset, CHUNK):
        ours = source.read(len(theirs))
        common = alike(ours, theirs)
        offset += common
        if common < len(theirs):
            break
    return offset
