"""The door against a landing zone made of real public data, delivery by delivery.

The files lie beside the project and are only read; without them there is nothing to test.
"""

import csv
from pathlib import Path

import pytest

from linernotes.base.settings import PROJECT_ROOT, Settings
from linernotes.ingestion import LoadReport, admit_landing
from tests.fixtures.verdicts import verdict

DATA = PROJECT_ROOT.parent / "shared" / "data"

pytestmark = [
    pytest.mark.skipif(not DATA.exists(), reason="the shared data is not there"),
    pytest.mark.slow,
]


def expectations() -> list[dict[str, str]]:
    if not DATA.exists():
        return []
    with (DATA / "landing_expected.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> LoadReport:
    home: Path = tmp_path_factory.mktemp("landing")
    return admit_landing(Settings(home=home, landing=DATA / "landing"))


@pytest.mark.parametrize("row", expectations(), ids=lambda row: row["file"])
def test_door_real_file_gets_the_verdict_and_the_counts(
    report: LoadReport, row: dict[str, str]
) -> None:
    outcome = next(delivery for delivery in report.deliveries if delivery.name == row["file"])

    assert verdict(report, row["file"]) == row["expected"]
    if row["rows"]:
        counts = (
            outcome.rows_read,
            outcome.rows_loaded,
            outcome.rows_quarantined,
            outcome.rows_duplicate,
        )
        assert counts == tuple(
            int(row[name]) for name in ("rows", "loaded", "quarantined", "duplicate")
        )


def test_door_real_landing_ignores_no_file(report: LoadReport) -> None:
    assert report.ignored_files == {}
