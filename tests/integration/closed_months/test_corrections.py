"""Edge cases of input after a month was issued: it is posted later, with its type, to the cent.

January is issued at 15 February, and so on; later input of a case appears in a later statement.
"""

from decimal import Decimal
from typing import Any

import pytest

from tests.fixtures.worlds import FeedBuilder, Rows, closed_case

LATER = "2026-03-20T00:00:00Z"


def lines_of(rows: Rows, product_id: str, *, side: str = "MASTER") -> list[tuple]:
    """(report month, usage month, type, object, bucket, amount) of a product, without zeros."""
    return rows(
        "select strftime(report_month, '%m'), strftime(usage_month, '%m'), line_type, object_id, "
        "hold_bucket, amount from marts.fct_compensation_lines "
        f"where product_id = '{product_id}' and side = '{side}' and amount <> 0 order by all"
    )


def three_recordings(
    world: FeedBuilder, name: str, plays: dict[str, int], gross: str
) -> dict[str, str]:
    """A January pool of `gross` over recordings with plays; returns the derivatives."""
    label = world.licensed(name)
    world.product(name, basis="plays")
    made = {}
    for key, count in plays.items():
        recording = world.recording(f"{name}-{key}", owner=label)
        made[key] = world.played(name, recording, count)
    world.revenue(name, gross, usage_month="2026-01", recorded_at="2026-02-05T06:00:00Z")
    return made


@closed_case
def e54_attribution_corrected(world: FeedBuilder) -> None:
    label = world.licensed("e54")
    world.product("e54", basis="plays")
    for key in "abc":
        world.recording(f"e54-{key}", owner=label)
    derivative = world.played("e54", "e54-a", 10)
    first = {"e54-a": "0.54", "e54-b": "0.27", "e54-c": "0.19"}
    second = {"e54-a": "0.50", "e54-b": "0.31", "e54-c": "0.19"}
    world.attribute(derivative, first, recorded_at="2026-01-02T00:00:00Z")
    world.attribute(derivative, second, attribution_version="a2", recorded_at=LATER)
    world.revenue("e54", "1000.00", usage_month="2026-01", recorded_at="2026-02-05T06:00:00Z")


def test_e54_a_new_attribution_moves_40_from_a_to_b_and_keeps_the_issued_lines(
    closed_rows: Rows,
) -> None:
    assert lines_of(closed_rows, "e54") == [
        ("01", "01", "USAGE", "e54-a", None, Decimal("540.000")),
        ("01", "01", "USAGE", "e54-b", None, Decimal("270.000")),
        ("01", "01", "USAGE", "e54-c", None, Decimal("190.000")),
        ("03", "01", "REATTRIBUTION", "e54-a", None, Decimal("-40.000")),
        ("03", "01", "REATTRIBUTION", "e54-b", None, Decimal("40.000")),
    ]


@closed_case
def e75_late_plays(world: FeedBuilder) -> None:
    made = three_recordings(world, "e75", {"a": 150_000, "b": 50_000}, "1000.00")
    world.plays(made["a"], 400, play_date="2026-01-11", recorded_at="2026-03-20T00:00:00Z")


def test_e75_400_late_uses_at_half_a_cent_are_2_00_and_nobody_elses_lines_move(
    closed_rows: Rows,
) -> None:
    assert lines_of(closed_rows, "e75") == [
        ("01", "01", "USAGE", "e75-a", None, Decimal("750.000")),
        ("01", "01", "USAGE", "e75-b", None, Decimal("250.000")),
        ("03", "01", "LATE_USAGE", "e75-a", None, Decimal("2.000")),
    ]


@closed_case
def e75_a_contract_without_late_usage(world: FeedBuilder) -> None:
    label = world.licensed("e75b", late_usage="none")
    world.product("e75b", basis="plays")
    derivative = world.played("e75b", world.recording("e75b-rec", owner=label), 100)
    world.plays(derivative, 10, play_date="2026-01-11", recorded_at=LATER)
    world.revenue("e75b", "50.00", usage_month="2026-01", recorded_at="2026-02-05T06:00:00Z")


