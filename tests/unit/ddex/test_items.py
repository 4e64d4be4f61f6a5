"""The item-level file of a fictitious month: derivatives of a recording, and their owners.

The real writer writes it; then each test changes one thing.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from linernotes.agreements import Agreement, Sender
from linernotes.base.published import open_published
from linernotes.base.settings import Settings
from linernotes.ddex import (
    ITEM_LEVEL,
    Message,
    check_dsr,
    read_item_totals,
    write_item_report,
)
from tests.fixtures.dsr_files import Cells, change, drop, repeat, rows_of, spoil_cells
from tests.fixtures.published_warehouse import Line, Statement, publish

MESSAGE = Message(
    message_id="tune-2026-06-v1-items",
    profile=ITEM_LEVEL.name,
    profile_version=ITEM_LEVEL.version,
    month=date(2026, 6, 1),
    created_at=datetime(2026, 7, 15, 6),
    sender=Sender(dpid="PADPIDA2026010101N", name="House of Songs"),
    recipient=Agreement(item_level=True),
    recipient_dpid="PADPIDA2026010102L",
    recipient_name="The tune company",
    service="AIMusic-items",
    territory="multi",
)
TUNE = Statement(
    "tune",
    "tune-master",
    [
        Line("a", "10.00"),
        Line("b", "4.00", hold_bucket="CONSENT", proof=None),
        Line("c", "1.25", territory="FR"),
        Line("d", "0.75", line_type="LATE_USAGE"),
        Line("e", "-1.10", line_type="FEE"),
    ],
)
# One cent per use: line a has 1000 uses, by 150 derivatives; the output of line b was not
# published.
USES = """
    copy (
        select *, concat_ws('-', line_id, derivative_id, quantity) as use_id,
            'generation-000' as generation_id
        from (
            select 'a' as line_id, printf('derivative-%03d', range) as derivative_id,
                if(range < 149, 6, 106) as quantity
            from range(150)
            union all values ('b', null, 400), ('c', 'derivative-000', 100),
                ('c', 'derivative-000', 20), ('c', 'derivative-001', 5), ('d', 'derivative-002', 75)
        )
    ) to '{}'
