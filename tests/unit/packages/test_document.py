"""The statement's PDF: its figures match the statement, and it can show any script."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pypdfium2
import pytest

from linernotes.base.settings import Settings
from linernotes.ledger.balance import CORRECTION_TYPES, TERM_OF_TYPE
from linernotes.packages import verify_package, wording, write_packages
from linernotes.packages.document_parts import table
from linernotes.packages.typesetting import typeset
from linernotes.statements import approve, draft, issue
from tests.fixtures.published_warehouse import Line, Statement, publish

TUNE = Statement(
    "tune",
    "tune-master",
    [
        Line("a", "1210.00"),
        Line("b", "2.50", hold_bucket="CONSENT"),
        Line("c", "-0.25", line_type="FEE"),
        Line("d", "4.00", territory="FR"),
    ],
)
AGREED = """
[sender]
legal = { name = "House of Songs Ltd", address = ["1 Example Street", "Dublin"] }

[partners.tune]
legal = { name = "Tune Holdings BV" }
contact = { email = "accounts@tune.example" }
query_days = 90

[partners.tune.contracts.tune-master]
title = "Recordings licence"
number = "AI-7"
signed_on = 2026-03-02
"""
# More than the table of territories shows, so that the others share one row.
COUNTRIES = [
    "AE", "AR", "AT", "AU", "BE", "BG", "BR", "CA", "CH", "CL", "CN", "CO", "CZ", "DE", "DK", "EE",
    "EG", "ES", "FI", "FR", "GB", "GR", "HK", "HU", "ID", "IE", "IL", "IN", "IT", "JP", "KE", "KR",
]  # fmt: skip
TITLES = ("Été", "Привет", "Καλημέρα", "東京の夜", "조용한 신호", "قمر", "שלום")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


def pages(path: Path) -> list[str]:
    document = pypdfium2.PdfDocument(path)
    return [page.get_textpage().get_text_bounded() for page in document]


def packaged(settings: Settings, *statements: Statement) -> list[str]:
    publish(settings, *statements)
    draft(settings, by="Ada")
    [package] = write_packages(settings)
    assert verify_package(package.path) == []
    return pages(package.path / "statement.pdf")


def test_document_says_what_is_paid_on_page_one_e132(settings: Settings) -> None:
    first = packaged(settings, TUNE)[0].replace("\r\n", "\n")

    assert "AI royalty statement, June 2026" in first
    assert "For The tune company" in first
    assert "Amount due, EUR" in first
    assert "1,213.75 EUR" in first
    assert "Usage earnings 1,216.50" in first
    assert "Put on hold −2.50" in first
    assert "Collective/aggregator commission −0.25" in first
    assert "Amount due 1,213.75" in first


def test_document_sums_by_territory_to_the_usage_earnings_e132(settings: Settings) -> None:
    text = " ".join(packaged(settings, TUNE)).replace("\r\n", "\n")

    assert "DE 121,250 121,250.00 1,212.50 2.50 0.010000\n" in text
    assert "FR 400 400.00 4.00 0.00 0.010000\n" in text
    assert "Total 121,650 121,650.00 1,216.50 2.50 0.010000" in text


def test_document_counts_people_of_a_recording_once_e125(settings: Settings) -> None:
    """The report has a row per territory, and one with their total."""
    text = " ".join(" ".join(packaged(settings, TUNE)).split())

    assert "New fans Follows Saves 1 660 50 25 20 –" in text


def test_document_tells_what_waits_in_all_and_a_release_on_one_row(settings: Settings) -> None:
    may = Statement(
        "tune", "tune-master", [Line("b", "2.50", hold_bucket="CONSENT")], month="2026-05-01"
    )
    release = [
        Line("c", "-1.00", line_type="LATE_CONSENT", hold_bucket="CONSENT", original_line_id="b"),
        Line("d", "1.00", line_type="LATE_CONSENT", original_line_id="b"),
    ]
    publish(settings, may, Statement("tune", "tune-master", release))
    draft(settings, by="Ada")

    [_, june] = write_packages(settings)
    text = " ".join(" ".join(pages(june.path / "statement.pdf")).split())

    # Of the 2.50 held in May, June releases 1.00.
    assert "1.00 EUR" in text
    assert "Released from hold 1.00" in text
    assert "Total 0.00 −1.00 1.50" in text
    assert "At the end of the month before, 2.50 EUR was on hold." in text
    assert "Late consent 2026-06 Northern Lights b 0.00 −1.00 1.00" in text


def test_document_tells_what_was_released_and_not_paid(settings: Settings) -> None:
    """Regression: money of spam, which returns to the pool, looked as if it had been paid out."""
    held = {"hold_bucket": "REMOVAL"}
    may = Statement("tune", "tune-master", [Line("b", "2.50", **held)], month="2026-05-01")
    spam = [
        Line("c", "-1.00", line_type="SPAM_ADJUSTMENT", original_line_id="b", **held),
        Line("d", "-0.50", line_type="LATE_CONSENT", original_line_id="b", **held),
        Line("e", "0.50", line_type="LATE_CONSENT", original_line_id="b"),
    ]
    publish(settings, may, Statement("tune", "tune-master", spam))
    draft(settings, by="Ada")

    [_, june] = write_packages(settings)
    text = " ".join(" ".join(pages(june.path / "statement.pdf")).split())

    assert "Of what was released, 1.00 EUR was taken back and not added to the balance" in text
    assert "Total 0.00 −1.50 1.00" in text


def captured(settings: Settings, monkeypatch: pytest.MonkeyPatch, *statements: Statement) -> Any:
    """The sections of the last package's document."""
    seen: list[dict[str, Any]] = []

    def keep(content: dict[str, Any], timestamp: datetime) -> bytes:
        seen.append(content)
        return typeset(content, timestamp)

    monkeypatch.setattr("linernotes.packages.document.typeset", keep)
    packaged(settings, *statements)
    return seen[-1]["parts"]


