"""The commands that are disturbed, each on a small home in which it has something to do.

What disturbs them is in `campaign.py`.
"""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from linernotes import warehouse
from linernotes.base import durable
from linernotes.base.settings import Settings
from linernotes.ledger.keys import PRIVATE_KEY
from linernotes.packages import write_packages
from linernotes.statements import approve, draft, issue
from linernotes.warehouse.compiled import project_sha256
from tests.fixtures import ern_messages
from tests.fixtures.deliveries import PARTNER_DPID, SENDER
from tests.fixtures.intake_home import RECORDED_AT, IntakeHome, action, party, play
from tests.fixtures.published_warehouse import (
    Line,
    Statement,
    checked_run,
    publish,
    write_artefacts,
)
from tests.fixtures.worlds import FeedBuilder, add_rates

JUNE, JULY = "2026-06", "2026-07"
LATER = "2026-08-15 06:00:00"
TUNE = Statement("tune", "tune-master", [Line("a", "10.00"), Line("b", "2.50")])
WAVE = Statement("wave", "wave-master", [Line("c", "7.77")])
JULY_TUNE = Statement("tune", "tune-master", [Line("d", "1.00")], month="2026-07-01")
JULY_WAVE = Statement("wave", "wave-master", [Line("e", "3.21")], month="2026-07-01")
CONTRACT = {
    "contract_id": "c",
    "version": 1,
    "partner_id": "p",
    "side": "MASTER",
    "product_ids": ["*"],
    "currency": "EUR",
    "silence": "deny",
    "required_parties": ["owner"],
    "model": "pro_rata",
    "fx_rule": "usage_month_end",
    "late_usage": "none",
    "signed_at": "2026-01-01T00:00:00Z",
    "valid_from": "2026-01-01T00:00:00Z",
    "withholding": [{"source_territory": "ID", "rate": "0.1"}],
}


@dataclass(frozen=True)
class Scenario:
    """A command, and how to make the home that it works on.

    Attributes:
        prepare: Fills a run's folder: `home`, and `target` where packages go.
        call: `module:function`; see `steps.py`.
        arguments: What it is given, from the run's folder.
    """

    name: str
    prepare: Callable[[Path], object]
    arguments: Callable[[Path], list[Any]]
    call: str = "tests.faults.steps:command"


# The same each time, so that two ledgers can be compared.
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def give_key(settings: Settings) -> None:
    """Gives a home the same signing key each time."""
    content = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    durable.write_bytes(settings.keys_root / PRIVATE_KEY, content, is_secret=True)


def _command(*words: str) -> Callable[[Path], list[Any]]:
    return lambda root: [["--home", str(root / "home"), *words]]


def _first_deliveries(root: Path) -> None:
    intake_home = IntakeHome(root / "home")
    intake_home.put_rows("catalog/parties/1.jsonl", party(1), party(2, kind="band"), party(1))
    intake_home.put("finance/ecb/1.csv", "Date,USD,\n2026-01-05,1.1,\n2026-01-02,x,\n")
    intake_home.put_rows("licensing/contracts/1.jsonl", CONTRACT)
    intake_home.put("catalog/ern/1.xml", ern_messages.message(ern_messages.recording()))


def _more_deliveries(root: Path) -> None:
    _first_deliveries(root)
    intake_home = IntakeHome(root / "home")
    intake_home.load()
    intake_home.put_rows("catalog/parties/2.jsonl", party(1, name="Other"), party(3), party(4))
    # The bytes of another delivery under another name.
    intake_home.put_rows("catalog/parties/3.jsonl", party(1), party(2, kind="band"), party(1))
    intake_home.put("catalog/ern/2.xml", ern_messages.message(message_id="QM-2"))
    plays = [play(number) | {"recorded_at": RECORDED_AT} for number in range(3)]
    intake_home.put_parquet("ai_usage/derivative_plays/1.parquet", pl.DataFrame(plays))
    intake_home.put_rows("removals/actions/1.jsonl.gz", action(), action("action-2", facts=""))


def _issued_june(root: Path) -> Settings:
    settings = Settings(home=root / "home")
    give_key(settings)
    held = Line("f", "0.02", hold_bucket="UNMATCHED")
    publish(settings, TUNE, WAVE, unallocated=(held,))
    draft(settings, by="Ada")
    approve(settings, JUNE, by="Ben")
    issue(settings, JUNE, by="Ben")
    publish(settings, JULY_TUNE, JULY_WAVE, known_at=LATER)
    return settings


