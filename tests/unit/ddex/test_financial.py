"""The DSR file of a fictitious month: its content, and that the check finds errors in it.

The real writer writes a report with two pools, a held line, a correction, a fee and a hostile
title; then each test changes one thing.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from linernotes.agreements import Agreement, Sender
from linernotes.base.published import open_published
from linernotes.base.settings import Settings
from linernotes.ddex import (
    FINANCIAL,
    Message,
    check_dsr,
    read_financial_totals,
    write_financial_report,
)
from linernotes.ddex.records import RECORDS
from linernotes.ledger.files import USES_KIND
from linernotes.statements import current_statements, draft, evidence_file
from tests.fixtures.dsr_files import (
    Cells,
    add_cell,
    change,
    drop,
    move_to_end,
    repeat,
    retype,
    rows_of,
    spoil_cells,
)
from tests.fixtures.published_warehouse import Line, Statement, publish

# Two party identifiers with valid check characters that are not assigned.
SENDER, RECIPIENT = "PADPIDA2026010101N", "PADPIDA2026010102L"
IN_TRANSACTION, IN_ACCOUNTING = "InCurrencyOfTransaction", "InCurrencyOfAccounting"
HOSTILE = '=HYPERLINK("x")\t|pipe\\back\r\nnext ترجمة'
TUNE = Statement(
    "tune",
    "tune-master",
    [
        Line("a", "10.00"),
        Line("b", "2.50", title=HOSTILE),
        Line("c", "4.00", hold_bucket="CONSENT", proof=None),
        Line("d", "1.25", territory="FR"),
        Line("e", "0.75", line_type="LATE_USAGE"),
        Line("f", "-1.10", line_type="FEE"),
    ],
)


def written(folder: Path, *statements: Statement, agreement: Agreement | None = None) -> Path:
    """The DSR file of the first statement's partner."""
    settings = Settings(home=folder / "home")
    publish(settings, *statements)
    draft(settings, by="Ada")
    return write_from(settings, folder, statements[0].partner_id, agreement)


def write_from(
    settings: Settings, folder: Path, partner: str, agreement: Agreement | None = None
) -> Path:
    own = current_statements(settings, "2026-06", partner)
    message = Message(
        message_id="tune-2026-06-v1",
        profile=FINANCIAL.name,
        profile_version=FINANCIAL.version,
        month=date(2026, 6, 1),
        created_at=datetime(2026, 7, 15, 6),
        sender=Sender(dpid=SENDER, name="House of Songs"),
        recipient=agreement or Agreement(deal_specific_rows=True),
        recipient_dpid=RECIPIENT,
        recipient_name="The tune company",
        service="AIMusic",
        territory="multi",
    )
    path = folder / message.file_name()
    with open_published(settings) as connection:
        uses = [evidence_file(settings, one, USES_KIND) for one in own]
        write_financial_report(path, connection, message, own, uses)
    return path


@pytest.fixture
def report(tmp_path: Path) -> Path:
    return written(tmp_path, TUNE)


def test_report_of_month_holds_and_is_called_as_its_header_says(report: Path) -> None:
    assert check_dsr(report) == []
    assert report.name == (
        f"DSR_{RECIPIENT}_{SENDER}_AIMusic_2026-06_multi_1of1_20260715T060000.tsv"
    )


def test_report_has_a_summary_per_pool_correction_and_statement(report: Path) -> None:
    summaries = rows_of(report, "SY10")

    shown = [
        (row["Territory"], row["AllocatedRevenueInCurrencyOfAccounting"],
         row["AllocatedNetRevenueInCurrencyOfAccounting"], row["UsageIndependentFeeType"],
         row["FinalTotalAmountInCurrencyOfAccounting"])
        for row in summaries
    ]  # fmt: skip
    assert shown == [
        ("DE", "12.50", "16.50", "", "12.50"),
        ("DE", "0.75", "0.00", "", "0.75"),
        ("FR", "1.25", "1.25", "", "1.25"),
        ("Worldwide", "0.00", "0.00", "FEE", "-1.10"),
    ]
    assert {row["ServiceDescription"] for row in summaries} == {"AIRemix", "AIMusic"}


