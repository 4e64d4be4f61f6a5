"""Reads the recordings of a message, each with its id in the catalogue.

`credits.py` reads their contributors, and `rights.py` their rights controllers.
"""

from dataclasses import dataclass, field
from typing import Any

from linernotes.ingestion.ern import xml
from linernotes.ingestion.ern.credits import (
    billed_artists,
    declared_in,
    largest_part,
    read_credits,
)
from linernotes.ingestion.ern.disclosure import Contribution, broken_rules, disclosure_by_group
from linernotes.ingestion.ern.parties import Parties, checked_id
from linernotes.ingestion.ern.rights import check_shares, read_related, read_rights, recording_id
from linernotes.ingestion.ern.xml import Element, Notes
from linernotes.ingestion.identifiers import normalise_isrc

_KINDS = {"SoundRecording": "sound_recording", "Video": "video"}
_DATE_PATHS = ("FirstPublicationDate", "OriginalResourceReleaseDate", "ResourceReleaseDate")


@dataclass
class Resources:
    """The rows from the resources of one message."""

    recordings: list[dict[str, Any]] = field(default_factory=list)
    contributors: list[dict[str, Any]] = field(default_factory=list)
    rights: list[dict[str, Any]] = field(default_factory=list)
    related: list[dict[str, Any]] = field(default_factory=list)
    references: dict[str, str | None] = field(default_factory=dict)
    """The recording id of each resource reference; None for images, texts and those without id."""
    image_contains_ai: dict[str, str | None] = field(default_factory=dict)
    """The declared part of AI in pictures, by reference."""
    other_contains_ai: dict[str, str | None] = field(default_factory=dict)
    """The declared part of AI in booklets, sheet music, software and the like, by reference."""


def read_resources(root: Element, sender: str, parties: Parties, notes: Notes) -> Resources:
    """Read every resource of a message."""
    resources = Resources()
    for element in root.iterfind("ResourceList/*"):
        reference = _unique_reference(element, resources, notes)
        if element.tag in _KINDS:
            _read_recording(element, reference, sender, resources, parties, notes)
        elif element.tag == "Image":
            resources.image_contains_ai[reference] = _accompanying_ai(element, parties, notes)
        else:
            resources.other_contains_ai[reference] = _accompanying_ai(element, parties, notes)
    for row in resources.related:
        target = row["related_resource_reference"]
        if target is not None and target not in resources.references:
            notes.add(f"related resource {target} is not in the message")
        row["related_recording_id"] = (
            resources.references.get(target) or row["related_recording_id"]
        )
    return resources


def _accompanying_ai(element: Element, parties: Parties, notes: Notes) -> str | None:
    """Return the part of AI in accompanying material: declared, or else from its contributors."""
    details = xml.details_of(element)
    editions = element.findall(f"{element.tag}Edition")
    declared = declared_in([element, *details, *editions], notes)
    credit_rows = read_credits(element, details, editions, parties, notes)
    parts = {row["effective_ai_contribution"] for row in credit_rows}
    if declared == "all" or parts.isdisjoint({"partly", "all"}):
        return declared
    return "all" if parts == {"all"} and declared is None else "partly"


def _unique_reference(element: Element, resources: Resources, notes: Notes) -> str:
    reference = xml.text(element, "ResourceReference")
    if reference is None or reference in resources.references:
        notes.add(f"resource reference {reference} is missing or repeated")
        reference = f"{reference or ''}#{len(resources.references) + 1}"
    resources.references[reference] = None
    return reference


