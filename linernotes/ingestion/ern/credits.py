"""Reads the contributors of a recording, their roles, and the use of AI in each role.

`resources.py` reads the recording itself, and `rights.py` its rights controllers.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from linernotes.ingestion.contracts.catalog import AI_SHARES
from linernotes.ingestion.ern import xml
from linernotes.ingestion.ern.disclosure import effective_contribution, groups_of_role
from linernotes.ingestion.ern.parties import NOBODY, Parties, Party
from linernotes.ingestion.ern.xml import Element, Notes

_MAIN_ROLES = ("MainArtist", "Artist")
_FEATURED_ROLES = ("FeaturedArtist", "GuestArtist")
_ARTIST_ROLE_PATHS = ("DisplayArtistRole", "ArtistRole", "ArtisticRole")
# From 4.1 on contributors are listed on the resource, from 4.3 on also on one of its editions, in
# 3.8 per territory.
_CONTRIBUTOR_PATHS = (
    "Contributor",
    "EditionContributor",
    "ResourceContributor",
    "IndirectResourceContributor",
)
_ROLE_PATHS = ("Role", "ResourceContributorRole", "IndirectResourceContributorRole")
# Ids that identify a party for everyone; other ids are the sender's own.
_WORLD_WIDE_IDS = ("isni:", "dpid:", "ipi:", "ipn:")
_AI_CODES = {"None": "none", "Partly": "partly", "All": "all"}


def declared_ai(element: Element, path: str, notes: Notes) -> str | None:
    """Return the declared part of AI as a code; None if it is absent or an unknown value."""
    sent = xml.text(element, path)
    if sent is not None and sent not in _AI_CODES:
        notes.add(f"{path} {sent!r} is not a value of its list")
    return _AI_CODES.get(sent or "")


def party_of(element: Element, parties: Parties, *paths: str) -> Party:
    """Return the party that an element refers to (4.x) or describes in place (3.8)."""
    for path in paths:
        reference = xml.text(element, path)
        if reference:
            return parties.referenced(reference)
    return parties.inline(element) if element.find("PartyName") is not None else NOBODY


def declared_in(places: Iterable[Element], notes: Notes) -> str | None:
    """Return the largest part of AI that any of several elements declares."""
    declared = [declared_ai(place, "ContainsAI", notes) for place in places]
    return largest_part(declared)


def largest_part(declared: Iterable[str | None]) -> str | None:
    """Return the largest of several parts of AI; None if none is declared."""
    found = set(declared)
    return next((part for part in reversed(AI_SHARES) if part in found), None)


def read_credits(
    element: Element,
    details: list[Element],
    editions: list[Element],
    parties: Parties,
    notes: Notes,
) -> list[dict[str, Any]]:
    """Return one row per display artist or contributor and role, in the order of their billing.

    Args:
        element: The resource.
        details: Its details by territory, in 3.8; those for the world first.
        editions: The editions of one recording; a statement about the resource applies to each.
        parties: The parties of the message.
        notes: Collects warnings.
    """
    places = [element, *details]
    artists = [
        (one, place, position)
        for place in places
        for position, one in enumerate(xml.in_sequence(place, "DisplayArtist"), start=1)
    ]
    contributors = [
        (one, place, None)
        for place in [*places, *(edition for edition in editions if edition is not element)]
        for path in _CONTRIBUTOR_PATHS
        for one in place.iterfind(path)
    ]
    # In 3.8 a credit is repeated in the details of every territory in which it applies.
    credits_by_content: dict[str, list[dict[str, Any]]] = {}
    for one, place, position in artists + contributors:
        territories = _territories(place)
        made = list(_in_each_role(one, parties, notes, position))
        known = credits_by_content.setdefault(repr(made), made)
        for row in known:
            if known is made:
                row["territories"] = territories
            elif not (row["territories"] and territories):
                row["territories"] = []
            else:
                row["territories"] = xml.distinct([*row["territories"], *territories])
    return [
        row | {"contributor_number": number}
        for number, made in enumerate(credits_by_content.values(), start=1)
        for row in made
    ]


def _territories(place: Element) -> list[str]:
    """Where a credit applies; empty if it applies everywhere."""
    found = [xml.territory(code) for code in xml.texts(place, "TerritoryCode")]
    return [] if "WW" in found else xml.distinct(found)


def _in_each_role(
    element: Element, parties: Parties, notes: Notes, position: int | None
) -> Iterator[dict[str, Any]]:
    """Return one row per role; display artists have a position in the billing."""
    is_display_artist = position is not None
    instruments_by_role = _roles(element, _ARTIST_ROLE_PATHS if is_display_artist else _ROLE_PATHS)
    party = party_of(element, parties, "ArtistPartyReference", "ContributorPartyReference")
    special = xml.text(element, "SpecialContributor") or xml.text(element, "SpecialDisplayArtist")
    sent = declared_ai(element, "AiContribution", notes)
    effective, broken = effective_contribution(sent, special)
    if broken:
        notes.add(broken)
    sequence_number = xml.whole_number(element.get("SequenceNumber"))
    shared = {
        "party_reference": party.reference,
        "party_id": party.party_id,
        "contributor_name": party.name or special,
        "special_contributor": special,
        "sequence_number": sequence_number,
        "position": sequence_number or position,
        "ai_contribution": sent,
        "effective_ai_contribution": effective,
        "is_display_artist": is_display_artist,
        "is_credited": xml.boolean(element, "IsCredited"),
        "has_made_featured_contribution": _either(
            element, "HasMadeFeaturedContribution", "IsFeaturedArtist"
        ),
        "has_made_contracted_contribution": _either(
            element, "HasMadeContractedContribution", "IsContractedArtist"
        ),
    }
    for role_number, (role, instruments) in enumerate(instruments_by_role.items(), start=1):
        yield shared | {
            "role": role,
            "role_number": role_number,
            "instrument_types": instruments,
            "ai_groups": groups_of_role(role, has_instrument=bool(instruments)),
        }


def _either(element: Element, path: str, path_of_3_8: str) -> bool | None:
    stated = xml.boolean(element, path)
    return xml.boolean(element, path_of_3_8) if stated is None else stated


def _roles(element: Element, paths: Iterable[str]) -> dict[str | None, list[str]]:
    """Each role once, with its own instruments and those of the contributor.

    A role is plain text, or from 4.3.1 on a composite of a value and its instruments.
    """
    instruments = xml.coded_texts(element, "InstrumentType")
    found: dict[str | None, list[str]] = {}
    for one in (one for path in paths for one in element.iterfind(path)):
        value = one.find("Value")
        role = xml.coded(one if value is None else value)
        own = xml.coded_texts(one, "InstrumentType")
        if role is not None or own:
            found[role] = xml.distinct([*found.get(role, []), *own, *instruments])
    return found or {None: instruments}


def billed_artists(
    credit_rows: list[dict[str, Any]], shown_names: list[str]
) -> dict[str, list[str]]:
    """Return the main and featured artists of a recording by name, reference and id.

    They include artists who are billed in only some territories. Without a global id such an artist
    may be another artist under another name; the position in the billing decides. If no artist is
    billed as main artist, the displayed names are used.
    """
    columns: dict[str, list[str]] = {}
    for name, roles in (("main", _MAIN_ROLES), ("featured", _FEATURED_ROLES)):
        billed: list[dict[str, Any]] = []
        for row in credit_rows:
            if row["is_display_artist"] and row["role"] in roles:
                billed += [] if _is_spelt_otherwise(row, billed) else [row]
        for column, source in (
            ("names", "contributor_name"),
            ("references", "party_reference"),
            ("ids", "party_id"),
        ):
            columns[f"{name}_artist_{column}"] = xml.distinct(row[source] for row in billed)
    columns["main_artist_names"] = columns["main_artist_names"] or shown_names
    return columns


def _is_spelt_otherwise(row: dict[str, Any], billed: list[dict[str, Any]]) -> bool:
    """Whether an artist of other territories is already billed under another name."""
    if (row["party_id"] or "").startswith(_WORLD_WIDE_IDS):
        return False
    place = (row["position"], row["role"])
    return any(
        (one["position"], one["role"]) == place and one["territories"] != row["territories"]
        for one in billed
    )
