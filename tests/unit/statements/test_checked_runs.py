"""Figures are used only if their run was checked and every blocking check passed."""

from pathlib import Path

import duckdb
import pytest

from linernotes.base.checked_runs import Check, forget_run, record_checks, run_of
from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.cli.app import NOT_ALLOWED, run
from linernotes.ledger.issuances import issued_statements
from linernotes.ledger.records import draft_path
from linernotes.statements import approve, draft, issue, newest_drafts
from tests.fixtures.published_warehouse import KNOWN_AT, Line, Statement, checked_run, publish

JUNE = "2026-06"
TUNE = Statement("tune", "tune-master", [Line("a", "10.00")])


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


@pytest.mark.parametrize(
    ("check", "words"),
    [
        (Check("test", "not_null_lines_id", "failed", row_count=3), "not_null_lines_id .failed"),
        (Check("test", "lines_add_up", "error", message="no table"), "lines_add_up .error.: no ta"),
        (Check("suite", "lines__are_positive", "failed"), "lines__are_positive"),
        (Check("suite", "raw_lines__have_rows", "awaited"), "raw_lines__have_rows .awaited"),
        (Check("model", "fct_lines", "error"), "fct_lines"),
    ],
    ids=["generic test", "singular test", "suite", "suite that has not run", "model"],
)
def test_draft_of_figures_with_a_broken_blocking_check_is_refused(
    settings: Settings, check: Check, words: str
) -> None:
    """Regression: only a build reported a failing test; drafts were made all the same."""
    publish(settings, TUNE, run=checked_run(KNOWN_AT, check))

    with pytest.raises(LinernotesError, match=words):
        draft(settings, JUNE)

    assert not newest_drafts(settings)


def test_draft_of_figures_with_a_broken_warning_is_made(settings: Settings) -> None:
    odd = Check("suite", "lines__are_few", "failed", is_blocking=False)
    publish(settings, TUNE, run=checked_run(KNOWN_AT, odd))

    [record] = draft(settings, JUNE)

    assert record.checked_run == {
        "invocation_id": "run-1",
        "kind": "build",
        "known_at": "2026-07-15T06:00:00Z",
        "project_sha256": "digest",
        "tests_passed": 1,
        "expectations_passed": 1,
        "result": "passed",
    }


def test_draft_of_figures_without_a_record_is_refused_from_the_command_line(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    file = publish(settings, TUNE)
    with duckdb.connect(str(file)) as connection:
        forget_run(connection)

    status = run(["--home", str(settings.home), "statement", "draft", "--month", JUNE])

    assert status == NOT_ALLOWED
    assert "no record of a checked run" in " ".join(capsys.readouterr().err.split())
    assert not newest_drafts(settings)


def test_drafts_of_an_earlier_version_have_to_be_drafted_again(settings: Settings) -> None:
    """They do not name their run, so it is unknown whether their figures were checked."""
    publish(settings, TUNE)
    [record] = draft(settings, JUNE, by="Ada")
    for path in (settings.ledger_root / "drafts").rglob("*.json"):
        lines = path.read_text().splitlines(keepends=True)
        start = next(i for i, line in enumerate(lines) if '"checked_run"' in line)
        end = next(i for i in range(start, len(lines)) if lines[i].startswith("  }"))
        lines[start - 1] = lines[start - 1].rstrip().removesuffix(",") + "\n"
        path.write_text("".join(lines[:start] + lines[end + 1 :]))

    with pytest.raises(LinernotesError, match="draft them again"):
        approve(settings, JUNE, by="Ben")
    [again] = draft(settings, JUNE, by="Ada")
    approve(settings, JUNE, by="Ben")
    issue(settings, JUNE, by="Ben")

    assert (record.version, again.version) == (1, 2)
    assert set(issued_statements(settings)) == {record.statement_id, f"unallocated|{JUNE}"}


def test_issue_of_a_draft_whose_run_failed_is_refused(settings: Settings) -> None:
    publish(settings, TUNE)
    [record] = draft(settings, JUNE, by="Ada")
    approve(settings, JUNE, by="Ben")
    for path in (settings.ledger_root / "drafts").rglob("*.json"):
        path.write_text(path.read_text().replace('"result": "passed"', '"result": "failed"'))

    with pytest.raises(LinernotesError, match="has no record of a run whose checks all passed"):
        issue(settings, JUNE, by="Ben")

    assert draft_path(settings, record).exists()
    assert not issued_statements(settings)


def test_answers_about_another_run_are_not_taken(settings: Settings) -> None:
    """Suites that ran on one build must not count for the next."""
    waits = Check("suite", "lines__hold", "awaited")
    file = publish(settings, TUNE, run=checked_run(KNOWN_AT, waits))

    with pytest.raises(LinernotesError, match="Another run has changed"):
        record_checks(file, "run-0", [Check("suite", "lines__hold", "passed")])
    before = run_of(file)
    record_checks(file, "run-1", [Check("suite", "lines__hold", "passed")])
    after = run_of(file)

    assert before
    assert [one.name for one in before.failures] == ["lines__hold"]
    assert after
    assert not after.failures