def _read_recording(
    element: Element,
    reference: str,
    sender: str,
    resources: Resources,
    parties: Parties,
    notes: Notes,
) -> None:
    details = xml.details_of(element)
    editions = _editions(element, details, reference, sender, notes)
    resources.references[reference] = editions[0][0]["recording_id"]
    credits_of_editions = [
        read_credits(element, details, places, parties, notes) for _, places in editions
    ]
    facts = _facts(element, details, notes)
    rights = read_rights(element, parties, notes)
    check_shares(({"resource_reference": reference} | row for row in rights), notes)
    related = list(read_related(element, sender))
    for (edition, places), credit_rows in zip(editions, credits_of_editions, strict=True):
        contains_ai = largest_part([facts["contains_ai"], declared_in(places, notes)])
        own = facts | {"contains_ai": contains_ai}
        own |= billed_artists(credit_rows, facts["display_artist_names"])
        own |= _disclosure(own, credit_rows)
        named = (
            (row["special_contributor"], row["ai_contribution"])
            for row in credit_rows
            if not row["is_display_artist"]
        )
        for rule in broken_rules(contains_ai, named):
            notes.add(f"{reference}: {rule}")
        place = {"resource_reference": reference, "recording_id": edition["recording_id"]}
        resources.recordings.append(place | edition | own)
        resources.contributors += [place | row for row in credit_rows]
        resources.rights += [place | row for row in rights]
        resources.related += [place | row for row in related]


def _editions(
    element: Element, details: list[Element], reference: str, sender: str, notes: Notes
) -> list[tuple[dict[str, Any], list[Element]]]:
    """Return each edition once, with its elements; up to 4.2 the resource is the only edition."""
    lines = [line for place in (element, *details) if (line := xml.text(place, "PLine/PLineText"))]
    editions: dict[str | None, tuple[dict[str, Any], list[Element]]] = {}
    for place in element.findall(f"{element.tag}Edition") or [element]:
        path = "ResourceId" if place.find("ResourceId") is not None else f"{element.tag}Id"
        sent = xml.text(place, f"{path}/ISRC")
        isrc = normalise_isrc(sent)
        if sent and isrc is None:
            notes.add(f"{reference}: malformed ISRC {sent!r} left out")
        name = recording_id(sender, isrc, xml.text(place, f"{path}/ProprietaryId"))
        edition = {
            "edition_number": len(editions) + 1,
            "recording_id": name,
            "isrc": isrc,
            "isrc_original": sent,
            "proprietary_ids": xml.proprietary_ids(place, f"{path}/ProprietaryId"),
            "p_line": xml.text(place, "PLine/PLineText") or next(iter(lines), None),
        }
        editions.setdefault(name, (edition, []))[1].append(place)
    named = [edition for name, edition in editions.items() if name is not None]
    if not named:
        notes.add(f"{reference}: neither an ISRC nor an own id, so it names no recording")
    return named or list(editions.values())


def _facts(element: Element, details: list[Element], notes: Notes) -> dict[str, Any]:
    title, subtitle = xml.title_and_subtitle(element, details)
    types = xml.coded_texts(element, "Type") or xml.coded_texts(element, f"{element.tag}Type")
    duration = xml.text(element, "Duration")
    duration_ms = xml.milliseconds(duration)
    if duration and duration_ms is None:
        notes.add(f"duration {duration!r} is not one of days, hours, minutes and seconds")
    iswcs = xml.texts(element, "WorkId/ISWC") + xml.texts(element, "IndirectSoundRecordingId/ISWC")
    return {
        "resource_kind": _KINDS[element.tag],
        "recording_type": types[0] if types else None,
        "iswcs": xml.distinct(checked_id("iswc", one, notes) for one in iswcs),
        "title": title,
        "subtitle": subtitle,
        "display_artist_names": xml.display_artist_names(element, details),
        "duration_ms": duration_ms,
        "released_on": xml.first_date([[element], details[:1], details[1:]], _DATE_PATHS, notes),
        "created_on": xml.first_date([[element, *details]], ("CreationDate",), notes),
        "contains_ai": declared_in([element, *details], notes),
        "is_cover": xml.boolean(element, "IsCover"),
        "is_instrumental": xml.boolean(element, "IsInstrumental"),
        "has_vocal_performance": xml.boolean(element, "HasVocalPerformance"),
    }


def _disclosure(facts: dict[str, Any], credit_rows: list[dict[str, Any]]) -> dict[str, str | None]:
    by_group = disclosure_by_group(
        facts["contains_ai"],
        (Contribution(row["ai_groups"], row["effective_ai_contribution"]) for row in credit_rows),
        is_instrumental=facts["is_instrumental"] or facts["has_vocal_performance"] is False,
    )
    return {f"ai_{group}": part for group, part in by_group.items()}
