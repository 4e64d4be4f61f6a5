"""Rows that come after their month was issued, and were recorded before its freeze.

They are in no issued figure, so they are paid or corrected in the next statement, once, whatever
becomes of the lake. Rows whose load was stopped come when a load finishes them.
"""

import shutil
from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from linernotes import ingestion, warehouse
from linernotes.base.settings import Settings
from linernotes.ingestion.register import Register
from linernotes.warehouse.calculation import Scenario
from linernotes.warehouse.recalculation import LINES
from tests.conftest import close_and_issue
from tests.fixtures.intake_home import Stop
from tests.fixtures.worlds import FeedBuilder

JANUARY, FEBRUARY, MARCH = (date(2026, month, 1) for month in (1, 2, 3))
FREEZES = {month: datetime(2026, month.month + 1, 15, 6) for month in (JANUARY, FEBRUARY, MARCH)}
RECORDED = "2026-02-01T06:00:00Z"

Lines = dict[str, list[tuple]]


def worlds() -> tuple[FeedBuilder, FeedBuilder]:
    """What January is issued from, and what comes after that, all recorded before its freeze."""
    world, late = FeedBuilder(), FeedBuilder()
    made = {}
    for product, gross in {"used": "1000.00", "sold": "500.00", "denied": "300.00"}.items():
        label = world.licensed(product)
        world.product(product, basis="plays")
        for name, plays in {"a": 150_000, "b": 50_000}.items():
            recording = world.recording(f"{product}-{name}", owner=label)
            made[recording] = world.played(product, recording, plays)
        world.revenue(product, gross, usage_month="2026-01", recorded_at=RECORDED)
    label = world.licensed("mismatch", silence="deny")
    world.product("mismatch", basis="plays")
    world.played("mismatch", world.recording("mismatch-a", owner=label), 100)
    world.revenue("mismatch", "100.00", usage_month="2026-01", recorded_at=RECORDED)
    world.decision("agreed", label, "allow")
    late.decision(
        "agreed", label, "allow", evidence_state="mismatch", recorded_at="2026-01-20T06:00:00Z"
    )
    late.plays(made["used-a"], 400, play_date="2026-01-11", recorded_at="2026-01-12T06:00:00Z")
    late.revenue("sold", "600.00", usage_month="2026-01", recorded_at="2026-02-10T06:00:00Z")
    late.decision(
        "denial",
        "denied-label",
        "deny",
        object_type="recording",
        object_id="denied-b",
        recorded_at="2026-01-02T06:00:00Z",
    )
    return world, late


def january_in(home: Settings, month: date) -> Lines:
    """The lines of January in a month's statements, by product, without those of 0.00."""
    file = home.warehouse_file.parent / "closing" / f"{month:%Y-%m}.duckdb"
    found = defaultdict(list)
    with duckdb.connect(str(file), read_only=True) as connection:
        rows = connection.execute(
            "select product_id, line_type, object_id, hold_bucket, amount "
            "from marts.fct_compensation_lines where report_month = ? and usage_month = ? "
            "and contract_id is not null and amount <> 0 order by all",
            [month, JANUARY],
        ).fetchall()
    for product, *line in rows:
        found[product].append(tuple(line))
    return dict(found)


def other_home(home: Settings, folder: Path) -> Settings:
    """A home with the ledger of another one, whose lake is lost."""
    new = Settings(home=folder)
    for name in ("ledger", "keys"):
        shutil.copytree(home.home / name, new.home / name)
    return new


def load_stopped_before_the_register(home: Settings) -> None:
    """Loads the rows of the first new file, and stops before its entry in the register."""

    def stop(*_: object) -> None:
        raise Stop

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Register, "record", stop)
        with pytest.raises(Stop):
            ingestion.admit_landing(home)


@pytest.fixture(scope="module", params=["come_late", "load_is_stopped"])
def home(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Settings:
    """January is issued; then its late rows come, or their load is finished, and February is
    issued.
    """
    home = Settings(home=tmp_path_factory.mktemp("late"))
    world, late = worlds()
    world.write(home.landing_root, "world.jsonl")
    ingestion.admit_landing(home)
    if request.param == "load_is_stopped":
        late.write(home.landing_root, "late.jsonl")
        load_stopped_before_the_register(home)
    close_and_issue(home, JANUARY, FREEZES[JANUARY])
    late.write(home.landing_root, "late.jsonl")
    ingestion.admit_landing(home)
    close_and_issue(home, FEBRUARY, FREEZES[FEBRUARY])
    return home


def test_e75_rows_that_come_after_the_issue_are_paid_whenever_they_were_recorded(
    home: Settings,
) -> None:
    """400 uses at 0.005 are 2.00; 600.00 instead of 500.00 are 75.00 and 25.00 more; a quarter of
    300.00 is held, since the owner had denied consent. Evidence that was found not to match takes
    nothing back (E43).
    """
    assert january_in(home, FEBRUARY) == {
        "used": [("LATE_USAGE", "used-a", None, Decimal("2.000"))],
        "sold": [
            ("REVENUE_CORRECTION", "sold-a", None, Decimal("75.000")),
            ("REVENUE_CORRECTION", "sold-b", None, Decimal("25.000")),
        ],
        "denied": [
            ("LATE_CONSENT", "denied-b", "CONSENT", Decimal("75.000")),
            ("LATE_CONSENT", "denied-b", None, Decimal("-75.000")),
        ],
    }


def test_e76_january_as_known_at_its_freeze_is_what_was_issued(home: Settings) -> None:
    with warehouse.calculation(
        warehouse.compiled_project(home), warehouse.sources_folder(home)
    ) as run:
        run.run(Scenario(FREEZES[JANUARY]), [LINES])
        amounts = run.connection.execute(
            f"select object_id, hold_bucket, amount_minor_units from intermediate.{LINES} "
            "where contract_id is not null order by all"
        ).fetchall()

    assert amounts == [
        ("denied-a", None, 22500),
        ("denied-b", None, 7500),
        ("mismatch-a", None, 10000),
        ("sold-a", None, 37500),
        ("sold-b", None, 12500),
        ("used-a", None, 75000),
        ("used-b", None, 25000),
    ]


@pytest.mark.parametrize("is_cut_anew", [False, True], ids=["same_files", "files_cut_anew"])
def test_lost_lake_that_is_loaded_again_pays_nothing_twice(
    home: Settings, tmp_path: Path, is_cut_anew: bool
) -> None:
    new = other_home(home, tmp_path)
    if is_cut_anew:
        world, late = worlds()
        for feed, rows in late.rows.items():
            world.rows[feed] += rows
        world.write(new.landing_root, "everything.jsonl")
    else:
        shutil.copytree(home.landing_root, new.landing_root)
    ingestion.admit_landing(new)

    close_and_issue(new, MARCH, FREEZES[MARCH])

    assert january_in(new, MARCH) == {}
