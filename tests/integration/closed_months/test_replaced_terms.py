"""Terms that change after a month was issued: versions that end, are replaced, or come later.

January is issued at 15 February, and so on. Every sum is round, so that a case can be added up by
eye.
"""

from decimal import Decimal

from tests.fixtures.worlds import LONG_AGO, FeedBuilder, Rows, closed_case
from tests.integration.closed_months.test_corrections import LATER, lines_of
from tests.integration.closed_months.test_statements import earning, sell, statement

AFTER_JANUARY = "2026-02-20T00:00:00Z"


@closed_case
def better_share_that_ends(world: FeedBuilder) -> None:
    terms = {"mfn_group": "ended", "reserve": {"rate": "0.10", "release_after_months": 1}}
    earning(world, "ended-poor", {"01": "1000"}, revenue_share="0.5", **terms)
    world.licensed("ended-rich", revenue_share="0.6", mfn_group="ended")
    world.contract(
        "ended-rich-contract",
        "ended-rich-partner",
        revenue_share="0.5",
        mfn_group="ended",
        recorded_at=AFTER_JANUARY,
    )


def test_e96_reserve_of_a_version_that_has_ended_is_released(closed_rows: Rows) -> None:
    """Regression: a better share ended, and the 60.00 kept under it were never released."""
    found = statement(
        closed_rows,
        "ended-poor",
        "correction_amount",
        "reserve_taken_amount",
        "reserve_released_amount",
    )

    assert found["01"] == ("0.00", "60.00", "0.00")
    assert found["02"] == ("-100.00", "0.00", "60.00")
    assert found["03"] == ("0.00", "0.00", "0.00")


def test_lines_of_an_ended_version_have_its_clause_as_their_proof(closed_rows: Rows) -> None:
    """Regression: the clause was in no package, which stopped the closings of all partners."""
    proofs = closed_rows(
        "select contract_version, proof_id, is_withdrawn, is_cited "
        "from marts.fct_partner_consents where contract_id = 'ended-poor-contract' "
        "and report_month = date '2026-02-01' and is_cited order by 1"
    )

    assert proofs == [
        (1, "ended-poor-contract@1#7.1", False, True),
        (1001, "ended-poor-contract@1001#7.1", True, True),
    ]


@closed_case
def version_delivered_under_another_number(world: FeedBuilder) -> None:
    earning(world, "renumbered", {"01": "100"})
    for version, is_withdrawn in ((1, True), (2, None)):
        world.contract(
            "renumbered-contract",
            "renumbered-partner",
            version=version,
            is_withdrawn=is_withdrawn,
            recorded_at=LATER,
        )


def test_withdrawn_version_is_corrected_to_the_one_in_its_place(closed_rows: Rows) -> None:
    corrections = closed_rows(
        "select contract_version, line_type, amount from marts.fct_compensation_lines "
        "where product_id = 'renumbered' and report_month = date '2026-03-01' "
        "and amount <> 0 order by 1"
    )

    assert corrections == [
        (1, "TERMS_CORRECTION", Decimal("-100.000")),
        (2, "TERMS_CORRECTION", Decimal("100.000")),
    ]


@closed_case
def contract_that_began_earlier(world: FeedBuilder) -> None:
    terms = {"silence": "deny", "revenue_share": "1"}
    label = world.licensed("earlier", valid_from="2026-02-01T00:00:00Z", **terms)
    world.product("earlier", basis="plays")
    derivative = world.played("earlier", world.recording("earlier-rec", owner=label), 10)
    world.plays(derivative, 10, play_date="2026-02-10", recorded_at="2026-02-11T06:00:00Z")
    sell(world, "earlier", "01", "1000")
    sell(world, "earlier", "02", "1000")
    world.contract(
        "earlier-contract", "earlier-partner", valid_from=LONG_AGO, recorded_at=LATER, **terms
    )
    world.decision("earlier-yes", label, "allow", recorded_at=LATER)


def test_e36_late_consent_of_a_month_before_the_first_statement_is_released(
    closed_rows: Rows,
) -> None:
    """Regression: January had no statement of its own, and its 1,000.00 stayed on hold."""
    payable = closed_rows(
        "select usage_month = date '2026-01-01', sum(amount) from marts.fct_compensation_lines "
        "where product_id = 'earlier' and contract_id is not null and hold_bucket is null "
        "group by all order by all"
    )
    held = closed_rows(
        "select sum(amount) from marts.fct_compensation_lines "
        "where product_id = 'earlier' and hold_bucket is not null"
    )

    assert payable == [(False, Decimal("1000.000")), (True, Decimal("1000.000"))]
    assert held == [(Decimal("0.000"),)]


@closed_case
def withdrawn_plays_without_late_usage(world: FeedBuilder) -> None:
    label = world.licensed("e80-none", late_usage="none")
    world.product("e80-none", basis="plays")
    derivative = world.played("e80-none", world.recording("e80-none-rec", owner=label), 100)
    world.plays(derivative, 100, play_date="2026-01-10", recorded_at=LATER, is_withdrawn=True)
    sell(world, "e80-none", "01", "10")


def test_e80_contract_without_late_usage_returns_what_was_taken_back(closed_rows: Rows) -> None:
    assert lines_of(closed_rows, "e80-none") == [
        ("01", "01", "USAGE", "e80-none-rec", None, Decimal("10.000")),
        ("03", "01", "REVERSAL", "e80-none-rec", None, Decimal("-10.000")),
    ]


