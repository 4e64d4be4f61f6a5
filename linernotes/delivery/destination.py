"""The interface of all kinds of target, and the class for an agreed target.

`shipping` has the order of steps, attempts and records.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from linernotes.agreements import FolderTarget, S3Target, SftpTarget, Target

# The file extension of an incomplete upload.
PART = ".part"
CHUNK = 1 << 20
# What the target acknowledges: bytes and, if it can be read back, SHA-256; or the ETag.
Acknowledgement = dict[str, Any]
OnBytes = Callable[[int], None]


class Destination(AbstractContextManager["Destination"], Protocol):
    """A place that files are delivered to; a name is a path below it with slashes.

    Each call may be repeated after any fault and then resumes. It raises `ConnectionFault` if
    another attempt may help, and otherwise `LinernotesError`.
    """

    def holding(self, name: str, size: int, sha256: str) -> Acknowledgement | None:
        """The target's acknowledgement of a file with exactly these bytes; None if it lacks it."""
        ...

    def put(self, path: Path, name: str, sha256: str, on_bytes: OnBytes) -> Acknowledgement:
        """Delivers a file; its name appears only when its content is complete and verified.

        Args:
            path: The file here.
            name: Its name there; an existing file is replaced.
            sha256: The expected hash there.
            on_bytes: Called with the number of bytes there, whenever it has changed.
        """
        ...

    def flag(self, name: str) -> None:
        """Writes an empty file."""
        ...

    def withdraw(self, name: str) -> None:
        """Removes a file, if it exists."""
        ...


def open_destination(target: Target) -> Destination:
    """The destination of an agreed target, to be used in a `with` statement."""
    # Each client takes time to import, and most homes need only one.
    if isinstance(target, SftpTarget):
        from linernotes.delivery.sftp import SftpServer

        return SftpServer(target)
    if isinstance(target, S3Target):
        from linernotes.delivery.bucket import Bucket

        return Bucket(target)
    from linernotes.delivery.folder import Folder

    return Folder(target)


def described(target: Target) -> str:
    """A target in one line, without secrets."""
    if isinstance(target, FolderTarget):
        return str(target.path)
    if isinstance(target, SftpTarget):
        path = target.path if target.path.startswith("/") else f"/./{target.path}"
        return f"sftp://{target.username}@{target.host}:{target.port}{path}"
    place = f"s3://{target.bucket}/{target.prefix}".rstrip("/")
    return f"{place} at {target.endpoint_url}" if target.endpoint_url else place


def alike(ours: bytes, theirs: bytes) -> int:
    """The length of the common prefix of two byte strings."""
    if ours == theirs:
        return len(ours)
    pairs = enumerate(zip(ours, theirs, strict=False))
    differing = (place for place, (one, other) in pairs if one != other)
    return next(differing, min(len(ours), len(theirs)))


def length_alike(source: BinaryIO, read: Callable[[int, int], bytes]) -> int:
    """The length in bytes of the common prefix of a local and a remote file.

    Args:
        source: The file here, at its start.
        read: Reads a number of bytes there from an offset; fewer only at the end.
    """
    offset = 0
    while theirs := read(offset, CHUNK):
        ours = source.read(len(theirs))
        common = alike(ours, theirs)
        offset += common
        if common < len(theirs):
            break
    return offset
