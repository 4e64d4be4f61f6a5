"""A load that stops at any point: after the next load the result is as if it had not stopped.

Deliveries of every kind are being loaded: good, bad, conflicting, nested, messages.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from linernotes.base.settings import PROJECT_ROOT
from linernotes.ingestion import lake as lake_module
from linernotes.ingestion import quarantine_retry, vocabulary
from linernotes.ingestion.lake import Lake
from tests.fixtures.intake_home import IntakeHome, Stop, party

pytestmark = pytest.mark.slow

CONTRACT = (
    '{"contract_id":"c","version":1,"partner_id":"p","side":"MASTER","product_ids":["*"],'
    '"currency":"EUR","silence":"deny","required_parties":["owner"],"model":"pro_rata","revenue_share":0.5,'
    '"fx_rule":"usage_month_end","late_usage":"none","signed_at":"2026-01-01T00:00:00Z",'
    '"valid_from":"2026-01-01T00:00:00Z","recorded_at":"2026-01-01T00:00:00Z",'
    '"withholding":[{"source_territory":"ID","rate":0.1}]}\n'
)


def fill_landing(intake_home: IntakeHome) -> None:
    intake_home.put_rows("catalog/parties/1.jsonl", party(1), party(2, kind="band"), party(1))
    intake_home.put_rows("catalog/parties/2.jsonl", party(1, name="Other"), party(3))
    intake_home.put("finance/ecb/1.csv", "Date,USD,\n2026-01-05,1.1,\n2026-01-02,x,\n")
    intake_home.put("licensing/contracts/1.jsonl", CONTRACT)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple]]:
    intake_home = IntakeHome(tmp_path_factory.mktemp("undisturbed"))
    fill_landing(intake_home)
    intake_home.load()
    return intake_home.contents()


def stop_at(step: int, monkeypatch: pytest.MonkeyPatch, when: str) -> Callable[[], int]:
    """Stop the load before or after its n-th commit, or between a file's move and its commit."""
    done = 0
    add, move = Lake.add, lake_module.durable.move

    def counted_add(*args: object) -> bool:
        nonlocal done
        done += 1
        if done == step and when == "before":
            raise Stop
        added = add(*args)  # ty: ignore[invalid-argument-type]
        if done == step and when == "after":
            raise Stop
        return added

    def counted_move(*args: object) -> None:
        move(*args)  # ty: ignore[invalid-argument-type]
        if done == step and when == "between":
            raise Stop

    monkeypatch.setattr(Lake, "add", counted_add)
    monkeypatch.setattr(lake_module.durable, "move", counted_move)
    return lambda: done


@pytest.mark.parametrize("when", ["before", "between", "after"])
def test_load_stopped_at_each_commit_and_run_again_gives_what_one_run_gives(
    tmp_path: Path, undisturbed: dict[str, list[tuple]], when: str
) -> None:
    step = 0
    while True:
        step += 1
        intake_home = IntakeHome(tmp_path / f"{when}-{step}")
        fill_landing(intake_home)
        with pytest.MonkeyPatch.context() as patch:
            stop_at(step, patch, when)
            try:
                intake_home.load()
            except Stop:
                was_stopped = True
            else:
                was_stopped = False
        intake_home.load()

        assert intake_home.contents() == undisturbed, f"stopped {when} commit {step}"
        if not was_stopped:
            break
    assert step > 10


def test_load_killed_again_and_again_ends_as_one_run_does(
    tmp_path: Path, undisturbed: dict[str, list[tuple]]
) -> None:
    intake_home = IntakeHome(tmp_path)
    fill_landing(intake_home)
    program = (
        "import os, signal\n"
        "from linernotes.ingestion import admit_landing, lake\n"
        "from linernotes.base.settings import Settings\n"
        "left = [4]\n"
        "move = lake.durable.move\n"
        "def counted(*args):\n"
        "    left[0] -= 1\n"
        "    if not left[0]:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    move(*args)\n"
        "lake.durable.move = counted\n"
        "admit_landing(Settings())\n"
    )
    environment = os.environ | {"LINERNOTES_HOME": str(tmp_path)}
    codes = []
    while not codes or codes[-1] != 0:
        run = subprocess.run(
            [sys.executable, "-c", program],
            env=environment,
            cwd=PROJECT_ROOT,
            check=False,
            capture_output=True,
        )
        codes.append(run.returncode)
        assert run.returncode in (0, -signal.SIGKILL), run.stderr.decode()
        assert len(codes) < 20

    assert codes.count(-signal.SIGKILL) > 2
    assert intake_home.contents() == undisturbed


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", [1, 2])
def test_retry_stopped_and_run_again_doubles_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int, when: str
) -> None:
    intake_home = IntakeHome(tmp_path)
    intake_home.put_rows("catalog/parties/1.jsonl", party(1, country="ZZ"), party(2))
    intake_home.load()
    monkeypatch.setattr(vocabulary, "_seed", lambda name, column: ("ZZ",))
    vocabulary.countries.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        stop_at(step, patch, when)
        with pytest.raises(Stop):
            quarantine_retry(intake_home.settings)

    quarantine_retry(intake_home.settings)
    vocabulary.countries.cache_clear()

    assert intake_home.table("raw_catalog__parties").height == 2
    register = intake_home.table("raw_door__deliveries").sort("registered_at")
    assert register["rows_loaded"].to_list() == [1, 1]
    retried = intake_home.table("raw_door__quarantined_rows")["retried_as"].to_list()
    assert retried == [register["delivery_id"][1]]
