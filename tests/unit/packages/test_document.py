"""The statement's PDF: its figures are the statement's, and any script can be read in it."""

from datetime import UTC, datetime
from pathlib import Path

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

    assert "Statement of AI use, June 2026" in first
    assert "For The tune company" in first
    assert "Payable, EUR\n1,213.75" in first
    assert "Earned, EUR\n1,214.00" in first
    assert "Held, EUR\n2.50" in first
    assert "Umbrella fee −0.25" in first


def test_document_sums_by_territory_to_the_balance_e132(settings: Settings) -> None:
    text = " ".join(packaged(settings, TUNE)).replace("\r\n", "\n")

    assert "DE 1,209.75 2.50 3\nFR 4.00 0.00 1\nTotal 1,213.75 2.50 4" in text


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

    # Of 2.50 that May held, June releases 1.00.
    assert "Payable, EUR 1.00" in text
    assert "Held, EUR −1.00" in text
    assert "−1.00 EUR 1 1.50 EUR" in text
    assert "Late consent 2026-06 Northern Lights 1.00 EUR −1.00 EUR b" in text


def test_total_of_a_table_never_stands_alone_on_a_page(tmp_path: Path) -> None:
    known_at = datetime(2026, 7, 15, 6, tzinfo=UTC)
    content = {
        "title": "Statement of AI use, June 2026",
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

    # Wherever the page ends, two rows stand before the total.
    assert heads == {(1, "row", "row"), (2, "row", "row")}


def test_document_of_draft_says_so_on_every_page_and_of_an_issued_one_does_not(
    settings: Settings,
) -> None:
    drafted = packaged(settings, TUNE)
    approve(settings, "2026-06", by="Ben")
    issue(settings, "2026-06", by="Ben")
    [package] = write_packages(settings)
    issued = pages(package.path / "statement.pdf")

    assert all("DRAFT – no payment follows" in page for page in drafted)
    assert not any("DRAFT" in page for page in issued)
    assert all(f"Page {number} of {len(issued)}" in page for number, page in enumerate(issued, 1))


def test_document_shows_titles_of_every_script(settings: Settings) -> None:
    late = [
        Line(f"late-{number}", "1.00", title=title, line_type="LATE_USAGE")
        for number, title in enumerate(TITLES)
    ]

    text = " ".join(packaged(settings, Statement("tune", "tune-master", late)))

    # Text runs from right to left are read back in the order in which they are painted.
    shown = [title for title in TITLES if title in text or title[::-1] in text]
    assert shown == list(TITLES)


def test_document_shows_a_title_that_looks_like_markup_as_text_e131(settings: Settings) -> None:
    title = "#strong[x] *b* $x$ = <label> `raw`"
    line = Line("a", "1.00", title=title, line_type="LATE_USAGE")

    text = " ".join(packaged(settings, Statement("tune", "tune-master", [line])))

    assert title in text


def test_document_shows_a_box_for_a_character_that_no_font_has(settings: Settings) -> None:
    line = Line("a", "1.00", title="ไทย 𐎠 tail", line_type="LATE_USAGE")

    text = " ".join(packaged(settings, Statement("tune", "tune-master", [line])))

    assert "□□□ □ tail" in text


def test_document_of_month_without_anything_says_so_e82(settings: Settings) -> None:
    text = " ".join(packaged(settings, Statement("tune", "tune-master")))

    assert "Payable, EUR" in text
    assert "Nothing is held." in text
    assert "No action was taken in this month" in text


def test_document_has_words_for_every_type_of_line() -> None:
    assert set(wording.CORRECTIONS) == set(CORRECTION_TYPES)
    assert set(TERM_OF_TYPE) - set(CORRECTION_TYPES) <= set(wording.LINE_TYPES)
