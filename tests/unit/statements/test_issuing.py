"""Approving and issuing: two persons, months in order, all or nothing, and never changed later.

The statements are made by hand; the tests of the models cover their sums.
"""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.ingestion import admit_landing
from linernotes.ledger.issuances import issuances, issued_statements
from linernotes.ledger.verification import verify_ledger
from linernotes.statements import approve, draft, issue, statement_states
from tests.fixtures.published_warehouse import Line, Statement, publish

JUNE, JULY = "2026-06", "2026-07"
TUNE = Statement("tune", "tune-master", [Line("a", "10.00"), Line("b", "2.50")])
WAVE = Statement("wave", "wave-master", [Line("c", "7.77")])
MORE_WAVE = Statement("wave", "wave-master", [Line("c", "8.00")])
JULY_TUNE = Statement("tune", "tune-master", [Line("d", "1.00")], month="2026-07-01")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def approved(settings: Settings, *statements: Statement) -> Settings:
    publish(settings, *(statements or (TUNE, WAVE)))
    draft(settings, by="Ada")
    approve(settings, JUNE, by="Ben")
    return settings


def issue_tune_before_wave(settings: Settings) -> None:
    """Both are drafted at two freezes; what changed at the second is not issued yet."""
    approved(settings)
    publish(settings, TUNE, MORE_WAVE, known_at="2026-07-16 06:00:00")
    draft(settings, by="Ada")
    approve(settings, JUNE, by="Ben")
    issue(settings, JUNE, "tune", by="Ben")


def states(settings: Settings) -> dict[str, str]:
    found = statement_states(settings)
    return {one.statement_id: one.state for one in found if not one.is_unallocated}


def test_issue_writes_every_approved_statement_as_one_entry(settings: Settings) -> None:
    approved(settings)

    issuance = issue(settings, JUNE, by="Ben")

    issued = {one.statement_id for one in issuance.statements}
    assert issued == {"tune-master|2026-06", "wave-master|2026-06", "unallocated|2026-06"}
    assert states(settings) == {"tune-master|2026-06": "issued", "wave-master|2026-06": "issued"}
    assert verify_ledger(settings) == []


def test_issue_chains_each_entry_to_the_one_before(settings: Settings) -> None:
    approved(settings)
    first = issue(settings, JUNE, by="Ben")
    publish(settings, JULY_TUNE, known_at="2026-08-15 06:00:00")
    draft(settings, JULY, by="Ada")
    approve(settings, JULY, by="Ben")

    issue(settings, JULY, by="Ben")

    one, two = (
        json.loads((found.path / "entry.json").read_text()) for found in issuances(settings)
    )
    assert one["previous_sha256"] == "0" * 64
    assert two["previous_sha256"] != one["previous_sha256"]
    assert (one["sequence"], two["sequence"]) == (first.sequence, 2)
    assert verify_ledger(settings) == []


@pytest.mark.parametrize("name", ["Ada", " ada ", "ADA"])
def test_approve_by_the_person_who_drafted_is_refused(settings: Settings, name: str) -> None:
    publish(settings, TUNE)
    draft(settings, by="Ada")

    with pytest.raises(LinernotesError, match="another person must"):
        approve(settings, JUNE, by=name)

    assert states(settings) == {"tune-master|2026-06": "draft"}


def test_approve_by_nobody_is_refused(settings: Settings) -> None:
    publish(settings, TUNE)
    draft(settings, by="Ada")

    with pytest.raises(LinernotesError, match="needs a name"):
        approve(settings, JUNE, by="  ")


def test_issue_of_unapproved_draft_is_refused(settings: Settings) -> None:
    publish(settings, TUNE)
    draft(settings, by="Ada")

    with pytest.raises(LinernotesError, match="is not approved"):
        issue(settings, JUNE)

    assert list(issuances(settings)) == []


