"""Reads the parties of a message: the party list of 4.x, and the inline parties of 3.8.

`credits.py` reads their roles.
"""

from dataclasses import dataclass
from typing import Any

from linernotes.ingestion.ern import xml
from linernotes.ingestion.ern.xml import Element, Notes
from linernotes.ingestion.identifiers import (
    IdentifierName,
    is_check_digit_right,
    is_well_formed,
)

_CHECKED: tuple[tuple[IdentifierName, str], ...] = (
    ("isni", "PartyId/ISNI"),
    ("dpid", "PartyId/DPID"),
    ("ipi", "PartyId/IpiNameNumber"),
)
# The ids that identify a party, the strongest first.
_IDENTITY = ("isni", "dpid", "ipi", "ipn")


@dataclass(frozen=True)
class Party:
    """A party, for references from other elements."""

    reference: str | None
    party_id: str | None
    name: str | None


NOBODY = Party(None, None, None)


def checked_id(name: IdentifierName, value: str | None, notes: Notes) -> str | None:
    """Return a well-formed identifier; a malformed one gives None and a warning."""
    if value is None:
        return None
    if not is_well_formed(name, value):
        notes.add(f"malformed {name.upper()} {value!r} left out")
        return None
    if not is_check_digit_right(name, value):
        notes.add(f"wrong check digit in {name.upper()} {value}")
    return value


class Parties:
    """The parties of one message, and their rows."""

    def __init__(self, root: Element, sender: str, notes: Notes) -> None:
        self.rows: list[dict[str, Any]] = []
        self._sender = sender
        self._notes = notes
        self._by_reference: dict[str, Party] = {}
        self._inline: dict[tuple[str, ...], Party] = {}
        for element in root.iterfind("PartyList/Party"):
            self._add_listed(element)

    def referenced(self, reference: str | None) -> Party:
        """Return the party of a reference; an unknown reference gives a warning."""
        if reference is None:
            return NOBODY
        if reference not in self._by_reference:
            self._notes.add(f"party reference {reference} names no party of the message")
            return Party(reference, None, None)
        return self._by_reference[reference]

    def inline(self, element: Element) -> Party:
        """Return the party that an element of 3.8 describes in place."""
        ids: dict[str, str | None] = {}
        proprietary = []
        for sent in element.iterfind("PartyId"):
            value, namespace = xml.element_text(sent), sent.get("Namespace")
            if value is None:
                continue
            if sent.get("IsISNI") == "true":
                ids["isni"] = checked_id("isni", value, self._notes)
            elif sent.get("IsDPID") == "true" or is_well_formed("dpid", value):
                ids["dpid"] = checked_id("dpid", value, self._notes)
            else:
                proprietary.append(f"{namespace}:{value}" if namespace else value)
        names = xml.texts(element, "PartyName/FullName")
        signature = (*names, *filter(None, ids.values()), *proprietary)
        if not signature:
            return NOBODY
        if signature not in self._inline:
            reference = f"#{len(self._inline) + 1}"
            self._inline[signature] = self._add(reference, names, ids, proprietary, None)
        return self._inline[signature]

    def _add_listed(self, element: Element) -> None:
        reference = xml.text(element, "PartyReference")
        key = reference or f"#{len(self.rows) + 1}"
        if reference is None or reference in self._by_reference:
            self._notes.add(f"party reference {reference} is missing or repeated")
            key = f"{reference or ''}#{len(self.rows) + 1}"
        ids: dict[str, str | None] = {
            name: checked_id(name, xml.text(element, path), self._notes) for name, path in _CHECKED
        }
        ids["ipn"] = xml.text(element, "PartyId/IPN")
        party = self._add(
            key,
            xml.texts(element, "PartyName/FullName"),
            ids,
            xml.proprietary_ids(element, "PartyId/ProprietaryId"),
            xml.text(element, "PartyId/CisacSocietyId"),
        )
        self._by_reference.setdefault(key, party)

    def _add(
        self,
        reference: str,
        names: list[str],
        ids: dict[str, str | None],
        proprietary: list[str],
        cisac_society_id: str | None,
    ) -> Party:
        name = names[0] if names else None
        party_id = self._identify(ids, proprietary, name)
        self.rows.append(
            {
                "party_reference": reference,
                "party_id": party_id,
                "full_name": name,
                "names": names,
                "isni": ids.get("isni"),
                "dpid": ids.get("dpid"),
                "ipi": ids.get("ipi"),
                "ipn": ids.get("ipn"),
                "cisac_society_id": cisac_society_id,
                "proprietary_ids": proprietary,
            }
        )
        return Party(reference, party_id, name)

    def _identify(
        self, ids: dict[str, str | None], proprietary: list[str], name: str | None
    ) -> str | None:
        """Identify the party by its strongest id, or else by its name and sender."""
        for kind in _IDENTITY:
            if ids.get(kind):
                return f"{kind}:{ids[kind]}"
        if proprietary:
            first = proprietary[0]
            return first if ":" in first else f"{self._sender}:{first}"
        return f"{self._sender}:{name.casefold()}" if name else None