def test_e75_a_contract_that_pays_no_late_usage_lists_it_as_excluded(closed_rows: Rows) -> None:
    assert lines_of(closed_rows, "e75b") == [
        ("01", "01", "USAGE", "e75b-rec", None, Decimal("50.000"))
    ]


@closed_case
def e80_withdrawn_after_issue(world: FeedBuilder) -> None:
    made = three_recordings(world, "e80", {"a": 60, "b": 40}, "100.00")
    world.plays(made["b"], 40, play_date="2026-01-10", recorded_at=LATER, is_withdrawn=True)


def test_e80_plays_taken_back_after_issue_are_reversed_at_the_issued_rate(
    closed_rows: Rows,
) -> None:
    assert lines_of(closed_rows, "e80") == [
        ("01", "01", "USAGE", "e80-a", None, Decimal("60.000")),
        ("01", "01", "USAGE", "e80-b", None, Decimal("40.000")),
        ("03", "01", "REVERSAL", "e80-b", None, Decimal("-40.000")),
    ]


@closed_case
def e101_fraud_found_late_and_e102_overturned(world: FeedBuilder) -> None:
    made = three_recordings(world, "e101", {"a": 600, "b": 300, "c": 100}, "900.00")
    world.plays(made["c"], 100, artificial_plays=100, play_date="2026-01-10", recorded_at=LATER)
    world.plays(
        made["c"],
        100,
        artificial_plays=0,
        play_date="2026-01-10",
        recorded_at="2026-04-20T00:00:00Z",
    )


def test_e101_e102_fraud_is_redistributed_and_an_overturned_verdict_mirrors_it(
    closed_rows: Rows,
) -> None:
    assert lines_of(closed_rows, "e101") == [
        ("01", "01", "USAGE", "e101-a", None, Decimal("540.000")),
        ("01", "01", "USAGE", "e101-b", None, Decimal("270.000")),
        ("01", "01", "USAGE", "e101-c", None, Decimal("90.000")),
        ("03", "01", "FRAUD_REDISTRIBUTION", "e101-a", None, Decimal("60.000")),
        ("03", "01", "FRAUD_REDISTRIBUTION", "e101-b", None, Decimal("30.000")),
        ("03", "01", "SPAM_ADJUSTMENT", "e101-c", None, Decimal("-90.000")),
        ("04", "01", "FRAUD_REDISTRIBUTION", "e101-a", None, Decimal("-60.000")),
        ("04", "01", "FRAUD_REDISTRIBUTION", "e101-b", None, Decimal("-30.000")),
        ("04", "01", "SPAM_ADJUSTMENT", "e101-c", None, Decimal("90.000")),
    ]


@closed_case
def e103_clawback_over_the_balance(world: FeedBuilder) -> None:
    made = three_recordings(world, "e103", {"a": 50, "b": 50}, "100.00")
    label = world.licensed("e103-other")
    world.owns(label, "e103-b", valid_from="2025-01-01T00:00:00Z")
    world.rows["catalog/ownership"] = [
        row
        for row in world.rows["catalog/ownership"]
        if (row["object_id"], row["party_id"]) != ("e103-b", "e103-label")
    ]
    world.plays(made["a"], 50, artificial_plays=50, play_date="2026-01-10", recorded_at=LATER)