def test_report_totals_are_those_of_the_statement_e132(report: Path) -> None:
    totals = read_financial_totals(report)

    assert totals.payable == {"EUR": Decimal("13.40")}
    assert totals.allocated == {"EUR": Decimal("14.50")}
    assert totals.sales.keys() == {"a", "b", "c", "d", "e"}


def test_report_line_says_what_is_held_and_after_it_the_ai_facts(report: Path) -> None:
    [held] = [row for row in rows_of(report, "SR08") if row["SalesTransactionId"] == "c"]
    facts = [row["HoldBucket"] for row in rows_of(report, "DE01")]

    assert held["AllocatedRevenueInCurrencyOfAccounting"] == "0.00"
    assert held["AllocatedNetRevenueInCurrencyOfAccounting"] == "4.00"
    assert held["NetUsage"] == "400"
    assert sorted(facts) == ["", "", "", "", "CONSENT"]


def test_report_names_the_release_and_gives_shares_in_percent(report: Path) -> None:
    rows = {row["SalesTransactionId"]: row for row in rows_of(report, "SR08")}

    assert {row["DspReleaseId"] for row in rows.values()} == {"04006381333931"}
    assert rows["a"]["DspResourceId"] == "recording-of-a"
    assert {row["RightSharePercentage"] for row in rows.values()} == {"100"}
    assert rows_of(report, "SY10")[0]["RightsControllerMarketShare"] == "50"
    assert rows_of(report, "SY10")[0]["CalculationValue"] == "100"


def test_work_has_its_iswc_and_a_correction_the_share_of_the_line_it_corrects(
    tmp_path: Path,
) -> None:
    settings = Settings(home=tmp_path / "home")
    late = [Line("a", "10.00"), Line("e", "-0.75", line_type="REATTRIBUTION", original_line_id="a")]
    publish(settings, Statement("tune", "tune-work", late))
    with duckdb.connect(str(settings.published_file)) as connection:
        for table in ("reports.rpt_partner__compensation_lines", "marts.fct_compensation_lines"):
            # A corrected attribution moves weight, but no uses.
            connection.execute(
                f"update {table} set side = 'WORK', weight_nano = weight_nano // 4, "
                "quantity = if(line_id = 'e', 0, quantity)"
            )
        connection.execute(
            "update reports.rpt_partner__compensation_lines set iswc = 'T0345246801'"
        )
    draft(settings, by="Ada")
    path = write_from(settings, tmp_path, "tune", Agreement())

    rows = {row["SalesTransactionId"]: row for row in rows_of(path, "SR08")}
    assert rows["a"]["ProprietaryResourceId"] == "ISWC::T0345246801"
    assert rows["a"]["RightSharePercentage"] == rows["e"]["RightSharePercentage"] == "25"


def test_allocated_uses_count_each_use_once(tmp_path: Path) -> None:
    """Two owners of one recording have one line each for the same use."""
    settings = Settings(home=tmp_path / "home")
    publish(settings, Statement("tune", "tune-master", [Line("a", "5.00"), Line("b", "5.00")]))
    with duckdb.connect(str(settings.published_file)) as connection:
        connection.execute("update marts.fct_source_uses set use_id = 'the use'")
    draft(settings, by="Ada")
    path = write_from(settings, tmp_path, "tune", Agreement())

    [summary, _] = rows_of(path, "SY10")
    assert [row["NetUsage"] for row in rows_of(path, "SR08")] == ["500", "500"]
    assert summary["AllocatedUsages"] == "500"
    assert check_dsr(path) == []


def test_release_that_moves_no_use_allocates_none(tmp_path: Path) -> None:
    """A line that releases money takes from the amount on hold what the other line adds."""
    released = [
        Line("a", "1.00", line_type="LATE_CONSENT"),
        Line("b", "-1.00", line_type="LATE_CONSENT", hold_bucket="CONSENT"),
    ]
    settings = Settings(home=tmp_path / "home")
    publish(settings, Statement("tune", "tune-master", released))
    draft(settings, by="Ada")
    # The uses of a released line are stored with the statement that releases it.
    [one] = current_statements(settings, "2026-06", "tune")
    uses = evidence_file(settings, one, USES_KIND)
    use = "select 'a' as line_id, 'the use' as use_id, 100::bigint as quantity"
    duckdb.execute(f"copy ({use}) to '{uses}' (format parquet)")
    path = write_from(settings, tmp_path, "tune", Agreement())

    [summary, _] = rows_of(path, "SY10")
    assert summary["AllocatedUsages"] == "0"
    assert check_dsr(path) == []


