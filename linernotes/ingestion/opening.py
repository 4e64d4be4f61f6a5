"""Opens regular files of the landing zone, without following links.

The checks use the opened file, so that it cannot be replaced in between.
"""

import errno
import os
import stat
from io import BufferedReader
from pathlib import Path

LINK = "it is a link, and links are not followed; put the file itself there"
NO_FILE = (
    "it is not a regular file but a folder, a pipe, a device or the like; put a regular file there"
)
# Without these, opening would wait for a pipe's writer, or acquire a terminal.
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


class UnfitFileError(Exception):
    """The path is a link or not a regular file; the text says which, and what to do."""


def open_regular(root: Path, path: Path) -> BufferedReader:
    """Opens a regular file below a folder. The folder itself may be a link.

    Raises:
        UnfitFileError: it is not a regular file, or it or a folder on the path is a link.
        OSError: it does not exist, or may not be read.
    """
    *folders, name = path.relative_to(root).parts
    place = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for folder in folders:
            inner = _open(folder, _FLAGS | os.O_DIRECTORY, place)
            os.close(place)
            place = inner
        file = _open(name, _FLAGS, place)
    finally:
        os.close(place)
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise UnfitFileError(NO_FILE)
    return os.fdopen(file, "rb")


def _open(name: str, flags: int, place: int) -> int:
    try:
        return os.open(name, flags, dir_fd=place)
    except OSError as error:
        # With these flags a link to a folder does not count as a folder.
        if error.errno in (errno.ELOOP, errno.ENOTDIR):
            raise UnfitFileError(LINK) from None
        if error.errno in (errno.ENXIO, errno.ENODEV):
            raise UnfitFileError(NO_FILE) from None
        raise


def path_of(stream: BufferedReader, path: Path) -> Path:
    """A path by which a library opens the file that is already open."""
    opened = Path(f"/proc/self/fd/{stream.fileno()}")
    return opened if opened.exists() else path
