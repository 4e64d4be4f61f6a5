"""Writes that are on the disk when they return, and that never leave a partial file under its name.

Every file whose existence means that it is complete is written here: under a temporary name, synced
and renamed; then the folder is synced. Files of a killed run have names that start with
`UNFINISHED`.
"""

import os
import re
import secrets
import shutil
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

# Readers ignore such names, and the next run of the same work removes them.
UNFINISHED = ".unfinished-"
# Version 0.1 put the word at the end.
LEFTOVER = "*.unfinished*"
WRITER = re.compile(rf"{re.escape(UNFINISHED)}(\d+)-")
# What this process is writing: after a restart in a container, a dead process may have had its id.
_own: set[Path] = set()
# Folders whose names this process has synced.
_named: set[Path] = set()


@contextmanager
def replacing(target: Path, *, with_folder: bool = True) -> Generator[Path]:
    """Yields a path to write to; on leaving without an error the file becomes `target`.

    Args:
        target: The final file; an existing one is replaced atomically. The writer and the process's
            umask decide who may read it.
        with_folder: Whether the folder is synced, too. A caller that writes several files into one
            folder syncs it once.
    """
    make_folder(target.parent)
    unfinished = _free_name(target)
    try:
        yield unfinished
        sync(unfinished)
        unfinished.replace(target)
        if with_folder:
            sync(target.parent)
    finally:
        _let_go(unfinished)


def write_text(target: Path, text: str) -> None:
    """Writes a text as UTF-8 with line feeds, completely or not at all."""
    write_bytes(target, text.encode())


def write_bytes(target: Path, content: bytes, *, is_secret: bool = False) -> None:
    """Writes bytes, completely or not at all; only the owner can ever read a secret file."""
    with replacing(target) as unfinished:
        _fill(unfinished, content, is_secret)


def write_once(target: Path, content: str | bytes, *, is_secret: bool = False) -> bool:
    """Writes a file under a name that must be free; False if the name is taken."""
    make_folder(target.parent)
    unfinished = _free_name(target)
    try:
        _fill(unfinished, content.encode() if isinstance(content, str) else content, is_secret)
        sync(unfinished)
        try:
            os.link(unfinished, target)
        except FileExistsError:
            # Its writer may have been killed before the name was on the disk.
            sync(target.parent)
            return False
        sync(target.parent)
    finally:
        _let_go(unfinished)
    return True


def unfinished_folder(parent: Path) -> Path:
    """A new folder to fill, which `settle` then gives its name."""
    make_folder(parent)
    folder = _free_name(parent / "folder")
    folder.mkdir()
    return folder


def settle(unfinished: Path, target: Path) -> bool:
    """Names a filled folder once its content is on the disk; False if the name is taken."""
    sync_tree(unfinished)
    _own.discard(unfinished)
    try:
        # The system replaces a folder only if it is empty, and no version is ever empty.
        os.rename(unfinished, target)  # noqa: PTH104
    except OSError:
        if not target.exists():
            raise
        # The process that named it may have been killed before the name was on the disk.
        sync(target.parent)
        return False
    sync(target.parent)
    return True


def move(source: Path, target: Path) -> None:
    """Moves a finished file to its place, also from another file system.

    The folder is not synced: a caller that moves several files syncs it once.
    """
    sync(source)
    try:
        source.replace(target)
    except OSError:
        with replacing(target) as unfinished:
            shutil.copyfile(source, unfinished)
        source.unlink()


def make_folder(folder: Path) -> None:
    """Makes a folder and those above it; their names are on the disk when this returns."""
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    if folder not in _named:
        # Its creator may have been killed before the name was on the disk.
        with suppress(PermissionError):
            sync(folder.parent)
        _named.add(folder)
    for one in reversed(missing):
        one.mkdir(exist_ok=True)
        sync(one.parent)
        _named.add(one)


def sync(path: Path) -> None:
    """Syncs a file's content, or the names in a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Syncs a folder and everything below it to the disk."""
    for path in sorted(folder.iterdir()):
        if path.is_symlink():
            continue
        if path.is_dir():
            sync_tree(path)
        else:
            sync(path)
    sync(folder)


def clear_unfinished(folder: Path, *, is_deep: bool = False) -> list[Path]:
    """Removes what killed runs left in a folder, and returns the names.

    Files that a running process is writing are kept.

    Args:
        folder: Nothing is removed where it is not there.
        is_deep: Whether the folders below it are cleared, too.
    """
    found = sorted(folder.rglob(LEFTOVER) if is_deep else folder.glob(LEFTOVER))
    leftovers = [path for path in found if not _is_being_written(path)]
    for leftover in leftovers:
        if leftover.is_dir() and not leftover.is_symlink():
            # Another process may be clearing here, too.
            with suppress(FileNotFoundError):
                shutil.rmtree(leftover)
        else:
            leftover.unlink(missing_ok=True)
    return leftovers


def _fill(path: Path, content: bytes, is_secret: bool) -> None:
    mode = 0o600 if is_secret else 0o666
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)


def _is_being_written(path: Path) -> bool:
    found = WRITER.match(path.name)
    if not found:
        return False
    if int(found[1]) == os.getpid():
        return path in _own
    # Imported here: dbt's process on a cluster has this module, but not this library.
    import psutil

    try:
        # A killed process keeps its id until its parent has read its exit status.
        return psutil.Process(int(found[1])).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _free_name(target: Path) -> Path:
    """A hidden, short name beside the target, whose own name may have the maximum length."""
    name = f"{UNFINISHED}{os.getpid()}-{secrets.token_hex(4)}{target.suffix}"
    path = target.with_name(name)
    _own.add(path)
    return path


def _let_go(unfinished: Path) -> None:
    """Removes the temporary file."""
    _own.discard(unfinished)
    unfinished.unlink(missing_ok=True)