def number(cell: str) -> Decimal:
    return Decimal(cell.replace(",", "").replace("−", "-"))


@pytest.mark.parametrize("currency", ["EUR", "JPY", "TND"])
def test_every_table_of_the_document_adds_up_to_its_total_e132(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, currency: str
) -> None:
    lines = [
        Line(f"line-{at}", f"{at}", territory=COUNTRIES[at % len(COUNTRIES)], title=f"Title {at}",
             hold_bucket="CONSENT" if at % 3 == 0 else None)
        for at in range(1, 90)
    ]  # fmt: skip
    lines += [
        Line("fee", "-2", line_type="FEE"),
        *(Line(f"late-{at}", f"{at}", line_type="LATE_USAGE") for at in range(1, 30)),
    ]

    parts = captured(settings, monkeypatch, Statement("tune", "m", lines, currency_code=currency))

    tables = [part for part in parts if part["kind"] == "table" and part["total"]]
    assert len(tables) >= 7
    for part in tables:
        for at, column in enumerate(part["columns"]):
            name = column["name"]
            if not column["is_number"] or name == "Effective rate" or not part["total"][at]:
                continue
            # Totals restart the sum: the amount due is the balance and what follows.
            start = max(part["strong"], default=0)
            rows = [number(row[at]) for row in part["rows"][start:]]
            assert sum(rows) == number(part["total"][at]), (name, part["rows"][0])
            for strong in part["strong"]:
                above = [number(row[at]) for row in part["rows"][:strong]]
                assert sum(above) == number(part["rows"][strong][at])


def test_document_puts_the_currency_with_the_most_money_first(settings: Settings) -> None:
    publish(
        settings,
        Statement("tune", "a-work", [Line("a", "100.00")], currency_code="EUR"),
        Statement("tune", "b-master", [Line("b", "9000")], currency_code="JPY"),
        Statement("tune", "c-master", [Line("c", "150.00")], currency_code="USD"),
    )
    with duckdb.connect(str(settings.published_file)) as connection:
        connection.execute(
            "insert into marts.fct_exchange_rates values "
            "('2026-06-30', 'JPY', 170), ('2026-06-30', 'USD', 1.1)"
        )
    draft(settings, by="Ada")
    [package] = write_packages(settings)
    first = pages(package.path / "statement.pdf")[0]

    # 136 euros in dollars, 100 euros, 53 euros in yen.
    bands = [first.index(f"Amount due, {code}") for code in ("USD", "EUR", "JPY")]
    assert bands == sorted(bands)


