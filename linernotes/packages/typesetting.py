"""Makes a PDF from parts: tagged, archivable, with our own fonts; the same parts, the same bytes.

`document` makes the content for partners, and the dashboard's pages that for executives.
"""

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

import typst

from linernotes.packages.fonts import font_folders

TEMPLATE = Path(__file__).with_name("statement.typ")
# Tagged, archivable, and accessible to screen readers; typst refuses what breaks these rules.
STANDARDS: list[Literal["a-2a", "ua-1"]] = ["a-2a", "ua-1"]


def typeset(content: dict[str, Any], timestamp: datetime) -> bytes:
    """The PDF of a document.

    Args:
        content: The template's input: `title`, `subtitle`, `header`, `state`, `footer`, `is_draft`,
            `date` and `parts`, every text `readable`; `keywords` are optional and not displayed.
        timestamp: The time of the data cut-off, UTC.
    """
    pdf = _compiler().compile(
        sys_inputs={"document": json.dumps(content, ensure_ascii=False)},
        format="pdf",
        pdf_standards=[*STANDARDS],
        timestamp=timestamp,
    )
    assert isinstance(pdf, bytes)  # typst gives a list where there are pages as pictures
    return pdf


def _compiler() -> typst.Compiler:
    return typst.Compiler(str(TEMPLATE), font_paths=_fonts())


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(folder) for folder in font_folders()],
    )
