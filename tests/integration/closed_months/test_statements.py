"""Edge cases of balances: advances, guarantees, reserves, tax, penalties, suspensions and others.

Each contract earns round sums, so that a balance can be added up by eye.
"""

from datetime import date
from decimal import Decimal

import pytest

from tests.fixtures.worlds import FeedBuilder, Rows, closed_case


def earning(world: FeedBuilder, name: str, monthly: dict[str, str], **terms: object) -> str:
    """A contract that earns the given sums, month by month, from one recording in Germany."""
    label = world.licensed(name, **terms)
    world.product(name, basis="plays")
    world.recording(f"{name}-rec", owner=label)
    for month, gross in monthly.items():
        world.played(name, f"{name}-rec", 10, day=f"2026-{month}-10")
        sell(world, name, month, gross)
    return label


def sell(world: FeedBuilder, name: str, month: str, gross: str, **more: object) -> None:
    following = f"{int(month) + 1:02d}"
    recorded = more.pop("recorded_at", f"2026-{following}-05T06:00:00Z")
    world.revenue(name, gross, usage_month=f"2026-{month}", recorded_at=recorded, **more)


def statement(rows: Rows, name: str, *columns: str) -> dict[str, tuple]:
    """Terms of a contract's statements by month, without trailing zeros."""
    found = rows(
        f"select strftime(report_month, '%m'), {', '.join(columns)} from marts.fct_statements "
        f"where contract_id = '{name}-contract' order by 1"
    )
    return {month: tuple(f"{value:.2f}" for value in values) for month, *values in found}


def lines(rows: Rows, name: str, line_type: str) -> list[tuple]:
    return rows(
        "select strftime(report_month, '%m'), strftime(usage_month, '%m'), object_id, amount "
        f"from marts.fct_compensation_lines where contract_id = '{name}-contract' "
        f"and line_type = '{line_type}' order by all"
    )


@closed_case
def e91_advance(world: FeedBuilder) -> None:
    advance = {"amount": "1000.00", "paid_on": "2025-12-10"}
    earning(world, "e91", {"01": "400", "02": "500", "03": "300"}, advance=advance)


def test_e91_an_advance_of_1000_is_recouped_from_400_500_and_100_of_300(
    closed_rows: Rows,
) -> None:
    found = statement(closed_rows, "e91", "recouped_amount", "payable_amount")

    assert [found[month] for month in ("01", "02", "03", "04")] == [
        ("400.00", "0.00"),
        ("500.00", "0.00"),
        ("100.00", "200.00"),
        ("0.00", "0.00"),
    ]


@closed_case
def e92_negative_after_recoupment(world: FeedBuilder) -> None:
    advance = {"amount": "100.00", "paid_on": "2025-12-10"}
    earning(world, "e92", {"01": "100", "03": "80"}, advance=advance)
    sell(world, "e92", "01", "50", recorded_at="2026-03-01T00:00:00Z")


def test_e92_a_loss_after_recoupment_is_carried_and_the_advance_stays_recouped(
    closed_rows: Rows,
) -> None:
    found = statement(
        closed_rows, "e92", "recouped_amount", "closing_amount", "payable_amount", "carried_amount"
    )

    assert [found[month] for month in ("01", "02", "03")] == [
        ("100.00", "0.00", "0.00", "0.00"),
        ("0.00", "-50.00", "0.00", "-50.00"),
        ("0.00", "30.00", "30.00", "0.00"),
    ]


@closed_case
def e93_advance_with_a_scope(world: FeedBuilder) -> None:
    advance = {"amount": "500.00", "paid_on": "2025-12-10", "product_ids": ["e93"]}
    label = earning(world, "e93", {"01": "100"}, advance=advance)
    world.product("e93-other", basis="plays")
    world.recording("e93-other-rec", owner=label)
    world.played("e93-other", "e93-other-rec", 10)
    sell(world, "e93-other", "01", "70")


