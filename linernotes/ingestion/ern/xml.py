"""Parses untrusted messages into elements, and reads single values.

The modules beside this one interpret the elements.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import product

from lxml import etree  # ty: ignore[missing-module-member]

from linernotes.ingestion.errors import RefusedFile

Element = etree._Element

_BYTE_ORDER_MARKS = {
    b"\xef\xbb\xbf": "utf-8",
    b"\xff\xfe": "utf-16-le",
    b"\xfe\xff": "utf-16-be",
}
_BARE_UTF_16 = {b"<\x00": "utf-16-le", b"\x00<": "utf-16-be"}
_WIDE = ("utf-16-le", "utf-16-be")
_DECLARED_ENCODING = re.compile(
    r"<\?xml[^>]{1,200}?\sencoding\s*=\s*[\"']([A-Za-z][A-Za-z0-9._-]*)[\"']"
)
# The groups are atomic, so that a prologue with many comments cannot cause backtracking.
_DOCTYPE = re.compile(r"\ufeff?(?>\s+|<\?(?s:.*?)\?>|<!--(?s:.*?)-->)*+<!DOCTYPE")
_DURATION = re.compile(
    r"P(?:0+Y)?(?:0+M)?(?:(\d{1,3})D)?(?:T(?=\d)(?:(\d{1,5})H)?(?:(\d{1,6})M)?"
    r"(?:(\d{1,8}(?:\.\d{1,12})?)S)?)?",
    re.ASCII,
)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(Z|[+-]\d{2}:\d{2})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_PARTIAL_DATE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(?:\d{1,18}(?:\.\d{0,30})?|\.\d{1,30})", re.ASCII)
# No message has this attribute: DDEX's attributes have no namespace.
_READ = "{urn:linernotes}read"
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


class Notes:
    """Warnings about one message: each once, in the order of the message."""

    def __init__(self) -> None:
        self._texts: dict[str, None] = {}

    def add(self, text: str) -> None:
        self._texts.setdefault(text)

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)


def parse_root(data: bytes) -> tuple[Element, str]:
    """Return the root element and the name of the encoding; children have no namespace.

    Raises:
        RefusedFile: the message is not well-formed, is in another encoding than declared, or has a
            DTD or entities.
    """
    encoding = _check_encoding(data)
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise RefusedFile(f"XML is not well-formed: {error.msg}") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise RefusedFile("XML has a DTD; messages with a DTD or entities are not read")
    if any("}" in child.tag for child in root):
        for element in root.iterdescendants():
            element.tag = etree.QName(element).localname
    return root, encoding


def _check_encoding(data: bytes) -> str:
    mark = next((mark for mark in _BYTE_ORDER_MARKS if data.startswith(mark)), b"")
    found = _BYTE_ORDER_MARKS.get(mark) or _BARE_UTF_16.get(data[:2])
    head = data[len(mark) : len(mark) + 512].decode(found or "latin-1", errors="replace")
    declaration = _DECLARED_ENCODING.match(head)
    declared = declaration[1].lower() if declaration else None
    try:
        codec = codecs.lookup(declared).name if declared else found or "utf-8"
    except LookupError as error:
        raise RefusedFile(f"XML declares an unknown encoding, {declared}") from error
    is_wide = found in _WIDE
    if codec.startswith("utf-16") != is_wide or (found == "utf-8" and codec != "utf-8"):
        raise RefusedFile(f"XML declares the encoding {declared}, but its bytes are of another")
    try:
        text = data[len(mark) :].decode(found or codec)
    except (UnicodeDecodeError, LookupError) as error:
        parsed = f"declares the encoding {declared}" if declared else f"says it is {codec}"
        raise RefusedFile(f"XML {parsed}, but its bytes are of another: {error}") from error
    if _DOCTYPE.match(text):
        raise RefusedFile("XML has a DTD; messages with a DTD or entities are not read")
    return declared or ("utf-16" if is_wide else "utf-8")


def text(parent: Element | None, path: str) -> str | None:
    """Return the text at a path, stripped; None if it is absent or empty."""
    if parent is None:
        return None
    found = parent.find(path)
    return None if found is None else element_text(found)


def texts(parent: Element, path: str) -> list[str]:
    """Return every text at a path, each once, in the order of the message."""
    return distinct(element_text(element) for element in parent.iterfind(path))


def element_text(element: Element) -> str | None:
    """Return an element's own text, stripped; None if it is empty.

    The element is marked as read; `unread.py` reports those without the mark.
    """
    element.set(_READ, "")
    return bare_text(element)


def bare_text(element: Element) -> str | None:
    """Return an element's own text, without marking it as read."""
    return (element.text.strip() or None) if element.text else None


def is_read(element: Element) -> bool:
    """Whether an element is marked as read."""
    return _READ in element.attrib


def distinct(values: Iterable[str | None]) -> list[str]:
    """Keep each value once, in order, without the absent ones."""
    return list(dict.fromkeys(value for value in values if value is not None))


def coded(element: Element) -> str | None:
    """Return the value from a closed list, or the sender's own one if it is `UserDefined`."""
    value = element_text(element)
    return element.get("UserDefinedValue") or value if value == "UserDefined" else value


def coded_texts(parent: Element, path: str) -> list[str]:
    """Return every closed-list value at a path, each once."""
    return distinct(coded(element) for element in parent.iterfind(path))


def proprietary_ids(parent: Element, path: str) -> list[str]:
    """Return the sender's own ids at a path as `<namespace>:<id>`, or the id without namespace."""
    found = []
    for element in parent.iterfind(path):
        value, namespace = element_text(element), element.get("Namespace")
        found.append(f"{namespace}:{value}" if namespace and value else value)
    return distinct(found)


