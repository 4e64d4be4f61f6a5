"""Who worked on a recording, in which role, and what of it was AI.

The recording itself does not belong here, nor who controls its rights.
"""

from collections.abc import Iterator
from typing import Any

from linernotes.ingestion.ern import xml
from linernotes.ingestion.ern.disclosure import effective_contribution, groups_of_role
from linernotes.ingestion.ern.parties import NOBODY, Parties, Party
from linernotes.ingestion.ern.xml import Element, Notes

_MAIN_ROLES = ("MainArtist", "Artist")
_FEATURED_ROLES = ("FeaturedArtist", "GuestArtist")
_ARTIST_ROLE_PATHS = ("DisplayArtistRole", "ArtistRole", "ArtisticRole", "ArtisticRole/Value")
# From 4.1 on contributors are listed on the resource, in 3.8 per territory.
_CONTRIBUTOR_PATHS = ("Contributor", "ResourceContributor", "IndirectResourceContributor")
_ROLE_PATHS = (
    "Role",
    "Role/Value",
    "ResourceContributorRole",
    "IndirectResourceContributorRole",
)
_AI_CODES = {"None": "none", "Partly": "partly", "All": "all"}


def declared_ai(element: Element, path: str, notes: Notes) -> str | None:
    """Give the declared part of AI as a code; nothing said, or an unknown value, is None."""
    sent = xml.text(element, path)
    if sent is not None and sent not in _AI_CODES:
        notes.add(f"{path} {sent!r} is not a value of its list")
    return _AI_CODES.get(sent or "")


def party_of(element: Element, parties: Parties, *paths: str) -> Party:
    """Give the party that an element refers to (4.x) or describes in place (3.8)."""
    for path in paths:
        reference = xml.text(element, path)
        if reference:
            return parties.referenced(reference)
    return parties.inline(element) if element.find("PartyName") is not None else NOBODY


def read_credits(
    element: Element, details: Element | None, parties: Parties, notes: Notes
) -> list[dict[str, Any]]:
    """Give one row per display artist or contributor and role, in the order of their billing."""
    artists = xml.in_sequence(element, "DisplayArtist")
    if not artists and details is not None:
        artists = xml.in_sequence(details, "DisplayArtist")
    contributors = [
        one
        for place in ([element] if details is None else [element, details])
        for path in _CONTRIBUTOR_PATHS
        for one in place.iterfind(path)
    ]
    rows: list[dict[str, Any]] = []
    for number, one in enumerate(artists + contributors, start=1):
        is_artist = number <= len(artists)
        rows += _in_each_role(one, number, parties, notes, is_display_artist=is_artist)
    return rows


def _in_each_role(
    element: Element, number: int, parties: Parties, notes: Notes, *, is_display_artist: bool
) -> Iterator[dict[str, Any]]:
    paths = _ARTIST_ROLE_PATHS if is_display_artist else _ROLE_PATHS
    roles = xml.distinct(role for path in paths for role in xml.coded_texts(element, path))
    party = party_of(element, parties, "ArtistPartyReference", "ContributorPartyReference")
    special = xml.text(element, "SpecialContributor") or xml.text(element, "SpecialDisplayArtist")
    instruments = xml.coded_texts(element, "InstrumentType")
    sent = declared_ai(element, "AiContribution", notes)
    effective, broken = effective_contribution(sent, special)
    if broken:
        notes.add(broken)
    shared = {
        "contributor_number": number,
        "party_reference": party.reference,
        "party_id": party.party_id,
        "contributor_name": party.name or special,
        "special_contributor": special,
        "instrument_types": instruments,
        "sequence_number": xml.whole_number(element.get("SequenceNumber")),
        "ai_contribution": sent,
        "effective_ai_contribution": effective,
        "is_display_artist": is_display_artist,
        "is_credited": xml.boolean(element, "IsCredited"),
    }
    for role_number, role in enumerate(roles or [None], start=1):
        groups = groups_of_role(role, has_instrument=bool(instruments))
        yield shared | {"role": role, "role_number": role_number, "ai_groups": groups}


def billed_artists(
    credit_rows: list[dict[str, Any]], shown_names: list[str]
) -> dict[str, list[str]]:
    """Give the main and featured artists of a recording by name, reference and id.

    Where no artist is billed as main one, the shown names stand for them.
    """
    columns: dict[str, list[str]] = {}
    for name, roles in (("main", _MAIN_ROLES), ("featured", _FEATURED_ROLES)):
        billed = [row for row in credit_rows if row["is_display_artist"] and row["role"] in roles]
        for column, source in (
            ("names", "contributor_name"),
            ("references", "party_reference"),
            ("ids", "party_id"),
        ):
            columns[f"{name}_artist_{column}"] = xml.distinct(row[source] for row in billed)
    columns["main_artist_names"] = columns["main_artist_names"] or shown_names
    return columns