def test_e93_earnings_outside_the_scope_are_not_used_to_recoup(closed_rows: Rows) -> None:
    found = statement(closed_rows, "e93", "earned_amount", "recouped_amount", "payable_amount")

    assert found["01"] == ("170.00", "100.00", "70.00")


@closed_case
def e94_guarantees(world: FeedBuilder) -> None:
    guarantee = {"amount": "10000.00", "period_months": 3, "starts_on": "2026-01-01"}
    for name, gross in (("e94-under", "9200"), ("e94-met", "10000"), ("e94-over", "10400")):
        earning(world, name, {"01": gross}, minimum_guarantee=guarantee)


@pytest.mark.parametrize(
    ("name", "true_up"), [("e94-under", "800.00"), ("e94-met", "0.00"), ("e94-over", "0.00")]
)
def test_e94_a_guarantee_is_made_up_at_the_end_of_its_period(
    closed_rows: Rows, name: str, true_up: str
) -> None:
    found = statement(closed_rows, name, "true_up_amount")

    assert [found[month][0] for month in ("01", "02", "03", "04")] == [
        "0.00",
        "0.00",
        true_up,
        "0.00",
    ]


@closed_case
def e94_spread_by_weight(world: FeedBuilder) -> None:
    guarantee = {"amount": "1000.00", "period_months": 3, "starts_on": "2026-01-01"}
    label = earning(world, "e94-spread", {"01": "200"}, minimum_guarantee=guarantee)
    world.recording("e94-spread-two", owner=label)
    world.played("e94-spread", "e94-spread-two", 30)


def test_e94_what_is_made_up_is_spread_by_the_weights_of_the_period(closed_rows: Rows) -> None:
    assert lines(closed_rows, "e94-spread", "MG_TRUE_UP")[:2] == [
        ("03", "03", "e94-spread-rec", Decimal("200.000")),
        ("03", "03", "e94-spread-two", Decimal("600.000")),
    ]


@closed_case
def e95_clawback_after_the_true_up(world: FeedBuilder) -> None:
    guarantee = {"amount": "10000.00", "period_months": 3, "starts_on": "2026-01-01"}
    earning(world, "e95", {"01": "9200"}, minimum_guarantee=guarantee)
    sell(world, "e95", "01", "8900", recorded_at="2026-05-01T00:00:00Z")


def test_e95_a_clawback_of_300_is_made_up_again_as_a_pair(closed_rows: Rows) -> None:
    assert lines(closed_rows, "e95", "MG_TRUE_UP")[:2] == [
        ("03", "03", "e95-rec", Decimal("800.000")),
        ("04", "03", "e95-rec", Decimal("300.000")),
    ]
    assert lines(closed_rows, "e95", "REVENUE_CORRECTION") == [
        ("04", "01", "e95-rec", Decimal("-300.000"))
    ]


@closed_case
def e96_reserve(world: FeedBuilder) -> None:
    reserve = {"rate": "0.10", "release_after_months": 2}
    earning(world, "e96", {"01": "1000"}, reserve=reserve)


def test_e96_a_reserve_of_10_percent_comes_back_after_two_months_and_names_the_take(
    closed_rows: Rows,
) -> None:
    assert closed_rows(
        "select strftime(lines.report_month, '%m'), lines.line_type, lines.amount, takes.amount "
        "from marts.fct_compensation_lines as lines "
        "left join marts.fct_compensation_lines as takes "
        "on takes.line_id = lines.original_line_id where lines.contract_id = 'e96-contract' "
        "and lines.line_type like 'RESERVE%' order by 1"
    ) == [
        ("01", "RESERVE_TAKE", Decimal("-100.000"), None),
        ("03", "RESERVE_RELEASE", Decimal("100.000"), Decimal("-100.000")),
    ]
    assert statement(closed_rows, "e96", "payable_amount")["01"] == ("900.00",)


