"""Drafts of statements: append-only records, with a new one only if the content changes.

The tests of the models cover the sums.
"""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.statements import draft, newest_drafts
from tests.fixtures.published_warehouse import Line, Statement, publish

TUNE = Statement("tune", "tune-master", [Line("a", "10.00"), Line("b", "2.50")])
WAVE = Statement("wave", "wave/master:1", [Line("c", "7.77")])


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def records(settings: Settings) -> list[str]:
    """The records of partners' drafts; their lines and uses are beside them."""
    root = settings.ledger_root / "drafts"
    names = sorted(str(path.relative_to(root)) for path in root.rglob("*.json"))
    return [name for name in names if not name.startswith("unallocated/")]


def test_draft_without_filter_records_every_statement(settings: Settings) -> None:
    publish(settings, TUNE, WAVE)

    drafted = draft(settings, by="Ada")

    assert [one.statement_id for one in drafted] == ["tune-master|2026-06", "wave/master:1|2026-06"]
    assert records(settings) == ["tune-master/2026-06.v1.json", "wave%2Fmaster%3A1/2026-06.v1.json"]


def test_draft_record_says_version_freeze_totals_and_person(settings: Settings) -> None:
    publish(settings, TUNE)

    draft(settings, by="Ada")

    record = json.loads(
        (settings.ledger_root / "drafts" / "tune-master" / "2026-06.v1.json").read_text()
    )
    assert record["version"] == 1
    assert record["state"] == "draft"
    assert record["known_at"] == "2026-07-15T06:00:00Z"
    assert record["totals"]["earned_amount"] == "12.50"
    assert record["line_count"] == 2
    assert record["drafted_by"] == "Ada"


def test_draft_of_yen_statement_shows_no_decimals_e06(settings: Settings) -> None:
    lines = [Line("a", "334"), Line("b", "333"), Line("c", "333")]
    publish(settings, Statement("tune", "tune-jp", lines, currency_code="JPY"))

    [drafted] = draft(settings, by="Ada")

    assert drafted.totals["earned_amount"] == "1000"


def test_draft_again_at_later_freeze_with_same_content_keeps_the_record_e13(
    settings: Settings,
) -> None:
    publish(settings, TUNE)
    first = draft(settings, by="Ada")
    publish(settings, TUNE, known_at="2026-07-16 06:00:00")

    second = draft(settings, by="Bea")

    assert second == first
    assert records(settings) == ["tune-master/2026-06.v1.json"]


def test_draft_after_changed_line_adds_a_version_and_keeps_the_old(settings: Settings) -> None:
    publish(settings, TUNE)
    [first] = draft(settings, by="Ada")
    publish(settings, Statement("tune", "tune-master", [Line("a", "10.01"), Line("b", "2.49")]))

    [second] = draft(settings, by="Ada")

    assert second.version == 2
    assert second.totals == first.totals
    assert second.line_set_sha256 != first.line_set_sha256
    assert records(settings) == ["tune-master/2026-06.v1.json", "tune-master/2026-06.v2.json"]


def test_line_set_hash_with_rows_in_other_order_is_the_same_e14(settings: Settings) -> None:
    publish(settings, TUNE)
    [first] = draft(settings, by="Ada")
    publish(settings, Statement("tune", "tune-master", TUNE.lines[::-1]))

    [second] = draft(settings, by="Ada")

    assert second == first


def test_line_set_hash_with_corrected_title_is_the_same(settings: Settings) -> None:
    publish(settings, Statement("tune", "tune-master", [Line("a", "10.00", title="Nothern")]))
    [first] = draft(settings, by="Ada")
    publish(settings, Statement("tune", "tune-master", [Line("a", "10.00", title="Northern")]))

    [second] = draft(settings, by="Ada")

    assert second == first


def test_draft_of_statement_without_lines_is_recorded_e82(settings: Settings) -> None:
    publish(settings, Statement("tune", "tune-master"))

    [drafted] = draft(settings, by="Ada")

    assert drafted.line_count == 0
    assert set(drafted.totals.values()) == {"0.00"}


def test_draft_for_partner_leaves_other_partners_alone(settings: Settings) -> None:
    publish(settings, TUNE, WAVE)

    draft(settings, partner="wave", by="Ada")

    assert [one.partner_id for one in newest_drafts(settings)] == ["wave"]


@pytest.mark.parametrize(
    ("month", "message"),
    [("2026-05", "no statement"), ("June", "is not a month"), ("*", "is not a month")],
)
def test_draft_for_month_that_is_not_there_says_so(
    settings: Settings, month: str, message: str
) -> None:
    publish(settings, TUNE)

    with pytest.raises(LinernotesError, match=message):
        draft(settings, month=month, by="Ada")


def test_newest_drafts_of_a_partner_leave_out_a_contract_that_went_to_another(
    settings: Settings,
) -> None:
    publish(settings, TUNE)
    draft(settings)
    publish(settings, Statement("wave", "tune-master", [Line("a", "10.00")]))
    draft(settings)

    assert newest_drafts(settings, partner="tune") == []
    assert [one.version for one in newest_drafts(settings, partner="wave")] == [2]


def test_draft_with_nothing_published_says_what_to_run(settings: Settings) -> None:
    with pytest.raises(LinernotesError, match="linernotes build"):
        draft(settings, by="Ada")


def test_draft_attempted_at_once_gives_one_version(settings: Settings) -> None:
    publish(settings, TUNE)

    with ThreadPoolExecutor(4) as pool:
        drafted = list(pool.map(lambda name: draft(settings, by=name), "ABCD"))

    assert {one.version for [one] in drafted} == {1}
    assert len({one.drafted_by for [one] in drafted}) == 1
    assert records(settings) == ["tune-master/2026-06.v1.json"]


def test_newest_drafts_of_statement_with_two_drafts_gives_the_newest(settings: Settings) -> None:
    publish(settings, TUNE)
    draft(settings, by="Ada")
    publish(settings, Statement("tune", "tune-master", [Line("a", "11.00")]))
    draft(settings, by="Ada")

    [state] = newest_drafts(settings)

    assert (state.statement_id, state.state, state.version) == ("tune-master|2026-06", "draft", 2)
