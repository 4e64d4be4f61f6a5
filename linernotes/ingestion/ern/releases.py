"""Reads the releases of a message, their tracks, and the deals that allow their use.

`resources.py` reads the recordings.
"""

from itertools import product
from typing import Any

from linernotes.ingestion.ern import xml
from linernotes.ingestion.ern.credits import declared_in, largest_part, read_credits
from linernotes.ingestion.ern.parties import Parties, checked_id
from linernotes.ingestion.ern.resources import Resources
from linernotes.ingestion.ern.xml import Element, Notes
from linernotes.ingestion.errors import RefusedFile
from linernotes.ingestion.identifiers import normalise_isrc

_KINDS = {"Release": "release", "TrackRelease": "track_release"}
_LINK_PATHS = (
    "ReleaseResourceReference",
    "ReleaseResourceReferenceList/ReleaseResourceReference",
    ".//ResourceGroup//ReleaseResourceReference",
)
_IMAGE_PATHS = (".//LinkedReleaseResourceReference", *_LINK_PATHS)
_DATE_PATHS = (
    "OriginalReleaseDate",
    "ReleaseDate",
    "GlobalOriginalReleaseDate",
    "GlobalReleaseDate",
)
# Far more than any real catalogue has; more rows would exhaust the memory.
_MOST_DEAL_ROWS = 2_000_000


def read_releases(
    root: Element, resources: Resources, parties: Parties, notes: Notes
) -> list[dict[str, Any]]:
    """Return one row per release and track release, and one per release that is to be purged."""
    rows = [
        _release(element, kind, resources, parties, notes)
        for element in root.iterfind("ReleaseList/*")
        if (kind := _KINDS.get(element.tag)) is not None
    ]
    rows += [
        _release(element, "purged_release", resources, parties, notes)
        for element in root.iterfind("PurgedRelease")
    ]
    _note_unlinked(root, resources, notes)
    seen: set[str] = set()
    for row in rows:
        reference = row["release_reference"]
        if reference is None or reference in seen:
            if row["release_kind"] != "purged_release":
                notes.add(f"release reference {reference} is missing or repeated")
            row["release_reference"] = f"{reference or ''}#{len(seen) + 1}"
        seen.add(row["release_reference"])
    return rows


def _release(
    element: Element, kind: str, resources: Resources, parties: Parties, notes: Notes
) -> dict[str, Any]:
    details = element.findall("ReleaseDetailsByTerritory")
    details.sort(key=lambda one: "Worldwide" not in xml.texts(one, "TerritoryCode"))
    artists = [row for row in read_credits(element, details, [], parties, notes) if row["position"]]
    title, subtitle = xml.title_and_subtitle(element, details)
    references = xml.texts(element, "ReleaseLabelReference")
    labels = [parties.referenced(reference) for reference in references]
    label_names = xml.distinct(label.name for label in labels)
    label_names = label_names or [one for place in details for one in xml.texts(place, "LabelName")]
    tracks = _first_found(element, _LINK_PATHS)
    for reference in tracks:
        if reference not in resources.references:
            notes.add(f"release resource {reference} is not in the message")
    return {
        "release_reference": xml.text(element, "ReleaseReference"),
        "release_kind": kind,
        "release_types": xml.coded_texts(element, "ReleaseType"),
        "grid": checked_id("grid", xml.text(element, "ReleaseId/GRid"), notes),
        "icpn": checked_id("upc", xml.text(element, "ReleaseId/ICPN"), notes),
        "isrc": normalise_isrc(xml.text(element, "ReleaseId/ISRC")),
        "catalog_numbers": xml.texts(element, "ReleaseId/CatalogNumber"),
        "proprietary_ids": xml.proprietary_ids(element, "ReleaseId/ProprietaryId"),
        "title": title,
        "subtitle": subtitle,
        "display_artist_names": xml.display_artist_names(element, details),
        "display_artist_ids": xml.distinct(row["party_id"] for row in artists),
        "display_artist_roles": xml.distinct(row["role"] for row in artists),
        "label_names": xml.distinct(label_names),
        "label_references": references,
        "label_party_ids": xml.distinct(label.party_id for label in labels),
        "genres": xml.texts(element, "Genre/GenreText")
        or xml.texts(element, "DisplayGenre/GenreText")
        or xml.distinct(one for place in details for one in xml.texts(place, "Genre/GenreText")),
        "released_on": xml.first_date([[element], details[:1], details[1:]], _DATE_PATHS, notes),
        "p_line": _first_text([element, *details], "PLine/PLineText"),
        "c_line": _first_text([element, *details], "CLine/CLineText"),
        "resource_references": tracks,
        "contains_ai": declared_in([element, *details], notes),
        "cover_contains_ai": _linked_ai(element, resources.image_contains_ai),
        "booklet_contains_ai": _linked_ai(element, resources.other_contains_ai),
    }