@closed_case
def e97_minimum_payout(world: FeedBuilder) -> None:
    earning(world, "e97", {"01": "49.99", "02": "0.01"}, minimum_payout="50.00")


def test_e97_a_balance_under_the_minimum_is_carried_until_it_reaches_it(closed_rows: Rows) -> None:
    found = statement(
        closed_rows, "e97", "opening_amount", "closing_amount", "payable_amount", "carried_amount"
    )

    assert found["01"] == ("0.00", "49.99", "0.00", "49.99")
    assert found["02"] == ("49.99", "50.00", "50.00", "0.00")


@closed_case
def e98_suspended_partner(world: FeedBuilder) -> None:
    earning(world, "e98", {"01": "10", "02": "20", "03": "40"})
    suspension = {
        "uploader_party_id": "e98-partner",
        "programme_reason": "other",
        "decision_visibility": None,
        "decision_account": "DECISION_ACCOUNT_SUSPENDED",
    }
    world.removal("e98-action", "2026-02-01T00:00:00Z", **suspension)
    world.removal(
        "e98-action",
        "2026-02-01T00:00:00Z",
        **suspension,
        ended_at="2026-04-01T00:00:00Z",
        recorded_at="2026-04-01T00:00:00Z",
    )


def test_e98_a_suspended_account_accrues_and_comes_back_in_one_line_per_month(
    closed_rows: Rows,
) -> None:
    found = statement(
        closed_rows, "e98", "suspended_amount", "resumed_amount", "closing_amount", "payable_amount"
    )

    assert [found[month] for month in ("01", "02", "03")] == [
        ("10.00", "0.00", "10.00", "0.00"),
        ("20.00", "0.00", "20.00", "0.00"),
        ("0.00", "30.00", "70.00", "70.00"),
    ]
    assert closed_rows(
        "select strftime(usage_month, '%m'), hold_bucket, amount "
        "from marts.fct_compensation_lines where contract_id = 'e98-contract' "
        "and line_type = 'CARRY_FORWARD' and report_month = date '2026-03-01' order by all"
    ) == [
        ("01", "SUSPENDED", Decimal("-10.000")),
        ("01", None, Decimal("10.000")),
        ("02", "SUSPENDED", Decimal("-20.000")),
        ("02", None, Decimal("20.000")),
    ]


@closed_case
def e87_e88_e90_withholding(world: FeedBuilder) -> None:
    tax = [{"source_territory": "US", "rate": "0.30"}, {"source_territory": "BR", "rate": "0.10"}]
    label = earning(world, "e88", {}, withholding=tax)
    for territory, gross in (("US", "50"), ("DE", "200"), ("ES", "500")):
        world.played("e88", "e88-rec", 10, territory=territory)
        sell(world, "e88", "01", gross, territory=territory)
    sell(world, "e88", "01", "30", territory="US", recorded_at="2026-03-01T00:00:00Z")
    world.product("e87", basis="plays")
    world.recording("e87-rec", owner=label)
    world.played("e87", "e87-rec", 10, day="2026-03-10", territory="BR")
    sell(world, "e87", "03", "100.05", territory="BR")


def test_e88_tax_is_withheld_on_the_us_source_alone(closed_rows: Rows) -> None:
    found = statement(closed_rows, "e88", "earned_amount", "tax_amount", "closing_amount")

    assert found["01"] == ("750.00", "15.00", "735.00")


def test_e90_a_negative_us_adjustment_gives_a_tax_credit_on_a_line_of_its_own(
    closed_rows: Rows,
) -> None:
    found = statement(closed_rows, "e88", "correction_amount", "tax_amount", "closing_amount")

    assert found["02"] == ("-20.00", "-6.00", "-14.00")
    assert lines(closed_rows, "e88", "WITHHOLDING")[:2] == [
        ("01", "01", None, Decimal("-15.000")),
        ("02", "01", None, Decimal("6.000")),
    ]