def boolean(parent: Element, path: str) -> bool | None:
    """Return an XML boolean; None if it is absent or malformed."""
    return _BOOLEANS.get(text(parent, path) or "")


def whole_number(value: str | None) -> int | None:
    """Return a whole number of up to nine digits, else None."""
    return int(value) if value and re.fullmatch(r"\d{1,9}", value, re.ASCII) else None


def decimal(value: str | None) -> Decimal | None:
    """Return an exact decimal, else None."""
    return Decimal(value) if value and _DECIMAL.fullmatch(value) else None


def milliseconds(duration: str | None) -> int | None:
    """Return an XML duration in whole milliseconds; None for months, years and other forms."""
    match = _DURATION.fullmatch(duration or "")
    if match is None or not any(match.groups()):
        return None
    days, hours, minutes, seconds = (Decimal(part or 0) for part in match.groups())
    return round((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000)


def moment(value: str | None, default_offset: str | None = None) -> datetime | None:
    """Return an ISO 8601 time as UTC without a zone, else None.

    A time without an offset takes the default one; without a default it is None.
    """
    match = _MOMENT.fullmatch(value or "")
    if not match or not (match[1] or default_offset):
        return None
    try:
        parsed = datetime.fromisoformat(f"{match[0]}{'' if match[1] else default_offset}")
        return parsed.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None


def whole_date(value: str | None) -> date | None:
    """Return an ISO 8601 date, else None."""
    if not value or not _DATE.fullmatch(value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def instant(
    parent: Element, path: str, default_offset: str | None, notes: Notes
) -> datetime | None:
    """Return the time at a path as UTC; an invalid one is left out with a warning."""
    sent = text(parent, path)
    found = moment(sent, default_offset)
    if sent and found is None:
        notes.add(f"{path} {sent!r} is not a time with an offset; left out")
    return found


def day(parent: Element, path: str, notes: Notes) -> date | None:
    """Return the date at a path; an invalid one is left out with a warning."""
    sent = text(parent, path)
    found = whole_date(sent)
    if sent and found is None:
        notes.add(f"{path} {sent!r} is not a date; left out")
    return found


def partial_date(value: str | None) -> str | None:
    """Return a date of a year, a month or a day as text, else None."""
    if not value or not _PARTIAL_DATE.fullmatch(value):
        return None
    return value if whole_date(f"{value}-01-01"[: len("YYYY-MM-DD")]) else None


def first_date(
    places: Iterable[Iterable[Element]], paths: Iterable[str], notes: Notes
) -> str | None:
    """Return the earliest date of the first path that has one, in the first elements with it.

    A date is text, or from 4.1 on in `FulfillmentDate`; of an instant the day is taken as sent.
    All dates are read, so that invalid ones are reported.
    """
    found: list[str] = []
    for group, path in product(map(list, places), paths):
        dates = []
        for element in (one for place in group for one in place.iterfind(path)):
            sent = element_text(element) or text(element, "FulfillmentDate")
            parsed = partial_date(sent.partition("T")[0]) if sent else None
            if sent and parsed is None:
                notes.add(f"{path} {sent!r} is not a date; left out")
            dates += [parsed] if parsed else []
        found += [min(dates)] if dates else []
    return found[0] if found else None


def territory(code: str | None) -> str | None:
    """Return the warehouse's code of a territory: `WW` for the world, other codes as sent."""
    return "WW" if code in ("Worldwide", "2136") else code


def preferred(element: Element, path: str) -> Element | None:
    """Return the default among values for several territories and scripts, else the first."""
    found = element.findall(path)
    first = found[0] if found else None
    return next((one for one in found if one.get("IsDefault") == "true"), first)


def details_of(element: Element) -> list[Element]:
    """Return the details by territory of 3.8: those for the world first, then the others."""
    found = element.findall(f"{element.tag}DetailsByTerritory")
    return sorted(found, key=lambda one: "Worldwide" not in texts(one, "TerritoryCode"))


def title_and_subtitle(
    element: Element, details: Iterable[Element]
) -> tuple[str | None, str | None]:
    """Return the title that the sender wants displayed, in 4.x and 3.8."""
    shown = preferred(element, "DisplayTitle")
    if shown is not None:
        return text(shown, "TitleText"), text(shown, "SubTitle")
    shown_text = preferred(element, "DisplayTitleText")
    if shown_text is not None:
        return element_text(shown_text), None
    for title in (one for place in details for one in place.iterfind("Title")):
        if title.get("TitleType") == "DisplayTitle":
            return text(title, "TitleText"), text(title, "SubTitle")
    reference = element.find("ReferenceTitle")
    return text(reference, "TitleText"), text(reference, "SubTitle")


def display_artist_names(element: Element, details: Iterable[Element]) -> list[str]:
    """Return the displayed artist names: the default, then other scripts and territories."""
    default = preferred(element, "DisplayArtistName")
    names = [] if default is None else [element_text(default)]
    names += texts(element, "DisplayArtistName")
    names += [name for place in details for name in texts(place, "DisplayArtistName")]
    if not names:
        billed = [one for place in details for one in in_sequence(place, "DisplayArtist")]
        names += [text(one, "PartyName/FullName") for one in billed]
    return distinct(names)


def in_sequence(parent: Element, path: str) -> list[Element]:
    """Return the elements at a path by their SequenceNumber; those without one come first."""
    return sorted(
        parent.iterfind(path), key=lambda one: whole_number(one.get("SequenceNumber")) or 0
    )