def test_e103_what_is_taken_back_beyond_the_balance_is_carried_as_a_debt(
    closed_rows: Rows,
) -> None:
    assert closed_rows(
        "select strftime(report_month, '%m'), closing_amount, payable_amount, carried_amount "
        "from marts.fct_statements where contract_id = 'e103-contract' "
        "and report_month between date '2026-01-01' and date '2026-04-01' order by 1"
    ) == [
        ("01", Decimal("50.000"), Decimal("50.000"), Decimal("0.000")),
        ("02", Decimal("0.000"), Decimal("0.000"), Decimal("0.000")),
        ("03", Decimal("-50.000"), Decimal("0.000"), Decimal("-50.000")),
        ("04", Decimal("-50.000"), Decimal("0.000"), Decimal("-50.000")),
    ]


@closed_case
def e58_refund_in_a_later_month(world: FeedBuilder) -> None:
    three_recordings(world, "e58", {"a": 10}, "49.90")
    world.played("e58", "e58-a", 10, day="2026-02-10")
    world.revenue(
        "e58", "49.90", usage_month="2026-02", refunds="4.99", recorded_at="2026-03-05T06:00:00Z"
    )


def test_e58_a_refund_lowers_the_month_of_the_refund_alone(closed_rows: Rows) -> None:
    assert lines_of(closed_rows, "e58") == [
        ("01", "01", "USAGE", "e58-a", None, Decimal("49.900")),
        ("02", "02", "USAGE", "e58-a", None, Decimal("44.910")),
    ]


@closed_case
def e63_conflict_solved(world: FeedBuilder) -> None:
    label = world.licensed("e63")
    world.product("e63", basis="plays")
    world.recording("e63-rec", owner=label)
    claim = {"object_type": "recording", "object_id": "e63-rec", "side": "MASTER"}
    claim |= {"party_id": "e63-claimant", "territory": "WW", "share_pct": "100"}
    world.add("catalog/ownership", **claim, valid_from="2020-01-01T00:00:00Z")
    world.add(
        "catalog/ownership",
        **claim,
        valid_from="2020-01-01T00:00:00Z",
        is_withdrawn=True,
        recorded_at="2026-05-20T00:00:00Z",
    )
    world.played("e63", "e63-rec", 10, day="2026-02-10")
    world.revenue("e63", "100.00", usage_month="2026-02", recorded_at="2026-03-05T06:00:00Z")


def test_e63_a_conflict_of_february_solved_in_may_is_paid_in_may_at_februarys_rate(
    closed_rows: Rows,
) -> None:
    assert lines_of(closed_rows, "e63") == [
        ("02", "02", "USAGE", "e63-rec", "DISPUTE", Decimal("60.000")),
        ("05", "02", "CONFLICT_RESOLUTION", "e63-rec", "DISPUTE", Decimal("-60.000")),
        ("05", "02", "CONFLICT_RESOLUTION", "e63-rec", None, Decimal("100.000")),
    ]


@closed_case
def e64_matched_four_months_later(world: FeedBuilder) -> None:
    label = world.licensed("e64")
    world.product("e64", basis="plays")
    derivative = world.played("e64", "e64-rec", 10)
    world.attribute(derivative, {"e64-rec": "1"}, recorded_at="2026-01-02T00:00:00Z")
    world.revenue("e64", "100.00", usage_month="2026-01", recorded_at="2026-02-05T06:00:00Z")
    world.recording("e64-rec", recorded_at="2026-05-20T00:00:00Z")
    world.owns(label, "e64-rec", recorded_at="2026-05-20T00:00:00Z")


def test_e64_a_recording_matched_later_is_back_paid_and_releases_the_line_that_held_it(
    closed_rows: Rows,
) -> None:
    assert lines_of(closed_rows, "e64") == [
        ("01", "01", "USAGE", "e64-rec", "UNMATCHED", Decimal("60.000")),
        ("05", "01", "BACKPAY", "e64-rec", "UNMATCHED", Decimal("-60.000")),
        ("05", "01", "BACKPAY", "e64-rec", None, Decimal("100.000")),
    ]
    assert closed_rows(
        "select holds.amount, holds.released_amount, strftime(holds.released_month, '%m'), "
        "releases.line_type from marts.fct_holds as holds "
        "inner join marts.fct_compensation_lines as releases "
        "on releases.line_id = holds.released_by_line_id "
        "inner join marts.fct_compensation_lines as paid "
        "on paid.original_line_id = holds.line_id and paid.hold_bucket is null "
        "where holds.object_id = 'e64-rec' and holds.hold_bucket = 'UNMATCHED' "
        "and paid.amount = 100 and holds.amount > 0"
    ) == [(Decimal("60.000"), Decimal("60.000"), "05", "BACKPAY")]


