"""Edge cases of ownership, routes, months, retries and what counts as a use."""

from decimal import Decimal

from tests.fixtures.worlds import Amounts, FeedBuilder, Rows, case


@case
def e21_short_plays(world: FeedBuilder) -> None:
    label = world.licensed("e21")
    world.product("e21", basis="plays")
    derivative = world.derivative("e21", [world.recording("e21-rec", owner=label)])
    world.plays(derivative, 30, short_plays=29, artificial_plays=10)
    world.revenue("e21", "10.00")


def test_e21_short_and_artificial_plays_do_not_count(rows: Rows) -> None:
    assert rows("select distinct total_quantity from marts.fct_pools where product_id = 'e21'") == [
        (20,)
    ]


@case
def e49_retry(world: FeedBuilder) -> None:
    label = world.licensed("e49")
    world.product("e49")
    world.recording("e49-rec", owner=label)
    for number in (1, 2):
        world.generation(
            "e49",
            ["e49-rec"],
            generation_id=f"e49-{number}",
            idempotency_key="e49-key",
            recorded_at=f"2026-03-10T12:0{number}:00Z",
        )
    world.revenue("e49", "5.00")


def test_e49_a_retry_with_the_same_key_is_one_use(rows: Rows) -> None:
    assert rows(
        "select generation_id from marts.fct_source_uses "
        "where product_id = 'e49' and side = 'MASTER'"
    ) == [("e49-2",)]
    assert rows(
        "select generation_id, exclusion_reason from marts.fct_exclusions where product_id = 'e49'"
    ) == [("e49-1", "retry")]


@case
def e50_blocked_and_failed(world: FeedBuilder) -> None:
    label = world.licensed("e50")
    world.product("e50")
    world.recording("e50-rec", owner=label)
    world.generation("e50", ["e50-rec"], generation_id="e50-ok")
    world.generation(
        "e50", ["e50-rec"], generation_id="e50-b", status="blocked", block_reason="LIMIT"
    )
    world.generation("e50", ["e50-rec"], generation_id="e50-f", status="failed")
    world.generation("e50", ["e50-rec"], generation_id="e50-t", is_test=True)
    world.revenue("e50", "5.00")


def test_e50_blocked_failed_and_test_requests_earn_nothing_and_are_listed(
    amounts: Amounts, rows: Rows
) -> None:
    assert amounts("e50") == {"e50-rec": Decimal("5.00")}
    assert rows(
        "select generation_id, exclusion_reason from marts.fct_exclusions "
        "where product_id = 'e50' order by 1"
    ) == [("e50-b", "blocked"), ("e50-f", "failed"), ("e50-t", "test")]


@case
def e61_work_shares_short(world: FeedBuilder) -> None:
    publisher = world.licensed("e61", side="WORK")
    world.product("e61", default_share_master="0", default_share_work="1")
    world.recording("e61-rec")
    world.add("catalog/works", work_id="e61-work", title="e61")
    world.add("catalog/recording_works", recording_id="e61-rec", work_id="e61-work")
    world.owns(publisher, "e61-work", "95", side="WORK")
    world.generation("e61", ["e61-rec"])
    world.revenue("e61", "100.00")


def test_e61_shares_of_95_percent_pay_95_and_hold_5_unclaimed(rows: Rows) -> None:
    assert rows(
        "select amount, hold_bucket from marts.fct_compensation_lines "
        "where product_id = 'e61' and side = 'WORK' order by amount"
    ) == [(Decimal("5.000"), "UNCLAIMED"), (Decimal("95.000"), None)]


@case
def e62_dispute_in_france(world: FeedBuilder) -> None:
    label = world.licensed("e62")
    world.product("e62")
    world.recording("e62-rec", owner=label)
    world.owns("e62-claimant", "e62-rec", "10", territory="FR")
    for territory in ("FR", "DE"):
        world.generation("e62", ["e62-rec"], territory=territory)
        world.revenue("e62", "10.00", territory=territory)


