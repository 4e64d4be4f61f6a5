"""Heads of the ledger: their copies outside of it, what they prove, and the keys that sign them."""

import json
import re
import shutil
import stat
from dataclasses import asdict, replace
from pathlib import Path

import duckdb
import pytest

from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.ledger.heads import Head, KnownHead, head_file, ledger_head
from linernotes.ledger.issuances import last_public_key
from linernotes.ledger.keys import key_id_of, rotate_signing_key, signing_key
from linernotes.ledger.verification import heads_that_differ, verify_ledger
from linernotes.packages import read_manifest, write_packages
from linernotes.statements import SHOWN, approve, draft, issue
from tests.fixtures.published_warehouse import Line, Statement, publish

MONTHS = ("2026-06", "2026-07", "2026-08")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def approved(settings: Settings, month: str, amount: str = "10.00") -> None:
    line = Line(f"line-{month}", amount)
    statement = Statement("tune", "tune-master", [line], month=f"{month}-01")
    publish(settings, statement, known_at=f"2026-{int(month[-2:]) + 2:02d}-01 06:00:00")
    draft(settings, month, by="Ada")
    approve(settings, month, by="Ben")


def issued(settings: Settings, *months: str) -> Settings:
    for month in months:
        approved(settings, month)
        issue(settings, month, by="Ben")
    return settings


def found(settings: Settings, kept: Head | None = None) -> str:
    known = KnownHead("kept.json", kept) if kept else None
    return "\n".join(str(problem) for problem in verify_ledger(settings, known))


def test_entry_is_signed_with_a_key_that_only_its_user_can_read(settings: Settings) -> None:
    issuance = issue_first(settings)

    head = head_file(issuance / "head.json")
    key = settings.keys_root / "ledger.pem"
    assert head.is_valid
    assert (head.number, head.key_id) == (1, key_id_of(head.public_key))
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.keys_root.stat().st_mode) == 0o700
    assert head == ledger_head(settings) == head_file(settings.ledger_head_file)


def issue_first(settings: Settings) -> Path:
    approved(settings, MONTHS[0])
    return issue(settings, MONTHS[0], by="Ben").path


def test_entry_lists_draft_approval_and_evidence_of_each_statement(settings: Settings) -> None:
    entry = json.loads((issue_first(settings) / "entry.json").read_text())

    listed = {(one["statement_id"], one["kind"]): one for one in entry["evidence"]}
    kinds = {"draft", "approval", "lines", "uses", "pools", "deliveries"}
    statements = {"tune-master|2026-06", "unallocated|2026-06"}
    assert entry["entry_version"] == 2
    assert listed.keys() == {
        *((name, kind) for name in statements for kind in kinds),
        *(("tune-master|2026-06", kind) for kind in SHOWN),
    }
    uses = listed["tune-master|2026-06", "uses"]
    path = settings.ledger_root / uses["name"]
    assert (uses["rows"], uses["bytes"]) == (1, path.stat().st_size)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_older_copy_of_the_ledger_is_told_as_such_and_stops_issue(
    settings: Settings, count: int
) -> None:
    """Regression: after a rollback the ledger passed the check, and January was issued again."""
    issued(settings, *MONTHS[:count])
    backup = settings.home / "backup"
    settings.ledger_root.mkdir(exist_ok=True)
    shutil.copytree(settings.ledger_root, backup)
    issued(settings, *MONTHS[count:])
    shutil.rmtree(settings.ledger_root)
    backup.rename(settings.ledger_root)
    approved(settings, MONTHS[count], amount="11.00")

    reported = found(settings)

    assert "ledger-head.json refers to entry 3" in reported
    assert "older copy of the ledger" in reported
    with pytest.raises(LinernotesError, match="Restore the newest copy"):
        issue(settings, MONTHS[count], by="Ben")
    assert len(list((settings.ledger_root / "issued").glob("[0-9]*"))) == count


def test_older_copy_of_the_ledger_is_found_by_a_head_that_an_auditor_kept(
    settings: Settings,
) -> None:
    issued(settings, *MONTHS)
    kept = ledger_head(settings)
    shutil.rmtree(settings.ledger_root / "issued" / "000003")
    settings.ledger_head_file.unlink()
    assert found(settings) == ""

    assert "kept.json refers to entry 3" in found(settings, kept)


def test_head_of_before_is_in_a_ledger_that_went_on(settings: Settings) -> None:
    issued(settings, MONTHS[0])
    kept = ledger_head(settings)
    issued(settings, *MONTHS[1:])

    assert found(settings, kept) == ""


@pytest.mark.parametrize("change", [{"sha256": "0" * 64}, {"signature": "AAAA"}])
def test_head_that_is_not_the_entrys_is_found(settings: Settings, change: dict[str, str]) -> None:
    kept = ledger_head(issued(settings, MONTHS[0]))
    assert kept

    assert re.search("kept.json has|in kept.json", found(settings, replace(kept, **change)))


