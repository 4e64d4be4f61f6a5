"""Descriptions of the feeds in external formats: DDEX release messages and the central bank's file.

`linernotes/ingestion/ern` and `linernotes/ingestion/ecb.py` read them.
"""

from pathlib import Path
from typing import NamedTuple


class OutsideFeed(NamedTuple):
    """A feed in an external format: description, row, tables, key, versions, notes."""

    about: str
    row: str
    tables: tuple[str, ...]
    key: tuple[str, ...]
    versioning: str
    notes: tuple[str, ...]


OUTSIDE = {
    "catalog/ern": OutsideFeed(
        "DDEX release messages, with parties, recordings, AI disclosure, right shares and deals.",
        "One file per message.",
        (
            "raw_catalog__ern_messages",
            "raw_catalog__ern_parties",
            "raw_catalog__ern_recordings",
            "raw_catalog__ern_contributors",
            "raw_catalog__ern_rights",
            "raw_catalog__ern_related_recordings",
            "raw_catalog__ern_releases",
            "raw_catalog__ern_deals",
        ),
        ("sender DPID", "message id"),
        "An update is a message with a new id; the message created last applies. A message id"
        " that is reused with other content is refused.",
        (
            "Versions: ERN 3.8.2, 3.8.3 and 4.1 to 4.3.2.",
            "Test messages are registered, but not loaded.",
            "Every time needs an offset from UTC, unless an offset is configured for the sender.",
            "An ERN recording is matched to the recording with its ISRC. Its AI disclosure takes"
            " precedence over that of `catalog/recordings`, whose commercial data take precedence.",
        ),
    ),
    "finance/ecb": OutsideFeed(
        "Euro reference rates, in the European Central Bank's own file `eurofxref-hist.csv`.",
        "One row per day, with a column per currency.",
        ("raw_finance__ecb_rates",),
        ("Date",),
        "A loaded day does not change; different rates for it are rejected.",
        (
            "Send the file as published, including `N/A` and the commas at the ends of lines.",
            "A day's rates are taken as known from 16:00 in Frankfurt.",
        ),
    ),
}

ERN_EXAMPLE = Path(__file__).with_name("ern_example.xml").read_text(encoding="utf-8")
ECB_EXAMPLE = """\
Date,USD,JPY,GBP,SEK,
2026-01-30,1.0892,169.03,0.90959,11.0989,
2026-01-29,1.0885,168.74,0.90911,N/A,
"""