def test_newer_draft_needs_an_approval_of_its_own(settings: Settings) -> None:
    approved(settings, TUNE)
    more = Statement("tune", "tune-master", [Line("a", "11.00")])
    publish(settings, more, known_at="2026-07-16 06:00:00")
    draft(settings, by="Ada")

    with pytest.raises(LinernotesError, match="newer than the approved v1"):
        issue(settings, JUNE, "tune")


def test_issue_of_later_month_before_the_earlier_is_refused(settings: Settings) -> None:
    publish(settings, TUNE, JULY_TUNE)
    draft(settings, by="Ada")
    approve(settings, JULY, by="Ben")

    with pytest.raises(LinernotesError, match="months are issued in order"):
        issue(settings, JULY, "tune")


def test_issue_of_a_draft_that_others_of_its_month_were_issued_after_is_refused(
    settings: Settings,
) -> None:
    """Usage between the freezes is timely in the one draft, and late once the others are issued."""
    issue_tune_before_wave(settings)

    with pytest.raises(LinernotesError, match="other statements of its month were issued since"):
        issue(settings, JUNE, "wave", by="Ben")

    assert {one.partner_id for one in issued_statements(settings).values()} == {"tune"}


def test_draft_that_others_of_its_month_were_issued_after_is_drafted_anew(
    settings: Settings,
) -> None:
    issue_tune_before_wave(settings)
    publish(settings, MORE_WAVE, known_at="2026-07-17 06:00:00")

    [drafted] = draft(settings, JUNE, partner="wave", by="Ada")

    assert (drafted.version, drafted.known_at) == (3, "2026-07-17T06:00:00Z")


