"""Hides messages that Rust libraries print when they panic.

A panic is also raised as an exception, which is handled as such.
"""

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile

_ERROR_OUTPUT = 2


@contextmanager
def without_panics(scratch: Path) -> Generator[None]:
    """Captures the error output meanwhile, and prints everything except panics."""
    _flush()
    shown = os.dup(_ERROR_OUTPUT)
    try:
        with TemporaryFile(dir=scratch) as held:
            os.dup2(held.fileno(), _ERROR_OUTPUT)
            try:
                yield
            finally:
                _flush()
                os.dup2(shown, _ERROR_OUTPUT)
                held.seek(0)
                output = held.read()
                if output and b"panicked at" not in output:
                    os.write(_ERROR_OUTPUT, output)
    finally:
        os.close(shown)


def _flush() -> None:
    if sys.stderr is not None:
        sys.stderr.flush()
