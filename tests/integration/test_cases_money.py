"""Small inputs modelled on reports of faulty statements, each closed month by month.

The inputs are beside the project and are only read; without them the tests are skipped. One world
is made here, for a month in which nobody has a pool.
"""

import shutil
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from linernotes import ingestion, warehouse
from linernotes.base.settings import PROJECT_ROOT, Settings
from tests.conftest import close_and_issue
from tests.fixtures.worlds import FeedBuilder, add_rates

CASES = PROJECT_ROOT.parent / "shared" / "data" / "cases"
JANUARY, FEBRUARY, MARCH = (date(2026, month, 1) for month in (1, 2, 3))

needs_cases = pytest.mark.skipif(not CASES.exists(), reason="the shared data is not there")


def loaded(home: Path, name: str) -> Settings:
    settings = Settings(home=home)
    shutil.copytree(CASES / name / "landing", settings.landing_root)
    ingestion.admit_landing(settings)
    return settings


def closings(file: Path, columns: str) -> dict[str, tuple]:
    with duckdb.connect(str(file), read_only=True) as connection:
        rows = connection.execute(
            f"select contract_id, {columns} from marts.fct_statements "
            "where report_month = (select max(report_month) from marts.fct_statements)"
        ).fetchall()
    return {contract: tuple(values) for contract, *values in rows}


def test_statement_e97_of_a_month_in_which_nobody_has_a_pool_opens_with_what_was_carried(
    tmp_path: Path,
) -> None:
    """Regression: with neither uses nor revenue, February had no statement for anybody."""
    world = FeedBuilder()
    add_rates(world)
    label = world.licensed("quiet", minimum_payout="500.00")
    world.product("quiet", basis="plays")
    world.recording("quiet-rec", owner=label)
    world.played("quiet", "quiet-rec", 10)
    world.revenue("quiet", "100", usage_month="2026-01", recorded_at="2026-02-05T06:00:00Z")
    settings = Settings(home=tmp_path)
    world.write(settings.landing_root)
    ingestion.admit_landing(settings)
    close_and_issue(settings, JANUARY, datetime(2026, 2, 15, 6))

    file = warehouse.calculate_open_months(settings, FEBRUARY, datetime(2026, 3, 15, 6))

    assert closings(file, "report_month, opening_amount, carried_amount") == {
        "quiet-contract": (FEBRUARY, Decimal("100.000"), Decimal("100.000"))
    }


@needs_cases
def test_money_after_issue_has_statements_in_a_month_in_which_nobody_has_a_pool(
    tmp_path: Path,
) -> None:
    settings = loaded(tmp_path, "money-after-issue")
    close_and_issue(settings, JANUARY, datetime(2026, 2, 15))
    close_and_issue(settings, FEBRUARY, datetime(2026, 3, 15))

    file = warehouse.calculate_open_months(settings, MARCH, datetime(2026, 4, 15))

    carried = closings(file, "report_month, opening_amount, closing_amount")
    opening = sorted(amount for month, amount, _ in carried.values() if amount)
    assert {month for month, *_ in carried.values()} == {MARCH}
    assert opening == [Decimal("-300.000"), Decimal("-50.000")]


@needs_cases
def test_split_sheets_count_sums_within_a_millionth_of_100_percent_as_100_e62(
    tmp_path: Path,
) -> None:
    settings = loaded(tmp_path, "split-sheets")

    file = warehouse.calculate_open_months(settings, MARCH, datetime(2026, 4, 15))

    with duckdb.connect(str(file), read_only=True) as connection:
        found = connection.execute(
            "select product_id, hold_bucket, sum(weight_nano) "
            "from marts.fct_compensation_lines where side = 'MASTER' and hold_bucket is not null "
            "and product_id in ('split9999-prod', 'split10002-prod', 'splite12-prod') "
            "group by all order by all"
        ).fetchall()
    # The excess of 0.000000000002 in the sum holds nothing.
    assert found == [
        ("split10002-prod", "DISPUTE", 1_000_000_000),
        ("split9999-prod", "UNCLAIMED", 100_000),
    ]
