"""A sample of all points at which a command can be killed, cut, starved of disk or misdated.

`make faults` tries all of them.
"""

from collections.abc import Callable

import pytest

from tests.faults.__main__ import KINDS
from tests.faults.campaign import Bench, Point

pytestmark = [pytest.mark.faults, pytest.mark.slow]

SEED = 1
BenchOf = Callable[[str], Bench]
# Of each command: one point of each kind.
POINTS = len(KINDS)


def try_sample(bench: Bench) -> list[str]:
    """The points at which something was lost."""
    verdicts = [bench.try_point(point) for point in bench.evenly(SEED)[:POINTS]]
    assert len({one.point.kind for one in verdicts}) == POINTS
    return [str(one) for one in verdicts if one.faults]


# Scenario, disturbance, kind of operation, and how its path ends; each once lost something.
LOST_ONCE = [
    ("load", "broken", "once", "W", "/delivery/excluded.parquet"),
    ("load", "full", "once", "W", "/delivery/excluded.parquet"),
    ("load", "broken", "once", "W", "/delivery/rows-00000.parquet"),
    ("load", "full", "once", "W", "/delivery/rows-00000.parquet"),
    ("first load", "torn", "", "O", ".json"),
    ("report", "again", "strict", "F", "/2026-07"),
]


@pytest.mark.parametrize(("name", "kind", "when", "operation", "ending"), LOST_ONCE)
def test_point_at_which_something_was_lost_once_survives(
    bench_of: BenchOf,
    name: str,
    kind: str,
    when: str,
    operation: str,
    ending: str,
) -> None:
    """A full disk refused a file, and a package that was told as written was not on the disk."""
    bench = bench_of(name)
    numbers = [
        one.number
        for one in bench.operations
        if one.kind == operation and str(one.path).endswith(ending)
    ]

    verdicts = [bench.try_point(Point(name, kind, number, when)) for number in numbers[:2]]

    assert verdicts
    assert [str(one) for one in verdicts if one.faults] == []


class TestLake:
    """What is in the lake and what is published from it."""

    @pytest.mark.parametrize("name", ["first load", "load", "publish"])
    def test_lake_after_a_disturbed_command_and_the_same_again_is_as_undisturbed(
        self, bench_of: BenchOf, name: str
    ) -> None:
        """Loads synced nothing, a killed first load left a home that nothing could open."""
        assert try_sample(bench_of(name)) == []


class TestLedger:
    """What is drafted, approved and issued."""

    @pytest.mark.parametrize("name", ["draft", "approve", "first issue", "issue"])
    def test_ledger_after_a_disturbed_command_and_the_same_again_is_as_undisturbed(
        self, bench_of: BenchOf, name: str
    ) -> None:
        assert try_sample(bench_of(name)) == []


class TestPackages:
    """What partners get."""

    @pytest.mark.parametrize("name", ["report", "deliver"])
    def test_packages_after_a_disturbed_command_and_the_same_again_are_as_undisturbed(
        self, bench_of: BenchOf, name: str
    ) -> None:
        """After a cut the outbox held empty files that the record called delivered."""
        assert try_sample(bench_of(name)) == []
