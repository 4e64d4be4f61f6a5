"""Commands that run at the same time, and readers while what they read is swapped."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from linernotes.base.settings import Settings
from linernotes.ledger.issuances import issuances
from linernotes.ledger.verification import verify_ledger
from tests.faults.campaign import Bench
from tests.faults.scenarios import JULY
from tests.faults.shim import Disturbance

pytestmark = [pytest.mark.faults, pytest.mark.slow]

COMMAND = "tests.faults.steps:command"
BenchOf = Callable[[str], Bench]


@pytest.mark.parametrize(
    ("name", "count"), [("first load", 8), ("load", 8), ("issue", 4), ("deliver", 3)]
)
def test_command_run_many_times_at_once_leaves_what_one_leaves(
    bench_of: BenchOf, name: str, count: int
) -> None:
    bench = bench_of(name)

    ended = bench.run_together([bench.job()] * count)

    assert [one.printed for one in ended if bench.bad_words(one)] == []
    assert any(one.status == 0 for one in ended)
    assert bench.differences() == []


def test_draft_and_issue_at_once_leave_a_ledger_that_holds(bench_of: BenchOf) -> None:
    bench = bench_of("issue")
    home = str(bench.place / "home")
    draft: list[Any] = [["--home", home, "statement", "draft", "--month", JULY]]

    ended = bench.run_together([(COMMAND, draft, Disturbance()), bench.job()])
    bench.run_together([bench.job()])

    assert [one.printed for one in ended if bench.bad_words(one)] == []
    assert bench.differences() == []
    settings = Settings(home=Path(home))
    assert verify_ledger(settings) == []
    assert len(issuances(settings)) == 2


def test_readers_while_publications_are_swapped_never_fail(bench_of: BenchOf) -> None:
    bench = bench_of("publish")
    home = str(bench.place / "home")
    reading = ("tests.faults.steps:read_often", [home, 60], Disturbance())
    often = [home, 15]

    publishing, *readers = bench.run_together(
        [("tests.faults.steps:publish_often", often, Disturbance()), reading, reading]
    )

    assert publishing.status == 0, publishing.printed
    assert [(one.status, one.printed) for one in readers] == [(0, ""), (0, "")]
