"""The statement's PDF at its widest: everything fits in its frame, and nothing overlaps."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pypdfium2
import pypdfium2.raw as pdfium
import pytest

from linernotes.agreements import Agreements, ContractHead, LegalEntity
from linernotes.base.published import open_published
from linernotes.base.settings import Settings
from linernotes.ledger.records import ISSUED
from linernotes.packages.document import write_document
from linernotes.packages.document_figures import Figures, Statements, largest_first
from linernotes.packages.document_parts import band, table
from linernotes.packages.fonts import REPLACEMENT, font_folders, readable
from linernotes.packages.typesetting import TEMPLATE, typeset
from linernotes.statements import published_statements
from tests.fixtures.published_warehouse import Line, Statement, publish

CURRENCIES = {"EUR": "999999999999.99", "JPY": "999999999999", "TND": "999999999999.999",
              "USD": "-999999999999.99", "GBP": "999999999999.99"}  # fmt: skip
SCRIPTS = {
    "Arabic": "قمر", "Hebrew": "שלום", "Armenian": "Բարև", "Bengali": "বাংলা গান",
    "Devanagari": "संगीत", "Ethiopic": "ሙዚቃ", "Georgian": "მუსიკა", "Gujarati": "સંગીત",
    "Gurmukhi": "ਸੰਗੀਤ", "Kannada": "ಸಂಗೀತ", "Khmer": "តន្ត្រី", "Lao": "ດົນຕີ",
    "Malayalam": "സംഗീതം", "Myanmar": "ဂီတ", "Odia": "ସଙ୍ଗୀତ", "Sinhala": "සංගීතය",
    "Tamil": "இசை", "Telugu": "సంగీతం", "Thai": "ดนตรี", "Japanese": "東京の夜",
    "Korean": "조용한 신호", "Chinese": "月亮", "Greek": "Καλημέρα", "Cyrillic": "Привет",
    "Vietnamese": "Tiếng Việt",
}  # fmt: skip
# Points: what is drawn by half a line's width or a letter's overhang.
TOLERANCE = 1.0
MARGIN = 18 / 25.4 * 72


@dataclass(frozen=True)
class Box:
    left: float
    bottom: float
    right: float
    top: float

    def holds(self, other: "Box") -> bool:
        return (
            self.left - TOLERANCE <= other.left
            and other.right <= self.right + TOLERANCE
            and self.bottom - TOLERANCE <= other.bottom
            and other.top <= self.top + TOLERANCE
        )

    def overlaps(self, other: "Box") -> bool:
        return (
            min(self.right, other.right) - max(self.left, other.left) > TOLERANCE
            and min(self.top, other.top) - max(self.bottom, other.bottom) > 2 * TOLERANCE
        )


def boxes(page: pypdfium2.PdfPage, kind: int) -> list[Box]:
    return [Box(*found.get_bounds()) for found in page.get_objects(filter=[kind])]


def faults(pdf: Path | bytes) -> Iterator[str]:
    """Texts beyond the margins, texts that overlap, and texts that leave their band or cell."""
    with pypdfium2.PdfDocument(pdf) as document:
        for number, page in enumerate(document, start=1):
            width, height = page.get_size()
            texts = boxes(page, pdfium.FPDF_PAGEOBJ_TEXT)
            frames = [
                box
                for box in boxes(page, pdfium.FPDF_PAGEOBJ_PATH)
                if box.top - box.bottom > 8 and box.right - box.left > 20
            ]
            paper = Box(MARGIN, 0, width - MARGIN, height)
            for at, text in enumerate(texts):
                if not paper.holds(text):
                    yield f"page {number}: {text} leaves the page"
                for other in texts[at + 1 :]:
                    if text.overlaps(other):
                        yield f"page {number}: {text} lies over {other}"
                for frame in frames:
                    middle = (text.bottom + text.top) / 2
                    crosses = (
                        frame.bottom < middle < frame.top
                        and text.left < frame.right
                        and text.right > frame.left
                    )
                    if crosses and not (
                        frame.left - TOLERANCE <= text.left
                        and text.right <= frame.right + TOLERANCE
                    ):
                        yield f"page {number}: {text} leaves its frame {frame}"


def content(*parts: Any) -> dict[str, Any]:
    return {
        "title": "AI royalty statement", "subtitle": "", "header": "", "footer": "",
        "state": "Issued", "is_draft": False, "date": {"year": 2026, "month": 7, "day": 15},
        "parts": list(parts),
    }  # fmt: skip


def test_a_figure_that_leaves_its_frame_is_found() -> None:
    """This checks the test itself: a band with a text that is too wide for any page."""
    wide = typeset(content(band("Amount due", "W" * 31, "")), datetime(2026, 7, 15, tzinfo=UTC))

    assert any("leaves" in fault for fault in faults(wide))


@pytest.fixture
def widest(tmp_path: Path) -> Path:
    """A statement of five currencies with the largest amounts, 40 members, 200 holds."""
    settings = Settings(home=tmp_path / "home")
    titles = list(SCRIPTS.values())
    publish(
        settings,
        *(
            Statement(
                "tune",
                f"a-contract-with-a-long-name-{code.lower()}",
                [
                    Line(
                        f"{code}-{at}" if at in (0, 220, 240) else f"{code}-1-{at}", "1",
                        title=f"{titles[at % len(titles)]} {at}",
                        hold_bucket="CONSENT" if at < 200 else None,
                        line_type="LATE_USAGE" if at > 230 else "USAGE",
                    )
                    for at in range(250)
                ],
                currency_code=code,
            )
            for code in CURRENCIES
        ),
    )  # fmt: skip
    with duckdb.connect(str(settings.published_file)) as connection:
        members = "reports.rpt_partner__member_statements"
        connection.execute(
            f"insert into {members} select m.* replace (m.member_name || ' ' || n as member_name) "
            f"from {members} as m cross join range(40) as numbers (n)"
        )
        for code, amount in CURRENCIES.items():
            terms = ("opening", "earned", "correction", "fee", "true_up", "reserve_taken",
                     "reserve_released", "recouped", "tax", "penalty", "resumed", "closing",
                     "suspended", "payable", "carried", "held")  # fmt: skip
            connection.execute(
                "update reports.rpt_partner__compensation_statement set "
                + ", ".join(f"{term}_amount = {amount}" for term in terms)
                + f" where currency_code = '{code}'"
            )
            connection.execute(
                "update reports.rpt_partner__compensation_lines set "
                f"amount = case when contains(line_id, '-1') then amount else {amount} end, "
                "consent_required_from = 'An owner with a long name; ' || title, "
                f"quantity = 999999999999 where currency_code = '{code}'"
            )
            connection.execute(
                f"update {members} set closing_amount = {amount}, held_amount = {amount} "
                f"where currency_code = '{code}'"
            )
            connection.execute(
                "insert into marts.fct_balances select partner_id, contract_id, report_month, "
                f"statement_id, unnest(['advance', 'reserve', 'guarantee']), '{code}', {amount}, "
                f"{amount}, {amount}, {amount}, {amount}, '2026-01-01', '2027-01-01' "
                "from reports.rpt_partner__compensation_statement "
                f"where currency_code = '{code}'"
            )
    path = tmp_path / "widest.pdf"
    with open_published(settings) as connection:
        # A draft's mark is deliberately printed over everything.
        records = [
            replace(one, state=ISSUED)
            for one in published_statements(connection, "2026-06", "tune")
        ]
        agreed = {
            "partners": {
                "tune": {
                    "legal": LegalEntity(
                        name=SCRIPTS["Tamil"] + " " + "Long " * 20, address=("A street " * 8,) * 6
                    ),
                    "contracts": {
                        one.contract_id: ContractHead(
                            title="A licence with a very long title " * 3, number="N" * 40
                        )
                        for one in records
                    },
                }
            }
        }
        house = Agreements.model_validate(agreed)
        figures = Figures(connection, "tune", date(2026, 6, 1))
        statements = Statements(
            largest_first(records, {}), house.of("tune"), house, date(2026, 7, 20)
        )
        write_document(path, figures, "The tune company", statements, "mark")
    return path


def test_document_at_its_widest_keeps_every_text_in_its_frame(widest: Path) -> None:
    assert list(faults(widest)) == []


def test_document_at_its_widest_shows_the_largest_amounts_whole(widest: Path) -> None:
    with pypdfium2.PdfDocument(widest) as document:
        first = " ".join(document[at].get_textpage().get_text_bounded() for at in (0, 1))

    for code, amount in CURRENCIES.items():
        whole, _, rest = amount.removeprefix("-").partition(".")
        shown = f"{int(whole):,}" + (f".{rest}" if rest else "")
        assert f"{shown} {code}" in first


@pytest.mark.parametrize("text", ["29 May 2026", "20 MAR 2026", "QZX002500035", "WMG-2026-05"])
def test_short_text_of_digits_and_capitals_takes_one_line(text: str) -> None:
    """Dates of exchange rates took two lines each, and with them a page."""
    rates = table(["From", "Date", "#Rate", "*Used for"], [["EUR", text, "0.8811900000", "1 pool"]])

    pdf = typeset(content(rates), datetime(2026, 7, 15, tzinfo=UTC))
    with pypdfium2.PdfDocument(pdf) as document:
        lines = document[0].get_textpage().get_text_bounded().splitlines()
    assert any(text in line for line in lines)


@pytest.mark.parametrize("script", SCRIPTS)
def test_document_prints_every_living_script_that_the_catalogue_holds(script: str) -> None:
    word = SCRIPTS[script]

    assert readable(word) == word
    pdf = typeset(
        content(table(["*Title", "#Amount"], [[word, "1.00"]], ["Total", "1.00"])),
        datetime(2026, 7, 15, tzinfo=UTC),
    )
    with pypdfium2.PdfDocument(pdf) as document:
        text = document[0].get_textpage().get_text_bounded()
    assert REPLACEMENT not in text


def test_every_font_of_the_packages_is_named_in_the_template() -> None:
    template = TEMPLATE.read_text(encoding="utf-8")
    files = [path for folder in font_folders() for path in folder.rglob("*.[ot]tf")]
    names = {
        path.name.split("[")[0].split("-")[0].replace("NotoSans", "Noto Sans ").strip()
        for path in files
    } - {"NotoEmoji"}

    assert [
        name
        for name in sorted(names)
        if f'"{name.replace("CJKjp", "CJK JP").replace("Symbols2", "Symbols 2")}"' not in template
    ] == []
