"""Properties of any world: random worlds are closed month by month, and checked from outside.

Fifty small worlds are calculated in one run; a failing seed is identified by its world.
"""

import random
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from linernotes import ingestion, warehouse
from linernotes.base.settings import Settings
from linernotes.ledger.files import RECALCULATED
from linernotes.warehouse import recalculation
from tests.conftest import build_once, close_and_issue
from tests.fixtures.comparison import differences
from tests.fixtures.random_worlds import worlds_of
from tests.fixtures.worlds import FeedBuilder
from tests.reference import compute

pytestmark = pytest.mark.slow

CLOSINGS = [(date(2026, month, 1), datetime(2026, month + 1, 15, 6)) for month in (1, 2, 3)]
LAST_MONTH, LAST_KNOWN_AT = date(2026, 4, 1), datetime(2026, 5, 15, 6)
OPEN_FILE = "open.duckdb"
WORLDS = 50
# If it is the only world in a home, late input affects some of its months, but not all.
SMALL_HOMES = 2
RECORDED = settings(
    max_examples=1,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def load(settings: Settings, world: FeedBuilder) -> None:
    world.write(settings.landing_root)
    report = ingestion.admit_landing(settings)
    assert [one.name for one in report.deliveries if one.state != "loaded"] == []
    assert [one.name for one in report.deliveries if one.rows_quarantined] == []


def close_all(
    home: Path, world: FeedBuilder, shuffled_by: int | None = None, keeps_open: bool = False
) -> Path:
    """Load a world, close its months, and return the file of the last, open one."""
    if shuffled_by is not None:
        for rows in world.rows.values():
            random.Random(shuffled_by).shuffle(rows)
    settings = Settings(home=home)
    load(settings, world)
    for month, known_at in CLOSINGS:
        close_and_issue(settings, month, known_at)
        if month == CLOSINGS[0][0] and keeps_open:
            # February and March as two open months, before either is issued.
            warehouse.calculate_open_months(settings, *CLOSINGS[-1]).rename(home / OPEN_FILE)
    return warehouse.calculate_open_months(settings, LAST_MONTH, LAST_KNOWN_AT)


@pytest.fixture(scope="module")
def seeds() -> list[int]:
    """Fifty seeds, the same in every run; hypothesis draws them, so that they are not selected."""
    drawn: list[int] = []

    @RECORDED
    @given(st.lists(st.integers(0, 10**9), min_size=WORLDS, max_size=WORLDS, unique=True))
    def draw(seeds: list[int]) -> None:
        drawn[:] = seeds

    draw()
    return drawn


@pytest.fixture(scope="module")
def closed(seeds: list[int], shared_folder: Path) -> Path:
    def make(home: Path) -> None:
        close_all(home, worlds_of(seeds), keeps_open=True)

    home = build_once(shared_folder / "random", make)
    return home / "warehouse" / "closing" / f"{LAST_MONTH:%Y-%m}.duckdb"


def test_fifty_random_worlds_agree_with_the_second_calculation(
    closed: Path, seeds: list[int]
) -> None:
    closings = [(f"{month:%Y-%m}", known_at) for month, known_at in CLOSINGS]

    result = compute(worlds_of(seeds).rows, closings, LAST_KNOWN_AT)

    with duckdb.connect(str(closed), read_only=True) as connection:
        assert differences(connection, result, f"{LAST_MONTH:%Y-%m}") == []


def test_fifty_random_worlds_agree_while_two_months_are_open(
    closed: Path, seeds: list[int]
) -> None:
    """The draft of March includes the effects of issuing February, such as late consents."""
    [(first, first_known_at), *_, (last, known_at)] = CLOSINGS

    result = compute(worlds_of(seeds).rows, [(f"{first:%Y-%m}", first_known_at)], known_at)

    releases = [
        line
        for line in result.lines
        if (line.line_type, line.usage_month, line.report_month)
        == ("LATE_CONSENT", "2026-02", "2026-03")
    ]
    assert releases
    with duckdb.connect(str(closed.parents[2] / OPEN_FILE), read_only=True) as connection:
        assert differences(connection, result, f"{last:%Y-%m}") == []


def figures(file: Path) -> list[tuple]:
    """Every line and statement of a month-end file, in a fixed order."""
    with duckdb.connect(str(file), read_only=True) as connection:
        found = []
        for table in ("fct_compensation_lines", "fct_statements", "fct_holds", "fct_pool_fees"):
            found += connection.execute(
                f"select '{table}', cast(one as varchar) from marts.{table} as one order by all"
            ).fetchall()
        # Two runs differ only in the time when a statement was issued.
        return [(table, text.split("'issued_at'")[0]) for table, text in found]


def test_fifty_random_worlds_in_another_order_give_the_same_statements_e14(
    closed: Path, seeds: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINERNOTES_DUCKDB_THREADS", "1")

    shuffled = close_all(tmp_path, worlds_of(seeds), shuffled_by=11)

    assert figures(shuffled) == figures(closed)


def test_fifty_random_worlds_keep_every_issued_line_as_it_was(closed: Path) -> None:
    drafts = closed.parents[2] / "ledger" / "drafts"
    with duckdb.connect(str(closed), read_only=True) as connection:
        changed = connection.execute(
            f"""
            with
                drafted as (
                    select line_id, line_type, amount, quantity, weight_nano, report_month
                    from read_parquet('{drafts}/*/2026-0[123].v1.lines.parquet')
                ),
                shown as (
                    select line_id, line_type, amount, quantity, weight_nano, report_month
                    from marts.fct_compensation_lines
                    where is_issued
                )
            (from drafted except all from shown) union all (from shown except all from drafted)
            """
        ).fetchall()

    assert changed == []


def test_corrections_over_touched_months_equal_those_over_all_issued_months(
    seeds: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A month that is wrongly considered unaffected would keep a wrong sum unnoticed."""
    find_months = recalculation._affected_months
    found: list[tuple[date, date] | None] = []

    def find(*arguments: Any) -> tuple[date, date] | None:
        found.append(find_months(*arguments))
        return found[-1]

    all_months = (CLOSINGS[0][0], CLOSINGS[-1][0])
    corrected = 0
    for number, seed in enumerate(seeds[:SMALL_HOMES]):
        home = Settings(home=tmp_path / f"home-{number}")
        load(home, worlds_of([seed]))
        for month, known_at in CLOSINGS:
            close_and_issue(home, month, known_at)
        project = warehouse.compiled_project(home)
        rows = {}
        for name, requested in (("touched", find), ("all", lambda *_: all_months)):
            monkeypatch.setattr(recalculation, "_affected_months", requested)
            root = warehouse.link_sources(home, tmp_path / f"{name}-{number}")
            begin = partial(warehouse.calculation, project, root)
            warehouse.recalculate(begin, root, LAST_KNOWN_AT)
            with duckdb.connect() as connection:
                rows[name] = connection.execute(
                    f"from read_parquet('{root}/{RECALCULATED}/*.parquet') order by all"
                ).fetchall()
        monkeypatch.undo()
        assert rows["touched"] == rows["all"]
        corrected += len(rows["all"])

    assert corrected
    assert any(months != all_months for months in found)


def test_fifty_random_worlds_sum_over_report_months_to_one_computation_at_the_last_freeze(
    closed: Path, tmp_path: Path
) -> None:
    """The sum posted for a month, in all statements, is its present value.

    Statuses and proofs are left out, because a status that only changes its name posts nothing. The
    service's own line of late fraud, which brings a pool's sum to zero, is left out too, because it
    does not belong to a use.
    """
    settings = Settings(home=closed.parents[2])
    project = warehouse.compiled_project(settings)
    root = warehouse.link_sources(settings, tmp_path)
    thing = "pool_id, contract_id, contract_version, object_id, owner_party_id, hold_bucket, "
    thing += "usage_layer, currency_code"
    with warehouse.calculation(project, root) as run:
        run.run(warehouse.Scenario(LAST_KNOWN_AT), ["int_compensation__usage_lines"])
        run.connection.execute(f"attach '{closed}' as closed (read_only)")

        differing = run.connection.execute(
            f"""
            with
                digits as (select currency_code, minor_unit_digits from seeds.currencies),
                posted as (
                    select
                        {thing}, sum(amount * power(10, minor_unit_digits)::integer) as units,
                        sum(weight_nano) as weight
                    from closed.marts.fct_compensation_lines
                    inner join digits using (currency_code)
                    where
                        pool_id is not null
                        and usage_month <= date '2026-03-01'
                        and (contract_id is not null or hold_bucket is not null)
                    group by all
                ),
                valued as (
                    select {thing}, sum(amount_minor_units) as units, sum(weight_nano) as weight
                    from intermediate.int_compensation__usage_lines
                    where usage_month <= date '2026-03-01'
                    group by all
                )
            (from posted where units <> 0 or weight <> 0 except from valued)
            union all
            (from valued where units <> 0 or weight <> 0 except from posted)
            """
        ).fetchall()

    assert differing == []
