"""Builds that keep the months that no input can have changed, beside builds of everything.

Four months of random worlds are issued, so that what comes later belongs to May. After each
delivery the build keeps the months before a month that can be named, and equals one that
calculates all months.
"""

import importlib
import shutil
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from linernotes import ingestion, warehouse
from linernotes.base.checked_runs import BUILD, CheckedRun, record_run
from linernotes.base.settings import Settings
from linernotes.ingestion import DELIVERIES, open_lake
from linernotes.warehouse import kept_months
from linernotes.warehouse.kept_months import (
    Beginning,
    Kept,
    inputs_sha256_of,
    kept_of_last_build,
    remember_build,
)
from linernotes.warehouse.project import project_sha256
from tests.conftest import close_and_issue
from tests.fixtures.parity import differences
from tests.fixtures.random_worlds import worlds_of
from tests.fixtures.whole_calculation import COMPARED, whole_calculation
from tests.fixtures.worlds import FeedBuilder, add_rates

SEEDS = (7, 11)
ISSUED = [(date(2026, month, 1), datetime(2026, month + 1, 15, 6)) for month in (1, 2, 3, 4)]
FEBRUARY, MARCH, MAY = date(2026, 2, 1), date(2026, 3, 1), date(2026, 5, 1)
FIRST_FREEZE = datetime(2026, 6, 2, 6)
PRODUCT = "w7"


def freeze(number: int) -> datetime:
    return FIRST_FREEZE + timedelta(days=number)


def a_day_of_may(world: FeedBuilder, recorded_at: str) -> None:
    """Plays of known derivatives, a new recording with a derivative, and a decision from now on."""
    known = [row["derivative_id"] for row in worlds_of(SEEDS).rows["ai_usage/derivative_plays"]]
    for derivative in sorted(set(known))[:5]:
        world.plays(derivative, 70, play_date="2026-05-11", recorded_at=recorded_at)
    label = f"{PRODUCT}-0-label"
    recording = world.recording("new-in-may", owner=label, recorded_at=recorded_at)
    world.derivative(
        PRODUCT, [recording], occurred_at="2026-05-12T10:00:00Z", recorded_at=recorded_at
    )
    world.decision(
        "denied-in-may", label, "deny", valid_from="2026-05-05T00:00:00Z", recorded_at=recorded_at
    )
    world.revenue(PRODUCT, "90.00", usage_month="2026-05", recorded_at=recorded_at)


def nothing(world: FeedBuilder, recorded_at: str) -> None:
    """No rows: only the freeze is later."""


def plays_of_march(world: FeedBuilder, recorded_at: str) -> None:
    [row, *_] = [
        row
        for row in worlds_of(SEEDS).rows["ai_usage/derivative_plays"]
        if row["play_date"].startswith("2026-03")
    ]
    world.add(
        "ai_usage/derivative_plays",
        **row | {"plays": row["plays"] + 1000, "recorded_at": recorded_at},
    )


def enforcement(world: FeedBuilder, recorded_at: str) -> None:
    """It is learnt when the products obeyed a decision of February: its uses may be leakage."""
    [row, *_] = [
        row
        for row in worlds_of(SEEDS).rows["licensing/consents"]
        if row["valid_from"].startswith("2026-02")
    ]
    more = {"enforced_at": "2026-03-20T00:00:00Z", "recorded_at": recorded_at}
    world.add("licensing/consents", **row | more)


# What is delivered before a build, the first month that it calculates, and whether it keeps the
# changes of issued months.
STEPS: list[tuple[Callable[[FeedBuilder, str], None], date | None, bool]] = [
    (nothing, None, False),
    (a_day_of_may, MAY, True),
    (plays_of_march, MARCH, False),
    (nothing, MAY, True),
    (enforcement, FEBRUARY, False),
]