@closed_case
def e36_consent_recorded_late(world: FeedBuilder) -> None:
    label = world.licensed("e36", silence="deny")
    world.product("e36")
    world.recording("e36-rec", owner=label)
    world.generation(
        "e36",
        ["e36-rec"],
        occurred_at="2026-05-10T12:00:00Z",
        recorded_at="2026-05-10T12:01:00Z",
    )
    world.decision(
        "e36-yes",
        label,
        "allow",
        valid_from="2026-05-01T00:00:00Z",
        recorded_at="2026-05-20T00:00:00Z",
    )
    world.revenue("e36", "10.00", usage_month="2026-05", recorded_at="2026-06-05T06:00:00Z")


def test_e36_a_late_consent_is_held_in_may_and_released_in_june(closed_rows: Rows) -> None:
    assert lines_of(closed_rows, "e36") == [
        ("05", "05", "USAGE", "e36-rec", "CONSENT", Decimal("10.000")),
        ("06", "05", "LATE_CONSENT", "e36-rec", "CONSENT", Decimal("-10.000")),
        ("06", "05", "LATE_CONSENT", "e36-rec", None, Decimal("10.000")),
    ]
    assert closed_rows(
        "select consent_proof_id from marts.fct_compensation_lines "
        "where product_id = 'e36' and side = 'MASTER' and amount > 0 and hold_bucket is null"
    ) == [("e36-yes",)]


@closed_case
def e37_revoked_backwards(world: FeedBuilder) -> None:
    label = world.licensed("e37", silence="deny")
    world.product("e37")
    world.recording("e37-rec", owner=label)
    world.decision("e37-yes", label, "allow")
    world.decision(
        "e37-no",
        label,
        "deny",
        object_type="recording",
        object_id="e37-rec",
        valid_from="2026-03-01T00:00:00Z",
        recorded_at="2026-04-20T00:00:00Z",
    )
    world.generation(
        "e37",
        ["e37-rec"],
        occurred_at="2026-03-05T12:00:00Z",
        recorded_at="2026-03-05T12:01:00Z",
    )
    world.revenue("e37", "10.00", usage_month="2026-03", recorded_at="2026-04-05T06:00:00Z")


def test_e37_a_backward_revocation_takes_nothing_back_and_posts_nothing(closed_rows: Rows) -> None:
    assert lines_of(closed_rows, "e37") == [
        ("03", "03", "USAGE", "e37-rec", None, Decimal("10.000"))
    ]


@closed_case
def e43_evidence_found_to_mismatch_after_issue(world: FeedBuilder) -> None:
    label = world.licensed("e43", silence="deny")
    world.product("e43")
    world.recording("e43-rec", owner=label)
    world.decision("e43-yes", label, "allow")
    world.decision(
        "e43-yes",
        label,
        "allow",
        evidence_state="mismatch",
        recorded_at="2026-04-20T00:00:00Z",
    )
    for month, gross in (("03", "10.00"), ("04", "20.00")):
        world.generation(
            "e43",
            ["e43-rec"],
            occurred_at=f"2026-{month}-05T12:00:00Z",
            recorded_at=f"2026-{month}-05T12:01:00Z",
        )
        following = f"{int(month) + 1:02d}"
        world.revenue(
            "e43",
            gross,
            usage_month=f"2026-{month}",
            recorded_at=f"2026-{following}-05T06:00:00Z",
        )