def test_report_of_a_package_of_the_first_form_is_held_to_what_it_meant(report: Path) -> None:
    """In that form, allocated revenue was all earnings, and allocated net revenue the payable."""
    assert "line_is_payable_or_held" in {
        problem.rule for problem in check_dsr(report, is_first_edition=True)
    }

    def exchange(cells: Cells) -> None:
        for row in cells:
            if row[0] in ("SR08", "SY10"):
                names = [cell.name for cell in RECORDS[row[0]]]
                for currency in (IN_TRANSACTION, IN_ACCOUNTING):
                    first, second = (
                        names.index(f"{name}{currency}")
                        for name in ("AllocatedRevenue", "AllocatedNetRevenue")
                    )
                    due, net = row[first], row[second]
                    row[first], row[second] = max(due, net, key=float), due

    spoil_cells(report, exchange)

    assert check_dsr(report, is_first_edition=True) == []


def test_report_without_agreement_has_no_deal_specific_rows(tmp_path: Path) -> None:
    path = written(tmp_path, TUNE, agreement=Agreement())

    assert rows_of(path, "DE01") == []
    assert check_dsr(path) == []


def test_report_title_with_delimiters_is_one_clean_cell_e131(report: Path) -> None:
    [row] = [row for row in rows_of(report, "SR08") if row["SalesTransactionId"] == "b"]

    assert row["ResourceTitle"] == '=HYPERLINK("x") pipe back next ترجمة'


def test_report_of_month_without_anything_is_header_summary_footer_e82(tmp_path: Path) -> None:
    path = written(tmp_path, Statement("tune", "tune-master"))

    kinds = [line.split("\t")[0] for line in path.read_text().splitlines() if line[0] != "#"]
    assert kinds == ["HEAD", "SY10", "SRFO"]
    assert read_financial_totals(path).payable == {"EUR": Decimal(0)}
    assert check_dsr(path) == []


def test_report_written_twice_has_the_same_bytes(tmp_path: Path) -> None:
    one, other = written(tmp_path / "1", TUNE), written(tmp_path / "2", TUNE)

    assert one.read_bytes() == other.read_bytes()


def test_report_padded_by_a_spreadsheet_still_holds(report: Path) -> None:
    lines = report.read_text().splitlines()
    report.write_text("".join(f"{line}{chr(9) * 60}\r\n" for line in lines))

    assert check_dsr(report) == []