@closed_case
def guarantee_raised_later(world: FeedBuilder) -> None:
    guarantee = {"amount": "100.00", "period_months": 1, "starts_on": "2026-01-01"}
    earning(world, "raised", {"01": "10"}, minimum_guarantee=guarantee)
    world.contract(
        "raised-contract",
        "raised-partner",
        version=2,
        minimum_guarantee=guarantee | {"amount": "200.00"},
        valid_from="2026-02-01T00:00:00Z",
        recorded_at="2026-01-20T00:00:00Z",
    )


def test_e94_guarantee_of_a_period_is_that_of_the_version_at_its_end(closed_rows: Rows) -> None:
    """Regression: February's version added 100.00 to January, which had ended before it."""
    found = statement(closed_rows, "raised", "true_up_amount")

    assert [found[month] for month in ("01", "02", "03")] == [("90.00",), ("200.00",), ("200.00",)]


@closed_case
def advance_and_training_fee_of_replaced_versions(world: FeedBuilder) -> None:
    advance = {"amount": "100.00", "paid_on": "2026-01-10"}
    earning(world, "dated", {"01": "300", "02": "300"}, advance=advance)
    world.contract(
        "dated-contract",
        "dated-partner",
        version=2,
        advance=advance | {"paid_on": "2026-01-12"},
        recorded_at=AFTER_JANUARY,
    )
    fee = {"amount": "1000.00", "model_version": "moved-model", "usage_month": "2026-01"}
    training = {"model": "equal_per_work", "revenue_share": None}
    label = world.licensed("moved", training_fee=fee, **training)
    world.product("moved", kind="training")
    world.recording("moved-rec", owner=label)
    world.add(
        "ai_usage/training_inclusions",
        model_version="moved-model",
        product_id="moved",
        side="MASTER",
        object_id="moved-rec",
        included_at="2026-01-05T00:00:00Z",
        recorded_at="2026-01-05T00:00:00Z",
    )
    world.contract(
        "moved-contract",
        "moved-partner",
        version=2,
        training_fee=fee | {"usage_month": "2026-02"},
        recorded_at=AFTER_JANUARY,
        **training,
    )


def test_e91_advance_of_a_replaced_version_is_recouped_once(closed_rows: Rows) -> None:
    found = statement(closed_rows, "dated", "recouped_amount")

    assert [found[month] for month in ("01", "02", "03")] == [("100.00",), ("0.00",), ("0.00",)]


def test_e59_training_fee_of_a_replaced_version_is_paid_once(closed_rows: Rows) -> None:
    found = lines_of(closed_rows, "moved")

    assert found[0] == ("01", "01", "TRAINING_FEE", "moved-rec", None, Decimal("1000.000"))
    assert sum(amount for *_, amount in found) == Decimal("1000.000")
    assert {month for month, *_ in found} == {"01", "02"}


@closed_case
def tax_by_region(world: FeedBuilder) -> None:
    rates = {"EEA": "0.10", "WW": "0.05", "DE": "0.30"}
    for name, territories in {
        "tax-region": ["EEA", "WW"],
        "tax-world": ["WW"],
        "tax-country": ["EEA", "DE"],
    }.items():
        withholding = [{"source_territory": one, "rate": rates[one]} for one in territories]
        earning(world, name, {"01": "1000"}, withholding=withholding)


def test_e87_the_most_specific_source_territory_has_the_tax_rate(closed_rows: Rows) -> None:
    """Regression: a rate for a region or the world was accepted and never applied."""
    found = {
        name: statement(closed_rows, name, "tax_amount")["01"]
        for name in ("tax-region", "tax-world", "tax-country")
    }

    assert found == {
        "tax-region": ("100.00",),
        "tax-world": ("50.00",),
        "tax-country": ("300.00",),
    }


@closed_case
def held_recording_that_goes_to_another_partner(world: FeedBuilder) -> None:
    before = world.licensed("leaves", silence="deny")
    after = world.licensed("arrives")
    world.product("leaves", basis="plays")
    world.played("leaves", world.recording("leaves-rec", owner=before), 10)
    sell(world, "leaves", "01", "100")
    world.owns(before, "leaves-rec", is_withdrawn=True, recorded_at=LATER)
    world.owns(after, "leaves-rec", recorded_at=LATER)


def test_line_names_no_line_of_another_partner(closed_rows: Rows) -> None:
    amounts = closed_rows(
        "select partner_id, line_type, hold_bucket, amount from marts.fct_compensation_lines "
        "where product_id = 'leaves' and amount <> 0 order by all"
    )
    others = closed_rows(
        "select lines.line_id from marts.fct_compensation_lines as lines "
        "inner join marts.fct_compensation_lines as originals "
        "on originals.line_id = lines.original_line_id "
        "where lines.partner_id <> originals.partner_id"
    )

    assert amounts == [
        ("arrives-partner", "CONFLICT_RESOLUTION", None, Decimal("100.000")),
        ("leaves-partner", "CONFLICT_RESOLUTION", "CONSENT", Decimal("-100.000")),
        ("leaves-partner", "USAGE", "CONSENT", Decimal("100.000")),
    ]
    assert others == []
