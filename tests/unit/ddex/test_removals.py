"""The removals side file: one record per action, money with the recording's first."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from linernotes.agreements import Agreement, Sender
from linernotes.base.published import open_published
from linernotes.base.settings import Settings
from linernotes.ddex import (
    REMOVALS_PREFIX,
    REMOVALS_PROFILE,
    REMOVALS_VERSION,
    Message,
    write_removals,
)
from linernotes.ddex.removals import RM01
from tests.fixtures.published_warehouse import Line, Statement, publish

MESSAGE = Message(
    message_id="tune-2026-06-v1-removals",
    profile=REMOVALS_PROFILE,
    profile_version=REMOVALS_VERSION,
    month=date(2026, 6, 1),
    created_at=datetime(2026, 7, 15, 6),
    sender=Sender(dpid="PADPIDA2026010101N", name="House of Songs"),
    recipient=Agreement(),
    recipient_dpid="PADPIDA2026010102L",
    recipient_name="The tune company",
    service="AIMusic",
    territory="multi",
)
ACTIONS = """
    insert into reports.rpt_partner__removal_actions by name
    select
        'tune' as partner_id, date '2026-06-01' as report_month, puid,
        'recording-of-spam' as recording_id, 'DEA012600001' as isrc, title,
        'spam' as programme_reason, 'not_ai' as ai_status, 'DISABLED' as decision_visibility,
        'detection' as known_by,
        'none' as appeal_state, 40 as play_before_count, applied_at
    from (values
        ('act-1', 'One\tTwo', timestamp '2026-06-02 08:00:00'),
        ('act-2', 'One\tTwo', timestamp '2026-06-03 08:00:00')
    ) as actions(puid, title, applied_at)
"""


@pytest.fixture
def side_file(tmp_path: Path) -> Path:
    settings = Settings(home=tmp_path / "home")
    spam = Line("spam", "-0.75", line_type="SPAM_ADJUSTMENT")
    publish(settings, Statement("tune", "tune-master", [Line("a", "10.00"), spam]))
    with duckdb.connect(str(settings.published_file)) as connection:
        connection.execute("delete from reports.rpt_partner__removal_actions")
        connection.execute(ACTIONS)
    path = tmp_path / MESSAGE.file_name(REMOVALS_PREFIX)
    with open_published(settings) as connection:
        assert write_removals(path, connection, "tune", MESSAGE) == 2
    return path


def records(path: Path) -> list[list[str]]:
    return [line.split("\t") for line in path.read_text().splitlines() if line[:1] != "#"]


def test_removals_file_has_a_record_per_action_between_header_and_footer(side_file: Path) -> None:
    kinds = [cells[0] for cells in records(side_file)]
    lines = side_file.read_text().count("\n")

    assert kinds == ["HEAD", "RM01", "RM01", "SRFO"]
    assert records(side_file)[-1][1:] == [str(lines), "2"]


def test_removals_file_takes_money_back_once_per_recording(side_file: Path) -> None:
    names = [cell.name for cell in RM01]
    first, second = (dict(zip(names, cells, strict=True)) for cells in records(side_file)[1:3])

    assert (first["PlaysReversed"], second["PlaysReversed"]) == ("75", "0")
    assert first["AmountReversedInCurrencyOfAccounting"] == "0.75"
    assert first["SalesTransactionId"] == "spam"
    assert second["AmountReversedInCurrencyOfAccounting"] == ""


def test_removals_file_title_with_a_tab_is_one_cell_e131(side_file: Path) -> None:
    assert records(side_file)[1][5] == "One Two"


def test_removals_file_written_for_another_month_is_nil(tmp_path: Path, side_file: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    path = tmp_path / "nil.tsv"

    with open_published(settings) as connection:
        count = write_removals(path, connection, "tune", replace(MESSAGE, month=date(2026, 7, 1)))

    assert count == 0
    assert [cells[0] for cells in records(path)] == ["HEAD", "SRFO"]