def _drafted_july(root: Path) -> Settings:
    settings = _issued_june(root)
    draft(settings, JULY, by="Ada")
    return settings


def _approved_june(root: Path) -> None:
    settings = Settings(home=root / "home")
    publish(settings, TUNE, WAVE)
    draft(settings, by="Ada")
    approve(settings, JUNE, by="Ben")


def _approved_july(root: Path) -> Settings:
    settings = _drafted_july(root)
    approve(settings, JULY, by="Ben")
    return settings


def _issued_july(root: Path) -> Settings:
    settings = _approved_july(root)
    issue(settings, JULY, by="Ben")
    target = root / "target"
    target.mkdir()
    settings.agreements_file.write_text(
        f'{SENDER}[partners.tune]\ndpid = "{PARTNER_DPID}"\n'
        f'[partners.tune.target]\nkind = "folder"\npath = "{target}"\n'
    )
    return settings


def _reported_july(root: Path) -> None:
    write_packages(_issued_july(root), JULY, "tune")


def _published_thrice(root: Path) -> None:
    settings = Settings(home=root / "home")
    checked = replace(checked_run(), project_sha256=project_sha256())
    publish(settings, TUNE, file=settings.warehouse_file, run=checked)
    definitions = write_artefacts(settings)
    for number in range(3):
        definitions.write_text(json.dumps({"build": number}))
        warehouse.publish(settings)
    definitions.write_text(json.dumps({"build": 3}))
    publish(settings, TUNE, WAVE, file=settings.warehouse_file, run=checked)
    shutil.rmtree(settings.home / "logs", ignore_errors=True)


SCENARIOS = {
    one.name: one
    for one in (
        Scenario("first load", _first_deliveries, _command("load")),
        Scenario("load", _more_deliveries, _command("load")),
        Scenario("draft", _issued_june, _command("statement", "draft", "--month", JULY)),
        Scenario(
            "approve",
            _drafted_july,
            _command("statement", "approve", "--month", JULY, "--by", "Ben"),
        ),
        Scenario(
            "first issue",
            _approved_june,
            lambda root: [str(root / "home"), JUNE],
            "tests.faults.steps:first_issue",
        ),
        Scenario("issue", _approved_july, _command("statement", "issue", "--month", JULY)),
        Scenario(
            "publish",
            _published_thrice,
            lambda root: [str(root / "home")],
            "tests.faults.steps:publish",
        ),
        Scenario("report", _issued_july, _command("report", "--month", JULY, "--partner", "tune")),
        Scenario("reports", _issued_july, _command("report", "--month", JULY)),
        Scenario(
            "deliver",
            _reported_july,
            _command("report", "--deliver", "--month", JULY, "--partner", "tune"),
        ),
    )
}


MONTH, FREEZE = "2026-01", "2026-02-15T06:00:00"


def month_begins(root: Path) -> None:
    """The first deliveries of a month: one contract, one recording, one product."""
    world = _month()
    for feed in ("ai_usage/derivative_plays", "finance/revenue"):
        world.rows.pop(feed)
    world.write(root / "home" / "landing")
    give_key(Settings(home=root / "home"))
    target = root / "target"
    target.mkdir()
    Settings(home=root / "home").agreements_file.write_text(
        f'{SENDER}[partners.m-partner]\ndpid = "{PARTNER_DPID}"\n'
        f'[partners.m-partner.target]\nkind = "folder"\npath = "{target}"\n'
    )


def month_ends(root: Path) -> None:
    """The plays and the revenue of the month."""
    world = _month()
    for feed in world.rows.keys() - {"ai_usage/derivative_plays", "finance/revenue"}:
        world.rows.pop(feed)
    world.write(root / "home" / "landing", "later.jsonl")


def closing_is_built(root: Path) -> None:
    """What the closing has valued stands where a build puts it."""
    settings = Settings(home=root / "home")
    closing = settings.warehouse_file.parent / "closing" / f"{MONTH}.duckdb"
    shutil.copy(closing, settings.warehouse_file)
    write_artefacts(settings)


def _month() -> FeedBuilder:
    world = FeedBuilder()
    add_rates(world)
    label = world.licensed("m")
    world.product("m", basis="plays")
    world.recording("m-rec", owner=label)
    world.played("m", "m-rec", 10, day="2026-01-10")
    world.played("m", "m-rec", 7, day="2026-01-20")
    world.revenue("m", "123.45", usage_month=MONTH, recorded_at="2026-02-05T06:00:00Z")
    return world