def test_document_head_says_who_pays_whom_as_agreed(settings: Settings) -> None:
    settings.home.mkdir(parents=True, exist_ok=True)
    settings.agreements_file.write_text(AGREED, encoding="utf-8")

    first = packaged(settings, TUNE)[0].replace("\r\n", "\n")

    for text in (
        "House of Songs Ltd", "1 Example Street", "Tune Holdings BV", "accounts@tune.example",
        "Recordings licence", "AI-7", "2 Mar 2026", "25 July 2026", "within 90 days of issue",
        "payable by 25 July 2026 or, if later, on issue",
    ):  # fmt: skip
        assert text in first


def test_total_of_a_table_never_stands_alone_on_a_page(tmp_path: Path) -> None:
    known_at = datetime(2026, 7, 15, 6, tzinfo=UTC)
    content = {
        "title": "AI royalty statement, June 2026",
        "subtitle": "For The tune company",
        "header": "The tune company",
        "footer": "tune-master|2026-06 v1",
        "state": "Issued",
        "is_draft": False,
        "date": {"year": 2026, "month": 7, "day": 15},
    }
    heads = set()
    for count in range(30, 50):
        rows = [[f"row {number}", "1.00"] for number in range(count)]
        parts = [table(["*Territory", "#Balance"], rows, ["Total", f"{count}.00"])]
        path = tmp_path / f"{count}.pdf"
        path.write_bytes(typeset(content | {"parts": parts}, known_at))
        last = pages(path)[-1].replace("\r", "").split("\n")
        at = next(number for number, line in enumerate(last) if line.startswith("Total "))
        heads.add((len(pages(path)), last[at - 1].split()[0], last[at - 2].split()[0]))

    # Two rows precede the total, wherever the page ends.
    assert heads == {(1, "row", "row"), (2, "row", "row")}


def test_document_of_draft_says_so_on_every_page_and_of_an_issued_one_does_not(
    settings: Settings,
) -> None:
    drafted = packaged(settings, TUNE)
    approve(settings, "2026-06", by="Ben")
    issue(settings, "2026-06", by="Ben")
    [package] = write_packages(settings)
    issued = pages(package.path / "statement.pdf")

    assert all("DRAFT: not approved" in page for page in drafted)
    assert not any("DRAFT" in page for page in issued)
    assert all(f"Page {number} of {len(issued)}" in page for number, page in enumerate(issued, 1))


def test_document_shows_titles_of_every_script(settings: Settings) -> None:
    late = [
        Line(f"late-{number}", "1.00", title=title, line_type="LATE_USAGE")
        for number, title in enumerate(TITLES)
    ]

    text = " ".join(packaged(settings, Statement("tune", "tune-master", late)))

    # Right-to-left text is read back in the order in which it is painted.
    shown = [title for title in TITLES if title in text or title[::-1] in text]
    assert shown == list(TITLES)


def test_document_shows_a_title_that_looks_like_markup_as_text_e131(settings: Settings) -> None:
    title = "#strong[x] *b* $x$ = <label> `raw`"
    line = Line("a", "1.00", title=title, line_type="LATE_USAGE")

    text = " ".join(packaged(settings, Statement("tune", "tune-master", [line])))

    assert title in text


def test_document_shows_a_box_for_a_character_that_no_font_has(settings: Settings) -> None:
    line = Line("a", "1.00", title="𐎠𐎡 𐎠 tail", line_type="LATE_USAGE")

    text = " ".join(packaged(settings, Statement("tune", "tune-master", [line])))

    assert "□□ □ tail" in text


def test_document_of_month_without_anything_says_so_e82(settings: Settings) -> None:
    text = " ".join(packaged(settings, Statement("tune", "tune-master")))

    assert "Amount due, EUR" in text
    assert "Nothing is on hold." in text
    assert "No action was taken in this month" in text


def test_document_has_words_for_every_type_of_line() -> None:
    assert set(wording.CORRECTIONS) == set(CORRECTION_TYPES)
    assert set(TERM_OF_TYPE) - set(CORRECTION_TYPES) <= set(wording.LINE_TYPES)
