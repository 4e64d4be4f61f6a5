"""Input that changes issued months which its own rows do not name.

Such a month is recalculated, too: what was paid for it is taken back, or what is due is paid.
"""

import shutil
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from pathlib import Path

import duckdb
import pytest

from linernotes import ingestion, warehouse
from linernotes.base.settings import Settings
from linernotes.ledger.files import RECALCULATED
from tests.conftest import close_and_issue
from tests.fixtures.worlds import FeedBuilder

JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)
CLOSINGS = {JANUARY: datetime(2026, 2, 15, 6), FEBRUARY: datetime(2026, 3, 15, 6)}
NOW, LATER = datetime(2026, 3, 25, 6), "2026-03-20T06:00:00Z"
PLAYED_IN_FEBRUARY = {"play_date": "2026-02-03", "recorded_at": "2026-02-04T06:00:00Z"}


def base() -> FeedBuilder:
    """Uses of January and February in a product per case."""
    world = FeedBuilder()
    terms = {"denied": {"silence": "deny"}, "limited": {"silence": "deny"}}
    for product in ("made", "played", "denied", "retried", "other", "failed", "limited"):
        label = world.licensed(product, **terms.get(product, {}))
        world.product(product, basis="generations" if product == "made" else "plays")
        world.recording(f"{product}-rec", owner=label)
        for month, recorded in (("2026-01", "2026-02-05"), ("2026-02", "2026-03-05")):
            recorded_at = f"{recorded}T06:00:00Z"
            world.revenue(product, "60.00", usage_month=month, recorded_at=recorded_at)
    world.generation("made", ["made-rec"], generation_id="moved", **at("2026-01-10T12:00:00Z"))
    paid = world.played("played", "played-rec", 60)
    world.removal("removed", "2026-01-20T00:00:00Z", derivative_id=paid)
    world.decision("limit", "limited-label", "allow", daily_limit=1)
    for product in ("denied", "retried", "limited"):
        world.derivative(
            product,
            [f"{product}-rec"],
            derivative_id=f"{product}-drv",
            idempotency_key=f"{product}-key",
            **at("2026-01-10T12:00:00Z"),
        )
    world.derivative(
        "limited", ["other-rec"], derivative_id="other-drv", **at("2026-01-10T08:00:00Z")
    )
    world.attribute("other-drv", {"other-rec": "1"}, recorded_at="2026-01-10T08:01:00Z")
    world.generation("failed", ["failed-rec"], generation_id="fails", **at("2026-01-10T12:00:00Z"))
    world.add(
        "ai_usage/derivatives",
        derivative_id="failed-drv",
        generation_id="fails",
        recorded_at="2026-01-10T12:02:00Z",
    )
    for product in ("denied", "retried", "limited", "failed"):
        world.plays(f"{product}-drv", 40, **PLAYED_IN_FEBRUARY)
    return world


def at(instant: str) -> dict[str, str]:
    return {"occurred_at": instant, "recorded_at": instant}


def generation_of_march(world: FeedBuilder) -> None:
    [row] = [one for one in base().rows["ai_usage/generations"] if one["generation_id"] == "moved"]
    world.add(
        "ai_usage/generations",
        **row | {"occurred_at": "2026-03-10T12:00:00Z", "recorded_at": LATER},
    )


def contract_from_march(world: FeedBuilder) -> None:
    [row] = [
        one for one in base().rows["licensing/contracts"] if one["contract_id"] == "made-contract"
    ]
    world.add(
        "licensing/contracts", **row | {"valid_from": "2026-03-01T00:00:00Z", "recorded_at": LATER}
    )


def removal_of_something_else(world: FeedBuilder) -> None:
    [row] = base().rows["removals/actions"]
    world.add("removals/actions", **row | {"derivative_id": "another", "recorded_at": LATER})


def plays_of_december(world: FeedBuilder) -> None:
    """What came before the first statement is not corrected."""
    world.plays("played-rec-played-0", 5, play_date="2025-12-20", recorded_at=LATER)


def consent_that_has_ended(world: FeedBuilder) -> None:
    """Plays of February have the consent of their generation, in January."""
    world.decision(
        "agreed",
        "denied-label",
        "allow",
        valid_from="2026-01-05T00:00:00Z",
        valid_to="2026-01-25T00:00:00Z",
        recorded_at=LATER,
    )


def retry_in_another_product(world: FeedBuilder) -> None:
    """Of one key the last row counts, and the derivative of the others belongs to it."""
    world.generation(
        "other",
        ["other-rec"],
        idempotency_key="retried-key",
        occurred_at="2026-03-02T12:00:00Z",
        recorded_at=LATER,
    )


def generation_that_failed(world: FeedBuilder) -> None:
    """Its row does not name the derivative, only the derivative's names it."""
    [row] = [one for one in base().rows["ai_usage/generations"] if one["generation_id"] == "fails"]
    world.add("ai_usage/generations", **row | {"status": "failed", "recorded_at": LATER})


def attribution_to_a_limited_recording(world: FeedBuilder) -> None:
    """It makes an earlier output of a day one of the limited recording."""
    weights = {"limited-rec": "1"}
    world.attribute("other-drv", weights, attribution_version="a2", recorded_at=LATER)


def earlier_output_of_a_limited_day(world: FeedBuilder) -> None:
    world.derivative(
        "limited",
        ["limited-rec"],
        derivative_id="limited-first",
        occurred_at="2026-01-10T09:00:00Z",
        recorded_at=LATER,
    )


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose January and February are issued."""
    home = Settings(home=tmp_path_factory.mktemp("issued"))
    base().write(home.landing_root, "base.jsonl")
    ingestion.admit_landing(home)
    for month, known_at in CLOSINGS.items():
        close_and_issue(home, month, known_at)
    return home.home


@pytest.mark.parametrize(
    ("deliver", "changed"),
    [
        (generation_of_march, {("made", JANUARY)}),
        (contract_from_march, {("made", JANUARY)}),
        (removal_of_something_else, {("played", JANUARY)}),
        (plays_of_december, set()),
        (attribution_to_a_limited_recording, {("limited", FEBRUARY)}),
        (consent_that_has_ended, {("denied", FEBRUARY)}),
        (retry_in_another_product, {("retried", FEBRUARY), ("other", FEBRUARY)}),
        (generation_that_failed, {("failed", FEBRUARY)}),
        (earlier_output_of_a_limited_day, {("limited", FEBRUARY)}),
    ],
)
def test_month_that_input_does_not_name_is_recalculated(
    issued: Path,
    tmp_path: Path,
    deliver: Callable[[FeedBuilder], None],
    changed: set[tuple[str, date]],
) -> None:
    home = Settings(home=tmp_path / "home")
    shutil.copytree(issued, home.home)
    world = FeedBuilder()
    deliver(world)
    world.write(home.landing_root, "later.jsonl")
    ingestion.admit_landing(home)

    root = warehouse.link_sources(home)
    begin = partial(warehouse.calculation, warehouse.compiled_project(home), root)
    warehouse.recalculate(begin, root, NOW)

    with duckdb.connect() as connection:
        found = connection.execute(
            f"select distinct product_id, usage_month from read_parquet('{root}/{RECALCULATED}/*') "
            "where weight_nano_before <> weight_nano_after"
        ).fetchall()
    assert set(found) == changed
