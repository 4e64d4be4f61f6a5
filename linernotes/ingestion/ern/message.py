"""Reads one release message: its header, its version and its tables.

The modules beside this one read the lists within a message.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
from lxml import etree  # ty: ignore[missing-module-member]

from linernotes.ingestion.ern import xml
from linernotes.ingestion.ern.disclosure import ROLE_TABLE_VERSION
from linernotes.ingestion.ern.parties import Parties
from linernotes.ingestion.ern.releases import read_deals, read_releases
from linernotes.ingestion.ern.resources import read_resources
from linernotes.ingestion.ern.unread import unread_elements
from linernotes.ingestion.ern.xml import Element, Notes
from linernotes.ingestion.ern_schemas import ERN_SCHEMAS
from linernotes.ingestion.errors import IgnoredFile, RefusedFile
from linernotes.ingestion.identifiers import is_check_digit_right, is_well_formed

_NAMESPACE = "http://ddex.net/xml/ern/"
_VERSIONS = {
    "382": "3.8.2",
    "383": "3.8.3",
    "41": "4.1",
    "411": "4.1.1",
    "42": "4.2",
    "43": "4.3",
    "431": "4.3.1",
    "432": "4.3.2",
}
_MESSAGE_TYPES = ("NewReleaseMessage", "PurgeReleaseMessage")
_LONGEST_ID = 200
_EMPTY = {table: schema.to_frame() for table, schema in ERN_SCHEMAS.items()}


@dataclass(frozen=True)
class ErnMessage:
    """A message that may be loaded: its sender, its id and its rows."""

    sender_dpid: str
    message_id: str
    sha256: str
    version: str
    created_at: datetime
    schema_verdict: str
    encoding: str
    warnings: list[str]
    unread: dict[str, int]
    """The number of unread elements about AI, credits, rights and dates, by subject and path."""
    tables: dict[str, pl.DataFrame]
    """One frame per table of `ERN_SCHEMAS`, including empty ones."""


def parse_message(data: bytes, offsets: Mapping[str, str] | None = None) -> ErnMessage:
    """Read a DDEX release message of version 3.8.2 to 4.3.2.

    An empty message id is replaced by the hash of the bytes. No schema is shipped, so each message
    has the verdict `no_schema`; faults that can be detected without a schema become warnings.

    Args:
        data: The message.
        offsets: By the DPID of a sender, the offset for times without one.

    Raises:
        RefusedFile: the message is not well-formed, has another encoding than declared, a DTD or
            entities, is not a release message of a supported version, or lacks a sender or a
            creation time with an offset.
        IgnoredFile: the message is a test message of a supported version.
    """
    root, encoding = xml.parse_root(data)
    version = _version(root)
    header = root.find("MessageHeader")
    if header is None:
        raise RefusedFile("the message has no MessageHeader")
    control = xml.text(header, "MessageControlType")
    if control == "TestMessage":
        raise IgnoredFile(f"an ERN test message of version {version}")
    notes = Notes()
    sender = _sender(header, notes)
    sha256 = hashlib.sha256(data).hexdigest()
    message_id = xml.text(header, "MessageId") or sha256
    if max(len(sender), len(message_id)) > _LONGEST_ID:
        raise RefusedFile(f"the sender or the MessageId has more than {_LONGEST_ID} characters")
    default_offset = (offsets or {}).get(sender)
    created_at = _created_at(header, sender, default_offset, notes)

    parties = Parties(root, sender, notes)
    resources = read_resources(root, sender, parties, notes)
    releases = read_releases(root, resources, parties, notes)
    deals = read_deals(root, {row["release_reference"] for row in releases}, default_offset, notes)
    unread = unread_elements(root)
    message_row = _header_row(root, header) | {
        "version": version,
        "message_control_type": control,
        "encoding": encoding,
        "sha256": sha256,
        "schema_verdict": "no_schema",
        "role_table_version": ROLE_TABLE_VERSION,
        "warnings": list(notes),
        "unread_elements": [f"{what} ({count})" for what, count in unread.items()],
        "unread_element_count": sum(unread.values()),
        "created_at": created_at,
    }
    on_each = {
        "sender_dpid": sender,
        "message_id": message_id,
        "recorded_at": created_at,
        "is_withdrawn": False,
    }
    rows_by_table = {
        "raw_catalog__ern_messages": [message_row],
        "raw_catalog__ern_parties": parties.rows,
        "raw_catalog__ern_recordings": resources.recordings,
        "raw_catalog__ern_contributors": resources.contributors,
        "raw_catalog__ern_rights": resources.rights,
        "raw_catalog__ern_related_recordings": resources.related,
        "raw_catalog__ern_releases": releases,
        "raw_catalog__ern_deals": deals,
    }
    return ErnMessage(
        sender_dpid=sender,
        message_id=message_id,
        sha256=sha256,
        version=version,
        created_at=created_at,
        schema_verdict="no_schema",
        encoding=encoding,
        warnings=list(notes),
        unread=unread,
        tables={table: _frame(table, rows, on_each) for table, rows in rows_by_table.items()},
    )


def _version(root: Element) -> str:
    name = etree.QName(root)
    edition = (name.namespace or "").removeprefix(_NAMESPACE)
    if name.localname not in _MESSAGE_TYPES or not (name.namespace or "").startswith(_NAMESPACE):
        raise RefusedFile(f"{root.tag} is not a DDEX release message")
    if edition not in _VERSIONS:
        raise RefusedFile(f"ERN version {edition} is not one of {', '.join(_VERSIONS.values())}")
    return _VERSIONS[edition]


def _sender(header: Element, notes: Notes) -> str:
    sender = xml.text(header, "MessageSender/PartyId")
    if sender is None:
        raise RefusedFile("the message names no sender: MessageSender/PartyId is empty")
    if not is_well_formed("dpid", sender):
        notes.add(f"sender {sender!r} is not a well-formed DPID")
    elif not is_check_digit_right("dpid", sender):
        notes.add(f"wrong check digit in the sender's DPID {sender}")
    return sender


def _created_at(header: Element, sender: str, default_offset: str | None, notes: Notes) -> datetime:
    sent = xml.text(header, "MessageCreatedDateTime")
    created_at = xml.moment(sent, default_offset)
    if created_at is None:
        raise RefusedFile(
            f"MessageCreatedDateTime {sent!r} is not a time with an offset from UTC; ask the sender"
            f" for one, or set the offset of sender {sender} in LINERNOTES_ERN_OFFSETS"
        )
    if xml.moment(sent) is None:
        notes.add(f"times without an offset are read with {default_offset}, as set for the sender")
    return created_at


def _header_row(root: Element, header: Element) -> dict[str, Any]:
    return {
        "message_type": etree.QName(root).localname,
        "message_thread_id": xml.text(header, "MessageThreadId"),
        "sender_name": xml.text(header, "MessageSender/PartyName/FullName"),
        "sent_on_behalf_of_dpid": xml.text(header, "SentOnBehalfOf/PartyId"),
        "recipient_dpids": xml.texts(header, "MessageRecipient/PartyId"),
        "avs_version": root.get("AvsVersionId"),
        "release_profile": root.get("ReleaseProfileVersionId"),
        "release_profile_variant": root.get("ReleaseProfileVariantVersionId"),
        "update_indicator": xml.text(root, "UpdateIndicator"),
    }


def _frame(table: str, rows: list[dict[str, Any]], on_each: dict[str, Any]) -> pl.DataFrame:
    if not rows:
        return _EMPTY[table]
    return pl.from_dicts([row | on_each for row in rows], schema=ERN_SCHEMAS[table])
