"""The health of a home: what is late, refused, waiting or broken, and the resulting advice.

The intake itself creates the homes; results of dbt are written in dbt's format.
"""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from linernotes.base.clock import now
from linernotes.base.settings import Settings
from linernotes.cli.app import DONE, NOT_ALLOWED, run
from linernotes.cli.health import read_health
from linernotes.ingestion import CADENCES, Cadence, admit_landing
from linernotes.ledger.heads import Head
from linernotes.warehouse.dbt import DbtResults
from linernotes.warehouse.shortfalls import keep_broken_run, keep_shortfalls

HEADER = "rate_date,base_currency,quote_currency,rate,provider,recorded_at\n"
GOOD = "2026-07-01,EUR,TND,3.4,bank,2026-07-01T15:00:00Z\n"
BAD = "2026-07-02,EUR,TND,-1,bank,2026-07-02T15:00:00Z\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", landing=tmp_path / "landing")


def deliver(settings: Settings, name: str, text: str) -> None:
    path = settings.landing_root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def dbt_said(node: str, status: str, failures: int) -> DbtResults:
    """The results that dbt writes for a run of one node."""
    unique_id = f"test.linernotes.{node}"
    manifest = {"nodes": {unique_id: {"name": node}}}
    result = {"unique_id": unique_id, "status": status, "failures": failures, "message": "Got 3"}
    return DbtResults("run", {unique_id: result}, manifest, 1.0)


@pytest.mark.parametrize(
    ("cadence", "last", "due"),
    [
        (Cadence("day", 1), datetime(2026, 7, 1, 4), datetime(2026, 7, 3)),
        (Cadence("day", 3), datetime(2026, 7, 3, 16), datetime(2026, 7, 7)),
        (Cadence("month"), datetime(2026, 12, 31, 4), datetime(2027, 1, 5)),
        (Cadence("change"), datetime(2026, 7, 1, 4), None),
    ],
    ids=["daily", "rates over a weekend", "monthly over a year's end", "only on a change"],
)
def test_feed_is_due_by_its_cadence(cadence: Cadence, last: datetime, due: datetime | None) -> None:
    assert cadence.due_at(last) == due


def test_feed_that_stays_silent_is_late_and_named_first(settings: Settings) -> None:
    deliver(settings, "finance/fx_rates/1.csv", HEADER + GOOD)
    admit_landing(settings)

    fresh = {one.feed: one.state for one in read_health(settings).feeds}
    later = read_health(settings, at=now() + timedelta(days=10))

    assert set(fresh) == set(CADENCES)
    assert fresh["finance/fx_rates"] == "on time"
    assert [one.feed for one in later.feeds if one.state == "late"] == ["finance/fx_rates"]
    assert any("late-feed.md" in step for step in later.next_steps)


def test_quarantine_tells_the_reasons_of_most_rows_first(settings: Settings) -> None:
    worse = BAD.replace("TND", "nowhere")
    deliver(settings, "finance/fx_rates/1.csv", HEADER + GOOD + BAD + worse)
    admit_landing(settings)

    [waiting] = read_health(settings).quarantine

    assert (waiting.feed, waiting.row_count) == ("finance/fx_rates", 2)
    assert waiting.top_reasons[0] == ("rate.min_exclusive", 2)
    assert len(waiting.top_reasons) == 2


def test_refused_file_is_shown_until_it_is_replaced(settings: Settings) -> None:
    deliver(settings, "finance/fx_rates/1.csv", "rate_date\n2026-07-01\n")
    admit_landing(settings)
    refused = read_health(settings).refusals
    deliver(settings, "finance/fx_rates/1.csv", HEADER + GOOD)
    admit_landing(settings)

    replaced = read_health(settings).refusals

    assert [one.name for one in refused] == ["finance/fx_rates/1.csv"]
    assert not replaced


def test_failed_dbt_test_is_remembered_until_it_holds_again(settings: Settings) -> None:
    stated = dbt_said("lines__conserve_every_fee", "fail", 3)
    keep_shortfalls(settings, datetime(2026, 7, 1), stated)
    broken = read_health(settings)
    stated = dbt_said("lines__conserve_every_fee", "pass", 0)
    keep_shortfalls(settings, datetime(2026, 7, 2), stated)

    mended = read_health(settings)

    assert [(one.name, one.is_blocking, one.row_count) for one in broken.problems] == [
        ("lines__conserve_every_fee", True, 3)
    ]
    assert broken.is_blocked
    assert not mended.problems


def test_dbt_that_died_blocks_until_a_run_comes_to_its_end(settings: Settings) -> None:
    """Regression: after a dbt process was killed, `status` did not report it."""
    keep_broken_run(settings, datetime(2026, 7, 1), "dbt did not run to its end: SIGKILL.")
    broken = read_health(settings)
    stated = dbt_said("lines__conserve_every_fee", "pass", 0)
    keep_shortfalls(settings, datetime(2026, 7, 2), stated)

    assert [(one.name, one.is_blocking) for one in broken.problems] == [("dbt", True)]
    assert not read_health(settings).problems


def test_status_fits_80_columns_and_ends_with_1_if_something_blocks(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LINERNOTES_LANDING", str(settings.landing_root))
    deliver(settings, "finance/fx_rates/1.csv", HEADER + GOOD + BAD)
    admit_landing(settings)
    stated = dbt_said("fct_compensation_lines__" + "belong_to_a_statement_" * 4, "fail", 3)
    keep_shortfalls(settings, datetime(2026, 7, 1), stated)

    status = run(["--home", str(settings.home), "status"])

    printed = capsys.readouterr().out
    assert status == NOT_ALLOWED
    assert max(map(len, printed.splitlines())) <= 80
    assert "BLOCKS" in printed
    assert "failed-check.md" in printed


def test_status_as_json_has_what_the_pages_show(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    deliver(settings, "finance/fx_rates/1.csv", HEADER + GOOD)
    admit_landing(settings)

    status = run(["--home", str(settings.home), "status", "--json"])

    content = json.loads(capsys.readouterr().out)
    [feed] = [one for one in content["feeds"] if one["feed"] == "finance/fx_rates"]
    assert status == DONE
    assert (feed["row_count"], feed["state"]) == (1, "on time")
    assert content["is_blocked"] is False


def test_status_of_an_older_copy_of_the_ledger_says_so_first(settings: Settings) -> None:
    settings.home.mkdir()
    settings.ledger_head_file.write_text(Head(4, "0" * 64).text)

    first = read_health(settings).next_steps[0]

    assert "issue and deliver nothing" in first
    assert "restore.md" in first