def test_e43_mismatching_evidence_holds_new_lines_and_claws_back_no_issued_one(
    closed_rows: Rows,
) -> None:
    assert lines_of(closed_rows, "e43") == [
        ("03", "03", "USAGE", "e43-rec", None, Decimal("10.000")),
        ("04", "04", "USAGE", "e43-rec", "CONSENT", Decimal("20.000")),
    ]


@closed_case
def e78_terms_signed_backwards(world: FeedBuilder) -> None:
    label = world.licensed("e78", revenue_share="0.5")
    world.contract(
        "e78-contract",
        "e78-partner",
        version=2,
        revenue_share="0.6",
        valid_from="2026-05-01T00:00:00Z",
        signed_at="2026-06-20T00:00:00Z",
        recorded_at="2026-06-20T00:00:00Z",
    )
    world.product("e78", basis="plays")
    world.recording("e78-rec", owner=label)
    world.played("e78", "e78-rec", 10, day="2026-05-10")
    world.revenue("e78", "100.00", usage_month="2026-05", recorded_at="2026-06-05T06:00:00Z")


def test_e78_terms_with_backward_effect_are_posted_forward(closed_rows: Rows) -> None:
    assert lines_of(closed_rows, "e78") == [
        ("05", "05", "USAGE", "e78-rec", None, Decimal("50.000")),
        ("06", "05", "TERMS_CORRECTION", "e78-rec", None, Decimal("-50.000")),
        ("06", "05", "TERMS_CORRECTION", "e78-rec", None, Decimal("60.000")),
    ]


@closed_case
def e84_rate_corrected(world: FeedBuilder) -> None:
    label = world.licensed("e84")
    world.product("e84", basis="plays")
    world.played("e84", world.recording("e84-rec", owner=label), 10, territory="ZA")
    world.revenue(
        "e84",
        "200.00",
        usage_month="2026-01",
        territory="ZA",
        currency="ZAR",
        recorded_at="2026-02-05T06:00:00Z",
    )
    for rate, recorded in (("20", "2026-01-30T15:00:00Z"), ("25", LATER)):
        rate_of(world, "ZAR", "2026-01-30", rate, recorded)


def rate_of(world: FeedBuilder, currency: str, day: str, rate: str, recorded_at: str) -> None:
    world.add(
        "finance/fx_rates",
        rate_date=day,
        base_currency="EUR",
        quote_currency=currency,
        rate=rate,
        provider="test",
        recorded_at=recorded_at,
    )


def test_e84_a_rate_corrected_after_the_freeze_moves_nothing_that_was_issued(
    closed_rows: Rows,
) -> None:
    assert lines_of(closed_rows, "e84") == [
        ("01", "01", "USAGE", "e84-rec", None, Decimal("10.000"))
    ]


@closed_case
def e85_correction_of_march_in_june(world: FeedBuilder) -> None:
    for name, rule in (("e85-usage", "usage_month_end"), ("e85-payment", "payment_date")):
        label = world.licensed(name, fx_rule=rule)
        world.product(name, basis="plays")
        world.recording(f"{name}-rec", owner=label)
        world.played(name, f"{name}-rec", 10, day="2026-03-10", territory="CH")
        for gross, recorded in (("1.00", "2026-04-05T06:00:00Z"), ("101.00", "2026-06-20T00:00Z")):
            world.revenue(
                name,
                gross,
                usage_month="2026-03",
                territory="CH",
                currency="CHF",
                recorded_at=recorded,
            )
    # Francs per euro: a franc is 1.1512 euros until June, and 1.1634 on the July freeze.
    for day in ("2026-03-31", "2026-04-14", "2026-04-24", "2026-05-14", "2026-06-14"):
        rate_of(world, "CHF", day, "0.86865879", f"{day}T15:00:00Z")
    for day in ("2026-07-14", "2026-08-14"):
        rate_of(world, "CHF", day, "0.8595496", f"{day}T15:00:00Z")


