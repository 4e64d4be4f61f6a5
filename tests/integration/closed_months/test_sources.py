"""Edge cases of weights and routes in closed months: gaps, floors, sides, most specific routes."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from linernotes import ingestion, warehouse
from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from tests.fixtures.worlds import FeedBuilder, Rows, closed_case


def sold(world: FeedBuilder, product_id: str, gross: str, **more: object) -> None:
    row = {"usage_month": "2026-01", "recorded_at": "2026-02-05T06:00:00Z"}
    world.revenue(product_id, gross, **row | more)


def master(rows: Rows, product_id: str) -> list[tuple]:
    return rows(
        "select object_id, hold_bucket, amount from marts.fct_compensation_lines "
        f"where product_id = '{product_id}' and side = 'MASTER' order by all"
    )


@closed_case
def e46_sum_a_hair_over_one(world: FeedBuilder) -> None:
    label = world.licensed("e46")
    world.product("e46", basis="plays")
    for key in "ab":
        world.recording(f"e46-{key}", owner=label)
    derivative = world.played("e46", "e46-a", 10)
    weights = {"e46-a": "0.6000002", "e46-b": "0.4000002"}
    world.attribute(derivative, weights, recorded_at="2026-01-02T00:00:00Z")
    sold(world, "e46", "10.00")


def test_e46_weights_that_sum_to_one_within_a_millionth_are_normalised(closed_rows: Rows) -> None:
    assert master(closed_rows, "e46") == [
        ("e46-a", None, Decimal("6.000")),
        ("e46-b", None, Decimal("4.000")),
    ]


@closed_case
def e47_under_the_floor(world: FeedBuilder) -> None:
    for name, rule in (("e47-hold", "hold"), ("e47-service", "service")):
        label = world.licensed(name)
        world.product(name, basis="plays", weight_floor="0.005", remainder_rule=rule)
        for key in "ab":
            world.recording(f"{name}-{key}", owner=label)
        derivative = world.played(name, f"{name}-a", 10)
        weights = {f"{name}-a": "0.996", f"{name}-b": "0.004"}
        world.attribute(derivative, weights, recorded_at="2026-01-02T00:00:00Z")
        sold(world, name, "1000.00")


def test_e47_a_source_under_the_floor_follows_the_remainder_rule(closed_rows: Rows) -> None:
    assert master(closed_rows, "e47-hold") == [
        ("e47-hold-a", None, Decimal("996.000")),
        (None, "UNATTRIBUTED", Decimal("2.400")),
    ]
    assert master(closed_rows, "e47-service") == [("e47-service-a", None, Decimal("996.000"))]


@closed_case
def e48_one_side_alone(world: FeedBuilder) -> None:
    label = world.licensed("e48")
    world.product("e48", basis="plays", attribution_fallback="hold", default_share_work="0.1")
    world.recording("e48-rec", owner=label)
    derivative = world.played("e48", "e48-rec", 10)
    world.attribute(derivative, {"e48-rec": "1"}, recorded_at="2026-01-02T00:00:00Z")
    sold(world, "e48", "100.00")


def test_e48_recordings_are_paid_while_the_works_side_is_unattributed(closed_rows: Rows) -> None:
    assert closed_rows(
        "select side, hold_bucket, amount from marts.fct_compensation_lines "
        "where product_id = 'e48' order by 1"
    ) == [("MASTER", None, Decimal("100.000")), ("WORK", "UNATTRIBUTED", Decimal("10.000"))]


@closed_case
def e71_umbrella_and_direct_deal(world: FeedBuilder) -> None:
    label = world.licensed("e71")
    world.party("e71-direct-partner", kind="partner")
    world.contract("e71-direct-contract", "e71-direct-partner")
    world.route(label, "e71-direct-partner", "e71-direct-contract", territory="FR")
    world.product("e71", basis="plays")
    world.recording("e71-rec", owner=label)
    for territory in ("DE", "FR"):
        world.played("e71", "e71-rec", 10, territory=territory)
        sold(world, "e71", "10.00", territory=territory)


def test_e71_the_most_specific_route_wins_and_nothing_is_paid_twice(closed_rows: Rows) -> None:
    assert closed_rows(
        "select territory, contract_id, amount from marts.fct_compensation_lines "
        "where product_id = 'e71' and side = 'MASTER' order by 1"
    ) == [
        ("DE", "e71-contract", Decimal("10.000")),
        ("FR", "e71-direct-contract", Decimal("10.000")),
    ]


@pytest.mark.parametrize(
    ("rate_day", "is_found"),
    [("2026-01-28", True), ("2026-01-27", False)],
    ids=["3 days", "4 days"],
)
def test_e83_a_rate_is_at_most_three_days_old_and_never_one(
    tmp_path: Path, rate_day: str, is_found: bool
) -> None:
    world = FeedBuilder()
    label = world.licensed("e83")
    world.product("e83", basis="plays")
    world.played("e83", world.recording("e83-rec", owner=label), 10, territory="US")
    sold(world, "e83", "12.50", territory="US", currency="USD")
    world.add(
        "finance/fx_rates",
        rate_date=rate_day,
        base_currency="EUR",
        quote_currency="USD",
        rate="1.25",
        provider="test",
        recorded_at=f"{rate_day}T15:00:00Z",
    )
    settings = Settings(home=tmp_path)
    world.write(settings.landing_root)
    ingestion.admit_landing(settings)

    def close() -> Path:
        return warehouse.calculate_open_months(settings, date(2026, 1, 1), datetime(2026, 2, 15))

    if is_found:
        assert close().exists()
    else:
        with pytest.raises(LinernotesError, match="No exchange rate within 3 days"):
            close()
