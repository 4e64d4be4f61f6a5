"""The demonstration: runs sample feeds through the whole pipeline, in a new home each time.

Each step calls the same library function as the commands and the schedules.
"""

import json
import shutil
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

from linernotes import warehouse
from linernotes.base import durable
from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.cli.console import print_line, progress_bars
from linernotes.delivery import DELIVERED, deliver_packages
from linernotes.ledger.issuances import line_types_issued
from linernotes.ledger.records import DRAFT, ISSUED, StatementRecord
from linernotes.packages import write_packages
from linernotes.pipeline import build_and_publish, calculated_month_end, load
from linernotes.statements import approve, draft, issue
from sampleservice import write_agreements, write_events, write_sample

# Special cases in the sample feeds, by name.
TRUTHS = "sample-truths.json"
MONTHS = 6
CLOSED_MONTHS = [date(2026, month, 1) for month in range(1, MONTHS)]
# A month is closed on the 15th of the next, with the data recorded by that morning.
CLOSING_DAY, CLOSING_HOUR = 15, 6
FIRST_TYPES = {"USAGE"}
DRAFTED_BY, APPROVED_BY = "Dana Draft (demo)", "Pat Approve (demo)"


def fresh_home(home: Path) -> Settings:
    """Empties the demo's home, or creates it.

    Raises:
        LinernotesError: if the folder holds something that a demo has not made.
    """
    mark = Settings(home=home).demonstration_mark
    if home.exists() and any(home.iterdir()):
        if not mark.is_file():
            raise LinernotesError(
                f"{home} is not empty and was not made by a demo, so the demo does not replace it."
                " Give it another folder: linernotes --home DIR demo"
            )
        shutil.rmtree(home)
    durable.write_text(
        mark, "Made by `linernotes demo`, which deletes this folder when it runs again.\n"
    )
    # The demo has written its feeds completely, so they need not settle.
    return Settings(home=home, landing=home / "landing", settling_seconds=0)


def run_demo(home: Path, scale: float, seed: int) -> None:
    """Makes sample feeds, runs the whole pipeline, and prints where its results are.

    Args:
        home: The folder; replaced if an earlier demo made it.
        scale: The size of the sample; 1 is one ten-thousandth of a real service.
        seed: The same seed gives the same feeds.
    """
    began = time.monotonic()
    settings = fresh_home(home)
    # dbt compiles the models in another process while the feeds are made and loaded.
    compiling = threading.Thread(target=warehouse.compiled_project, args=[settings])
    compiling.start()
    with _step(f"Sample world of {MONTHS} months"):
        sample = write_sample(settings.landing_root, scale, {}, seed, MONTHS)
        durable.write_text(home / TRUTHS, json.dumps(dict(sample.scenarios), indent=2) + "\n")
        write_agreements(settings.home)
        write_events(settings.home)
    with _step("Loaded") as note, progress_bars() as progress:
        report = load(settings, on_progress=progress)
        loaded = sum(delivery.rows_loaded for delivery in report.deliveries)
        quarantined = sum(delivery.rows_quarantined for delivery in report.deliveries)
        note(
            f"{loaded:,} rows of {len(report.deliveries)} deliveries, {quarantined:,} in quarantine"
        )
    compiling.join()
    with _step("Statements of five months, closed and issued") as note, progress_bars() as progress:
        issued = [
            statement
            for month in CLOSED_MONTHS
            for statement in _close(
                settings,
                month,
                lambda step, *unit, month=month: progress(f"{step} {month:%Y-%m}", *unit),
            )
        ]
        corrections = line_types_issued(settings) - FIRST_TYPES
        note(f"{len(issued)} statements; line types beside USAGE: {', '.join(sorted(corrections))}")
    with _step("Checks, warehouse, publication") as note, progress_bars() as progress:
        outcome = build_and_publish(settings, on_progress=progress)
        held = sum(check.outcome == "passed" for check in outcome.checks)
        note(
            f"{outcome.build.node_count} nodes, {held} of {len(outcome.checks)} checks passed, no "
            "blocking check failed"
        )
    with _step("Statement drafts of the sixth month") as note:
        drafts = draft(settings, by=DRAFTED_BY)
        note(f"{sum(one.state == DRAFT for one in drafts)} statements")
    with _step("Partner packages") as note, progress_bars() as progress:
        packages = write_packages(
            settings,
            on_progress=lambda done, total, name: progress("Packages", done, total, name),
        )
        note(f"{len(packages)} packages for {len({one.partner_id for one in packages})} partners")
    with _step("Deliveries of what is issued") as note, progress_bars() as progress:
        issued_packages = [package for package in packages if package.state == ISSUED]
        shipments = deliver_packages(settings, issued_packages, on_progress=progress)
        arrived = [shipment for shipment in shipments if shipment.outcome == DELIVERED]
        note(f"{len(arrived)} of {len(issued_packages)} packages arrived")
    print_line(f"Done in {time.monotonic() - began:.0f} s.\n")
    _print_results(settings)


def _close(
    settings: Settings, month: date, on_progress: Callable[[str, int, int, str], None]
) -> list[StatementRecord]:
    """Calculates a month as of its closing day, and drafts, approves and issues its statements."""
    next_month = (month + timedelta(days=31)).replace(day=1)
    known_at = datetime(next_month.year, next_month.month, CLOSING_DAY, CLOSING_HOUR)
    text = f"{month:%Y-%m}"
    with calculated_month_end(settings, month, known_at, on_progress) as source:
        draft(settings, text, by=DRAFTED_BY, source=source)
    approve(settings, text, by=APPROVED_BY)
    return list(issue(settings, text, by=APPROVED_BY).statements)


@contextmanager
def _step(name: str) -> Generator[Callable[[str], None]]:
    began = time.monotonic()
    notes: list[str] = []
    yield notes.append
    print_line(
        f"{time.monotonic() - began:6.1f} s  {name}{': ' if notes else ''}{'; '.join(notes)}"
    )


def _print_results(settings: Settings) -> None:
    home = settings.home
    places = {
        "The published warehouse": (
            settings.published_file,
            "any DuckDB client, read-only; the reports are in the schema `reports`",
        ),
        "Partner packages": (settings.outbox_root, "start with README.txt in a package's folder"),
        "What the partners received": (
            settings.home / "delivered",
            "folders in place of the partners' servers; the records are in delivery/records",
        ),
        "What was checked": (
            settings.reports_root / "data_docs",
            "index.html in a browser",
        ),
        "The sample feeds": (
            settings.landing_root,
            "the feeds, as other systems would deliver them",
        ),
        "Executive dashboard": (
            home,
            f"linernotes --home {home} dashboard\n    The demo issues past months in one run, so "
            "their statements count as late there.",
        ),
        "Health at a glance": (home, f"linernotes --home {home} status"),
        "Lineage and schedules": (home / "dagster", f"linernotes --home {home} up"),
    }
    for name, (place, advice) in places.items():
        print_line(f"{name}\n    {place}\n    {advice}")
