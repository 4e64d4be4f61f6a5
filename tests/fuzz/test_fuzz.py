"""Mutants of valid files at the intake; `make fuzz` tries many more.

A manifest nested too deep or with half a character, and Parquet columns of bytes, of durations or
of structs, ended the load of all files after them.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.shim import Commands
from tests.fixtures.intake_home import IntakeHome
from tests.fuzz.judging import Fuzz
from tests.fuzz.mutations import mutant
from tests.fuzz.seeds import seeds

pytestmark = pytest.mark.slow

SEED, FILES = 1, 300


@pytest.fixture(scope="module")
def commands() -> Iterator[Commands]:
    with Commands() as found:
        yield found


@pytest.mark.parametrize("first", range(0, FILES, 100))
def test_intake_mutated_files_are_answered_one_by_one_and_no_row_is_lost(
    commands: Commands, tmp_path: Path, first: int
) -> None:
    found = [str(one) for one in Fuzz(commands, tmp_path, SEED).faults(range(first, first + 100))]

    assert found == []


@pytest.mark.parametrize("form", [".csv", ".jsonl", ".parquet"])
def test_seeds_of_every_feed_load(tmp_path: Path, form: str) -> None:
    """Mutants of files that the intake refuses at once would test little."""
    intake_home = IntakeHome(tmp_path)
    wanted = [seed for seed in seeds() if seed.ending == form]
    for seed in wanted:
        intake_home.put(f"{seed.feed}/1{form}", seed.content)

    report = intake_home.load()

    # The sample world has some bad rows of its own.
    unexpected = [one for one in report.deliveries if one.rows_loaded <= one.rows_quarantined]
    assert [(one.name, one.reason, one.rows_quarantined) for one in unexpected] == []
    assert len(report.deliveries) == len(wanted)


def test_mutants_of_a_number_are_the_same_every_time() -> None:
    assert [mutant(number, SEED) for number in range(50)] == [
        mutant(number, SEED) for number in range(50)
    ]
