"""The extremes of every column of every feed, through the intake and a build.

No model and no blocking check may fail on a value that the intake accepts, because that would stop
all statements. The values come from the contracts, so new columns are covered.
"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import dataframely as dy
import pytest

from expectations.runner import run_suites
from linernotes import ingestion
from linernotes.base.settings import Settings
from linernotes.ingestion import Lake, columns
from linernotes.ingestion.feeds import CONTRACTS
from tests.conftest import build_once
from tests.fixtures.compiled_warehouse import make_warehouse
from tests.fixtures.worlds import FeedBuilder, add_rates

KNOWN_AT = datetime(2026, 10, 1)
NUMBERS = ("count", "decimal")
# Terms of a contract only have an effect under the model that reads them.
MODELS = {
    "rate": "per_use",
    "per_use_minimum": "greater_of",
    "per_subscriber_minimum": "greater_of",
    "training_fee_amount": "equal_per_work",
}
TEXTS = {
    "text": ("0", "x" * 200),
    "time": ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"),
    "date": ("0001-01-01", "9999-12-31"),
    "month": ("0000-01", "9999-12"),
    "partial_date": ("0001", "9999-12-31"),
    "boolean": ("false", "true"),
}
EVENT = ("0001-01-01T00:00:00Z", "2026-09-30T00:00:00Z")

pytestmark = pytest.mark.slow


def bounds(name: str, column: dy.Column, traits: columns.Traits) -> tuple[str, ...]:
    """The smallest and the largest value that a column's contract admits."""
    if traits.kind == "count":
        assert isinstance(column, dy.Int64)
        assert column.max is not None, f"{name} has no upper end"
        return str(column.min or 0), str(column.max)
    if traits.kind == "decimal":
        assert isinstance(column, dy.Decimal)
        assert column.max is not None, f"{name} has no upper end"
        digits = columns.RATE_DIGITS if "fraction_digits" in str(column.check) else 12
        step = Decimal(1).scaleb(-digits)
        smallest = step if column.min_exclusive is not None else Decimal(0)
        return f"{smallest:f}", f"{column.max:f}"
    if traits.kind == "time" and column.check:
        return EVENT
    if traits.standard or "closed_list" in str(column.check):
        return ()
    return TEXTS.get(traits.kind, ())


def extremes(is_number: bool) -> Iterator[tuple[str, str, str]]:
    """Feed, column and value, either for columns of numbers or for all others."""
    for feed, contract in CONTRACTS.items():
        for name, traits in contract.traits().items():
            if name in {*contract.KEY, "row_number", "is_withdrawn", "recorded_at", "withholding"}:
                continue
            if (traits.kind in NUMBERS) == is_number:
                for value in bounds(name, contract.columns()[name], traits):
                    yield feed, name, value


def variants() -> list[list[tuple[str, str, str]]]:
    """The worlds: one per extreme number; for other extremes, one of each feed together."""
    others: dict[str, list[tuple[str, str, str]]] = {}
    for extreme in extremes(is_number=False):
        others.setdefault(extreme[0], []).append(extreme)
    rounds = max(map(len, others.values()))
    together = [
        [of_feed[number] for of_feed in others.values() if number < len(of_feed)]
        for number in range(rounds)
    ]
    return [[extreme] for extreme in extremes(is_number=True)] + together