def test_e85_the_contract_decides_at_whose_rate_a_correction_is_converted(
    closed_rows: Rows,
) -> None:
    corrections = closed_rows(
        "select product_id, strftime(report_month, '%m'), amount "
        "from marts.fct_compensation_lines where line_type = 'REVENUE_CORRECTION' "
        "and product_id in ('e85-usage', 'e85-payment') order by 1"
    )

    assert corrections == [
        ("e85-payment", "06", Decimal("116.340")),
        ("e85-usage", "06", Decimal("115.120")),
    ]


@closed_case
def e108_impersonation_upheld_and_e109_reinstated(world: FeedBuilder) -> None:
    for name in ("e108", "e109"):
        made = three_recordings(world, name, {"a": 90, "b": 10}, "100.00")
        world.removal(f"{name}-action", "2026-01-20T00:00:00Z", derivative_id=made["b"])
    world.add(
        "removals/appeals",
        appeal_id="e109-appeal",
        puid="e109-action",
        kind="internal",
        filed_at="2026-03-01T00:00:00Z",
        decided_at="2026-03-18T00:00:00Z",
        outcome="overturned",
        reinstated_at="2026-03-18T00:00:00Z",
        recorded_at="2026-03-18T01:00:00Z",
    )


def test_e108_plays_before_a_removal_are_held_and_shared_when_the_appeal_window_has_closed(
    closed_rows: Rows,
) -> None:
    assert lines_of(closed_rows, "e108") == [
        ("01", "01", "USAGE", "e108-a", None, Decimal("90.000")),
        ("01", "01", "USAGE", "e108-b", "REMOVAL", Decimal("10.000")),
        ("07", "01", "FRAUD_REDISTRIBUTION", "e108-a", None, Decimal("10.000")),
        ("07", "01", "SPAM_ADJUSTMENT", "e108-b", "REMOVAL", Decimal("-10.000")),
    ]


def test_e109_a_reinstatement_releases_what_was_held(closed_rows: Rows) -> None:
    assert lines_of(closed_rows, "e109") == [
        ("01", "01", "USAGE", "e109-a", None, Decimal("90.000")),
        ("01", "01", "USAGE", "e109-b", "REMOVAL", Decimal("10.000")),
        ("03", "01", "DISPUTE_RESOLUTION", "e109-b", "REMOVAL", Decimal("-10.000")),
        ("03", "01", "DISPUTE_RESOLUTION", "e109-b", None, Decimal("10.000")),
    ]


def test_e108_e109_what_is_returned_and_what_is_paid_are_two_figures(closed_rows: Rows) -> None:
    """Regression: one figure, released, combined the partner's losses and its payments."""
    assert closed_rows(
        "select product_id, movement, sum(amount) from marts.fct_removal_money "
        "where product_id in ('e108', 'e109') group by all order by all"
    ) == [
        ("e108", "held", Decimal("10.000")),
        ("e108", "returned_to_pool", Decimal("10.000")),
        ("e109", "held", Decimal("10.000")),
        ("e109", "paid_on_reinstatement", Decimal("10.000")),
    ]


@closed_case
def e112_removed_in_two_countries(world: FeedBuilder) -> None:
    label = world.licensed("e112")
    world.product("e112", basis="plays")
    derivative = world.played("e112", world.recording("e112-rec", owner=label), 10)
    world.plays(
        derivative, 10, play_date="2026-01-10", territory="FR", recorded_at="2026-01-11T00:00:00Z"
    )
    world.removal(
        "e112-action",
        "2026-01-20T00:00:00Z",
        derivative_id=derivative,
        territories=["DE", "AT"],
        territorial_scope=["DE", "AT"],
    )
    for territory in ("DE", "FR"):
        world.revenue(
            "e112",
            "10.00",
            usage_month="2026-01",
            territory=territory,
            recorded_at="2026-02-05T06:00:00Z",
        )