def test_statement_that_a_package_calls_issued_must_be_in_the_ledger(settings: Settings) -> None:
    """Packages from before heads existed reveal a rollback too."""
    issued(settings, MONTHS[0])
    [package] = write_packages(settings)
    manifest = read_manifest(package.path)
    del manifest["ledger_head"]
    (package.path / "manifest.json").write_text(json.dumps(manifest))
    settings.ledger_head_file.unlink()
    shutil.rmtree(settings.ledger_root / "issued" / "000001")

    reported = found(settings)

    assert "tune-master|2026-06 is issued in outbox/tune/2026-06/v1/manifest.json" in reported


def test_package_names_the_entry_of_its_own_issue_whatever_is_issued_later(
    settings: Settings,
) -> None:
    issued(settings, MONTHS[0])
    first = ledger_head(settings)
    [package] = write_packages(settings)
    before = (package.path / "manifest.json").read_bytes()
    figures = settings.published_file.read_bytes()
    issued(settings, MONTHS[1])
    settings.published_file.write_bytes(figures)
    shutil.rmtree(package.path)

    [again] = write_packages(settings, MONTHS[0])

    assert first
    assert json.loads(before)["ledger_head"] == asdict(first)
    assert (again.path / "manifest.json").read_bytes() == before


def test_new_key_is_announced_in_the_next_entry_and_old_ones_stay_valid(
    settings: Settings,
) -> None:
    issued(settings, MONTHS[0])
    old = last_public_key(settings)
    rotate_signing_key(settings, "the yearly change")
    rotate_signing_key(settings, "it may have been copied")

    issued(settings, MONTHS[1])

    entry = json.loads((settings.ledger_root / "issued/000002/entry.json").read_text())
    key = signing_key(settings)
    assert key
    assert [one["because"] for one in entry["key_changes"]] == [
        "the yearly change",
        "it may have been copied",
    ]
    assert entry["key_changes"][0]["previous_public_key"] == old
    assert entry["public_key"] == key.public_key != old
    assert found(settings) == ""


def test_lost_key_stops_issue_until_a_new_one_is_made(settings: Settings) -> None:
    issued(settings, MONTHS[0])
    old = last_public_key(settings)
    shutil.rmtree(settings.keys_root)
    approved(settings, MONTHS[1])
    with pytest.raises(LinernotesError, match="keys rotate --lost"):
        issue(settings, MONTHS[1], by="Ben")

    rotate_signing_key(settings, "the disk was lost", old)
    issue(settings, MONTHS[1], by="Ben")

    assert found(settings) == ""


def test_ledger_signed_with_another_key_than_the_homes_is_found(settings: Settings) -> None:
    issued(settings, MONTHS[0])
    (settings.keys_root / "ledger.pem").unlink()
    other = Settings(home=settings.home / "other")
    issued(other, MONTHS[0])
    shutil.copy(other.keys_root / "ledger.pem", settings.keys_root)

    assert "which is neither the home's" in found(settings)


def test_ledger_that_nothing_vouches_for_is_found(settings: Settings) -> None:
    issued(settings, MONTHS[0])
    shutil.rmtree(settings.keys_root)
    settings.ledger_head_file.unlink()

    assert "give a head that you have kept" in found(settings)


def test_key_that_others_can_read_is_refused_with_what_to_do(settings: Settings) -> None:
    issued(settings, MONTHS[0])
    (settings.keys_root / "ledger.pem").chmod(0o640)

    assert "chmod 600" in found(settings)


@pytest.mark.parametrize(
    ("because", "lost", "message"),
    [(" ", False, "needs a reason"), ("x", True, "leave out --lost")],
)
def test_key_is_not_rotated_without_need(
    settings: Settings, because: str, lost: bool, message: str
) -> None:
    issued(settings, MONTHS[0])
    key = last_public_key(settings)

    with pytest.raises(LinernotesError, match=message):
        rotate_signing_key(settings, because, key if lost else None)

    assert found(settings) == ""


def test_head_that_a_killed_issue_did_not_write_is_written_by_the_next_try(
    settings: Settings,
) -> None:
    issued(settings, MONTHS[0])
    settings.ledger_head_file.unlink()

    with pytest.raises(LinernotesError, match="already issued"):
        issue(settings, MONTHS[0], by="Ben")

    assert head_file(settings.ledger_head_file) == ledger_head(settings)


def test_head_beside_the_ledger_that_cannot_be_read_is_found(settings: Settings) -> None:
    issued(settings, MONTHS[0])
    settings.ledger_head_file.write_text("{}")

    assert [problem.file for problem in heads_that_differ(settings)] == ["ledger"]


def test_statement_that_does_not_open_with_what_was_carried_is_not_issued(
    settings: Settings,
) -> None:
    """It would stay in the ledger, and every later check would report it."""
    issued(settings, MONTHS[0])
    lines = [Line("d", "10.00"), Line("e", "5.00", line_type="CARRY_FORWARD")]
    publish(
        settings,
        Statement("tune", "tune-master", lines, month="2026-07-01"),
        known_at="2026-09-01 06:00:00",
    )
    with duckdb.connect(settings.published_file) as connection:
        connection.execute(
            "update reports.rpt_partner__compensation_statement "
            "set opening_amount = 5, earned_amount = 10"
        )
    draft(settings, MONTHS[1], by="Ada")
    approve(settings, MONTHS[1], by="Ben")

    with pytest.raises(LinernotesError, match="opens with 5"):
        issue(settings, MONTHS[1], "tune", by="Ben")

    assert found(settings) == ""
