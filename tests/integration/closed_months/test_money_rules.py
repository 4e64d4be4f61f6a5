"""Rules of money in difficult cases: versions, gaps, ends of contracts and late fraud.

Every sum is round, so that a case can be added up by eye.
"""

from decimal import Decimal

import pytest

from tests.fixtures.worlds import FeedBuilder, Rows, closed_case
from tests.integration.closed_months.test_statements import earning, sell, statement

MADE = "2026-01-01T07:00:00Z"


def pool_lines(rows: Rows, product: str, *columns: str, where: str = "true") -> list[tuple]:
    """Lines of a product in January's own statements."""
    return rows(
        f"select {', '.join(columns)}, amount from marts.fct_compensation_lines "
        f"where product_id = '{product}' and report_month = date '2026-01-01' and {where} "
        "order by all"
    )


@closed_case
def e52_a_gap_of_which_a_part_is_held(world: FeedBuilder) -> None:
    label = world.licensed("e52-gap")
    world.product("e52-gap", basis="plays", default_share_master="1", remainder_rule="service")
    world.product("e52-hold", basis="plays", attribution_fallback="hold")
    world.recording("e52-gap-rec", owner=label)
    world.derivative(
        "e52-hold",
        ["e52-gap-rec"],
        derivative_id="e52-parent",
        occurred_at="2026-01-01T05:00:00Z",
        recorded_at="2026-01-01T05:01:00Z",
    )
    child = world.played("e52-gap", "e52-gap-rec", 10)
    world.attribute(child, {"e52-gap-rec": "0.5", "e52-parent": "0.1"}, recorded_at=MADE)
    sell(world, "e52-gap", "01", "100")


def test_e52_only_the_part_of_a_gap_that_has_to_be_held_is_held(closed_rows: Rows) -> None:
    """Regression: all of the gap of 50.00 was held, also the part that attribution left open."""
    found = pool_lines(closed_rows, "e52-gap", "object_id", "hold_bucket", where="side = 'MASTER'")

    assert found == [
        ("e52-gap-rec", None, Decimal("50.000")),
        (None, "UNATTRIBUTED", Decimal("10.000")),
    ]


@closed_case
def e48_works_with_shares_under_100_percent(world: FeedBuilder) -> None:
    label = world.licensed("e48-short", side="WORK")
    world.product("e48-short", basis="plays", default_share_master="0", default_share_work="1")
    for number, share in (("one", "0.6"), ("two", "0.3")):
        work = f"e48-short-{number}"
        world.add("catalog/works", work_id=work, title=work, writer_party_ids=["e48-writer"])
        world.add(
            "catalog/recording_works", recording_id="e48-short-rec", work_id=work, share=share
        )
        world.owns(label, work, side="WORK")
    world.recording("e48-short-rec")
    world.played("e48-short", "e48-short-rec", 10)
    sell(world, "e48-short", "01", "100")


def test_e48_works_with_90_percent_of_the_shares_leave_10_percent_unattributed(
    closed_rows: Rows,
) -> None:
    """Regression: 60 % and 30 % were scaled up to two thirds and one third."""
    found = pool_lines(closed_rows, "e48-short", "object_id", "hold_bucket", where="side = 'WORK'")

    assert found == [
        ("e48-short-one", None, Decimal("60.000")),
        ("e48-short-two", None, Decimal("30.000")),
        (None, "UNATTRIBUTED", Decimal("10.000")),
    ]


@closed_case
def e72_a_contract_ends_between_two_generations_and_their_plays(world: FeedBuilder) -> None:
    label = world.licensed("e72-ended", valid_to="2026-01-08T00:00:00Z")
    world.decision("e72-ended-yes", label, "allow", valid_from="2026-01-01T05:00:00Z")
    world.product("e72-ended", basis="plays", default_share_master="1")
    world.recording("e72-ended-rec", owner=label)
    world.played("e72-ended", "e72-ended-rec", 10)
    early = world.played("e72-ended", "e72-ended-rec", 20)
    for row in world.rows["ai_usage/generations"]:
        if row.get("derivative_id") == early:
            row["occurred_at"] = "2026-01-01T04:00:00Z"
    sell(world, "e72-ended", "01", "30")