def test_e87_ten_percent_of_100_05_is_10_01_half_up(closed_rows: Rows) -> None:
    assert lines(closed_rows, "e88", "WITHHOLDING")[2:] == [("03", "03", None, Decimal("-10.010"))]


@closed_case
def e89_treaty_that_ends(world: FeedBuilder) -> None:
    tax = [
        {"source_territory": "US", "rate": "0.30"},
        {
            "source_territory": "US",
            "rate": "0.10",
            "valid_from": "2026-01-01T00:00:00Z",
            "valid_to": "2026-07-01T00:00:00Z",
        },
    ]
    earning(world, "e89", {}, withholding=tax)
    for month in ("05", "06"):
        world.played("e89", "e89-rec", 10, day=f"2026-{month}-10", territory="US")
        sell(world, "e89", month, "100", territory="US")


def test_e89_what_is_paid_after_a_treaty_form_ended_is_taxed_at_the_default_rate(
    closed_rows: Rows,
) -> None:
    assert lines(closed_rows, "e89", "WITHHOLDING") == [
        ("05", "05", None, Decimal("-10.000")),
        ("06", "06", None, Decimal("-30.000")),
    ]


@closed_case
def e99_most_favoured_nation(world: FeedBuilder) -> None:
    group = {"mfn_group": "e99", "revenue_share": "0.60"}
    earning(world, "e99-linked", {"01": "100", "03": "100"}, **group)
    earning(world, "e99-other", {"01": "100"}, **group)
    world.contract(
        "e99-other-contract",
        "e99-other-partner",
        version=2,
        mfn_group="e99",
        revenue_share="0.62",
        valid_from="2026-03-01T00:00:00Z",
        signed_at="2026-02-20T00:00:00Z",
        recorded_at="2026-02-21T00:00:00Z",
    )


def test_e99_a_better_share_enters_from_its_date_and_the_version_says_why(
    closed_rows: Rows,
) -> None:
    found = statement(closed_rows, "e99-linked", "earned_amount")
    assert (found["01"], found["03"]) == (("60.00",), ("62.00",))
    assert closed_rows(
        "select contract_version, revenue_share, mfn_cause "
        "from intermediate.int_licensing__terms_effective "
        "where contract_id = 'e99-linked-contract' order by 1"
    ) == [
        (1, Decimal("0.60"), None),
        (1001, Decimal("0.62"), "e99-other-contract@2"),
    ]


@closed_case
def e104_penalties(world: FeedBuilder) -> None:
    penalty = {"threshold": "0.9", "amount": "10.00", "currency": "EUR"}
    for name, artificial in (("e104-at", 900), ("e104-over", 901)):
        label = world.licensed(name, fraud_penalty=penalty)
        world.product(name, basis="plays")
        world.recording(f"{name}-rec", owner=label, label_party_id=label)
        world.played(name, f"{name}-rec", 1000, artificial_plays=artificial)
        sell(world, name, "01", "100")


@pytest.mark.parametrize(("name", "penalty"), [("e104-at", "0.00"), ("e104-over", "10.00")])
def test_e104_only_more_than_90_percent_artificial_plays_cost_10_00(
    closed_rows: Rows, name: str, penalty: str
) -> None:
    found = statement(closed_rows, name, "earned_amount", "penalty_amount")

    assert found["01"] == ("100.00", penalty)


@closed_case
def e105_two_owners(world: FeedBuilder) -> None:
    penalty = {"threshold": "0.9", "amount": "10.00", "currency": "EUR"}
    for name in ("e105-deliverer", "e105-other"):
        world.licensed(name, fraud_penalty=penalty)
    world.product("e105", basis="plays")
    world.recording("e105-rec", label_party_id="e105-deliverer-label")
    for name in ("e105-deliverer", "e105-other"):
        world.owns(f"{name}-label", "e105-rec", "50")
    world.played("e105", "e105-rec", 100, artificial_plays=95)
    sell(world, "e105", "01", "100")


