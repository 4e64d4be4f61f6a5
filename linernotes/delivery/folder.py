"""Delivers into a folder that this machine can write to, such as a mounted share.

A file is whole on the disk before it gets its name.
"""

import errno
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from linernotes.agreements import FolderTarget
from linernotes.delivery.destination import CHUNK, PART, Acknowledgement, OnBytes, length_alike
from linernotes.delivery.errors import ConnectionFault
from linernotes.errors import LinernotesError
from linernotes.reporting import file_sha256
from linernotes.statements import sync

# What a share on another machine says when that machine is away.
AWAY = {errno.ESTALE, errno.ETIMEDOUT, errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.ENOTCONN}


class Folder:
    """A folder as a destination. It must be there: an absent one may be a share not mounted."""

    def __init__(self, target: FolderTarget) -> None:
        self._root = target.path

    def __enter__(self) -> Self:
        if not self._root.is_dir():
            raise LinernotesError(
                f"The folder {self._root} is not there. Make it, or mount the share that it "
                "belongs to, or correct `target` in the agreements; then deliver again."
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing is held open."""

    def holding(self, name: str, size: int, sha256: str) -> Acknowledgement | None:
        path = self._root / name
        with _in_words(path):
            if not path.is_file() or path.stat().st_size != size or file_sha256(path) != sha256:
                return None
        return {"bytes": size, "sha256": sha256}

    def put(self, path: Path, name: str, sha256: str, on_bytes: OnBytes) -> Acknowledgement:
        final = self._root / name
        part = final.with_name(final.name + PART)
        with _in_words(part):
            final.parent.mkdir(parents=True, exist_ok=True)
            with path.open("rb") as source, _opened(part) as sink:
                _complete(source, sink, on_bytes)
            found = file_sha256(part)
            if found != sha256:
                part.unlink()
                raise ConnectionFault(f"{part} came out with SHA-256 {found}, not {sha256}")
            size = part.stat().st_size
            part.replace(final)
            sync(final.parent)
        return {"bytes": size, "sha256": found}

    def flag(self, name: str) -> None:
        path = self._root / name
        with _in_words(path):
            path.touch()
            sync(path.parent)

    def withdraw(self, name: str) -> None:
        path = self._root / name
        with _in_words(path):
            if path.exists():
                path.unlink()
                sync(path.parent)


def _opened(part: Path) -> BinaryIO:
    return os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT, 0o644), "r+b")


def _complete(source: BinaryIO, sink: BinaryIO, on_bytes: OnBytes) -> None:
    """Writes what is missing of the source behind what an earlier try has written of it."""

    def read(offset: int, size: int) -> bytes:
        sink.seek(offset)
        return sink.read(size)

    offset = length_alike(source, read)
    source.seek(offset)
    sink.seek(offset)
    sink.truncate()
    while chunk := source.read(CHUNK):
        sink.write(chunk)
        offset += len(chunk)
        on_bytes(offset)
    sink.flush()
    os.fsync(sink.fileno())


@contextmanager
def _in_words(path: Path) -> Generator[None]:
    try:
        yield
    except OSError as reason:
        if reason.errno in AWAY:
            raise ConnectionFault(f"{path}: {reason.strerror}") from reason
        raise LinernotesError(
            f"{path} cannot be written: {reason.strerror}. Free space or correct who may write "
            "there; then deliver again, which goes on where this stopped."
        ) from reason