def test_e112_a_removal_in_germany_leaves_the_plays_in_france_earning(closed_rows: Rows) -> None:
    assert closed_rows(
        "select territory, hold_bucket from marts.fct_compensation_lines "
        "where product_id = 'e112' and side = 'MASTER' and line_type = 'USAGE' order by 1"
    ) == [("DE", "REMOVAL"), ("FR", None)]


@closed_case
def e108_and_e112_removed_abroad(world: FeedBuilder) -> None:
    """In the world, and only in the US; the EU's form names its own states, or none."""
    places: dict[str, dict[str, Any]] = {
        "e108-world": {"territorial_scope": ["AT", "DE"]},
        "e112-us": {"territories": ["US"]},
    }
    for name, place in places.items():
        label = world.licensed(name)
        world.product(name, basis="plays")
        derivative = world.played(name, world.recording(f"{name}-rec", owner=label), 10)
        for territory in ("JP", "US"):
            for play_date, plays in (("2026-01-10", 10), ("2026-01-25", 5)):
                world.plays(
                    derivative,
                    plays,
                    play_date=play_date,
                    territory=territory,
                    recorded_at=f"{play_date}T23:00:00Z",
                )
        world.removal(f"{name}-action", "2026-01-20T00:00:00Z", derivative_id=derivative, **place)
        for territory in ("DE", "JP", "US"):
            world.revenue(
                name,
                "15.00",
                usage_month="2026-01",
                territory=territory,
                recorded_at="2026-02-05T06:00:00Z",
            )


@pytest.mark.parametrize(
    ("product", "expected"),
    [
        ("e108-world", [("DE", "REMOVAL", 10), ("JP", "REMOVAL", 15), ("US", "REMOVAL", 15)]),
        ("e112-us", [("DE", None, 10), ("JP", None, 15), ("US", "REMOVAL", 15)]),
    ],
)
def test_e108_e112_a_removal_holds_all_plays_where_it_holds_whatever_the_eu_form_names(
    closed_rows: Rows, product: str, expected: list[tuple[str, str | None, int]]
) -> None:
    """Regression: the hold covered only the states in the EU's form, not the other countries."""
    assert (
        closed_rows(
            "select territory, hold_bucket, cast(sum(weight_nano) / 1000000000 as bigint) "
            "from marts.fct_compensation_lines where side = 'MASTER' and line_type = 'USAGE' "
            f"and product_id = '{product}' group by all order by 1, 2"
        )
        == expected
    )


@closed_case
def e106_bots(world: FeedBuilder) -> None:
    label = world.licensed("e106")
    world.product("e106")
    world.recording("e106-rec", owner=label)
    for number in (1, 2):
        world.generation(
            "e106",
            ["e106-rec"],
            generation_id=f"e106-{number}",
            occurred_at="2026-01-05T12:00:00Z",
            recorded_at="2026-01-05T12:01:00Z",
        )
    world.generation(
        "e106",
        ["e106-rec"],
        generation_id="e106-2",
        occurred_at="2026-01-05T12:00:00Z",
        status="blocked",
        block_reason="FRAUD",
        recorded_at="2026-01-20T00:00:00Z",
    )
    world.revenue(
        "e106", "10.00", usage_month="2026-01", refunds="5.00", recorded_at="2026-02-05T06:00:00Z"
    )


def test_e106_a_fraudulent_generation_is_out_of_usage_and_its_fee_out_of_the_net(
    closed_rows: Rows,
) -> None:
    assert lines_of(closed_rows, "e106") == [
        ("01", "01", "USAGE", "e106-rec", None, Decimal("5.000"))
    ]
    assert closed_rows(
        "select weight_nano from marts.fct_compensation_lines "
        "where product_id = 'e106' and side = 'MASTER'"
    ) == [(1_000_000_000,)]