def test_issue_of_a_draft_from_before_the_issue_of_its_contracts_last_month_is_refused(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Regression: what came between the freezes of the two was paid in neither, or in both."""
    approved(settings, TUNE)
    publish(settings, JULY_TUNE, known_at="2026-08-15 06:00:00")
    with monkeypatch.context() as earlier:
        earlier.setattr("linernotes.statements.drafts.now", lambda: datetime(2026, 8, 15, 7))
        draft(settings, JULY, by="Ada")
    approve(settings, JULY, by="Ben")
    issue(settings, JUNE, by="Ben")

    with pytest.raises(LinernotesError, match=r"2026-06 was issued after it was drafted: build"):
        issue(settings, JULY, by="Ben")

    [again] = draft(settings, JULY, by="Ada")
    assert again.version == 2
    approve(settings, JULY, by="Ben")
    assert len(issue(settings, JULY, by="Ben").statements) == 2


def test_statements_of_a_month_are_issued_from_one_freeze(settings: Settings) -> None:
    """Drafted again for one partner only, the two could get more than their pool has."""
    approved(settings)
    publish(settings, TUNE, MORE_WAVE, known_at="2026-07-16 06:00:00")
    draft(settings, by="Ada", partner="wave")
    approve(settings, JUNE, by="Ben")

    assert issue(settings, JUNE, by="Ben").refused.keys() == {
        "tune-master|2026-06",
        "unallocated|2026-06",
    }
    with pytest.raises(LinernotesError, match="last drafted at 2026-07-15T06:00:00Z, and others"):
        issue(settings, JUNE, "tune", by="Ben")


def test_unchanged_draft_is_issued_with_those_of_a_later_freeze(settings: Settings) -> None:
    """It keeps its approval; that it was found unchanged at the later freeze is noted beside it."""
    approved(settings)
    publish(settings, TUNE, MORE_WAVE, known_at="2026-07-16 06:00:00")
    draft(settings, by="Ada")
    approve(settings, JUNE, by="Ben")

    issuance = issue(settings, JUNE, by="Ben")

    assert issuance.refused == {}
    assert {one.version for one in issuance.statements if one.partner_id == "tune"} == {1}


def test_draft_whose_pool_has_changed_gets_a_new_version(settings: Settings) -> None:
    """The uses of others change the pool that its package shows, and not always its lines."""
    approved(settings)
    publish(settings, TUNE, WAVE, known_at="2026-07-16 06:00:00")
    with duckdb.connect(str(settings.published_file)) as connection:
        connection.execute(
            "update reports.rpt_partner__pool_totals set total_quantity = total_quantity + 100 "
            "where partner_id = 'wave'"
        )

    drafted = draft(settings, by="Ada")

    assert {one.partner_id: one.version for one in drafted} == {"tune": 1, "wave": 2}


def test_issue_of_a_draft_whose_delivery_was_read_again_is_refused(settings: Settings) -> None:
    """Its list would not fit the lake, and nobody could tell what came after it."""
    path = settings.landing_root / "catalog" / "works" / "works.csv"
    path.parent.mkdir(parents=True)
    path.write_text("work_id,title,recorded_at\nw1,one,2026-01-05T06:00:00Z\n")
    [delivery] = admit_landing(settings.model_copy(update={"settling_seconds": 0})).deliveries
    publish(settings, TUNE)
    with duckdb.connect(str(settings.published_file)) as connection:
        connection.execute(
            "insert into quality.deliveries values (?, ?, 'loaded', 2, null)",
            [delivery.delivery_id, delivery.sha256],
        )
    draft(settings, by="Ada")
    approve(settings, JUNE, by="Ben")

    with pytest.raises(LinernotesError, match=r"works\.csv was read again since it was drafted"):
        issue(settings, JUNE, "tune")

    with duckdb.connect(str(settings.published_file)) as connection:
        connection.execute("update quality.deliveries set rows_loaded = 1")
    [drafted] = draft(settings, by="Ada")
    assert drafted.version == 2


def test_issue_twice_one_after_the_other_refuses_the_second(settings: Settings) -> None:
    approved(settings)
    issue(settings, JUNE, by="Ben")

    with pytest.raises(LinernotesError, match="already issued"):
        issue(settings, JUNE, by="Ben")

    assert len(list(issuances(settings))) == 1


def test_draft_from_figures_that_do_not_know_the_last_issue_is_refused(settings: Settings) -> None:
    approved(settings)
    issue(settings, JUNE, by="Ben")
    publish(settings, TUNE, JULY_TUNE, known_at="2026-08-15 06:00:00")

    with pytest.raises(LinernotesError, match="are older"):
        draft(settings, JULY, by="Ada")


def test_issue_of_paid_line_without_proof_is_refused(settings: Settings) -> None:
    approved(settings, Statement("tune", "tune-master", [Line("a", "10.00", proof=None)]))

    with pytest.raises(LinernotesError, match="name no consent"):
        issue(settings, JUNE, "tune")


def test_e129_a_pool_off_by_a_cent_stops_its_partners_and_nobody_else(settings: Settings) -> None:
    off = Statement("tune", "tune-master", [Line("a", "10.00")], fee_off="0.01")
    shares_the_pool = Statement("echo", "echo-master", [Line("e", "1.00")])
    elsewhere = Statement("wave", "wave-master", [Line("c", "7.77", territory="FR")])
    approved(settings, off, shares_the_pool, elsewhere)

    issuance = issue(settings, JUNE, by="Ben")

    assert {one.partner_id for one in issuance.statements if one.partner_id} == {"wave"}
    assert set(issuance.refused) == {"tune-master|2026-06", "echo-master|2026-06"}
    assert all("does not add up" in reasons[0] for reasons in issuance.refused.values())
    assert "tune-master|2026-06" not in issued_statements(settings)


def _issue_when_told(home: Path, start: Any, stated: Any) -> None:
    start.wait()
    try:
        issue(Settings(home=home), JUNE, by="Ben")
        stated.put("issued")
    except LinernotesError as reason:
        stated.put(str(reason))


def test_e133_two_issues_at_once_give_exactly_one(settings: Settings) -> None:
    approved(settings)
    context = multiprocessing.get_context("spawn")
    start, stated = context.Barrier(2), context.Queue()
    processes = [
        context.Process(target=_issue_when_told, args=(settings.home, start, stated)) for _ in "ab"
    ]

    for process in processes:
        process.start()
    answers = sorted(stated.get(timeout=60) for _ in processes)
    for process in processes:
        process.join(timeout=60)

    assert answers.count("issued") == 1
    assert len(list(issuances(settings))) == 1
    assert verify_ledger(settings) == []


@pytest.mark.parametrize(
    "name",
    ["entry.json", "statements.parquet", "lines.parquet", "uses.parquet", "pools.parquet"],
)
def test_e134_one_changed_byte_is_found_and_stops_every_further_issue(
    settings: Settings, name: str
) -> None:
    approved(settings)
    path = issue(settings, JUNE, by="Ben").path / name
    publish(settings, JULY_TUNE, known_at="2026-08-15 06:00:00")
    draft(settings, JULY, by="Ada")
    approve(settings, JULY, by="Ben")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(bytes(content))

    problems = verify_ledger(settings)

    assert problems
    assert all(problem.sequence == 1 for problem in problems)
    with pytest.raises(LinernotesError):
        issue(settings, JULY, "tune")
    assert len(list((settings.ledger_root / "issued").glob("[0-9]*"))) == 1


def test_e134_a_removed_entry_is_found(settings: Settings) -> None:
    approved(settings)
    issue(settings, JUNE, by="Ben")
    publish(settings, JULY_TUNE, known_at="2026-08-15 06:00:00")
    draft(settings, JULY, by="Ada")
    approve(settings, JULY, by="Ben")
    issue(settings, JULY, by="Ben")
    folder = settings.ledger_root / "issued" / "000001"
    folder.rename(settings.home / "stolen")

    assert verify_ledger(settings)


@pytest.mark.parametrize("step", ["rename", "fsync", "replace", "link"])
def test_issue_that_breaks_at_any_step_leaves_nothing_and_can_be_repeated(
    settings: Settings, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    approved(settings)

    def broken(*_: object, **__: object) -> None:
        raise OSError("the disk is gone")

    with monkeypatch.context() as patched:
        patched.setattr(os, step, broken)
        try:
            issue(settings, JUNE, by="Ben")
        except OSError:
            assert list(issuances(settings)) == []

    if not list(issuances(settings)):
        issue(settings, JUNE, by="Ben")
    assert len(list(issuances(settings))) == 1
    assert verify_ledger(settings) == []


KILLED = """
import os, signal, sys
from linernotes.base.settings import Settings
from linernotes.statements import issue

calls, limit = [0], int(sys.argv[2])

def dies(function):
    def counted(*arguments, **options):
        calls[0] += 1
        if calls[0] == limit:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*arguments, **options)
    return counted

for name in ("rename", "fsync", "open", "close"):
    setattr(os, name, dies(getattr(os, name)))
issue(Settings(home=sys.argv[1]), "2026-06", by="Ben")
"""


@pytest.mark.parametrize("limit", [1, 3, 5, 8, 12])
def test_issue_that_is_killed_leaves_all_or_nothing(settings: Settings, limit: int) -> None:
    approved(settings)

    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(settings.home), str(limit)],
        capture_output=True,
        check=False,
    )

    assert killed.returncode in {0, -signal.SIGKILL}, killed.stderr
    left = list(issuances(settings))
    if not left:
        issue(settings, JUNE, by="Ben")
    assert len(list(issuances(settings))) == 1
    assert verify_ledger(settings) == []


@pytest.mark.parametrize("action", [issue, approve], ids=["issue", "approve"])
def test_month_without_drafts_is_refused_with_what_to_do(
    settings: Settings, action: Callable
) -> None:
    publish(settings, TUNE)

    with pytest.raises(LinernotesError, match="run `linernotes statement draft"):
        action(settings, JUNE, by="Ben")
