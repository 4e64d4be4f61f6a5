"""The templates, and the functions that they need to draw a block.

The pages decide the content; `charts` computes the positions of a chart's marks.
"""

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from linernotes.dashboard import charts, formats
from linernotes.dashboard.blocks import VERDICTS, Card, Link, Point, cell_text
from linernotes.dashboard.linked_pages import CSV

HERE = Path(__file__).parent


def with_csv(address: str, name: str) -> str:
    """The same address, as the CSV file of one of its tables."""
    parts = urlsplit(address)
    pairs = [(n, v) for n, v in parse_qsl(parts.query) if n not in {CSV, "page"}]
    return f"{parts.path}?{urlencode([*pairs, (CSV, name)])}"


def short_month(text: str, is_first: bool) -> str:
    """Mar; with the year at the start of an axis and of a year."""
    return f"{text[:3]} {text[-2:]}" if is_first or text.startswith("Jan") else text[:3]


def spark_text(points: Sequence[Point]) -> str:
    """A drawing in words: its first and last month."""
    known = [point for point in points if point.value is not None]
    if not known:
        return "no data"
    ends = [known[0], known[-1]] if len(known) > 1 else known
    return ", ".join(f"{formats.month_text(point.month)} {point.text}" for point in ends)


@cache
def templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        kind_of=lambda block: type(block).__name__,
        href_of=lambda value: value.href if isinstance(value, Link) else "",
        cell_text=cell_text,
        longest_word=lambda text: max(map(len, text.split()), default=0),
        verdict_text=lambda code: VERDICTS[code],
        bar_marks=charts.bar_marks,
        bridge_marks=charts.bridge_marks,
        time_line_drawing=charts.time_line_drawing,
        small_drawing=charts.small_drawing,
        spark_text=spark_text,
        is_share=_is_share,
        whole=formats.whole,
        short_month=short_month,
        day_text=formats.date_text,
        month_text=formats.month_text,
        event_months=lambda events: {formats.month_text(event.day) for event in events},
        with_csv=with_csv,
    )
    return environment


def _is_share(card: Card) -> bool:
    return any("%" in point.text for point in card.points)


@cache
def assets() -> str:
    """A hash that changes with the styles and scripts, so that browsers load the new ones."""
    files = sorted((HERE / "static").iterdir())
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]