FAULTS: dict[str, tuple[Callable[[Cells], None], str]] = {
    "no header": (drop("HEAD"), "header_comes_first"),
    "no footer": (drop("SRFO"), "footer_is_there"),
    "no summary": (drop("SY10"), "summary_of_sale_is_there"),
    "a line dropped": (drop("SR08"), "summary_is_the_sum_of_its_lines"),
    "two lines about AI facts": (repeat("DE01"), "records_are_in_order"),
    "a line twice": (repeat("SR08"), "sale_id_is_unique"),
    "a summary twice": (repeat("SY10"), "summary_id_is_unique"),
    "a summary after the lines": (move_to_end("SY10"), "records_are_in_order"),
    "a record of another profile": (retype("SR08", "SU02"), "record_type_is_of_profile"),
    "a cell too many": (add_cell("SR08"), "cell_count_agrees"),
    "another profile": (change("HEAD", "Profile", "BasicAudioProfile"), "profile_is_known"),
    "another version": (change("HEAD", "ProfileVersion", "9.9"), "profile_is_known"),
    "a version of nothing": (change("HEAD", "MessageVersion", "4.1"), "message_version_is_known"),
    "one file of two": (change("HEAD", "NumberOfFiles", "2"), "report_is_one_file"),
    "no message id": (change("HEAD", "MessageId", ""), "cell_is_filled"),
    "a sender with a wrong check character": (
        change("HEAD", "SenderPartyId", "PADPIDA2026010101X"),
        "value_is_of_its_kind",
    ),
    "another sender than in the name": (
        change("HEAD", "SenderPartyId", RECIPIENT),
        "name_agrees_with_header",
    ),
    "another month than in the name": (
        change("HEAD", "UsageEndDate", "2026-07-31"),
        "name_agrees_with_header",
    ),
    "an end before the start": (
        change("HEAD", "UsageEndDate", "2026-05-31"),
        "period_is_in_order",
    ),
    "a time without a zone": (
        change("HEAD", "MessageCreatedDateTime", "2026-07-15T06:00:00"),
        "value_is_of_its_kind",
    ),
    "a day that is none": (
        change("SY10", "ReportingPeriodEndDate", "2026-06-31"),
        "value_is_of_its_kind",
    ),
    "a period outside the header's": (
        change("SY10", "ReportingPeriodStartDate", "2026-05-01"),
        "period_lies_in_the_headers",
    ),
    "a commercial model of nobody": (
        change("SY10", "CommercialModel", "Barter"),
        "value_is_on_the_list",
    ),
    "a use type of nobody": (change("SY10", "UseType", "Training"), "value_is_on_the_list"),
    "a territory that is none": (change("SY10", "Territory", "UK"), "value_is_on_the_list"),
    "a currency that is none": (
        change("SY10", "CurrencyOfAccounting", "EURO"),
        "value_is_on_the_list",
    ),
    "a service with a blank": (
        change("SY10", "ServiceDescription", "AI Remix"),
        "value_is_of_its_kind",
    ),
    "a rate within one currency": (
        change("SY10", "ExchangeRate", "1.1"),
        "rate_within_a_currency_is_one",
    ),
    "a rate of nothing": (change("SY10", "ExchangeRate", "0"), "rate_is_positive"),
    "a rate without a date": (change("SY10", "DateOfCurrencyExchange", ""), "rate_has_a_date"),
    "gross in one currency": (
        change("SY10", f"GrossRevenue{IN_TRANSACTION}", "100"),
        "gross_is_in_both_currencies",
    ),
    "a calculation without its value": (
        change("SY10", "CalculationValue", ""),
        "parallel_cells_have_as_many_values",
    ),
    "a fee without its type": (
        change("SY10", "UsageIndependentFeeType", "FEE|TAX", at=3),
        "parallel_cells_have_as_many_values",
    ),
    "a total that is not what is payable and fees": (
        change("SY10", f"FinalTotalAmount{IN_ACCOUNTING}", "12.51"),
        "final_total_is_payable_and_fees",
    ),
    "an amount below the cent": (
        change("SY10", f"AllocatedRevenue{IN_ACCOUNTING}", "16.501"),
        "amount_is_in_minor_units",
    ),
    "a summary that is a cent off": (
        change("SY10", f"AllocatedRevenue{IN_ACCOUNTING}", "16.51"),
        "summary_is_the_sum_of_its_lines",
    ),
    "more allocated uses than the lines have": (
        change("SY10", "AllocatedUsages", "999999"),
        "allocated_uses_are_distinct",
    ),
    "a line a cent off": (
        change("SR08", f"AllocatedRevenue{IN_ACCOUNTING}", "9.99"),
        "summary_is_the_sum_of_its_lines",
    ),
    "a line off its rate": (
        change("SR08", f"AllocatedRevenue{IN_TRANSACTION}", "99"),
        "rate_connects_both_currencies",
    ),
    "net revenue off its rate": (
        change("SR08", f"AllocatedNetRevenue{IN_ACCOUNTING}", "1.00"),
        "rate_connects_both_currencies",
    ),
    "uses less returns": (
        change("SR08", "NetUsage", "12"),
        "net_usage_is_uses_less_returns",
    ),
    "negative uses": (change("SR08", "TotalUsages", "-4"), "number_is_not_negative"),
    "returns that are no number": (change("SR08", "Returns", "none"), "value_is_of_its_kind"),
    "an amount with a comma": (
        change("SR08", f"AllocatedRevenue{IN_ACCOUNTING}", "10,00"),
        "value_is_of_its_kind",
    ),
    "an amount in exponents": (
        change("SR08", f"AllocatedRevenue{IN_ACCOUNTING}", "1E+1"),
        "value_is_of_its_kind",
    ),
    "a sale after the period": (
        change("SR08", "SalesTransactionDate", "2026-07"),
        "sale_lies_not_after_the_period",
    ),
    "a share above a hundred": (
        change("SR08", "RightSharePercentage", "100.1"),
        "share_is_a_percentage",
    ),
    "two types of price": (
        lambda cells: (
            change("SR08", "PriceType", "Front")(cells),
            change("SR08", "PriceRangeType", "Mid")(cells),
        )[0],
        "price_has_one_type",
    ),
    "an ISRC with dashes": (
        change("SR08", "ResourceISRC", "DE-A01-26-00001"),
        "value_is_of_its_kind",
    ),
    "an id without its space": (
        change("SR08", "ProprietaryResourceId", "rec-1"),
        "value_is_of_its_kind",
    ),
    "a title with an escape": (
        change("SR08", "ResourceTitle", "a\\\\|b"),
        "value_holds_no_delimiter",
    ),
    "blanks around a value": (
        change("SR08", "ResourceTitle", " Aurora"),
        "value_has_no_blanks_around",
    ),
    "a line of no summary": (
        change("SR08", "SummaryRecordId", "S999999"),
        "summary_of_sale_is_there",
    ),
    "a footer that counts wrongly": (
        change("SRFO", "NumberOfLinesInReport", "3"),
        "footer_counts_the_file",
    ),
    "a footer that misses a summary": (
        change("SRFO", "NumberOfSummaryRecords", "3"),
        "footer_counts_the_file",
    ),
    "a flag that is none": (
        change("SR08", "CopyrightObligationWithDSP", "perhaps"),
        "value_is_of_its_kind",
    ),
}


