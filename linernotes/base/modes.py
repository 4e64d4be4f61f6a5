"""Who may read the files of a home: its owner, and the readers in the settings.

The umask makes every new file private, including those that libraries write. This module opens what
others may read, and closes homes of older versions.
"""

import os
import stat
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Literal, NamedTuple

Readers = Literal["owner", "group", "all"]

OWNER, OTHERS = 0o700, 0o077
READING_AND_ENTERING = {"owner": 0o000, "group": 0o050, "all": 0o055}
ENTERING = 0o011


class Changes(NamedTuple):
    """Changes to a home: the number of changed modes, and paths that belong to others."""

    changed: int
    foreign: list[Path]


def keep_private() -> None:
    """Makes everything that this process and its children write readable by its owner alone."""
    os.umask(OTHERS)


def shared(mode: int, readers: Readers) -> int:
    """The mode that lets readers read and enter whatever the owner may, and write nothing."""
    owner = mode & OWNER
    return owner | ((owner >> 3 | owner >> 6) & READING_AND_ENTERING[readers])


def share(path: Path, readers: Readers) -> None:
    """Lets the readers, and nobody else, read a file, or a folder and everything below it."""
    for one in (path, *_below(path)):
        _set(one, shared(one.stat().st_mode, readers))


def share_way(home: Path, folder: Path, readers: Readers) -> None:
    """Lets the readers reach a folder of a home: through the home, and into each folder between."""
    for one in (folder, *folder.parents):
        if one == home:
            _set(home, home_mode(readers))
            return
        _set(one, shared(one.stat().st_mode, readers))


def home_mode(readers: Readers) -> int:
    """The mode of a home: if others may read something in it, they may enter it."""
    return OWNER | READING_AND_ENTERING[readers] & ENTERING


def hold_home(
    home: Path, shared_roots: Collection[Path], left_alone: Collection[Path], readers: Readers
) -> Changes:
    """Gives everything in a home its mode, if the home itself does not have its own yet.

    The home comes last: if this is cut short, it is done again.

    Args:
        home: The home; where none is, nothing is done.
        shared_roots: What the readers may read.
        left_alone: What keeps its modes: folders in which other systems write, and secrets, about
        which the user has to be warned if others could read them.
        readers: Who may read what is shared.
    """
    if not home.is_dir() or stat.S_IMODE(home.stat().st_mode) & 0o777 == home_mode(readers):
        return Changes(0, [])
    changed, foreign = 0, []
    for path in (*_below(home, leaving=left_alone), home):
        is_shared = any(path.is_relative_to(root) for root in shared_roots)
        try:
            mode = path.stat().st_mode
            wanted = home_mode(readers) if path == home else shared(mode, "owner")
            changed += _set(path, shared(mode, readers) if is_shared else wanted)
        except FileNotFoundError:  # another command has removed it
            continue
        except OSError:
            foreign.append(path)
    return Changes(changed, foreign)


def why_open(file: Path) -> str | None:
    """Why a file is not safe for a secret, and what to do; None if only its owner can read it.

    A pipe, or another file that is not regular, holds nothing that others could read later.
    """
    found = file.stat()
    if not stat.S_ISREG(found.st_mode) or not found.st_mode & OTHERS:
        return None
    return (
        f"{file} can be read by other users of this machine: run `chmod 600 {file}`. If one of "
        "them may have read it, replace the secrets in it after that"
    )


def _below(folder: Path, leaving: Collection[Path] = ()) -> Iterator[Path]:
    """All files and folders below a folder, without links and their targets."""
    for root, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if Path(root, name) not in leaving]
        for name in (*folders, *files):
            path = Path(root, name)
            if path not in leaving and not path.is_symlink():
                yield path


def _set(path: Path, mode: int) -> bool:
    """Sets a mode, if the path has another; whether it had. Bits such as setgid stay."""
    now = stat.S_IMODE(path.stat().st_mode)
    wanted = now & ~0o777 | mode
    if now != wanted:
        path.chmod(wanted)
    return now != wanted