def test_e62_over_100_percent_in_france_disputes_france_alone(rows: Rows) -> None:
    assert rows(
        "select territory, owner_party_id, hold_bucket from marts.fct_compensation_lines "
        "where product_id = 'e62' and side = 'MASTER' order by territory"
    ) == [("DE", "e62-label", None), ("FR", None, "DISPUTE")]


@case
def e66_member_leaves(world: FeedBuilder) -> None:
    member = world.licensed("e66-merlin")
    world.contract("e66-direct-contract", "e66-direct")
    world.product("e66")
    world.recording("e66-rec", owner=member)
    world.rows["catalog/routes"] = [
        row for row in world.rows["catalog/routes"] if row["party_id"] != member
    ]
    leaves = "2026-07-01T00:00:00Z"
    world.route(
        member, "e66-merlin-partner", "e66-merlin-contract", valid_to="2026-07-01T00:00:00Z"
    )
    world.route(member, "e66-direct", "e66-direct-contract", valid_from=leaves)
    for month, instant in (
        ("2026-06", "2026-06-30T23:59:59Z"),
        ("2026-07", leaves),
    ):
        world.generation("e66", ["e66-rec"], territory="GB", occurred_at=instant)
        world.revenue("e66", "10.00", usage_month=month, territory="GB")


def test_e66_a_member_that_leaves_is_paid_through_the_umbrella_until_it_goes(
    rows: Rows,
) -> None:
    assert rows(
        "select judged_at < timestamp '2026-07-01', partner_id from marts.fct_source_uses "
        "where product_id = 'e66' and side = 'MASTER' order by judged_at"
    ) == [(True, "e66-merlin-partner"), (False, "e66-direct")]


def umbrella(
    world: FeedBuilder, case_id: str, plays_by_member: tuple[int, ...], gross: str
) -> None:
    """A contract with a fee of 1.5 % whose members share the plays of one product."""
    world.licensed(case_id, fee_rate="0.015")
    world.product(case_id, basis="plays")
    for number, plays in enumerate(plays_by_member, start=1):
        member = world.party(f"{case_id}-m{number}", kind="member")
        world.add(
            "catalog/party_links",
            parent_party_id=f"{case_id}-partner",
            child_party_id=member,
            role="member_of",
            valid_from="2020-01-01T00:00:00Z",
        )
        world.route(member, f"{case_id}-partner", f"{case_id}-contract")
        derivative = world.derivative(case_id, [world.recording(f"{member}-rec", owner=member)])
        world.plays(derivative, plays)
    world.revenue(case_id, gross)


@case
def e68_umbrella_fee(world: FeedBuilder) -> None:
    umbrella(world, "e68", (600, 400), "1000.00")


def test_e68_an_umbrella_fee_is_spread_over_its_members(rows: Rows) -> None:
    assert rows(
        "select member_party_id, earned_amount, fee_amount, closing_amount "
        "from reports.rpt_partner__member_statements "
        "where statement_id = 'e68-contract|2026-03' order by 1"
    ) == [
        ("e68-m1", Decimal("600.000"), Decimal("9.000"), Decimal("591.000")),
        ("e68-m2", Decimal("400.000"), Decimal("6.000"), Decimal("394.000")),
    ]


@case
def e69_umbrella_fee_of_small_sums(world: FeedBuilder) -> None:
    umbrella(world, "e69", (33, 33, 34), "1.00")


def test_e69_fees_of_members_sum_to_the_rounded_umbrella_fee(rows: Rows) -> None:
    # 1.5 % of 1.00 is 0.015, rounded to 0.02; each part by itself would round to 0.00.
    assert rows(
        "select earned_amount, fee_amount from reports.rpt_partner__member_statements "
        "where statement_id = 'e69-contract|2026-03' order by member_party_id"
    ) == [
        (Decimal("0.330"), Decimal("0.010")),
        (Decimal("0.330"), Decimal("0.000")),
        (Decimal("0.340"), Decimal("0.010")),
    ]