def test_e105_the_penalty_is_the_deliverers_alone(closed_rows: Rows) -> None:
    assert lines(closed_rows, "e105-deliverer", "PENALTY") == [
        ("01", "01", "e105-rec", Decimal("-10.000"))
    ]
    assert lines(closed_rows, "e105-other", "PENALTY") == []


@closed_case
def e59_training_fee(world: FeedBuilder) -> None:
    fee = {"model_version": "e59-m1", "amount": "10000.00", "usage_month": "2026-02"}
    publisher = world.licensed(
        "e59", side="WORK", model="equal_per_work", revenue_share=None, training_fee=fee
    )
    world.product("e59", kind="training")
    for number, included in ((1, "02-01"), (2, "02-10"), (3, "02-28"), (4, "03-01")):
        world.add("catalog/works", work_id=f"e59-work-{number}", title="e59")
        world.owns(publisher, f"e59-work-{number}", side="WORK")
        world.add(
            "ai_usage/training_inclusions",
            model_version="e59-m1",
            product_id="e59",
            side="WORK",
            object_id=f"e59-work-{number}",
            included_at=f"2026-{included}T00:00:00Z",
            recorded_at="2026-03-02T00:00:00Z",
        )
    sell(world, "e59", "02", "0")


def test_e59_a_training_fee_goes_equally_to_the_works_included_by_the_cut_off(
    closed_rows: Rows,
) -> None:
    assert lines(closed_rows, "e59", "TRAINING_FEE") == [
        ("02", "02", "e59-work-1", Decimal("3333.340")),
        ("02", "02", "e59-work-2", Decimal("3333.330")),
        ("02", "02", "e59-work-3", Decimal("3333.330")),
    ]


@closed_case
def e57_free_generations(world: FeedBuilder) -> None:
    for name, terms in (
        ("e57-share", {"revenue_share": "0.5"}),
        ("e57-floor", {"model": "greater_of", "revenue_share": "0.5", "per_use_minimum": "0.02"}),
    ):
        label = world.licensed(name, **terms)
        world.product(name)
        world.recording(f"{name}-rec", owner=label)
        for number in range(5):
            world.generation(
                name,
                [f"{name}-rec"],
                generation_id=f"{name}-{number}",
                tier="free_allowance",
                occurred_at="2026-01-05T12:00:00Z",
                recorded_at="2026-01-05T12:01:00Z",
            )
        sell(world, name, "01", "100", tier="free_allowance")


def test_e57_free_generations_earn_a_floor_and_no_share(closed_rows: Rows) -> None:
    assert statement(closed_rows, "e57-share", "earned_amount")["01"] == ("0.00",)
    assert statement(closed_rows, "e57-floor", "earned_amount")["01"] == ("0.10",)


@closed_case
def e51_previews(world: FeedBuilder) -> None:
    for name, basis in (("e51-generation", "generations"), ("e51-publish", "plays")):
        label = world.licensed(name)
        world.product(name, basis=basis)
        world.recording(f"{name}-rec", owner=label)
        world.generation(
            name,
            [f"{name}-rec"],
            occurred_at="2026-01-05T12:00:00Z",
            recorded_at="2026-01-05T12:01:00Z",
        )
        sell(world, name, "01", "10")


def test_e51_a_preview_pays_where_generations_are_weighed_and_not_where_plays_are(
    closed_rows: Rows,
) -> None:
    assert statement(closed_rows, "e51-generation", "earned_amount")["01"] == ("10.00",)
    assert statement(closed_rows, "e51-publish", "earned_amount")["01"] == ("0.00",)


@closed_case
def e67_member_that_did_not_opt_in(world: FeedBuilder) -> None:
    earning(world, "e67", {"01": "10"}, silence="deny")


