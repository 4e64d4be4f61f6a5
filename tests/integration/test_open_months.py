"""Drafts of several open months: a later one includes the effects of issuing the earlier ones.

January to March are open at one freeze; then January and February are issued, one after the other.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from linernotes import ingestion, warehouse
from linernotes.base.settings import Settings
from tests.conftest import build_once, close_and_issue
from tests.fixtures.worlds import FeedBuilder, add_rates

MARCH = date(2026, 3, 1)
KNOWN_AT = datetime(2026, 4, 15, 6)
CLOSINGS = [
    (date(2026, 1, 1), datetime(2026, 4, 16, 6)),
    (date(2026, 2, 1), datetime(2026, 4, 17, 6)),
]
LATER = datetime(2026, 4, 18, 6)
FEE = {"amount": "9.00", "model_version": "open-model", "usage_month": "2026-01"}


def open_world() -> FeedBuilder:
    world = FeedBuilder()
    add_rates(world)
    label = world.licensed("open", silence="deny")
    world.product("open")
    for number, sold in (("1", "10.00"), ("2", "7.00")):
        recording = world.recording(f"open-rec-{number}", owner=label)
        when = f"2026-0{number}-10T10:00:00Z"
        world.generation("open", [recording], occurred_at=when, recorded_at=when)
        world.revenue(
            "open", sold, usage_month=f"2026-0{number}", recorded_at="2026-03-05T06:00:00Z"
        )
    school = world.licensed(
        "school", silence="deny", model="equal_per_work", revenue_share=None, training_fee=FEE
    )
    world.product("school", kind="training")
    world.recording("school-rec", owner=school)
    world.add(
        "ai_usage/training_inclusions",
        model_version="open-model",
        product_id="school",
        side="MASTER",
        object_id="school-rec",
        included_at="2026-01-05T00:00:00Z",
        recorded_at="2026-01-05T00:00:00Z",
    )
    world.decision("open-yes", label, "allow", recorded_at="2026-04-01T00:00:00Z")
    world.decision("school-yes", school, "allow", recorded_at="2026-04-01T00:00:00Z")
    return world


@dataclass(frozen=True)
class Files:
    drafted: Path
    after: Path


@pytest.fixture(scope="module")
def files(shared_folder: Path) -> Files:
    """The figures of three open months, and those of March once the two others are issued."""

    def make(home: Path) -> None:
        settings = Settings(home=home)
        open_world().write(settings.landing_root)
        ingestion.admit_landing(settings)
        warehouse.calculate_open_months(settings, MARCH, KNOWN_AT).rename(home / "drafted.duckdb")
        for month, known_at in CLOSINGS:
            close_and_issue(settings, month, known_at)
        warehouse.calculate_open_months(settings, MARCH, LATER)

    home = build_once(shared_folder / "open-months", make)
    return Files(home / "drafted.duckdb", home / "warehouse" / "closing" / "2026-03.duckdb")


def lines(file: Path, line_types: tuple[str, ...]) -> Iterator[tuple]:
    with duckdb.connect(str(file), read_only=True) as connection:
        yield from connection.execute(
            f"""
            select
                strftime(report_month, '%m'), strftime(usage_month, '%m'), line_type, hold_bucket,
                consent_proof_id, amount
            from marts.fct_compensation_lines
            where line_type in {line_types} and contract_id is not null
            order by all
            """
        ).fetchall()


def test_draft_of_february_releases_the_late_consents_of_open_january_e36(files: Files) -> None:
    """Regression: January's 10.00 stayed on hold in every draft until January was issued."""
    found = list(lines(files.drafted, ("USAGE", "LATE_CONSENT")))

    assert found == [
        ("01", "01", "USAGE", "CONSENT", None, Decimal("10.000")),
        ("02", "01", "LATE_CONSENT", "CONSENT", None, Decimal("-10.000")),
        ("02", "01", "LATE_CONSENT", None, "open-yes", Decimal("10.000")),
        ("02", "02", "USAGE", "CONSENT", None, Decimal("7.000")),
        ("03", "02", "LATE_CONSENT", "CONSENT", None, Decimal("-7.000")),
        ("03", "02", "LATE_CONSENT", None, "open-yes", Decimal("7.000")),
    ]


def test_draft_of_february_releases_the_training_fee_of_open_january_e59(files: Files) -> None:
    found = list(lines(files.drafted, ("TRAINING_FEE", "")))

    assert found == [
        ("01", "01", "TRAINING_FEE", "CONSENT", None, Decimal("9.000")),
        ("02", "01", "TRAINING_FEE", "CONSENT", None, Decimal("-9.000")),
        ("02", "01", "TRAINING_FEE", None, "school-yes", Decimal("9.000")),
    ]


def test_releases_of_open_months_name_the_line_that_was_held_e36(files: Files) -> None:
    with duckdb.connect(str(files.drafted), read_only=True) as connection:
        found = connection.execute(
            """
            select distinct lines.usage_month = held.report_month, held.hold_bucket
            from marts.fct_compensation_lines as lines
            left join marts.fct_compensation_lines as held on held.line_id = lines.original_line_id
            where lines.line_type = 'LATE_CONSENT'
            """
        ).fetchall()

    assert found == [(True, "CONSENT")]


def test_statement_of_march_is_the_same_before_and_after_the_others_are_issued(
    files: Files,
) -> None:
    """The draft includes the effects of issuing to the cent; the 10.00 is not released twice."""
    every = ("USAGE", "LATE_CONSENT", "TRAINING_FEE")

    assert list(lines(files.after, every)) == list(lines(files.drafted, every))
