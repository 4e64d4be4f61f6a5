"""The shim, compiled once, and a process to run commands under it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import build_once
from tests.faults.shim import COMPILER, Commands, build_shim


@pytest.fixture(scope="session")
def library(shared_folder: Path) -> Path:
    """The compiled shim."""
    if COMPILER is None:
        pytest.skip("no C compiler is here, with which disks are made to fail: install gcc")
    return build_once(shared_folder / "shim", _build) / "shim.so"


def _build(folder: Path) -> None:
    folder.mkdir()
    build_shim(folder)


@pytest.fixture(scope="session")
def commands(library: Path) -> Iterator[Commands]:
    with Commands(library) as found:
        yield found
