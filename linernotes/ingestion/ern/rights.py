"""Reads the rights controllers of a recording, and the recordings that it uses.

`credits.py` reads its contributors.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from linernotes.ingestion.ern import xml
from linernotes.ingestion.ern.credits import party_of
from linernotes.ingestion.ern.parties import Parties
from linernotes.ingestion.ern.xml import Element, Notes
from linernotes.ingestion.identifiers import normalise_isrc

_WHOLE = Decimal(100)
_SHARE_PLACES = 12
_CONTROLLERS = (
    ("MASTER", "ResourceRightsController"),
    ("MASTER", "RightsController"),
    ("WORK", "WorkRightsController"),
)
_ROLE_PATHS = ("RightsControllerRole", "RightsControlType", "RightsControllerType")
_CONTROLLER_TERRITORY_PATHS = (
    "DelegatedUsageRights/TerritoryOfRightsDelegation",
    "Territory",
    "TerritoryOfRegistration",
)
_PERIOD = "DelegatedUsageRights/PeriodOfRightsDelegation"
_CONTAINED = "ResourceContainedResourceReferenceList/ResourceContainedResourceReference"


def read_rights(element: Element, parties: Parties, notes: Notes) -> list[dict[str, Any]]:
    """Return one row per rights controller and territory of a resource, in 4.x and 3.8."""
    places = [element, *element.iterfind(f"{element.tag}DetailsByTerritory")]
    controllers = [
        (place, side, controller)
        for place in places
        for side, path in _CONTROLLERS
        for controller in place.iterfind(path)
    ]
    rows: list[dict[str, Any]] = []
    for number, (place, side, controller) in enumerate(controllers, start=1):
        right = _right(controller, parties, notes) | {"side": side, "right_number": number}
        rows += [right | {"territory": code} for code in _territories(controller, place)]
    return rows


def _right(controller: Element, parties: Parties, notes: Notes) -> dict[str, Any]:
    party = party_of(controller, parties, "RightsControllerPartyReference")
    return {
        "party_reference": party.reference,
        "party_id": party.party_id,
        "controller_name": party.name,
        "roles": xml.distinct(
            role for path in _ROLE_PATHS for role in xml.coded_texts(controller, path)
        ),
        "use_types": xml.coded_texts(controller, "DelegatedUsageRights/UseType"),
        "share_pct": _share(xml.text(controller, "RightSharePercentage"), notes),
        "is_share_unknown": xml.boolean(controller, "RightShareUnknown"),
        "start_date": xml.day(controller, "StartDate", notes)
        or xml.day(controller, f"{_PERIOD}/StartDate", notes),
        "end_date": xml.day(controller, "EndDate", notes)
        or xml.day(controller, f"{_PERIOD}/EndDate", notes),
    }


def _territories(controller: Element, place: Element) -> list[str]:
    for path in _CONTROLLER_TERRITORY_PATHS:
        if found := xml.texts(controller, path):
            break
    else:
        found = xml.texts(place, "TerritoryCode") or ["Worldwide"]
    return xml.distinct(xml.territory(code) for code in found)


def _share(sent: str | None, notes: Notes) -> Decimal | None:
    if sent is None:
        return None
    share = xml.decimal(sent)
    if share is None or not 0 < share <= _WHOLE or round(share, _SHARE_PLACES) != share:
        notes.add(f"right share {sent!r} is not a percentage over 0 and at most 100; left out")
        return None
    return share


def check_shares(rows: Iterable[dict[str, Any]], notes: Notes) -> None:
    """Warn of shares of one recording, side, territory and role that exceed 100 %."""
    totals: dict[tuple[Any, ...], Decimal] = {}
    for row in rows:
        if row["share_pct"] is not None:
            place = (row["resource_reference"], row["side"], row["territory"], *row["roles"])
            totals[place] = totals.get(place, Decimal(0)) + row["share_pct"]
    for (reference, side, territory, *_), total in totals.items():
        if total > _WHOLE:
            notes.add(f"{reference}: {side} shares in {territory} add up to {total}, over 100")


def read_related(element: Element, sender: str) -> Iterator[dict[str, Any]]:
    """Return one row per resource that this one refers to: from a derivative to its source."""
    found = [
        (
            next(iter(xml.coded_texts(one, "ResourceRelationshipType")), None),
            xml.text(one, "ResourceRelatedResourceReference"),
            one,
        )
        for one in element.iterfind("RelatedResource")
    ]
    found += [
        ("HasContentFrom", xml.text(one, "ResourceContainedResourceReference"), one)
        for one in element.iterfind(_CONTAINED)
    ]
    for number, (kind, reference, one) in enumerate(found, start=1):
        isrc = normalise_isrc(xml.text(one, "ResourceId/ISRC") or xml.text(one, "ReleaseId/ISRC"))
        yield {
            "related_number": number,
            "relationship_type": kind,
            "related_resource_reference": reference,
            "related_isrc": isrc,
            "related_recording_id": recording_id(
                sender, isrc, xml.text(one, "ResourceId/ProprietaryId")
            ),
            "related_proprietary_ids": xml.proprietary_ids(one, "ResourceId/ProprietaryId"),
        }


def recording_id(sender: str, isrc: str | None, own_id: str | None) -> str | None:
    """Return a recording's id in the catalogue: by its ISRC, else by its sender's own id."""
    if isrc is not None:
        return f"isrc:{isrc}"
    return f"{sender}:{own_id}" if own_id is not None else None
