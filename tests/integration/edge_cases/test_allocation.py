"""Edge cases of pools, fees and rounding (E01-E12), each in a separate pool."""

from decimal import Decimal

import pytest

from tests.fixtures.worlds import Amounts, FeedBuilder, Rows, case


def equal_lines(
    world: FeedBuilder, name: str, gross: str, count: int = 3, **revenue: object
) -> None:
    """A pool of `gross` shared by `count` recordings with one use each."""
    terms = {"currency": revenue.get("currency", "EUR")}
    label = world.licensed(name, **terms)
    world.product(name)
    for number in range(1, count + 1):
        recording = world.recording(f"{name}-rec-{number}", owner=label)
        world.generation(name, [recording], territory=revenue.get("territory", "DE"))
    world.revenue(name, gross, **revenue)


@case
def e01_three_equal(world: FeedBuilder) -> None:
    equal_lines(world, "e01", "100.00")


def test_e01_three_equal_lines_extra_cent_goes_to_lowest_line_key(amounts: Amounts) -> None:
    assert amounts("e01") == {
        "e01-rec-1": Decimal("33.34"),
        "e01-rec-2": Decimal("33.33"),
        "e01-rec-3": Decimal("33.33"),
    }


@case
def e02_one_and_two(world: FeedBuilder) -> None:
    label = world.licensed("e02")
    world.product("e02")
    world.recording("e02-rec-1", owner=label)
    world.recording("e02-rec-2", owner=label)
    world.generation("e02", ["e02-rec-1"])
    world.generation("e02", ["e02-rec-2"])
    world.generation("e02", ["e02-rec-2"])
    world.revenue("e02", "100.00")


def test_e02_weights_one_and_two_split_in_thirds(amounts: Amounts) -> None:
    assert amounts("e02") == {"e02-rec-1": Decimal("33.33"), "e02-rec-2": Decimal("66.67")}


@case
def e03_two_cents(world: FeedBuilder) -> None:
    equal_lines(world, "e03", "0.02")


def test_e03_two_cents_over_three_lines_keeps_the_zero_line(amounts: Amounts, rows: Rows) -> None:
    assert list(amounts("e03").values()) == [Decimal("0.01"), Decimal("0.01"), Decimal("0.00")]
    assert rows(
        "select quantity from marts.fct_compensation_lines "
        "where product_id = 'e03' and side = 'MASTER'"
    ) == [
        (1,),
        (1,),
        (1,),
    ]


@case
def e04_tie_on_remainder(world: FeedBuilder) -> None:
    label = world.licensed("e04")
    world.product("e04", basis="plays")
    derivative = world.derivative("e04", ["e04-rec-1"])
    for number, weight in ((1, "0.50"), (2, "0.30"), (3, "0.20")):
        world.recording(f"e04-rec-{number}", owner=label)
        world.attribute(derivative, {f"e04-rec-{number}": weight})
    world.plays(derivative, 100)
    world.revenue("e04", "0.05")


def test_e04_equal_remainders_are_decided_by_line_key(amounts: Amounts) -> None:
    assert list(amounts("e04").values()) == [Decimal("0.03"), Decimal("0.01"), Decimal("0.01")]


@case
def e06_yen(world: FeedBuilder) -> None:
    equal_lines(world, "e06", "1000", currency="JPY", territory="JP")


def test_e06_a_yen_pool_is_split_in_whole_yen(amounts: Amounts) -> None:
    assert list(amounts("e06").values()) == [Decimal(334), Decimal(333), Decimal(333)]


@case
def e07_three_decimals(world: FeedBuilder) -> None:
    equal_lines(world, "e07", "10.000", currency="TND", territory="TN")


def test_e07_a_currency_of_three_decimals_keeps_them(amounts: Amounts) -> None:
    assert list(amounts("e07").values()) == [
        Decimal("3.334"),
        Decimal("3.333"),
        Decimal("3.333"),
    ]


@case
def e08_no_use(world: FeedBuilder) -> None:
    world.licensed("e08")
    world.product("e08", default_share_master="1")
    world.revenue("e08", "500.00")


