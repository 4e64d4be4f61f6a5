"""The shim, compiled once, a process to run commands under it, and a bench for each command."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import build_once
from tests.faults.campaign import Bench
from tests.faults.scenarios import SCENARIOS
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


@pytest.fixture(scope="session")
def bench_of(
    commands: Commands, library: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Bench]:
    """Gives the bench of a scenario with its home as it is before the command.

    Each bench is made once, and lent to one test after the other.
    """
    made: dict[str, Bench] = {}

    def bench_of(name: str) -> Bench:
        if name not in made:
            folder = tmp_path_factory.mktemp("bench") / "one"
            made[name] = Bench(commands, library, folder, SCENARIOS[name])
        made[name].lay_out()
        return made[name]

    return bench_of