def test_e72_weight_without_a_contract_names_no_status_and_no_proof_on_one_line(
    closed_rows: Rows,
) -> None:
    """Regression: the plays named the decision and the clause of their generations."""
    found = pool_lines(
        closed_rows,
        "e72-ended",
        "hold_bucket",
        "consent_status",
        "consent_proof_id",
        where="side = 'MASTER'",
    )

    assert found == [("UNROUTED", None, None, Decimal("30.000"))]


@closed_case
def e73_a_higher_version_for_another_product(world: FeedBuilder) -> None:
    label = world.licensed("e73-other")
    world.contract(
        "e73-other-contract",
        "e73-other-partner",
        version=2,
        product_ids=["e73-elsewhere"],
        valid_from="2026-01-16T00:00:00Z",
    )
    world.product("e73-other", basis="plays", default_share_master="1")
    world.recording("e73-other-rec", owner=label)
    world.played("e73-other", "e73-other-rec", 10, day="2026-01-10")
    world.played("e73-other", "e73-other-rec", 10, day="2026-01-20")
    sell(world, "e73-other", "01", "100")


def test_e73_a_higher_version_replaces_the_lower_for_products_that_it_does_not_name(
    closed_rows: Rows,
) -> None:
    found = pool_lines(
        closed_rows, "e73-other", "contract_version", "hold_bucket", where="side = 'MASTER'"
    )

    assert found == [(1, None, Decimal("50.000")), (None, "UNROUTED", Decimal("50.000"))]


@closed_case
def e88_tax_with_a_reserve(world: FeedBuilder) -> None:
    earning(
        world,
        "e88-reserve",
        {"01": "100"},
        reserve={"rate": "0.10", "release_after_months": 1},
        withholding=[{"source_territory": "DE", "rate": "0.30"}],
    )


def test_e88_a_reserve_is_taxed_when_it_is_released(closed_rows: Rows) -> None:
    """Regression: tax of 30.00 was computed on the reserve too, although only 90.00 was payable."""
    found = statement(
        closed_rows, "e88-reserve", "reserve_taken_amount", "tax_amount", "closing_amount"
    )

    assert found["01"] == ("10.00", "27.00", "63.00")
    assert found["02"] == ("0.00", "3.00", "7.00")


@closed_case
def e89_tax_with_an_advance_and_a_fee(world: FeedBuilder) -> None:
    earning(
        world,
        "e89-fee",
        {"01": "100"},
        fee_rate="0.10",
        advance={"amount": "1000.00", "paid_on": "2025-12-10"},
        withholding=[{"source_territory": "DE", "rate": "0.30"}],
    )


def test_e89_tax_alone_makes_no_balance_negative(closed_rows: Rows) -> None:
    """An advance takes 90.00 and the fee 10.00: nothing is left from which to withhold 3.00."""
    found = statement(
        closed_rows, "e89-fee", "recouped_amount", "fee_amount", "tax_amount", "closing_amount"
    )

    assert found["01"] == ("90.00", "10.00", "0.00", "0.00")


@closed_case
def e93_an_advance_and_a_guarantee(world: FeedBuilder) -> None:
    earning(
        world,
        "e93-guarantee",
        {"01": "100"},
        advance={"amount": "500.00", "paid_on": "2025-12-10"},
        minimum_guarantee={"amount": "300.00", "period_months": 1, "starts_on": "2026-01-01"},
        valid_to="2026-02-01T00:00:00Z",
    )


def test_e93_a_true_up_is_not_set_against_an_advance(closed_rows: Rows) -> None:
    found = statement(
        closed_rows, "e93-guarantee", "true_up_amount", "recouped_amount", "payable_amount"
    )

    assert found["01"] == ("200.00", "100.00", "200.00")


def test_e93_an_ended_contract_has_statements_while_an_advance_is_left(closed_rows: Rows) -> None:
    found = statement(closed_rows, "e93-guarantee", "true_up_amount", "closing_amount")

    assert list(found) == ["01", "02", "03", "04", "05", "06", "07"]
    assert {found[month] for month in list(found)[1:]} == {("0.00", "0.00")}


@closed_case
def e95_a_guarantee_that_its_contract_cuts_short(world: FeedBuilder) -> None:
    earning(
        world,
        "e95-cut",
        {"01": "200"},
        minimum_guarantee={"amount": "900.00", "period_months": 3, "starts_on": "2026-01-01"},
        valid_to="2026-02-15T00:00:00Z",
    )