"""


@pytest.fixture
def report(tmp_path: Path) -> Path:
    settings = Settings(home=tmp_path / "home")
    publish(settings, TUNE)
    uses = tmp_path / "uses.parquet"
    duckdb.connect().execute(USES.format(uses))
    with open_published(settings) as connection:
        [(path, blocks)] = write_item_report(tmp_path, connection, "tune", MESSAGE, [uses]).items()
    assert (path.name, blocks) == (MESSAGE.file_name(), 3)
    return path


@pytest.fixture
def parts(tmp_path: Path, report: Path) -> list[Path]:
    """The same report in three files, a block each."""
    folder = tmp_path / "parts"
    folder.mkdir()
    with open_published(Settings(home=tmp_path / "home")) as connection:
        files = write_item_report(
            folder, connection, "tune", MESSAGE, [tmp_path / "uses.parquet"], most_bytes=1
        )
    assert list(files.values()) == [1, 1, 1]
    return list(files)


def test_item_report_holds(report: Path) -> None:
    assert check_dsr(report) == []


def test_item_report_names_each_derivative_with_its_uses_a_hundred_at_a_time(report: Path) -> None:
    shown = [
        (row["BlockId"], len(row["DspReleaseId"].split("|")), row["Usages"].split("|")[-1])
        for row in rows_of(report, "RU01.01")
    ]

    assert shown == [("1", 100, "6"), ("1", 50, "106"), ("2", 1, "400"), ("3", 2, "5")]
    assert rows_of(report, "RU01.01")[2]["DspReleaseId"] == "generation-000"


def test_item_report_says_whose_share_is_due_and_what_is_held(report: Path) -> None:
    shown = [
        (row["RightsController"], row["AllocatedNetRevenue"], row["AllocatedAmount"])
        for row in rows_of(report, "LI01.02")
    ]

    assert shown == [
        ("A Label", "10", "10.00"),
        ("A Label", "4", "0.00"),
        ("A Label", "1.25", "1.25"),
    ]
    assert read_item_totals(report).due == {"EUR": Decimal("11.25")}


def test_item_report_of_month_without_anything_is_header_summary_footer_e82(
    tmp_path: Path, report: Path
) -> None:
    july = replace(MESSAGE, month=date(2026, 7, 1))

    with open_published(Settings(home=tmp_path / "home")) as connection:
        [(path, blocks)] = write_item_report(
            tmp_path, connection, "tune", july, [tmp_path / "uses.parquet"]
        ).items()

    kinds = [line.split("\t")[0] for line in path.read_text().splitlines() if line[:1] != "#"]
    assert blocks == 0
    assert kinds == ["HEAD", "SY02.02", "FOOT"]
    assert check_dsr(path) == []


def test_item_report_names_writers_where_agreed(tmp_path: Path, report: Path) -> None:
    """Recording a has one work, b two, of which one writer wrote both; c has none that is known."""
    settings = Settings(home=tmp_path / "home")
    with duckdb.connect(str(settings.published_file)) as connection:
        connection.execute("""
            insert into reports.rpt_partner__recording_writers
            select 'tune', date '2026-06-01', * from (
                values ('recording-of-a', 'w1', 'T0702472794', 'One', 1, 'zoe', 'Zoe'),
                    ('recording-of-a', 'w1', 'T0702472794', 'One', 2, 'abe', 'Abe|Lee'),
                    ('recording-of-b', 'w1', 'T0702472794', 'One', 1, 'zoe', 'Zoe'),
                    ('recording-of-b', 'w2', 'T0345246801', 'Two', 1, 'eve', 'Eve'),
                    ('recording-of-b', 'w2', 'T0345246801', 'Two', 2, 'zoe', 'Zoe'),
                    ('recording-of-c', 'w3', 'not known', 'Three', 1, null, null)
            )
        """)
    agreed = replace(MESSAGE, recipient=Agreement(item_level=True, writers=True))
    folder = tmp_path / "agreed"
    folder.mkdir()

    with open_published(settings) as connection:
        uses = [tmp_path / "uses.parquet"]
        [path] = write_item_report(folder, connection, "tune", agreed, uses)

    shown = [(row["ISWC"], row["ComposerAuthor"]) for row in rows_of(path, "AS02.02")]
    assert shown == [("T0702472794", "Zoe|Abe Lee"), ("", "Zoe|Eve"), ("", "")]
    assert [row["ComposerAuthor"] for row in rows_of(report, "AS02.02")] == ["", "", ""]
    assert check_dsr(path) == []


FAULTS: dict[str, tuple[Callable[[Cells], None], str]] = {
    "no footer": (drop("FOOT"), "footer_is_there"),
    "no summary": (drop("SY02.02"), "summary_of_sale_is_there"),
    "a recording dropped": (drop("AS02.02", 1), "record_is_of_its_block"),
    "items dropped": (drop("RU01.01"), "uses_are_those_of_the_items"),
    "a use dropped": (drop("SU03.02"), "records_are_in_order"),
    "a share dropped": (drop("LI01.02"), "summary_is_the_sum_of_its_lines"),
    "a summary twice": (repeat("SY02.02"), "summary_id_is_unique"),
    "a line twice": (repeat("SU03.02"), "sale_id_is_unique"),
    "a block twice": (change("AS02.02", "BlockId", "1", at=1), "block_id_is_unique"),
    "an ISWC with dots": (change("AS02.02", "ISWC", "T-070.247.279-4"), "value_is_of_its_kind"),
    "a block that is no number": (change("AS02.02", "BlockId", "B1"), "block_id_is_a_whole"),
    "more uses than there are": (change("SY02.02", "AllocatedUsages", "99999"), "allocated_uses"),
    "other uses of an item": (change("RU01.01", "Usages", "401", at=2), "uses_are_those_of"),
    "an item without uses": (change("RU01.01", "Usages", "125", at=3), "parallel_cells_have"),
    "another amount": (change("LI01.02", "AllocatedAmount", "10.01"), "summary_is_the_sum"),
    "an amount of thirds": (change("LI01.02", "AllocatedAmount", "10.001"), "amount_is_in_minor"),
    "an amount far off its rate": (
        change("LI01.02", "AllocatedNetRevenue", "12"),
        "rate_connects_both_currencies",
    ),
    "more than the whole": (change("LI01.02", "RightSharePercentage", "101"), "share_is_a_perc"),
    "a rate of nothing": (change("SY02.02", "ExchangeRate", "0"), "rate_is_positive"),
    "a rate within a currency": (change("SY02.02", "ExchangeRate", "2"), "rate_within_a_currency"),
    "blocks miscounted": (change("FOOT", "NumberOfBlocksInFile", "4"), "footer_counts_the_file"),
    "no artist": (change("AS02.02", "DisplayArtistName", ""), "cell_is_filled"),
}


@pytest.mark.parametrize(("fault", "rule"), FAULTS.values(), ids=FAULTS)
def test_check_of_item_report_with_a_seeded_fault_finds_it(
    report: Path, fault: Callable[[Cells], None], rule: str
) -> None:
    spoil_cells(report, fault)

    assert any(problem.rule.startswith(rule) for problem in check_dsr(report))


def test_item_report_in_several_files_has_every_summary_in_each_and_no_block_twice(
    report: Path, parts: list[Path]
) -> None:
    numbers = [part.name.split("_")[6] for part in parts]
    blocks = [row["BlockId"] for part in parts for row in rows_of(part, "AS02.02")]
    footers = [rows_of(part, "FOOT")[0] for part in parts]
    lines = [part.read_text().count("\n") for part in parts]

    assert numbers == ["1of3", "2of3", "3of3"]
    assert blocks == ["1", "2", "3"]
    assert all(rows_of(part, "SY02.02") == rows_of(report, "SY02.02") for part in parts)
    assert [int(footer["NumberOfLinesInFile"]) for footer in footers] == lines
    assert {int(footer["NumberOfLinesInReport"]) for footer in footers} == {sum(lines)}
    assert {footer["NumberOfBlocksInReport"] for footer in footers} == {"3"}
    assert check_dsr(*parts[::-1]) == []
    assert read_item_totals(*parts) == read_item_totals(report)


def test_item_report_without_one_of_its_files_is_found(parts: list[Path]) -> None:
    rules = {problem.rule for problem in check_dsr(*parts[1:])}

    assert {"files_of_the_report_are_there", "summary_is_the_sum_of_its_lines"} <= rules


PART_FAULTS: dict[str, tuple[Callable[[Cells], None], str]] = {
    "another summary": (change("SY02.02", "Usages", "1"), "summaries_of_the_report_agree"),
    "another message": (change("HEAD", "MessageId", "x"), "headers_of_the_report_agree"),
    "more files": (change("HEAD", "NumberOfFiles", "4"), "headers_of_the_report_agree"),
    "another number": (change("HEAD", "FileNumber", "3"), "files_of_the_report_are_there"),
    "a block of another file": (change("AS02.02", "BlockId", "1"), "block_id_is_unique"),
    "a line of another file": (change("SU03.02", "SalesTransactionId", "a"), "sale_id_is_unique"),
    "the report miscounted": (
        change("FOOT", "NumberOfBlocksInReport", "2"),
        "footer_counts_the_file",
    ),
}


@pytest.mark.parametrize(("fault", "rule"), PART_FAULTS.values(), ids=PART_FAULTS)
def test_check_of_one_of_several_files_with_a_seeded_fault_finds_it(
    parts: list[Path], fault: Callable[[Cells], None], rule: str
) -> None:
    spoil_cells(parts[1], fault)

    assert rule in {problem.rule for problem in check_dsr(*parts)}
