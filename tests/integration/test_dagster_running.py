"""`linernotes up` for real, over a small home.

A dropped file is published without waiting for a schedule, and a killed worker leaves no process
running and no run that looks active. `test_dagster_definitions.py` tests which event starts which
job.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from linernotes.base.ports import free_port
from linernotes.base.settings import Settings
from orchestration.servers import descendants
from orchestration.webserver import dagster_home

pytestmark = [
    pytest.mark.skipif(
        sys.platform != "linux", reason="the system must say which processes there are"
    ),
    pytest.mark.slow,
]
PATIENCE_SECONDS = 1_200
HEADER = "rate_date,base_currency,quote_currency,rate,provider,recorded_at\n"
DROPPED = "2026-07-02"


def until(holds: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.5)
    return False


def drop(settings: Settings, day: str) -> None:
    """Deliver a rate as senders do: written under another name, and renamed when complete."""
    file = settings.landing_root / "finance" / "fx_rates" / f"{day}.csv"
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".part")
    unfinished.write_text(f"{HEADER}{day},EUR,TND,3.4,bank,{day}T15:00:00Z\n")
    unfinished.rename(file)


def published_days(settings: Settings) -> set[str]:
    if not settings.published_file.exists():
        return set()
    with duckdb.connect(str(settings.published_file), read_only=True) as connection:
        rows = connection.execute(
            "select distinct rate_date::varchar from marts.fct_exchange_rates"
            " where quote_currency_code = 'TND'"
        ).fetchall()
    return {day for (day,) in rows}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home with nothing loaded; two files have arrived, one of which will be refused."""
    settings = Settings(home=tmp_path / "home")
    drop(settings, "2026-07-01")
    (settings.landing_root / "finance" / "fx_rates" / "bad.csv").write_text("nothing\n1\n")
    return settings


@pytest.fixture
def up(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    command = [Path(sys.executable).with_name("linernotes"), "--home", settings.home, "up"]
    with (settings.home / "up.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--port", str(free_port())],
            stdout=log,
            stderr=log,
            env=os.environ | {"LINERNOTES_HOME": str(settings.home)},
        )
    yield process
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE_SECONDS) == 0


def parent_of(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


def building(up: subprocess.Popen[bytes]) -> list[int]:
    """The descendants of the command in which dbt builds."""
    found = []
    for process in descendants(up.pid):
        try:
            words = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"build" in words and any(b"dbt" in word for word in words):
            found.append(process)
    return found


def runs(settings: Settings, job: str) -> list[dg.DagsterRun]:
    with dg.DagsterInstance.from_config(str(dagster_home(settings))) as instance:
        return list(instance.get_runs(dg.RunsFilter(job_name=job)))


def test_killed_worker_leaves_nothing_running_and_a_dropped_file_is_published_without_a_clock(
    settings: Settings, up: subprocess.Popen[bytes]
) -> None:
    assert until(lambda: bool(building(up))), (settings.home / "up.log").read_text()
    [run] = runs(settings, "build_daily")
    [dbt] = building(up)

    os.kill(parent_of(dbt), signal.SIGKILL)

    assert until(lambda: runs(settings, "build_daily")[0].status == dg.DagsterRunStatus.FAILURE)
    assert until(lambda: not building(up))
    assert published_days(settings) == set()

    drop(settings, DROPPED)

    assert until(lambda: DROPPED in published_days(settings)), (
        settings.home / "up.log"
    ).read_text()
    assert published_days(settings) == {"2026-07-01", DROPPED}
    newest, first = runs(settings, "build_daily")
    assert first.run_id == run.run_id
    # The refused file made both loads fail; the other files were still built.
    assert {one.status for one in runs(settings, "load_daily")} == {dg.DagsterRunStatus.FAILURE}
    assert until(lambda: runs(settings, "build_daily")[0].status == dg.DagsterRunStatus.SUCCESS), (
        newest
    )