def test_e08_a_pool_without_use_holds_its_share_in_no_usage(rows: Rows) -> None:
    held = rows(
        "select hold_bucket, quantity, amount, currency_code, partner_id "
        "from marts.fct_compensation_lines where product_id = 'e08' and side = 'MASTER'"
    )
    statement = rows(
        "select earned_amount, closing_amount, line_count from marts.fct_statements "
        "where contract_id = 'e08-contract' and report_month = date '2026-03-01'"
    )

    assert held == [("NO_USAGE", 0, Decimal("500.000"), "EUR", None)]
    assert statement == [(Decimal(0), Decimal(0), 0)]


@case
def e09_refunds_exceed_sales(world: FeedBuilder) -> None:
    label = world.licensed("e09", revenue_share="0.6")
    world.product("e09")
    world.generation("e09", [world.recording("e09-rec", owner=label)])
    world.revenue("e09", "100.00", refunds="220.00")


def test_e09_a_negative_net_pays_nothing_and_is_carried_as_deficit(
    amounts: Amounts, rows: Rows
) -> None:
    pool = rows(
        "select net_amount, deficit_amount from marts.fct_pools "
        "where product_id = 'e09' and side = 'MASTER'"
    )

    assert amounts("e09") == {"e09-rec": Decimal(0)}
    assert pool == [(Decimal(0), Decimal(-120))]


@case
def e10_territories_never_mixed(world: FeedBuilder) -> None:
    label = world.licensed("e10", currency="MXN")
    world.product("e10", basis="plays")
    for name, plays in (("a", 1), ("b", 999)):
        derivative = world.derivative("e10", [world.recording(f"e10-rec-{name}", owner=label)])
        world.plays(derivative, plays, territory="MX")
    world.plays(derivative, 1000, territory="US")
    world.revenue("e10", "1000", territory="MX", currency="MXN")
    world.revenue("e10", "7777", territory="US", currency="MXN")


def test_e10_an_artist_earns_only_in_the_pool_of_its_plays(rows: Rows) -> None:
    earned = rows(
        "select territory, amount from marts.fct_compensation_lines "
        "where product_id = 'e10' and object_id = 'e10-rec-a' and side = 'MASTER'"
    )

    assert earned == [("MX", Decimal("1.00"))]


def greater_of(world: FeedBuilder, name: str, subscribers: int) -> None:
    label = world.licensed(
        name, model="greater_of", revenue_share="0.6", per_subscriber_minimum="6.00"
    )
    world.product(name, basis="plays")
    derivative = world.derivative(name, [world.recording(f"{name}-rec", owner=label)])
    other = world.derivative(name, [world.recording(f"{name}-other")], generation_id=f"{name}-og")
    world.plays(derivative, 20)
    world.plays(other, 80)
    world.revenue(name, "10000.00", subscribers=subscribers)


@case
def e11_greater_of(world: FeedBuilder) -> None:
    greater_of(world, "e11-more", 1100)
    greater_of(world, "e11-tie", 1000)


@pytest.mark.parametrize(
    ("product", "expected"),
    [
        ("e11-more", ("1200.00", "1320.00", "PER_SUB", "1320.00")),
        ("e11-tie", ("1200.00", "1200.00", "REVSHARE", "1200.00")),
    ],
)
def test_e11_the_greater_arm_is_paid_once_and_a_tie_is_revenue_share(
    rows: Rows, product: str, expected: tuple[str, ...]
) -> None:
    fees = rows(
        "select share_arm_amount, per_subscriber_arm_amount, winning_arm, fee_payout_amount "
        f"from marts.fct_pool_fees where product_id = '{product}'"
    )

    share, subscriber, arm, fee = expected
    assert fees == [(Decimal(share), Decimal(subscriber), arm, Decimal(fee))]


@case
def e12_per_use_floor(world: FeedBuilder) -> None:
    label = world.licensed(
        "e12", model="greater_of", revenue_share="0.5", per_use_minimum="0.00225"
    )
    world.product("e12", basis="plays")
    derivative = world.derivative("e12", [world.recording("e12-rec", owner=label)])
    world.plays(derivative, 1_000_000, tier="ad_supported")
    world.revenue("e12", "4000.00", tier="ad_supported")


def test_e12_the_per_use_floor_beats_a_smaller_revenue_share(rows: Rows) -> None:
    fees = rows(
        "select share_arm_amount, per_use_arm_amount, winning_arm, fee_payout_amount "
        "from marts.fct_pool_fees where product_id = 'e12'"
    )

    assert fees == [(Decimal("2000.00"), Decimal("2250.00"), "PER_USE", Decimal("2250.00"))]