@pytest.mark.parametrize(("fault", "rule"), FAULTS.values(), ids=FAULTS)
def test_check_of_file_with_a_seeded_fault_finds_it(
    report: Path, fault: Callable[[Cells], None], rule: str
) -> None:
    spoil_cells(report, fault)

    assert rule in {problem.rule for problem in check_dsr(report)}


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        (f"DSR_{SENDER}_AIMusic_2026-06_multi_1of1_20260715T060000.tsv", "name_is_well_formed"),
        (f"DSR_{RECIPIENT}_{SENDER}_AIMusic_2026-06_multi_1of1_today.tsv", "name_is_well_formed"),
        (
            f"DSR_{RECIPIENT}_{SENDER}_Songs_2026-06_multi_1of1_20260715T060000.tsv",
            "name_agrees_with_header",
        ),
        (
            f"DSR_{RECIPIENT}_{SENDER}_AIMusic_2026-05_multi_1of1_20260715T060000.tsv",
            "name_agrees_with_header",
        ),
        (
            f"DSR_{RECIPIENT}_{SENDER}_AIMusic_2026-06_multi_1of2_20260715T060000.tsv",
            "name_agrees_with_header",
        ),
    ],
)
def test_check_of_file_under_another_name_says_so(report: Path, name: str, rule: str) -> None:
    assert rule in {problem.rule for problem in check_dsr(report.rename(report.parent / name))}


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        pytest.param(lambda whole: b"\xef\xbb\xbf" + whole, "text_has_no_mark", id="mark"),
        pytest.param(lambda whole: whole[:-1], "last_line_is_ended", id="end"),
        pytest.param(lambda whole: whole[: len(whole) * 9 // 10], "footer_is_there", id="cut"),
        pytest.param(lambda whole: whole.replace(b"Aurora", b"\xff\xfe"), "text_is_utf8", id="utf"),
        pytest.param(lambda _: b"", "header_comes_first", id="empty"),
    ],
)
def test_check_of_spoilt_bytes_says_so(
    report: Path, spoil: Callable[[bytes], bytes], rule: str
) -> None:
    report.write_bytes(spoil(report.read_bytes()))

    assert rule in {problem.rule for problem in check_dsr(report)}
