"""Delivers into a folder that this machine can write to, such as a mounted share.

A file is complete on the disk before it gets its name. The partner may write there too, so links
below the folder are not followed: they could lead into this machine.
"""

import errno
import hashlib
import os
import stat
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import BinaryIO, Self

from linernotes.agreements import FolderTarget
from linernotes.base.errors import LinernotesError
from linernotes.delivery.destination import CHUNK, PART, Acknowledgement, OnBytes, length_alike
from linernotes.delivery.errors import ConnectionFault

# Errors of a network share whose machine is unreachable.
AWAY = {errno.ESTALE, errno.ETIMEDOUT, errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.ENOTCONN}
# Errors for a link, or for a file in place of a folder.
LINKED = {errno.ELOOP, errno.ENOTDIR}
READ_FOLDER = os.O_RDONLY | os.O_DIRECTORY
OWNERS, OTHERS_READING, OTHERS_ENTERING = 0o600, 0o044, 0o011
# Non-blocking, because opening a pipe would wait for ever.
PLAINLY = os.O_NOFOLLOW | os.O_NONBLOCK


class Folder:
    """A folder as a destination. It must exist: a missing one may be an unmounted share."""

    def __init__(self, target: FolderTarget) -> None:
        self._root = target.path

    def __enter__(self) -> Self:
        if not self._root.is_dir():
            raise LinernotesError(
                f"The folder {self._root} is not there. Create it, or mount its share, or correct "
                "`target` in the agreements; then deliver again."
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing has to be closed."""

    def holding(self, name: str, size: int, sha256: str) -> Acknowledgement | None:
        with _in_words(self._root / name):
            try:
                with self._folder_of(name) as (folder, last):
                    found = _found(folder, last)
            except FileNotFoundError:
                return None
        return {"bytes": size, "sha256": sha256} if found == (size, sha256) else None

    def put(self, path: Path, name: str, sha256: str, on_bytes: OnBytes) -> Acknowledgement:
        part = self._root / (name + PART)
        with _in_words(part), self._folder_of(name, make=True) as (folder, last):
            descriptor = _opened(folder, last + PART, os.O_RDWR | os.O_CREAT)
            with os.fdopen(descriptor, "r+b") as sink, path.open("rb") as source:
                _complete(source, sink, on_bytes)
            size, found = _found(folder, last + PART)
            if found != sha256:
                os.unlink(last + PART, dir_fd=folder)
                raise ConnectionFault(f"{part} came out with SHA-256 {found}, not {sha256}")
            os.replace(last + PART, last, src_dir_fd=folder, dst_dir_fd=folder)
            os.fsync(folder)
        return {"bytes": size, "sha256": found}

    def flag(self, name: str) -> None:
        with (
            _in_words(self._root / name),
            self._folder_of(name, make=True) as (folder, last),
        ):
            os.close(_opened(folder, last, os.O_WRONLY | os.O_CREAT))
            os.fsync(folder)

    def withdraw(self, name: str) -> None:
        with _in_words(self._root / name):
            try:
                with self._folder_of(name) as (folder, last):
                    os.unlink(last, dir_fd=folder)
                    os.fsync(folder)
            except FileNotFoundError:
                return

    @contextmanager
    def _folder_of(self, name: str, *, make: bool = False) -> Generator[tuple[int, str]]:
        """Yields the open folder of a file, and the file's name in it."""
        *folders, last = PurePosixPath(name).parts
        here = os.open(self._root, READ_FOLDER)
        try:
            for folder in folders:
                if make:
                    _make_folder(here, folder)
                below = os.open(folder, READ_FOLDER | os.O_NOFOLLOW, dir_fd=here)
                os.close(here)
                here = below
            yield here, last
        finally:
            os.close(here)


def _make_folder(parent: int, name: str) -> None:
    try:
        os.mkdir(name, dir_fd=parent)
    except FileExistsError:
        return
    made = os.open(name, READ_FOLDER | os.O_NOFOLLOW, dir_fd=parent)
    try:
        _open_as(made, parent, 0o700, OTHERS_READING | OTHERS_ENTERING)
    finally:
        os.close(made)
    os.fsync(parent)


def _opened(folder: int, name: str, flags: int) -> int:
    """The descriptor of a regular file."""
    descriptor = os.open(name, flags | PLAINLY, OWNERS, dir_fd=folder)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.ENOTDIR, "no plain file")
    if flags & os.O_CREAT:
        _open_as(descriptor, folder, OWNERS, OTHERS_READING)
    return descriptor


def _open_as(descriptor: int, folder: int, own: int, others: int) -> None:
    """Gives readers of the folder access to delivered files, whatever the process's umask."""
    # Some network file systems have no modes.
    with suppress(PermissionError):
        os.fchmod(descriptor, own | os.fstat(folder).st_mode & others)


def _found(folder: int, name: str) -> tuple[int, str]:
    """Bytes and SHA-256 of a file."""
    with os.fdopen(_opened(folder, name, os.O_RDONLY), "rb") as file:
        size = os.fstat(file.fileno()).st_size
        return size, hashlib.file_digest(file, "sha256").hexdigest()


def _complete(source: BinaryIO, sink: BinaryIO, on_bytes: OnBytes) -> None:
    """Appends the rest of the source to what an earlier attempt has written."""

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
        if reason.errno in LINKED:
            raise LinernotesError(
                f"{path} cannot be written: part of the path is a link or not a regular folder or "
                "file, and may lead elsewhere. Ask the partner to remove it; then deliver again."
            ) from reason
        raise LinernotesError(
            f"{path} cannot be written: {reason.strerror}. Free space or correct who may write "
            "there; then deliver again, which resumes this delivery."
        ) from reason