def test_e95_a_contract_that_ends_first_owes_its_guarantee_in_proportion_of_days(
    closed_rows: Rows,
) -> None:
    """45 of 90 days are 450.00. Regression: there was no true-up for a contract that had ended."""
    found = statement(closed_rows, "e95-cut", "true_up_amount", "payable_amount")

    assert found == {"01": ("0.00", "200.00"), "02": ("250.00", "250.00")}


@closed_case
def e96_a_contract_that_ends_with_a_reserve(world: FeedBuilder) -> None:
    earning(
        world,
        "e96-ended",
        {"01": "100"},
        reserve={"rate": "0.10", "release_after_months": 3},
        valid_to="2026-02-01T00:00:00Z",
    )


def test_e96_an_ended_contract_has_statements_until_its_reserve_is_released(
    closed_rows: Rows,
) -> None:
    found = statement(closed_rows, "e96-ended", "reserve_released_amount", "payable_amount")

    assert found == {
        "01": ("0.00", "90.00"),
        "02": ("0.00", "0.00"),
        "03": ("0.00", "0.00"),
        "04": ("10.00", "10.00"),
    }


@closed_case
def e99_free_uses_under_a_favoured_contract(world: FeedBuilder) -> None:
    terms = {"model": "greater_of", "mfn_group": "e99-free"}
    rich = world.licensed("e99-rich", **terms, revenue_share="0.5", per_use_minimum="0.50")
    poor = world.licensed("e99-poor", **terms, revenue_share=None, per_subscriber_minimum="0.01")
    world.product("e99-free", basis="plays")
    for label in (rich, poor):
        world.recording(f"{label}-free", owner=label)
        world.played("e99-free", f"{label}-free", 10, tier="free_allowance")
        world.recording(f"{label}-paid", owner=label)
        world.played("e99-free", f"{label}-paid", 10)
    sell(world, "e99-free", "01", "100")


def test_e99_a_better_term_of_a_kind_that_a_contract_lacks_enters_but_not_for_free_uses(
    closed_rows: Rows,
) -> None:
    """A contract without a share gets one of 0.5: 0.5 x 100 / 2.

    It gets the minimum of 0.50 only for paid uses; free uses earn it under the contract that has it
    itself.
    """
    found = pool_lines(closed_rows, "e99-free", "object_id", where="side = 'MASTER'")

    assert found == [
        ("e99-poor-label-free", Decimal("0.000")),
        ("e99-poor-label-paid", Decimal("25.000")),
        ("e99-rich-label-free", Decimal("5.000")),
        ("e99-rich-label-paid", Decimal("25.000")),
    ]


@closed_case
def e101_late_fraud_among_different_shares(world: FeedBuilder) -> None:
    world.product("e101-shares", basis="plays")
    for name, share, plays in (("a", "1", 600), ("b", "0.5", 300), ("c", "1", 100)):
        label = world.licensed(f"e101-shares-{name}", revenue_share=share)
        world.recording(f"e101-shares-{name}-rec", owner=label)
        played = world.played("e101-shares", f"e101-shares-{name}-rec", plays)
    world.plays(
        played,
        100,
        artificial_plays=100,
        play_date="2026-01-10",
        recorded_at="2026-03-01T00:00:00Z",
    )
    sell(world, "e101-shares", "01", "900")


def test_e101_what_late_fraud_leaves_over_is_a_line_of_the_service_and_the_pool_nets_to_zero(
    closed_rows: Rows,
) -> None:
    """900 x 300 / 900 at half a share is 15.00 more, not 30.00: 15.00 are left for the service."""
    found = closed_rows(
        "select contract_id, line_type, amount from marts.fct_compensation_lines "
        "where product_id = 'e101-shares' and side = 'MASTER' "
        "and report_month = date '2026-02-01' order by 1 nulls last"
    )

    assert found == [
        ("e101-shares-a-contract", "FRAUD_REDISTRIBUTION", Decimal("60.000")),
        ("e101-shares-b-contract", "FRAUD_REDISTRIBUTION", Decimal("15.000")),
        ("e101-shares-c-contract", "SPAM_ADJUSTMENT", Decimal("-90.000")),
        (None, "FRAUD_REDISTRIBUTION", Decimal("15.000")),
    ]
    assert sum(amount for *_, amount in found) == 0