@case
def e72_route_missing(world: FeedBuilder) -> None:
    label = world.licensed("e72")
    world.product("e72", default_share_master="0.5")
    world.recording("e72-rec")
    world.owns("e72-nobody", "e72-rec")
    world.owns(label, world.recording("e72-paid"))
    world.generation("e72", ["e72-rec"])
    world.generation("e72", ["e72-paid"])
    world.revenue("e72", "10.00")


def test_e72_an_owner_without_a_route_is_held_and_not_given_to_another(rows: Rows) -> None:
    assert rows(
        "select object_id, partner_id, hold_bucket, amount from marts.fct_compensation_lines "
        "where product_id = 'e72' and side = 'MASTER' order by object_id"
    ) == [
        ("e72-paid", "e72-partner", None, Decimal("5.000")),
        ("e72-rec", None, "UNROUTED", Decimal("2.500")),
    ]


@case
def e73_local_month(world: FeedBuilder) -> None:
    label = world.licensed("e73")
    world.product("e73")
    world.recording("e73-rec", owner=label)
    world.generation("e73", ["e73-rec"], territory="US", occurred_at="2026-03-31T23:30:00-04:00")
    world.revenue("e73", "5.00", territory="US", currency="USD")


def test_e73_a_use_at_half_past_three_utc_on_1_april_is_march_in_the_us(rows: Rows) -> None:
    assert rows(
        "select strftime(usage_month, '%Y-%m'), total_quantity from marts.fct_pools "
        "where product_id = 'e73' and side = 'MASTER'"
    ) == [("2026-03", 1)]


@case
def e73_local_month_by_new_rules(world: FeedBuilder) -> None:
    label = world.licensed("e73-ma")
    world.product("e73-ma")
    world.recording("e73-ma-rec", owner=label)
    world.generation(
        "e73-ma",
        ["e73-ma-rec"],
        territory="MA",
        occurred_at="2026-09-30T23:30:00Z",
        recorded_at="2026-09-30T23:31:00Z",
    )
    world.revenue(
        "e73-ma",
        "5.00",
        usage_month="2026-09",
        territory="MA",
        recorded_at="2026-09-30T23:50:00Z",
    )


def test_e73_a_use_in_morocco_falls_in_its_month_by_the_newest_rules(rows: Rows) -> None:
    """Morocco has been on UTC since 20 September 2026; older rules gave 1 October there."""
    assert rows(
        "select strftime(usage_month, '%Y-%m'), total_quantity from marts.fct_pools "
        "where product_id = 'e73-ma' and side = 'MASTER'"
    ) == [("2026-09", 1)]


@case
def e79_corrected_row(world: FeedBuilder) -> None:
    label = world.licensed("e79")
    world.product("e79", basis="plays")
    derivative = world.derivative("e79", [world.recording("e79-rec", owner=label)])
    world.plays(derivative, 100, play_date="2026-03-15")
    world.plays(derivative, 40, play_date="2026-03-16")
    world.plays(derivative, 70, play_date="2026-03-15", recorded_at="2026-03-20T06:00:00Z")


def test_e79_a_redelivered_row_moves_the_totals_by_that_row_alone(rows: Rows) -> None:
    assert rows("select distinct total_quantity from marts.fct_pools where product_id = 'e79'") == [
        (110,)
    ]


@case
def e80_withdrawn_row(world: FeedBuilder) -> None:
    label = world.licensed("e80")
    world.product("e80", basis="plays")
    derivative = world.derivative("e80", [world.recording("e80-rec", owner=label)])
    world.plays(derivative, 100, play_date="2026-03-15")
    world.plays(derivative, 40, play_date="2026-03-16")
    world.plays(
        derivative,
        100,
        play_date="2026-03-15",
        recorded_at="2026-03-20T06:00:00Z",
        is_withdrawn=True,
    )


def test_e80_a_withdrawn_row_is_gone_and_nothing_else(rows: Rows) -> None:
    assert rows("select distinct total_quantity from marts.fct_pools where product_id = 'e80'") == [
        (40,)
    ]


