"""The intake with hostile files, one fault each, with independent expectations.

The files are beside the project and are only read; without them the tests are skipped.
"""

import csv
from pathlib import Path

import pytest

from linernotes.base.settings import PROJECT_ROOT, Settings
from linernotes.ingestion import LoadReport, admit_landing
from tests.fixtures.intake_home import IntakeHome
from tests.fixtures.verdicts import verdict

DIRTY = PROJECT_ROOT.parent / "shared" / "data" / "dirty"

# The expectation predates booleans in any case, which the contract now allows.
LATER_WORD = {"ai_usage/generations/booleans_of_every_sort.csv": "quarantined rows 3"}
# Another file has the days of this one too: the valid ones are already loaded.
KNOWN_DAYS = {"finance/ecb/rate_not_a_number.csv": "quarantined rows 1, duplicate rows 8"}

pytestmark = [
    pytest.mark.skipif(not DIRTY.exists(), reason="the shared data is not there"),
    pytest.mark.slow,
]


def expectations() -> list[tuple[str, str, str]]:
    if not DIRTY.exists():
        return []
    with (DIRTY / "expected.csv").open(encoding="utf-8", newline="") as lines:
        return [(row["file"], row["expected"], row["rows"]) for row in csv.DictReader(lines)]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dirty")


@pytest.fixture(scope="module")
def report(home: Path) -> LoadReport:
    return admit_landing(Settings(home=home, landing=DIRTY))


@pytest.mark.parametrize(("file", "expected", "rows"), expectations())
def test_intake_dirty_file_gets_the_verdict(
    report: LoadReport, file: str, expected: str, rows: str
) -> None:
    wanted = LATER_WORD.get(file, KNOWN_DAYS.get(file, expected))

    assert verdict(report, file) == wanted
    read = {delivery.name: delivery.rows_read for delivery in report.deliveries}
    assert not rows or file not in read or read[file] == int(rows)


def test_intake_dirty_files_rows_read_are_loaded_quarantined_or_duplicate(
    report: LoadReport,
) -> None:
    unbalanced = [
        delivery.name
        for delivery in report.deliveries
        if delivery.state == "loaded"
        and delivery.rows_read
        != delivery.rows_loaded + delivery.rows_quarantined + delivery.rows_duplicate
    ]

    assert unbalanced == []


def test_intake_dirty_files_every_quarantined_row_keeps_its_text_and_rules(
    report: LoadReport, home: Path
) -> None:
    rows = IntakeHome(home).table("raw_door__quarantined_rows")

    assert rows.height == sum(delivery.rows_quarantined for delivery in report.deliveries)
    assert rows["original_text"].null_count() == 0
    assert rows["broken_rules"].list.len().min() == 1
    assert rows["details"].null_count() == 0


def test_intake_dirty_files_loaded_again_change_nothing(report: LoadReport, home: Path) -> None:
    before = IntakeHome(home).contents()

    again = admit_landing(Settings(home=home, landing=DIRTY))

    refused = {delivery.name for delivery in report.deliveries if delivery.state == "refused"}
    assert {delivery.name for delivery in again.deliveries} == refused
    assert IntakeHome(home).contents() == before
