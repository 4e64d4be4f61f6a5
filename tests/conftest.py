"""Warehouses that many tests share: each is built once and then only read."""

import fcntl
import importlib
import os
import pkgutil
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from linernotes import ingestion, statements, warehouse
from linernotes.base.settings import PROJECT_ROOT, Settings
from tests.fixtures import worlds
from tests.fixtures.deliveries import make_issued_home
from tests.fixtures.worlds import Amounts, Rows

# Tests write their deliveries to the end before they load them.
os.environ.setdefault("LINERNOTES_SETTLING_SECONDS", "0")

CASES_KNOWN_AT = datetime(2026, 10, 1)
# A month is closed on the 15th of the next, with what was known that morning.
CLOSINGS = [(date(2026, month, 1), datetime(2026, month + 1, 15, 6)) for month in range(1, 7)]
LAST_MONTH, LAST_KNOWN_AT = date(2026, 7, 1), datetime(2026, 8, 15, 6)
# Homes that take long to make.
LARGE_HOMES = {"case_home", "closed_home"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts slow modules first, so that no process is left alone with one at the end.

    Before them comes a module for each large home, so that two processes make them side by side.
    """
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    reads: dict[Path, set[str]] = {}
    for item in items:
        reads.setdefault(item.path, set()).update(getattr(item, "fixturenames", ()))
    makers: dict[str, Path] = {}
    for path, names in reads.items():
        homes = names & LARGE_HOMES
        if len(homes) == 1:
            makers.setdefault(homes.pop(), path)
    items.sort(key=lambda item: (item.path not in makers.values(), item.path not in slow))


def build_once(folder: Path, make: Callable[[Path], None]) -> Path:
    """Runs `make` in one of the test processes; the others wait for it and share what it made."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = folder / ".done"
        if not done.exists():
            make(folder)
            done.touch()
    return folder


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this test run see."""
    base = tmp_path_factory.getbasetemp()
    return base.parent / "shared" if base.name.startswith("popen-") else base / "shared"


@pytest.fixture(scope="session")
def case_home(shared_folder: Path) -> Path:
    """A home with every edge case's rows loaded through the intake and built."""
    return build_once(shared_folder / "cases", _make_case_home)


def _make_case_home(home: Path) -> None:
    load_cases(home)
    settings = Settings(home=home)
    warehouse.build(settings, known_at=CASES_KNOWN_AT)
    warehouse.publish(settings)


def load_cases(home: Path, shuffled_by: int | None = None) -> None:
    """Loads the rows of all edge cases, in the written or another order."""
    import_modules("tests.integration.edge_cases")
    world = worlds.FeedBuilder()
    worlds.add_rates(world)
    for add_case in worlds.CASES:
        add_case(world)
    if shuffled_by is not None:
        for feed_rows in world.rows.values():
            random.Random(shuffled_by).shuffle(feed_rows)
    settings = Settings(home=home)
    world.write(settings.landing_root)
    report = ingestion.admit_landing(settings)
    refused = [delivery for delivery in report.deliveries if delivery.state == "refused"]
    assert not refused, refused


@pytest.fixture(scope="session")
def closed_home(shared_folder: Path) -> Path:
    """A home whose months January to June were closed and issued; July is a draft.

    Its figures are in the closing file of July; nothing is built or published.
    """
    return build_once(shared_folder / "closed", _make_closed_home)


def _make_closed_home(home: Path) -> None:
    settings = Settings(home=home)
    closed_world().write(settings.landing_root)
    report = ingestion.admit_landing(settings)
    unexpected = [one for one in report.deliveries if one.state != "loaded" or one.rows_quarantined]
    assert not unexpected, unexpected
    for month, known_at in CLOSINGS:
        close_and_issue(settings, month, known_at)
    last = warehouse.calculate_open_months(settings, LAST_MONTH, LAST_KNOWN_AT)
    # Readers of what is published find the same figures there.
    settings.published_root.mkdir()
    shutil.copy(last, settings.published_file)


def closed_world() -> worlds.FeedBuilder:
    """All rows of the cases about closed months."""
    import_modules("tests.integration.closed_months")
    world = worlds.FeedBuilder()
    worlds.add_rates(world)
    for add_case in worlds.CLOSED_CASES:
        add_case(world)
    return world


def close_and_issue(settings: Settings, month: date, known_at: datetime) -> None:
    """Values a month and takes its statements through all three states."""
    text = f"{month:%Y-%m}"
    source = warehouse.calculate_open_months(settings, month, known_at)
    statements.draft(settings, text, by="Ada", source=source)
    statements.approve(settings, text, by="Ben")
    statements.issue(settings, text, by="Ben")


@pytest.fixture(scope="session")
def site(shared_folder: Path) -> Path:
    """The documentation site, built without a warning."""
    return build_once(shared_folder / "documents", _make_site)


def _make_site(folder: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    built = subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr


@pytest.fixture(scope="session")
def issued_home(shared_folder: Path) -> Path:
    """A home with the issued packages of two partners in its outbox; no target is agreed."""
    return build_once(shared_folder / "issued-packages", make_issued_home)


@pytest.fixture(scope="session")
def closed_rows(closed_home: Path) -> Iterator[Rows]:
    """Runs SQL on the figures of the closed months and the draft of July."""
    file = closed_home / "warehouse" / "closing" / f"{LAST_MONTH:%Y-%m}.duckdb"
    with duckdb.connect(str(file), read_only=True) as connection:
        yield lambda sql: connection.execute(sql).fetchall()


def import_modules(name: str) -> None:
    """Imports the test modules of a package, which register their cases."""
    package = importlib.import_module(name)
    for module in pkgutil.iter_modules(package.__path__):
        if module.name.startswith("test_"):
            importlib.import_module(f"{package.__name__}.{module.name}")


@pytest.fixture(scope="session")
def rows(case_home: Path) -> Iterator[Rows]:
    """Runs SQL on the published warehouse of the edge cases."""
    file = case_home / "published" / "linernotes.duckdb"
    with duckdb.connect(str(file), read_only=True) as connection:
        yield lambda sql: connection.execute(sql).fetchall()


@pytest.fixture(scope="session")
def amounts(rows: Rows) -> Amounts:
    """Amount per object of a case's product, in the order of the objects' ids."""

    def of(product_id: str, side: str = "MASTER") -> dict[str, Decimal]:
        lines = rows(
            "select object_id, sum(amount) from marts.fct_compensation_lines "
            f"where product_id = '{product_id}' and side = '{side}' and object_id is not null "
            "group by all order by object_id"
        )
        return dict(lines)

    return of