# Each third has a separate contract, whose fee of 33.33 is rounded by itself.
SPLITS = {
    "under": (["33.33"] * 3, {"paid": "99.99", "UNCLAIMED": "0.01"}),
    "over": (["33.34"] * 3, {"DISPUTE": "100.00"}),
    "hair-over": (["33.333333333334"] * 3, {"paid": "99.99"}),
    "hair-under": (["33.333333"] * 3, {"paid": "99.99"}),
    "tiny": (["99.999998"], {"paid": "100.00", "UNCLAIMED": "0.00"}),
}


@closed_case
def e62_sums_of_shares_near_100_percent(world: FeedBuilder) -> None:
    for name, (shares, _) in SPLITS.items():
        product = f"e62-{name}"
        world.product(product, basis="plays", default_share_master="1")
        world.recording(f"{product}-rec")
        for number, share in enumerate(shares):
            label = world.licensed(f"{product}-{number}")
            world.owns(label, f"{product}-rec", share)
        world.played(product, f"{product}-rec", 10)
        sell(world, product, "01", "100")


@pytest.mark.parametrize("name", SPLITS)
def test_e62_a_sum_of_shares_within_a_millionth_of_100_percent_counts_as_100(
    closed_rows: Rows, name: str
) -> None:
    found = closed_rows(
        "select coalesce(hold_bucket, 'paid'), sum(amount) from marts.fct_compensation_lines "
        f"where product_id = 'e62-{name}' and side = 'MASTER' "
        "and report_month = date '2026-01-01' group by all"
    )

    assert {bucket: f"{amount:.2f}" for bucket, amount in found} == SPLITS[name][1]


MOST = 999_999_999_999


@closed_case
def e15_the_largest_count_and_sum_that_are_let_in(world: FeedBuilder) -> None:
    world.product("e15-most", basis="plays")
    for name in ("one", "two"):
        label = world.licensed(f"e15-most-{name}")
        world.recording(f"e15-most-{name}-rec", owner=label)
        world.played("e15-most", f"e15-most-{name}-rec", MOST)
    sell(world, "e15-most", "01", "999999999999999")


def test_e15_the_largest_count_and_sum_that_are_let_in_are_exact(closed_rows: Rows) -> None:
    """Regression: over 9,223,372,036 plays overflowed their weight, and stopped all statements."""
    found = pool_lines(closed_rows, "e15-most", "quantity", "weight_nano", where="side = 'MASTER'")

    assert found == [(MOST, Decimal(MOST * 10**9), Decimal("499999999999999.500"))] * 2


@closed_case
def e59_a_limit_of_influence_on_training(world: FeedBuilder) -> None:
    fee = {"model_version": "e59-limit-m1", "amount": "100.00", "usage_month": "2026-01"}
    terms = {"model": "equal_per_work", "revenue_share": None, "training_fee": fee}
    limited = world.licensed("e59-limit", silence="deny", **terms)
    free = world.party("e59-free-label")
    world.route(free, "e59-limit-partner", "e59-limit-contract")
    world.product("e59-limit", kind="training")
    world.recording("e59-limit-rec")
    world.owns(limited, "e59-limit-rec", "40")
    world.owns(free, "e59-limit-rec", "60")
    world.decision("e59-limit-half", limited, "allow", max_influence="0.5")
    world.decision("e59-limit-yes", free, "allow")
    world.add(
        "ai_usage/training_inclusions",
        model_version="e59-limit-m1",
        product_id="e59-limit",
        side="MASTER",
        object_id="e59-limit-rec",
        included_at="2026-01-10T00:00:00Z",
        recorded_at="2026-01-11T00:00:00Z",
    )


def test_e59_a_limit_of_influence_is_held_to_the_whole_object_in_training(
    closed_rows: Rows,
) -> None:
    """Regression: a share of 40 % counted as under a limit of half; the whole object counts."""
    found = closed_rows(
        "select owner_party_id, hold_bucket, consent_status, amount "
        "from marts.fct_compensation_lines where contract_id = 'e59-limit-contract' "
        "and line_type = 'TRAINING_FEE' order by all"
    )

    assert found == [
        ("e59-free-label", None, "consented", Decimal("60.000")),
        ("e59-limit-label", "CONSENT", "unconsented", Decimal("40.000")),
    ]
