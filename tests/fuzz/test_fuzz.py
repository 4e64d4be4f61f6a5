"""Mutants of valid files at the door; `make fuzz` tries many more.

A manifest nested too deep, and Parquet columns of bytes or of durations, ended the load of all
files after them.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.shim import Commands
from tests.fuzz.judging import Fuzz
from tests.fuzz.mutations import mutant
from tests.fuzz.seeds import seeds

pytestmark = pytest.mark.slow

SEED, FILES = 1, 300
# What is found and not mended yet: each line goes with its mend.
KNOWN = (
    r"ends the load \(70\): RecursionError",
    r"ends the load \(70\): pyo3_runtime\.PanicException.*BinaryView to JSON",
    r"ends the load \(70\): polars.*casting from Duration",
)


@pytest.fixture(scope="module")
def commands() -> Iterator[Commands]:
    with Commands() as found:
        yield found


@pytest.mark.parametrize("first", range(0, FILES, 100))
def test_door_mutated_files_are_answered_one_by_one_and_no_row_is_lost(
    commands: Commands, tmp_path: Path, first: int
) -> None:
    found = [str(one) for one in Fuzz(commands, tmp_path, SEED).faults(range(first, first + 100))]

    assert [one for one in found if not any(re.search(known, one) for known in KNOWN)] == []


def test_seeds_are_of_every_feed_and_load_whole(commands: Commands, tmp_path: Path) -> None:
    """Mutants of files that no feed takes would test nothing."""
    from tests.fixtures.doorstep import Doorstep

    doorstep = Doorstep(tmp_path / "home")
    for number, seed in enumerate(seeds()):
        # The same rows in another form would be duplicates.
        if not any(seed.feed == other.feed for other in seeds()[:number]):
            path = doorstep.settings.landing_root / seed.feed / f"{number}{seed.ending}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(seed.content)

    report = doorstep.load()

    astray = [one for one in report.deliveries if one.state != "loaded" or one.rows_quarantined]
    assert [(one.name, one.reason, one.rows_quarantined) for one in astray] == []
    assert len(report.deliveries) == len({seed.feed for seed in seeds()})


def test_mutants_of_a_number_are_the_same_every_time() -> None:
    assert [mutant(number, SEED) for number in range(50)] == [
        mutant(number, SEED) for number in range(50)
    ]
