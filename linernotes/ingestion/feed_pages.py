"""Pages and template files of feeds, for their senders.

`descriptions.py` has their content, which comes from the contracts.
"""

import csv
import io
import json
from typing import Any

from linernotes.ingestion.contracts.outside import ECB_EXAMPLE, ERN_EXAMPLE
from linernotes.ingestion.descriptions import FeedDescription, describe, in_order
from linernotes.ingestion.feeds import CONTRACTS, ECB, ERN, FEEDS


def template(feed: str) -> tuple[str, str]:
    """The template of a feed, a file with one valid row: its extension, and its text."""
    if feed == ERN:
        return ".xml", ERN_EXAMPLE
    if feed == ECB:
        return ".csv", ECB_EXAMPLE
    contract = CONTRACTS[feed]
    if ".csv" not in contract.FORMS:
        return ".jsonl", json.dumps(contract.EXAMPLE, ensure_ascii=False) + "\n"
    names = in_order(contract)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerow([_cell(contract.EXAMPLE.get(name)) for name in names])
    return ".csv", text.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return "|".join(value) if isinstance(value, list) else str(value)


def page(source: str) -> str:
    """The page of a source in Markdown: its feeds with their columns and rules."""
    feeds = [describe(feed) for feed in FEEDS if feed.startswith(f"{source}/")]
    lines = [
        f"# Feeds of `{source}`",
        "",
        "<!-- Written by `make feeds` from the contracts; a test compares them. -->",
        "",
        "[Intake and validation](../intake.md) describes what all feeds have in common, and what"
        " happens to files and rows. Check a file before you send it:"
        f" `linernotes check FILE --as {feeds[0].name}`.",
        "",
        "Column names are fixed and in lower case; other columns are not loaded, but counted."
        " Files are UTF-8. An absent value is an empty cell in CSV, and null or no key in JSON"
        " Lines. A list is a list in JSON Lines and Parquet, and a cell with items separated by `|`"
        " in CSV. Times are ISO 8601 with an offset (`2026-01-31T12:00:00+00:00`), dates"
        " `2026-01-31`, months `2026-01`. Numbers are plain digits without thousands separators;"
        " decimals have a point, with at most 18 digits before it and 12 after it.",
    ]
    for feed in feeds:
        lines += ["", f"## {feed.name}", "", *markdown(feed)]
    return "\n".join(lines) + "\n"


def markdown(feed: FeedDescription) -> list[str]:
    """One feed in Markdown, as lines."""
    lines = [" ".join([feed.about, feed.row, *feed.notes]), ""]
    lines += [
        f"- Files: `{feed.folder}` with any name that ends in"
        f" {', '.join(f'`{one}`' for one in feed.endings)}; expected {feed.comes}",
        f"- Key: {', '.join(f'`{name}`' for name in feed.key)}",
        f"- Versions: {feed.versioning}",
        f"- Loads into: {', '.join(f'`{table}`' for table in feed.tables)}",
    ]
    if feed.columns:
        lines += [
            "",
            "| column | type | required | values | description |",
            "|---|---|---|---|---|",
        ]
        lines += [
            f"| `{one.name}` | {one.type} | {'yes' if one.required else ''} |"
            f" {_escaped(one.limits())} | {_escaped(one.meaning())} |"
            for one in feed.columns
        ]
    if feed.rules:
        lines += ["", "| rule for a row | what to do |", "|---|---|"]
        lines += [f"| `{rule}` | {advice} |" for rule, advice in feed.rules.items()]
    ending, text = template(feed.name)
    lines += ["", f"Template (`linernotes feeds show {feed.name} --template`):", ""]
    return [*lines, f"```{ending.removeprefix('.')}", text.rstrip("\n"), "```"]


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")
