"""Finds unread elements of a message that matter here: about AI, credits, rights or dates.

The readers beside this module mark the elements that they read (`xml.element_text`).
"""

import re
from collections import Counter
from functools import lru_cache

from linernotes.ingestion.ern import xml
from linernotes.ingestion.ern.xml import Element

_LISTS = (
    "PartyList",
    "CueSheetList",
    "ResourceList",
    "ChapterList",
    "ReleaseList",
    "DealList",
    "SupplementalDocumentList",
    "CollectionList",
    "WorkList",
    "PurgedRelease",
)
# Subject -> tags. For AI and dates the element itself counts; for the others, all inside it too.
_OF_ITSELF = (
    ("AI", re.compile(r"AI(?![a-z])|Ai[A-Z]|Special(?:Contributor|DisplayArtist)$")),
    ("date", re.compile(r"(?:Date|DateTime)$")),
)
_WITH_ALL_INSIDE = (
    ("contributor", re.compile(r"Contributor|InstrumentType|(?<!Multi)Artist(?!Name)")),
    ("right", re.compile(r"(?<!Copy)Rights?(?![a-z])|RightShare")),
)
# Limits, because the sender determines the number and length of paths.
_MOST_PATHS = 50
_LONGEST_PATH = 200


def unread_elements(root: Element) -> dict[str, int]:
    """Count the elements that hold something and were not read.

    Returns:
        The numbers, by subject and path without the root, such as
        `AI: ResourceList/Text/ContainsAI`. Elements after the 50th path are counted together.
    """
    found: Counter[str] = Counter()
    for element in root.iterchildren():
        if element.tag in _LISTS:
            _count(element, element.tag, None, found)
    if len(found) <= _MOST_PATHS:
        return dict(found)
    kept = dict(list(found.items())[: _MOST_PATHS - 1])
    return kept | {"elements of further paths": found.total() - sum(kept.values())}


def _count(element: Element, path: str, subject: str | None, found: Counter[str]) -> None:
    itself, with_all_inside = _subjects(element.tag)
    subject = with_all_inside or subject
    itself = itself or subject
    if itself and xml.bare_text(element) and not xml.is_read(element):
        found[f"{itself}: {path[:_LONGEST_PATH]}"] += 1
    if element.tag == "PartyName" and any(map(xml.is_read, element.iterfind("FullName"))):
        # Other forms of the same name: for sorting, transcribed, abbreviated.
        return
    for child in element.iterchildren():
        _count(child, f"{path}/{child.tag}", subject, found)


@lru_cache(maxsize=1_000)
def _subjects(tag: str) -> tuple[str | None, str | None]:
    """The subject of an element with this tag, and the subject of everything inside it."""
    itself = next((name for name, form in _OF_ITSELF if form.search(tag)), None)
    return itself, next((name for name, form in _WITH_ALL_INSIDE if form.search(tag)), None)