def _first_text(places: list[Element], path: str) -> str | None:
    return next(filter(None, (xml.text(place, path) for place in places)), None)


def _first_found(element: Element, paths: tuple[str, ...]) -> list[str]:
    return next(filter(None, (xml.texts(element, path) for path in paths)), [])


def _linked_ai(element: Element, declared: dict[str, str | None]) -> str | None:
    """Return the largest part of AI that any resource of the release declares."""
    return largest_part(declared.get(reference) for reference in _linked(element))


def _linked(element: Element) -> set[str]:
    return {reference for path in _IMAGE_PATHS for reference in xml.texts(element, path)}


def _note_unlinked(root: Element, resources: Resources, notes: Notes) -> None:
    """Warn of a declaration that is not linked to any release."""
    linked: set[str] = set()
    for element in root.iterfind("ReleaseList/*"):
        linked |= _linked(element)
    for reference, part in (resources.image_contains_ai | resources.other_contains_ai).items():
        if part is not None and reference not in linked:
            notes.add(f"{reference} declares AI, and no release of the message links it")


def read_deals(
    root: Element, release_references: set[str], default_offset: str | None, notes: Notes
) -> list[dict[str, Any]]:
    """Return one row per deal, territory, commercial model, use type and period.

    A deal that lacks one of these has a row with null there, as sent.
    """
    rows: list[dict[str, Any]] = []
    deal_number = 0
    for release_deal in root.iterfind("DealList/ReleaseDeal"):
        references = xml.texts(release_deal, "DealReleaseReference")
        for reference in references:
            if reference not in release_references:
                notes.add(f"deal release {reference} is not in the message")
        for deal in release_deal.iterfind("Deal"):
            deal_number += 1
            shared = {
                "deal_number": deal_number,
                "deal_reference": xml.text(deal, "DealReference"),
                "release_references": references,
            }
            terms = deal.find("DealTerms")
            if terms is not None:
                rows += [
                    shared | row for row in _deal_rows(terms, len(rows), default_offset, notes)
                ]
    return rows


def _deal_rows(
    terms: Element, rows_before: int, default_offset: str | None, notes: Notes
) -> list[dict[str, Any]]:
    territories = xml.distinct(xml.territory(code) for code in xml.texts(terms, "TerritoryCode"))
    excluded = xml.texts(terms, "ExcludedTerritoryCode")
    models = xml.coded_texts(terms, "CommercialModelType")
    uses = xml.coded_texts(terms, "UseType") + xml.coded_texts(terms, "Usage/UseType")
    periods = [
        _period(period, default_offset, notes) for period in terms.iterfind("ValidityPeriod")
    ]
    axes = (territories or ["WW" if excluded else None], models or [None], uses or [None])
    expected = len(axes[0]) * len(axes[1]) * len(axes[2]) * max(1, len(periods))
    if rows_before + expected > _MOST_DEAL_ROWS:
        raise RefusedFile(f"the deals expand to more than {_MOST_DEAL_ROWS:,} rows")
    shared = {
        "excluded_territories": excluded,
        "rights_claim_policy": next(
            iter(xml.coded_texts(terms, "RightsClaimPolicy/RightsClaimPolicyType")), None
        ),
        "price_code": xml.text(terms, "PriceInformation/PriceCode"),
        "is_pre_order": xml.boolean(terms, "IsPreOrderDeal"),
        "is_takedown": xml.boolean(terms, "TakeDown") or xml.boolean(terms, "AllDealsCancelled"),
    }
    return [
        shared
        | period
        | {
            "row_number": number,
            "territory": territory,
            "commercial_model": model,
            "use_type": use,
        }
        for number, (territory, model, use, period) in enumerate(
            product(*axes, periods or [{}]), start=1
        )
    ]


def _period(element: Element, default_offset: str | None, notes: Notes) -> dict[str, Any]:
    start_at, end_at = (
        xml.instant(element, path, default_offset, notes)
        for path in ("StartDateTime", "EndDateTime")
    )
    start_date, end_date = (xml.day(element, path, notes) for path in ("StartDate", "EndDate"))
    if (start_date and end_date and end_date < start_date) or (
        start_at and end_at and end_at < start_at
    ):
        notes.add(f"a deal ends ({end_date or end_at}) before it starts ({start_date or start_at})")
    return {
        "start_date": start_date,
        "end_date": end_date,
        "start_at": start_at,
        "end_at": end_at,
    }
