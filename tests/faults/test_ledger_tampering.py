"""Whatever is changed, taken away, put back or written anew in the ledger stops the next issue.

The points are seeded, so that each run tries the same. A sample runs with the other tests; with
`LINERNOTES_FAULTS=all` every point does, as `make faults` has it.
"""

import os
import random
import shutil
from pathlib import Path

import pytest

from linernotes.base.settings import Settings
from linernotes.ledger.verification import verify_ledger
from linernotes.statements import issue
from tests.conftest import build_once
from tests.faults.tampering import (
    KINDS,
    WORDS,
    copy_of,
    every_point,
    forge_header,
    try_points,
)
from tests.fixtures.issued_ledger import (
    NEXT_MONTH,
    as_version_1,
    leave_witness,
    make_issued_ledger,
    rehash,
)

POINTS, SAMPLE = 300, 48


@pytest.fixture(scope="session")
def issued_ledger(shared_folder: Path) -> Path:
    return build_once(shared_folder / "issued-ledger", make_issued_ledger)


@pytest.fixture
def settings(issued_ledger: Path, tmp_path: Path) -> Settings:
    return copy_of(issued_ledger, tmp_path / "home")


def points() -> list[tuple[str, int]]:
    every = every_point()
    assert len(every) == POINTS
    if os.environ.get("LINERNOTES_FAULTS") == "all":
        return every
    # Each kind is in the sample, the more of it there is the more often.
    return [*every[:: POINTS // SAMPLE], *((kind, 1) for kind in KINDS)]


def test_ledger_nobody_touched_holds_and_issues(settings: Settings) -> None:
    """Without this the harness could find fault with everything."""
    assert [str(problem) for problem in verify_ledger(settings)] == []

    issue(settings, NEXT_MONTH, by="Ben")

    assert verify_ledger(settings) == []


def test_ledger_tampered_with_is_found_and_stops_issue(issued_ledger: Path, tmp_path: Path) -> None:
    """All points in one test, so that a run says which were missed."""
    verdicts = list(try_points(issued_ledger, tmp_path, points()))

    assert [one for one in verdicts if not (one.is_found and one.is_stopped)] == []
    assert {one.kind for one in verdicts} == KINDS.keys() == WORDS.keys()


def test_ledger_of_version_1_holds_and_is_sealed_by_the_next_entry(settings: Settings) -> None:
    """Ledgers without signatures go on, and cannot be changed after the next issue."""
    as_version_1(settings)
    shutil.rmtree(settings.keys_root)
    leave_witness(settings, "none of them")
    assert [str(problem) for problem in verify_ledger(settings)] == []

    issue(settings, NEXT_MONTH, by="Ben")

    assert [str(problem) for problem in verify_ledger(settings)] == []
    forge_header(settings, 1, random.Random(1))
    rehash(settings, 1)
    assert verify_ledger(settings)
