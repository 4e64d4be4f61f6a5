"""The pages of check results: one index, a page per table, a style sheet, no other host.

They are read offline and outside the warehouse's access rules, so they contain no cell values.
"""

import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from expectations.suite import Layer, Suite
from linernotes.base import durable

LAYERS: dict[Layer, str] = {"raw": "What came in", "reports": "What goes out"}
OUTCOMES = {"passed": "passed", "failed": "failed", "error": "could not be checked"}
STYLE = """\
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0 2rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; }
th, td { border-bottom: 1px solid #8884; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
.failed, .error { font-weight: 600; color: light-dark(#a40000, #ff8f8f); }
.warn { font-weight: 400; color: light-dark(#8a5a00, #ffd08a); }
code { font-size: .9em; }
"""
Row = Mapping[str, Any]


def write_docs(folder: Path, layer: Layer, suites: Sequence[Suite], rows: Iterable[Row]) -> Path:
    """Writes the pages of a layer's run, and the index over both layers.

    Args:
        folder: The folder of the pages; those of the other layer stay.
        layer: What was checked.
        suites: The suites that ran.
        rows: A result per expectation, as `CheckResult` has it.

    Returns:
        The index.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for older in ("raw", "reports", "all"):
        # An earlier version wrote its pages into separate folders.
        shutil.rmtree(folder / older, ignore_errors=True)
    results = [dict(row) | {"checked_at": str(row["checked_at"])} for row in rows]
    durable.write_text(folder / f"{layer}.json", json.dumps(results, indent=1) + "\n")
    durable.write_text(folder / "style.css", STYLE)
    for suite in suites:
        own = [row for row in results if row["table_name"] == suite.table]
        durable.write_text(folder / f"{suite.table}.html", _table_page(suite, own))
    index = folder / "index.html"
    durable.write_text(index, _index(folder))
    return index


def _index(folder: Path) -> str:
    parts = []
    for layer, title in LAYERS.items():
        file = folder / f"{layer}.json"
        if not file.exists():
            continue
        results = json.loads(file.read_text(encoding="utf-8"))
        tables = sorted({row["table_name"] for row in results})
        rows = [_summary(table, results) for table in tables]
        when = max((row["checked_at"] for row in results), default="")[:16]
        parts.append(
            f"<h2>{title}</h2><p>Checked at {escape(when)} UTC.</p>"
            "<table><tr><th>table</th><th>checks</th><th>passed</th><th>failed</th></tr>"
            + "".join(rows)
            + "</table>"
        )
    return _page("What was checked", "".join(parts))


def _summary(table: str, results: Sequence[Row]) -> str:
    own = [row for row in results if row["table_name"] == table]
    broken = [row for row in own if row["outcome"] != "passed"]
    is_blocked = any(row["severity"] == "error" for row in broken)
    kind = "" if not broken else "failed" if is_blocked else "failed warn"
    return (
        f'<tr><td><a href="{table}.html">{table}</a></td><td class="number">{len(own)}</td>'
        f'<td class="number">{len(own) - len(broken)}</td>'
        f'<td class="number {kind}">{len(broken)}</td></tr>'
    )


def _table_page(suite: Suite, results: Sequence[Row]) -> str:
    by_name = {row["check_name"]: row for row in results}
    rows = []
    for expectation in suite.expectations:
        row = by_name.get(suite.check_name(expectation))
        if row is None:
            continue
        is_warning = "warn" if expectation.severity == "warn" else ""
        count = f"{row['unexpected_count']:,}" if row["outcome"] == "failed" else ""
        rows.append(
            f"<tr><td>{escape(expectation.claim.replace('_', ' '))}</td>"
            f'<td class="{row["outcome"]} {is_warning}">{OUTCOMES[row["outcome"]]}</td>'
            f'<td class="number">{count}</td>'
            f"<td>{'warns' if is_warning else 'blocks'}</td>"
            f"<td>{escape(str(row['reason']))}</td>"
            f"<td><code>{escape(expectation.kind)}</code></td></tr>"
        )
    return _page(
        suite.table,
        f'<p><a href="index.html">All tables</a></p><p>{escape(suite.relied_on_by)}</p>'
        "<table><tr><th>claim</th><th>outcome</th><th>rows</th><th>if not</th><th>why it matters"
        "</th><th>judged by</th></tr>" + "".join(rows) + "</table>",
    )


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)}</title><link rel="stylesheet" href="style.css"></head>'
        f"<body><h1>{escape(title)}</h1>{body}</body></html>\n"
    )