@case
def e81_before_launch(world: FeedBuilder) -> None:
    label = world.licensed("e81")
    world.product("e81", launched_at="2026-03-10T00:00:00Z")
    world.recording("e81-rec", owner=label)
    world.generation(
        "e81", ["e81-rec"], generation_id="e81-early", occurred_at="2026-03-09T23:59:59Z"
    )


def test_e81_a_use_before_the_product_was_launched_is_excluded(rows: Rows) -> None:
    assert rows(
        "select generation_id, exclusion_reason from marts.fct_exclusions where product_id = 'e81'"
    ) == [("e81-early", "before_launch")]


@case
def e45_short_weights(world: FeedBuilder) -> None:
    label = world.licensed("e45")
    world.product("e45", default_share_master="1")
    derivative = world.derivative("e45", ["e45-a"])
    for name, weight in (("a", "0.62"), ("b", "0.35")):
        world.recording(f"e45-{name}", owner=label)
        world.attribute(derivative, {f"e45-{name}": weight})
    world.revenue("e45", "10.00")


def test_e45_weights_that_sum_to_097_hold_the_rest(rows: Rows) -> None:
    assert rows(
        "select object_id, amount, hold_bucket from marts.fct_compensation_lines "
        "where product_id = 'e45' and side = 'MASTER' order by object_id nulls last"
    ) == [
        ("e45-a", Decimal("6.200"), None),
        ("e45-b", Decimal("3.500"), None),
        (None, Decimal("0.300"), "UNATTRIBUTED"),
    ]


@case
def e52_remix_of_a_remix(world: FeedBuilder) -> None:
    label = world.licensed("e52")
    world.product("e52", basis="plays", remainder_rule="service")
    world.recording("e52-root", owner=label)
    parent = world.derivative("e52", ["e52-root"], derivative_id="e52-parent")
    child = world.derivative(
        "e52", ["e52-root"], derivative_id="e52-child", parent_derivative_id=parent
    )
    world.attribute(parent, {"e52-root": "0.6"})
    world.attribute(child, {parent: "0.5"})
    world.plays(child, 1)
    world.revenue("e52", "1.00")


def test_e52_a_parents_weights_are_multiplied_into_the_child(amounts: Amounts) -> None:
    assert amounts("e52") == {"e52-root": Decimal("0.30")}


@case
def e53_cycle(world: FeedBuilder) -> None:
    label = world.licensed("e53")
    world.product("e53", basis="plays")
    world.recording("e53-rec", owner=label)
    for name, parent in (("a", "b"), ("b", "a")):
        derivative = world.derivative(
            "e53",
            ["e53-rec"],
            derivative_id=f"e53-{name}",
            parent_derivative_id=f"e53-{parent}",
        )
        world.plays(derivative, 10)


def test_e53_both_derivatives_of_a_cycle_are_excluded(rows: Rows) -> None:
    assert rows(
        "select derivative_id, exclusion_reason from marts.fct_exclusions "
        "where derivative_id in ('e53-a', 'e53-b') and use_id like 'p|%' order by 1"
    ) == [("e53-a", "cycle"), ("e53-b", "cycle")]


@case
def e100_fraud_before_close(world: FeedBuilder) -> None:
    label = world.licensed("e100")
    world.product("e100", basis="plays")
    for name, plays, artificial in (("a", 600, 0), ("b", 300, 0), ("c", 100, 100)):
        derivative = world.derivative("e100", [world.recording(f"e100-{name}", owner=label)])
        world.plays(derivative, plays, artificial_plays=artificial)
    world.revenue("e100", "900.00")


def test_e100_artificial_plays_leave_numerator_and_denominator(amounts: Amounts) -> None:
    assert amounts("e100") == {
        "e100-a": Decimal("600.00"),
        "e100-b": Decimal("300.00"),
        "e100-c": Decimal("0.00"),
    }
