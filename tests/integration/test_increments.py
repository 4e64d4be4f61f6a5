"""Ten builds of a home that grows equal those of new homes, at the same freezes, row by row.

A random world's days, corrections, consents, transfers, withdrawals and late files arrive in ten
deliveries in random order; after the fourth, a month is issued. A third of what comes later was
recorded before that, and so comes late.
"""

import random
import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from linernotes import ingestion
from linernotes.base.settings import Settings
from tests.conftest import close_and_issue
from tests.fixtures.parity import differences, tables_of
from tests.fixtures.random_worlds import worlds_of
from tests.fixtures.whole_calculation import COMPARED, whole_calculation
from tests.fixtures.worlds import FeedBuilder

pytestmark = pytest.mark.slow

SEEDS = (7, 11)
BUILDS = 10
FIRST_FREEZE = datetime(2026, 5, 15, 6)
ISSUED_AFTER, ISSUED_MONTH = 4, date(2026, 1, 1)
# What has to be there before money can be calculated at all.
AT_ONCE = ("finance/fx_rates", "licensing/contracts", "licensing/products", "catalog/routes")
LATE_SHARE = 1 / 3


def freeze(number: int) -> datetime:
    return FIRST_FREEZE + timedelta(days=number)


def deliveries(world: FeedBuilder) -> list[FeedBuilder]:
    """The rows of a world in ten parts by chance; most but the first are recorded on their day."""
    chance = random.Random(3)
    parts = [FeedBuilder() for _ in range(BUILDS)]
    for feed, rows in world.rows.items():
        for seconds, row in enumerate(rows):
            part = 0 if feed in AT_ONCE else chance.randrange(BUILDS)
            if part and chance.random() >= LATE_SHARE:
                recorded = freeze(part + 1) - timedelta(hours=12) + timedelta(seconds=seconds)
                row = row | {"recorded_at": f"{recorded.isoformat()}Z"}
            parts[part].rows.setdefault(feed, []).append(row)
    return parts


def test_each_of_ten_builds_equals_that_of_a_new_home_at_the_same_freeze(tmp_path: Path) -> None:
    world = worlds_of(SEEDS)
    grown = Settings(home=tmp_path / "grown")
    wrong = {}

    for number, part in enumerate(deliveries(world), 1):
        known_at = freeze(number)
        part.write(grown.landing_root, f"part-{number:02}.jsonl")
        ingestion.admit_landing(grown)
        new = Settings(home=tmp_path / f"new-{number}")
        shutil.copytree(grown.landing_root, new.landing_root)
        ingestion.admit_landing(new)
        for name in ("ledger", "keys"):
            if (grown.home / name).exists():
                shutil.copytree(grown.home / name, new.home / name)
        one = whole_calculation(grown, known_at, tmp_path / f"{number}.duckdb")
        if found := differences(
            one, whole_calculation(new, known_at, new.home / "built.duckdb"), COMPARED
        ):
            wrong[number] = found
        shutil.rmtree(new.home)
        if number == ISSUED_AFTER:
            close_and_issue(grown, ISSUED_MONTH, known_at + timedelta(hours=1))

    assert wrong == {}
    assert len(tables_of(tmp_path / f"{BUILDS}.duckdb", COMPARED)) > 100
    # The deliveries did change figures, and issued ones among them.
    assert all(
        differences(tmp_path / f"{number}.duckdb", tmp_path / f"{number + 1}.duckdb", COMPARED)
        for number in range(1, BUILDS)
    )
    with duckdb.connect(str(tmp_path / f"{BUILDS}.duckdb"), read_only=True) as connection:
        [[corrections]] = connection.execute(
            "select count(*) from marts.fct_compensation_lines "
            "where usage_month = ? and not is_issued",
            [ISSUED_MONTH],
        ).fetchall()
    assert corrections > 0