@pytest.mark.slow
def test_builds_that_keep_months_equal_builds_of_all_months(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Settings(home=tmp_path / "home")
    # A calculation beside a build knows no targets.
    home.home.mkdir()
    (home.home / "targets.toml").write_text("targets = []\n")
    worlds_of(SEEDS).write(home.landing_root, "world.jsonl")
    ingestion.admit_landing(home)
    for month, known_at in ISSUED:
        close_and_issue(home, month, known_at)
    found: list[list] = []
    find = kept_months.kept_of_last_build

    def kept(*arguments: Any) -> Kept:
        one = find(*arguments)
        found.append([one.first_month, bool(one.changes_state)])
        return one

    module = importlib.import_module("linernotes.warehouse.building")
    monkeypatch.setattr(module, "kept_of_last_build", kept)
    wrong = {}
    for number, (deliver, *_) in enumerate(STEPS):
        world, recorded = FeedBuilder(), freeze(number) - timedelta(hours=3)
        deliver(world, f"{recorded.isoformat()}Z")
        world.write(home.landing_root, f"step-{number}.jsonl")
        ingestion.admit_landing(home)
        warehouse.build(home, freeze(number))
        expected = whole_calculation(
            home, freeze(number), tmp_path / f"{number}.duckdb", tmp_path / f"sources-{number}"
        )
        if differing := differences(home.warehouse_file, expected, COMPARED):
            wrong[number] = differing

    assert wrong == {}
    assert found == [kept for _, *kept in STEPS]


BUILT_AT = datetime(2026, 3, 20, 6)
NOW, LATER = datetime(2026, 3, 25, 6), "2026-03-24T06:00:00Z"


def small_world() -> FeedBuilder:
    """One recording with plays of January, paid in EUR."""
    world = FeedBuilder()
    world.product("played", basis="plays")
    world.played("played", world.recording("rec", owner=world.licensed("played")), 60)
    world.revenue("played", "60.00", usage_month="2026-01", recorded_at="2026-02-05T06:00:00Z")
    add_rates(world)
    return world


# What the finder reads of a warehouse file.
BUILT = {
    "intermediate.int_statements__months": (
        "select unnest([date '2026-01-01', date '2026-02-01', date '2026-03-01']) as report_month"
    ),
    "intermediate.int_compensation__use_groups": (
        "select date '2026-01-01' as usage_month, 'rec' as object_id"
    ),
    "quality.deliveries": (
        "select *, cast(null as timestamp) as known_from from read_parquet({register})"
    ),
    "marts.fct_compensation_lines": (
        "select date '2026-02-01' as usage_month, 'USAGE' as line_type, false as is_issued"
    ),
    "marts.dim_line_types": (
        "select 'USAGE' as line_type, true as is_earning, false as is_correction"
    ),
    "marts.fct_unlicensed_uses": (
        "select date '2026-02-01' as usage_month, 'nobody' as owner_party_id"
    ),
}


def inputs_of(home: Settings, known_at: datetime) -> str:
    return inputs_sha256_of(home, known_at, ingestion.last_read_again(home))


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose January is issued, with a warehouse file that has what the finder reads."""
    home = Settings(home=tmp_path_factory.mktemp("issued"))
    small_world().write(home.landing_root, "world.jsonl")
    ingestion.admit_landing(home)
    close_and_issue(home, *ISSUED[0])
    warehouse.link_sources(home)
    register = [str(file) for file in open_lake(home).active_files(DELIVERIES)]
    with duckdb.connect(str(home.warehouse_file)) as connection:
        for name, query in BUILT.items():
            connection.execute(f"create schema if not exists {name.partition('.')[0]}")
            connection.execute(f"create table {name} as {query.format(register=register)}")
        run = CheckedRun("id", BUILD, BUILT_AT, project_sha256(), True, BUILT_AT)
        record_run(connection, run)
    remember_build(home, run, Beginning(inputs_of(home, BUILT_AT)))
    return home.home


@pytest.fixture
def home(issued: Path, tmp_path: Path) -> Settings:
    shutil.copytree(issued, tmp_path / "home", symlinks=False)
    return Settings(home=tmp_path / "home")


def kept(home: Settings, known_at: datetime = NOW) -> Kept:
    """What a build would keep, after a load."""
    ingestion.admit_landing(home)
    warehouse.link_sources(home)
    return kept_of_last_build(home, known_at, inputs_of(home, known_at))


def test_issued_month_and_its_changes_are_kept_if_nothing_is_new(home: Settings) -> None:
    found = kept(home)

    assert found.first_month == date(2026, 2, 1)
    assert found.changes_state
    assert found.all_months_at == BUILT_AT


def plays_recorded_before_the_build(home: Settings) -> None:
    world = FeedBuilder()
    world.plays("rec-played-0", 7, play_date="2026-01-20", recorded_at="2026-03-01T06:00:00Z")
    world.write(home.landing_root, "late.jsonl")


def rate_of_january(home: Settings) -> None:
    world = FeedBuilder()
    world.add(
        "finance/fx_rates",
        rate_date="2026-01-31",
        base_currency="EUR",
        quote_currency="USD",
        rate="1.26",
        provider="test",
        recorded_at=LATER,
    )
    world.write(home.landing_root, "late.jsonl")


def contract_that_converts_at_the_payment_date(home: Settings) -> None:
    world = FeedBuilder()
    world.contract("other", "played-partner", fx_rule="payment_date", recorded_at=LATER)
    world.write(home.landing_root, "late.jsonl")


def other_targets(home: Settings) -> None:
    (home.home / "targets.toml").write_text("targets = []\n")


def delivery_that_the_lake_has_lost(home: Settings) -> None:
    with duckdb.connect(str(home.warehouse_file)) as connection:
        connection.execute(
            "insert into quality.deliveries by name "
            "select 'lost' as delivery_id, 'lost' as sha256, 'loaded' as state, 1 as rows_loaded"
        )


def deliveries_read_again(home: Settings) -> None:
    ingestion.read_again(home, ["finance/revenue"], [], set())


def build_that_failed(home: Settings) -> None:
    warehouse.start_run(home)


@pytest.mark.parametrize(
    "change",
    [
        plays_recorded_before_the_build,
        rate_of_january,
        contract_that_converts_at_the_payment_date,
        other_targets,
        delivery_that_the_lake_has_lost,
        deliveries_read_again,
        build_that_failed,
    ],
)
def test_nothing_is_kept_after(home: Settings, change: Callable[[Settings], None]) -> None:
    change(home)

    assert kept(home) == Kept()


def test_nothing_is_kept_at_an_earlier_freeze_or_on_another_engine(home: Settings) -> None:
    assert kept(home, BUILT_AT - timedelta(days=1)) == Kept()
    assert kept(home.model_copy(update={"engine": "spark"})) == Kept()


def test_a_week_after_the_last_build_of_all_months_nothing_is_kept(home: Settings) -> None:
    week = timedelta(days=7)

    assert kept(home, BUILT_AT + week - timedelta(seconds=1)).first_month
    assert kept(home, BUILT_AT + week) == Kept()
