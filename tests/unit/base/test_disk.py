"""Errors of the disk, as the system and several libraries raise them."""

import errno

import deltalake.exceptions
import duckdb
import polars as pl
import pytest

from linernotes.base import disk

WRAPPED = RuntimeError("the workbook cannot be closed")
WRAPPED.__cause__ = OSError(errno.ENOSPC, "No space left on device", "statement.xlsx")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "The disk is full. Free space"),
        (OSError(errno.EIO, "Input/output error", "a.json"), "The disk failed to read or write: a"),
        (OSError(errno.EROFS, "Read-only file system", b"a"), "read-only: a"),
        (PermissionError(errno.EACCES, "Permission denied", "/srv/a"), "denied: /srv/a"),
        (duckdb.IOException('Could not write "a": No space left on device'), "The disk is full"),
        (duckdb.FatalException("FATAL Error: fsync failed!"), "The disk failed to read or write"),
        (pl.exceptions.ComputeError("No space left on device (os error 28)"), "The disk is full"),
        (deltalake.exceptions.DeltaError("Generic error (os error 5)"), "The disk failed"),
        (ValueError(OSError(errno.EBUSY, "Device or resource busy")), "The file is in use"),
        (WRAPPED, "The disk is full: statement.xlsx"),
        (
            duckdb.OutOfMemoryException(
                "failed to offload data block of size 128.0 KiB (928.0 KiB/976.5 KiB used).\nThis"
                " limit was set by the 'max_temp_directory_size' setting."
            ),
            "The disk is full",
        ),
    ],
)
def test_trouble_with_the_disk_is_told_in_words(error: Exception, words: str) -> None:
    assert words in (disk.message_for(error) or "")


@pytest.mark.parametrize("error", [ValueError("no month"), FileNotFoundError(errno.ENOENT, "gone")])
def test_other_errors_have_no_words_of_the_disk(error: Exception) -> None:
    assert disk.message_for(error) is None