def test_e67_a_use_of_a_member_that_did_not_opt_in_is_held_and_an_incident(
    closed_rows: Rows,
) -> None:
    assert statement(closed_rows, "e67", "earned_amount", "held_amount")["01"] == ("0.00", "10.00")
    assert closed_rows(
        "select distinct consent_status, consent_denied_by from marts.fct_source_uses "
        "where product_id = 'e67' and side = 'MASTER'"
    ) in ([("unconsented", "owner:e67-label")], [])


@closed_case
def e70_distributed_label(world: FeedBuilder) -> None:
    earning(world, "e70", {"07": "10"}, silence="deny")
    world.decision("e70-partner-no", "e70-partner", "deny")
    world.decision("e70-label-yes", "e70-label", "allow")


def test_e70_money_goes_by_the_route_and_consent_comes_from_the_owner(closed_rows: Rows) -> None:
    assert closed_rows(
        "select partner_id, hold_bucket, consent_proof_id from marts.fct_compensation_lines "
        "where product_id = 'e70' and side = 'MASTER'"
    ) == [("e70-partner", None, "e70-label-yes")]


@closed_case
def e60_no_source_known(world: FeedBuilder) -> None:
    world.licensed("e60")
    world.product("e60", basis="plays")
    derivative = world.played("e60", "e60-none", 10, day="2026-07-10")
    world.attribute(derivative, {"unknown:e60": "1"}, recorded_at="2026-01-02T00:00:00Z")
    sell(world, "e60", "07", "10")


def test_e60_a_derivative_of_an_unknown_source_is_held_unmatched(closed_rows: Rows) -> None:
    assert closed_rows(
        "select hold_bucket, partner_id, amount from marts.fct_compensation_lines "
        "where product_id = 'e60' and side = 'MASTER'"
    ) == [("UNMATCHED", None, Decimal("6.000"))]


@closed_case
def e74_clocks_change(world: FeedBuilder) -> None:
    label = world.licensed("e74")
    world.product("e74")
    world.recording("e74-rec", owner=label)
    # 02:30 in Berlin occurs twice on 25 October and not at all on 29 March.
    for number, instant in enumerate(("2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z")):
        world.generation(
            "e74",
            ["e74-rec"],
            generation_id=f"e74-{number}",
            occurred_at=instant,
            recorded_at="2026-03-29T12:00:00Z",
        )
    sell(world, "e74", "03", "10")


def test_e74_uses_on_the_day_that_clocks_change_keep_their_instants(closed_rows: Rows) -> None:
    assert statement(closed_rows, "e74", "earned_amount")["03"] == ("10.00",)
    assert closed_rows(
        "select quantity from marts.fct_compensation_lines "
        "where product_id = 'e74' and side = 'MASTER'"
    ) == [(2,)]


@closed_case
def e86_rates_through_the_euro(world: FeedBuilder) -> None:
    label = world.licensed("e86", currency="JPY")
    world.product("e86", basis="plays")
    world.recording("e86-rec", owner=label)
    world.played("e86", "e86-rec", 10, territory="MX")
    sell(world, "e86", "01", "1000", territory="MX", currency="MXN")


def test_e86_a_rate_goes_through_the_euro_and_the_fee_shows_it(closed_rows: Rows) -> None:
    assert closed_rows(
        "select fx_rate, fx_date, fee_payout_amount from reports.rpt_partner__pool_totals "
        "where contract_id = 'e86-contract'"
    ) == [(Decimal("8.0000000000"), date(2026, 1, 30), Decimal("8000.000"))]


def test_every_statement_opens_with_what_the_one_before_carried(closed_rows: Rows) -> None:
    assert (
        closed_rows(
            "with ordered as (select statement_id, opening_amount, lag(carried_amount) over ("
            "partition by contract_id order by report_month) as before from marts.fct_statements)"
            " select statement_id from ordered where opening_amount <> coalesce(before, 0)"
        )
        == []
    )
