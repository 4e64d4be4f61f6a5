"""Generations of an issued month that are corrected: what was issued is reversed, and paid anew.

Each pool of January has 10 generations and 100.00. One of them is corrected after January is
issued.
"""

from decimal import Decimal

from tests.fixtures.worlds import FeedBuilder, Rows, closed_case
from tests.integration.closed_months.test_corrections import LATER, lines_of
from tests.integration.closed_months.test_statements import sell

MADE = {"occurred_at": "2026-01-10T12:00:00Z", "recorded_at": "2026-01-10T12:01:00Z"}


def ten_generations(world: FeedBuilder, name: str, **first: object) -> None:
    """A pool over ten generations from one recording; the first may come again, corrected."""
    label = world.licensed(name)
    world.product(name)
    recording = world.recording(f"{name}-rec", owner=label)
    for number in range(10):
        world.generation(name, [recording], generation_id=f"{name}-{number}", **MADE)
    if first:
        corrected = MADE | {"recorded_at": LATER} | first
        world.generation(name, [recording], generation_id=f"{name}-0", **corrected)
    sell(world, name, "01", "100")


@closed_case
def generation_moved_to_another_month(world: FeedBuilder) -> None:
    ten_generations(world, "gen-month", occurred_at="2026-02-10T12:00:00Z")
    world.generation(
        "gen-month",
        ["gen-month-rec"],
        generation_id="gen-month-february",
        occurred_at="2026-02-11T12:00:00Z",
        recorded_at="2026-02-11T12:01:00Z",
    )
    sell(world, "gen-month", "02", "20")


def test_e80_generation_that_moves_to_another_month_is_paid_there(closed_rows: Rows) -> None:
    assert lines_of(closed_rows, "gen-month") == [
        ("01", "01", "USAGE", "gen-month-rec", None, Decimal("100.000")),
        ("02", "02", "USAGE", "gen-month-rec", None, Decimal("20.000")),
        ("03", "01", "REVERSAL", "gen-month-rec", None, Decimal("-10.000")),
        ("03", "02", "LATE_USAGE", "gen-month-rec", None, Decimal("20.000")),
    ]


@closed_case
def generation_moved_to_an_open_month(world: FeedBuilder) -> None:
    ten_generations(world, "gen-open", occurred_at="2026-03-10T12:00:00Z")
    sell(world, "gen-open", "03", "20")


def test_e80_generation_that_moves_to_an_open_month_is_paid_there(closed_rows: Rows) -> None:
    """Regression: it was in the timely uses of both months, which stopped every closing."""
    assert lines_of(closed_rows, "gen-open") == [
        ("01", "01", "USAGE", "gen-open-rec", None, Decimal("100.000")),
        ("03", "01", "REVERSAL", "gen-open-rec", None, Decimal("-10.000")),
        ("03", "03", "USAGE", "gen-open-rec", None, Decimal("20.000")),
    ]


@closed_case
def generation_tried_again_in_another_month(world: FeedBuilder) -> None:
    ten_generations(world, "gen-retry")
    retry = "2026-03-10T12:00:00Z"
    world.generation(
        "gen-retry",
        ["gen-retry-rec"],
        generation_id="gen-retry-again",
        idempotency_key="gen-retry-0",
        occurred_at=retry,
        recorded_at=retry,
    )
    sell(world, "gen-retry", "03", "20")


def test_e49_retry_in_a_later_month_takes_the_first_try_back_once(closed_rows: Rows) -> None:
    """Regression: once March was issued, January counted as issued without the first try."""
    assert lines_of(closed_rows, "gen-retry") == [
        ("01", "01", "USAGE", "gen-retry-rec", None, Decimal("100.000")),
        ("02", "01", "REVERSAL", "gen-retry-rec", None, Decimal("-10.000")),
        ("03", "03", "USAGE", "gen-retry-rec", None, Decimal("20.000")),
    ]


@closed_case
def generation_moved_before_its_month_was_issued(world: FeedBuilder) -> None:
    ten_generations(
        world,
        "gen-early",
        occurred_at="2026-03-10T12:00:00Z",
        recorded_at="2026-02-10T12:00:00Z",
    )
    sell(world, "gen-early", "03", "20")


def test_e80_generation_that_moved_before_the_issue_is_paid_once(closed_rows: Rows) -> None:
    """Regression: January counted as issued with a generation that its statement did not have."""
    assert lines_of(closed_rows, "gen-early") == [
        ("01", "01", "USAGE", "gen-early-rec", None, Decimal("100.000")),
        ("03", "03", "USAGE", "gen-early-rec", None, Decimal("20.000")),
    ]


@closed_case
def generation_moved_to_another_territory(world: FeedBuilder) -> None:
    ten_generations(world, "gen-place", territory="FR")
    world.generation(
        "gen-place", ["gen-place-rec"], generation_id="gen-place-france", territory="FR", **MADE
    )
    sell(world, "gen-place", "01", "30", territory="FR")


def test_e75_generation_that_moves_to_another_territory_is_paid_there(closed_rows: Rows) -> None:
    found = closed_rows(
        "select line_type, territory, amount from marts.fct_compensation_lines "
        "where product_id = 'gen-place' and amount <> 0 order by all"
    )

    assert found == [
        ("LATE_USAGE", "FR", Decimal("30.000")),
        ("REVERSAL", "DE", Decimal("-10.000")),
        ("USAGE", "DE", Decimal("100.000")),
        ("USAGE", "FR", Decimal("30.000")),
    ]


@closed_case
def generation_whose_derivative_comes_later(world: FeedBuilder) -> None:
    ten_generations(world, "gen-work", derivative_id="gen-work-derivative")
    world.add(
        "ai_usage/derivatives",
        derivative_id="gen-work-derivative",
        generation_id="gen-work-0",
        recorded_at=LATER,
    )


def test_e75_generation_whose_derivative_comes_later_moves_no_money(closed_rows: Rows) -> None:
    found = lines_of(closed_rows, "gen-work")

    assert found[0] == ("01", "01", "USAGE", "gen-work-rec", None, Decimal("100.000"))
    assert sum(amount for *_, amount in found) == Decimal("100.000")
