"""The agreements with each partner on its files: selection, parties, target.

They are read from `agreements.toml` of a home; `packages` writes the files, `delivery` sends them.
"""

import os
import posixpath
import re
import tomllib
from datetime import date
from fnmatch import fnmatchcase
from ipaddress import ip_address
from itertools import permutations
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from stdnum.iso7064 import mod_37_36

from linernotes.base.errors import LinernotesError
from linernotes.base.loopback import LOOPBACK_NAMES
from linernotes.base.settings import Settings

# A placeholder: a valid party identifier that DDEX has not assigned. Files can be written and
# checked with it, but not delivered.
NOBODY = "PADPIDA0000000000" + mod_37_36.calc_check_digit("PADPIDA0000000000")
# Files of every delivery, independent of the agreements.
ALWAYS = ("manifest.json", "manifest.json.asc", "verify.py", "README.txt")
LONGEST_NAME_PIECE = 100


def _dpid(value: str) -> str:
    if not re.fullmatch(r"PADPIDA[0-9]{10}[0-9A-Z]", value) or not mod_37_36.is_valid(value):
        raise ValueError(
            f"{value!r} is not a DDEX party identifier: it has PADPIDA, ten digits and a check "
            "character, and the check character must be correct"
        )
    return value


def _name_piece(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9.-]+", value):
        raise ValueError(f"{value!r} is used in file names: use only letters, digits, '.' and '-'")
    if len(value) > LONGEST_NAME_PIECE:
        raise ValueError(
            f"it is used in file names and has {len(value)} characters; the maximum is "
            f"{LONGEST_NAME_PIECE}"
        )
    return value


def _host(value: str) -> str:
    if len(value) > 253 or not re.fullmatch(
        r"[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?", value
    ):
        try:
            ip_address(value)
        except ValueError:
            raise ValueError(
                f"{value!r} is not a host: write its name, such as drop.partner.example, or its "
                "address; write a name with other letters as its DNS name, xn--…"
            ) from None
    return value


