"""Reads a package's mark from its files for people, and checks that all belong together.

`manifest` makes the mark; packages from before marks were introduced have none.
"""

import re
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree  # ty: ignore[missing-module-member]

from linernotes.base.problems import Problem
from linernotes.ledger.heads import LEDGER_HEAD, head_from
from linernotes.ledger.records import ISSUED, file_safe
from linernotes.packages.manifest import (
    DOCUMENT,
    MANIFEST,
    MARK,
    README,
    UNMARKED_VERSION,
    WORKBOOK,
    content_sha256,
    package_mark,
)

VERSION_FOLDER, MONTH_FOLDER = re.compile(r"v[1-9]\d*"), re.compile(r"\d{4}-\d{2}")
OUTBOX = "outbox"
PROPERTIES = "docProps/core.xml"
KEYWORDS = "{http://schemas.openxmlformats.org/package/2006/metadata/core-properties}keywords"
# Properties take some hundred bytes; a file that unpacks to more is not ours.
MOST_PROPERTIES_BYTES = 65_536
# PDFium is not thread-safe, and deliveries check several packages at a time.
PDFIUM = threading.Lock()


def mark_problems(path: Path, manifest: dict[str, Any]) -> Iterator[Problem]:
    """Checks that folder, manifest, PDF, workbook and README belong to one package.

    Args:
        path: The package's folder.
        manifest: Its manifest; all files that it lists exist.
    """
    yield from _place_problems(path.resolve(), manifest)
    is_marked = manifest["manifest_version"] != UNMARKED_VERSION
    expected = None
    if is_marked:
        yield from _head_problems(manifest)
        content = content_sha256(manifest)
        if manifest["content_sha256"] != content:
            details = f"content_sha256 is {manifest['content_sha256']}, recomputed {content}"
            yield Problem(MANIFEST, "content_hash_agrees", details)
        expected = package_mark(manifest | {"content_sha256": content}, manifest["version"])
    for name, read in READERS.items():
        try:
            found = read(path / name)
        except (OSError, ValueError, LookupError, zipfile.BadZipFile) as reason:
            yield Problem(name, "mark_is_readable", f"{reason!r}")
            continue
        if found != expected:
            details = f"belongs to {found or 'no package'}, not to {expected or 'one without mark'}"
            yield Problem(name, "file_belongs_to_package", details)


def _place_problems(path: Path, manifest: dict[str, Any]) -> Iterator[Problem]:
    """Checks that a folder named like one of our packages contains that package.

    Only in an outbox does the path identify the package: partners name their folders freely.
    """
    version, month, partner, outbox = (*reversed(path.parts[-4:]), *[""] * 4)[:4]
    if not VERSION_FOLDER.fullmatch(version):
        return
    expected = {version: f"v{manifest['version']}"}
    if MONTH_FOLDER.fullmatch(month):
        expected[month] = manifest["report_month"]
        if outbox == OUTBOX:
            expected[partner] = file_safe(manifest["partner_id"])
    for found, right in expected.items():
        if found != right:
            details = f"lies in the folder {found}, where the manifest says {right}"
            yield Problem(MANIFEST, "folder_is_the_packages", details)


def _head_problems(manifest: dict[str, Any]) -> Iterator[Problem]:
    head = manifest[LEDGER_HEAD]
    if (head is not None) != (manifest["state"] == ISSUED):
        details = f"the package is {manifest['state']}, and its ledger head is {head}"
        yield Problem(MANIFEST, "head_is_the_issues", details)
    if head is not None:
        found = head_from(head)
        # Entries from before signatures were introduced have a head without one.
        if found.public_key and not found.is_valid:
            details = f"the head of entry {found.number} does not bear its key's signature"
            yield Problem(MANIFEST, "head_is_signed", details)


def _mark_in(text: str) -> str | None:
    """The one mark in a text.

    Raises:
        ValueError: if there are several marks.
    """
    found = set(MARK.findall(text))
    if len(found) > 1:
        raise ValueError(f"{len(found)} marks of packages")
    return found.pop() if found else None


def _of_document(path: Path) -> str | None:
    # The import takes a fifth of a second, which all commands that list packages would pay.
    import pypdfium2

    try:
        with PDFIUM, pypdfium2.PdfDocument(path) as document:
            return _mark_in(document.get_metadata_value("Keywords"))
    except pypdfium2.PdfiumError as reason:
        raise ValueError(str(reason)) from reason


def _of_workbook(path: Path) -> str | None:
    with zipfile.ZipFile(path) as book, book.open(PROPERTIES) as file:
        content = file.read(MOST_PROPERTIES_BYTES)
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        return _mark_in(etree.fromstring(content, parser).findtext(KEYWORDS) or "")
    except etree.XMLSyntaxError as reason:
        raise ValueError(str(reason)) from reason


def _of_readme(path: Path) -> str | None:
    return _mark_in(path.read_text(encoding="utf-8"))


READERS = {DOCUMENT: _of_document, WORKBOOK: _of_workbook, README: _of_readme}