def add_world(world: FeedBuilder, name: str) -> None:
    """A small world in which every feed has a row with an effect on money or a report."""
    label = world.licensed(name, product_ids=[name])
    world.party(f"{name}-artist", kind="artist")
    world.product(name, basis="plays")
    recording = world.recording(f"{name}-rec", label, main_artist_ids=[f"{name}-artist"])
    work = f"{name}-work"
    world.add("catalog/works", work_id=work, title=work)
    world.add("catalog/recording_works", recording_id=recording, work_id=work)
    link = {"parent_party_id": label, "child_party_id": f"{name}-artist", "role": "signed_to"}
    world.add("catalog/party_links", **link, valid_from="2020-01-01T00:00:00Z")
    world.decision(f"{name}-yes", label, "allow")
    derivative = world.derivative(name, [recording])
    world.attribute(derivative, {recording: "0.5"})
    world.plays(derivative, 10)
    credit = {"derivative_id": derivative, "object_id": recording, "role": "main_artist"}
    world.add(
        "catalog/credits",
        **credit,
        party_id=f"{name}-artist",
        displayed_from="2026-03-11T00:00:00Z",
    )
    inclusion = {"model_version": f"{name}-m1", "product_id": name, "side": "MASTER"}
    included = {"object_id": recording, "included_at": "2026-03-01T00:00:00Z"}
    world.add("ai_usage/training_inclusions", **inclusion, **included)
    signal = {"month": "2026-03", "recording_id": recording, "territory": "DE"}
    world.add("ai_usage/fan_signals", **signal, derivative_listeners=100)
    world.removal(f"{name}-removal", "2026-03-20T00:00:00Z", recording_id=recording)
    notice = {"notice_id": f"{name}-notice", "puid": f"{name}-removal"}
    received = {"notifier_kind": "artist", "received_at": "2026-03-19T00:00:00Z"}
    world.add("removals/notices", **notice, **received)
    appeal = {"appeal_id": f"{name}-appeal", "puid": f"{name}-removal", "kind": "internal"}
    world.add("removals/appeals", **appeal, filed_at="2026-03-21T00:00:00Z")
    filing = {"batch_id": f"{name}-batch", "puid": f"{name}-removal", "outcome": "rejected"}
    world.add("removals/filings", **filing, answered_at="2026-03-20T12:00:00Z")
    world.revenue(name, "1000", subscribers="10")
    rate = {"rate_date": "2026-03-31", "base_currency": "EUR", "quote_currency": "KWD"}
    world.add("finance/fx_rates", **rate, rate="2", provider=f"{name}-bank")


def make_home(home: Path) -> None:
    currencies = ["BHD", "OMR"]
    world = FeedBuilder()
    add_rates(world)
    for number, extremes_of_one in enumerate(variants()):
        before = {feed: len(rows) for feed, rows in world.rows.items()}
        add_world(world, f"v{number}")
        for feed, column, value in extremes_of_one:
            row = world.rows[feed][before.get(feed, 0)]
            row[column] = value
            if feed == "licensing/contracts":
                row["model"] = MODELS.get(column, row["model"])
            if feed == "finance/fx_rates":
                # A separate currency, in which the world's contract pays.
                row["quote_currency"] = currencies.pop()
                world.rows["licensing/contracts"][-1]["currency"] = row["quote_currency"]
    settings = Settings(home=home)
    world.write(settings.landing_root)
    ingestion.admit_landing(settings)


@pytest.fixture(scope="module")
def home(shared_folder: Path) -> Path:
    return build_once(shared_folder / "extremes", make_home)


def test_extremes_every_number_of_every_feed_is_admitted(home: Path) -> None:
    """A value at the end of its range is valid; rules for whole rows may still reject the row."""
    lake = Lake(home / "lake")
    deliveries = lake.read("raw_door__deliveries").collect()
    broken = lake.read("raw_door__quarantined_rows").collect()["broken_rules"].explode().unique()

    assert set(deliveries["state"]) == {"loaded"}
    assert [rule for rule in broken if "." in rule] == []


def test_extremes_that_the_intake_admits_build_and_pass_every_blocking_check(home: Path) -> None:
    """Regression: a count over 9,223,372,036, a weight of 1.0000005, a rate of 9 digits failed."""
    settings = Settings(home=home)

    suites = run_suites(settings, layer="raw")
    tests = make_warehouse(settings, KNOWN_AT)
    suites += run_suites(settings, layer="reports")

    assert [check.check_name for check in suites if check.is_blocking] == []
    assert [check.name for check in tests if check.outcome != "passed"] == []
    assert len(tests) > 300