def _email(value: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
        raise ValueError(f"{value!r} is not a mail address, such as name@domain.example")
    return value


Dpid = Annotated[str, AfterValidator(_dpid)]
Text = Annotated[str, Field(min_length=1, max_length=200)]


class _Agreed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LegalEntity(_Agreed):
    """A party to a contract, for the head of a statement.

    Attributes:
        name: Its registered name.
        address: Its registered address, a line each.
        registration: Register and number, such as `Companies House 00012345`.
        tax_id: VAT or other tax number.
    """

    name: Text
    address: tuple[Text, ...] = Field(default=(), max_length=6)
    registration: str = Field(default="", max_length=200)
    tax_id: str = Field(default="", max_length=200)


class Contact(_Agreed):
    """A contact person, of the service or of a partner's finance department."""

    name: str = Field(default="", max_length=200)
    email: Annotated[str, AfterValidator(_email)]
    phone: str = Field(default="", max_length=200)


class ContractHead(_Agreed):
    """Title, number and date of a contract as signed.

    Attributes:
        number: The number under which both sides file it.
        signed_on: Its date; that of the warehouse's first version when left out.
    """

    title: Text
    number: str = Field(default="", max_length=200)
    signed_on: date | None = None


class Sender(_Agreed):
    """The service, which pays and is the sender of DDEX files.

    Attributes:
        legal: The company that pays, for the head of statements.
        contact: The contact for questions about statements.
        service: The service's name in file names and headers, without blanks and underscores.
        message_version: `dsrf/<architecture>/<allowed values>/<record definitions>`.
    """

    dpid: Dpid = NOBODY
    name: str = Field(default="Music service", min_length=1)
    service: Annotated[str, AfterValidator(_name_piece)] = "AIMusic"
    message_version: str = Field(default="dsrf/1.4/12/1.5", pattern=r"^dsrf/[0-9./]+$")
    legal: LegalEntity | None = None
    contact: Contact | None = None


class FolderTarget(_Agreed):
    """A folder that this machine can write to."""

    kind: Literal["folder"]
    path: Path


class SftpTarget(_Agreed):
    """A folder on an SFTP server, whose key must be in `known_hosts`."""

    kind: Literal["sftp"]
    host: Annotated[str, AfterValidator(_host)]
    port: int = Field(default=22, gt=0, lt=65536)
    username: str = Field(min_length=1)
    path: str = Field(default=".", min_length=1)
    known_hosts: Path
    private_key: Path


class S3Target(_Agreed):
    """A bucket of an S3-compatible store, with credentials from the environment."""

    kind: Literal["s3"]
    bucket: str
    prefix: str = ""
    endpoint_url: str | None = None
    region: str | None = None


Target = Annotated[FolderTarget | SftpTarget | S3Target, Field(discriminator="kind")]


class Agreement(_Agreed):
    """The agreement with one partner.

    Attributes:
        files: Patterns of the names of files that it receives; `manifest.json` and `README.txt`
            are always included.
        dpid: Its DDEX party identifier.
        deal_specific_rows: Whether its DSR file has AI facts as DE01 rows.
        item_level: Whether it also gets a DSR file of the UGC profile.
        item_file_bytes: Maximum bytes of blocks in one file of it; the rest goes into further
            files. Everything in one file when left out.
        writers: Whether that file names the writers of each recording's works.
        pgp_key: File with its OpenPGP certificate, to which deliveries are encrypted.
        target: The target of deliveries; None if nothing is delivered.
        sub_statements: Whether its package has a sub-statement for each member or label.
        legal: The company that is paid, for the head of statements.
        contact: Whom its statements are addressed to.
        contracts: What each contract is called on paper, by contract id.
        payment_terms: How payment is made, in a sentence.
        payment_day: The day of the month after the report month on which payment falls due.
        query_days: Within how many days after issue a statement can be disputed; None where
            nothing is agreed.
    """

    files: tuple[str, ...] = ("*",)
    dpid: Dpid | None = None
    deal_specific_rows: bool = False
    item_level: bool = False
    item_file_bytes: int | None = Field(default=None, gt=0)
    writers: bool = False
    sub_statements: bool = False
    pgp_key: Path | None = None
    target: Target | None = None
    legal: LegalEntity | None = None
    contact: Contact | None = None
    contracts: dict[str, ContractHead] = Field(default_factory=dict)
    payment_terms: str = Field(default="", max_length=300)
    payment_day: int = Field(default=25, ge=1, le=28)
    query_days: int | None = Field(default=None, gt=0, le=3650)

    @model_validator(mode="after")
    def _nothing_in_the_clear(self) -> Self:
        address = self.target.endpoint_url if isinstance(self.target, S3Target) else None
        url = urlsplit(address or "")
        if url.scheme == "http" and url.hostname not in LOOPBACK_NAMES and not self.pgp_key:
            raise ValueError(
                f"{address} would transfer figures unencrypted: use https, or agree on a pgp_key"
            )
        return self

    def takes(self, name: str) -> bool:
        """Whether the agreement includes a file of the package."""
        return name in ALWAYS or any(fnmatchcase(name, pattern) for pattern in self.files)


class Agreements(_Agreed):
    """The agreements with all partners; a partner that is not listed has the defaults."""

    sender: Sender = Sender()
    partners: dict[str, Agreement] = Field(default_factory=dict)

    def of(self, partner_id: str) -> Agreement:
        return self.partners.get(partner_id, Agreement())


def load_agreements(settings: Settings) -> Agreements:
    """Reads the agreements of a home; without the file, the defaults.

    Paths that are not absolute are taken from the folder of the file.

    Raises:
        LinernotesError: if the file cannot be read or has an invalid entry, or if the environment
            names it and it does not exist.
    """
    path = settings.agreements_file
    if not settings.agreements and not path.exists():
        return Agreements()
    try:
        agreements = Agreements.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as reason:
        raise LinernotesError(f"{path} cannot be read: {reason}. Correct it there.") from reason
    except ValidationError as found:
        listed = "\n".join(f"  - {_place(error)}: {error['msg']}" for error in found.errors())
        raise LinernotesError(
            f"{path} has invalid entries:\n{listed}\nCorrect it there; docs/packages.md "
            "describes every setting."
        ) from found
    anchored = _anchored(agreements, path.parent)
    _require_apart(path, anchored)
    return anchored


def _require_apart(path: Path, agreements: Agreements) -> None:
    """Requires that no target is another's or inside it: one partner would see the other's figures.

    Raises:
        LinernotesError: if two targets are not separate.
    """
    places = {
        partner: _root(one.target) for partner, one in agreements.partners.items() if one.target
    }
    for (one, (server, folder)), (other, (other_server, other_folder)) in permutations(
        places.items(), 2
    ):
        if server == other_server and _may_lie_within(folder, other_folder):
            raise LinernotesError(
                f"{path} gives {one} a target that {other} can see, so one would see the other's "
                "figures. Give each partner a separate target; with one login, write either all "
                "paths from the root or none, and without '..'."
            )


def _may_lie_within(folder: PurePosixPath, other: PurePosixPath) -> bool:
    # Only the server can resolve a relative path.
    is_known = (
        folder.is_absolute() == other.is_absolute() and ".." not in folder.parts + other.parts
    )
    return not is_known or folder.is_relative_to(other)


def _root(target: Target) -> tuple[tuple[Any, ...], PurePosixPath]:
    """The place of a target: its server, and its folder there."""
    if isinstance(target, FolderTarget):
        return (target.kind,), PurePosixPath(os.path.realpath(target.path))
    if isinstance(target, SftpTarget):
        # Each user may have a different root, but a user sees everything below its root.
        server = (target.kind, target.host.lower(), target.port, target.username)
        return server, PurePosixPath(posixpath.normpath(target.path))
    place = (target.kind, (target.endpoint_url or "").lower().rstrip("/"), target.bucket)
    return place, PurePosixPath(target.prefix.strip("/") or ".")


def _place(error: Any) -> str:
    return ".".join(str(part) for part in error["loc"]) or "the file"


def _anchored(agreements: Agreements, folder: Path) -> Agreements:
    """The same with every path absolute."""

    def anchored(one: Agreement) -> Agreement:
        changes: dict[str, Any] = {}
        if one.pgp_key:
            changes["pgp_key"] = folder / one.pgp_key
        if isinstance(one.target, FolderTarget):
            changes["target"] = one.target.model_copy(update={"path": folder / one.target.path})
        elif isinstance(one.target, SftpTarget):
            files = {
                "known_hosts": folder / one.target.known_hosts,
                "private_key": folder / one.target.private_key,
            }
            changes["target"] = one.target.model_copy(update=files)
        return one.model_copy(update=changes)

    return agreements.model_copy(
        update={"partners": {name: anchored(one) for name, one in agreements.partners.items()}}
    )
