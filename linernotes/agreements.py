"""What is agreed with each partner about its files: which, as whom and for whom, where to.

It is read from `agreements.toml` of a home; what the files hold and how they travel is elsewhere.
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
from linernotes.base.settings import Settings

# A well-formed party identifier that DDEX has given to nobody: files can be written and checked
# with it, but none leaves the house under it.
NOBODY = "PADPIDA0000000000" + mod_37_36.calc_check_digit("PADPIDA0000000000")
# What must be in every delivery, whatever else is agreed.
ALWAYS = ("manifest.json", "manifest.json.asc", "verify.py", "README.txt")
LONGEST_NAME_PIECE = 100
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


def _dpid(value: str) -> str:
    if not re.fullmatch(r"PADPIDA[0-9]{10}[0-9A-Z]", value) or not mod_37_36.is_valid(value):
        raise ValueError(
            f"{value!r} is no DDEX party identifier: it reads PADPIDA, ten digits and a check "
            "character, and the check character must agree"
        )
    return value


def _name_piece(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9.-]+", value):
        raise ValueError(f"{value!r} stands in file names: use letters, digits, '.' and '-' only")
    if len(value) > LONGEST_NAME_PIECE:
        raise ValueError(
            f"it stands in file names and has {len(value)} characters; it may have "
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
                f"{value!r} is no host: write its name, such as drop.partner.example, or its "
                "address; a name in other letters as its DNS name, xn--…"
            ) from None
    return value


def _email(value: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
        raise ValueError(f"{value!r} is no e-mail address: it reads name@domain.example")
    return value


Dpid = Annotated[str, AfterValidator(_dpid)]
Text = Annotated[str, Field(min_length=1, max_length=200)]


class _Agreed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LegalEntity(_Agreed):
    """A party to a contract as it stands in the head of a statement.

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
    """Whom a partner's finance department asks, or who is asked there."""

    name: str = Field(default="", max_length=200)
    email: Annotated[str, AfterValidator(_email)]
    phone: str = Field(default="", max_length=200)


class ContractHead(_Agreed):
    """What a contract is called on paper.

    Attributes:
        number: The number that both sides file it under.
        signed_on: Its date; that of the warehouse's first version where it is left out.
    """

    title: Text
    number: str = Field(default="", max_length=200)
    signed_on: date | None = None


class Sender(_Agreed):
    """The service: who pays, and in whose name DDEX files are written.

    Attributes:
        legal: The company that pays, for the head of statements.
        contact: Whom a question about a statement goes to.
        service: What the file name and the header call the service; no blanks, no underscores.
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
    """A bucket of an S3-compatible store; who may write there, the environment says."""

    kind: Literal["s3"]
    bucket: str
    prefix: str = ""
    endpoint_url: str | None = None
    region: str | None = None


Target = Annotated[FolderTarget | SftpTarget | S3Target, Field(discriminator="kind")]


class Agreement(_Agreed):
    """What is agreed with one partner.

    Attributes:
        files: Patterns of the file names that it gets; `manifest.json` and `README.txt` always
            go along.
        dpid: Its DDEX party identifier.
        deal_specific_rows: Whether it takes AI facts as DE01 rows in its DSR file.
        item_level: Whether it also gets a DSR file of the UGC profile.
        item_file_bytes: How many bytes of blocks one file of it may have; what is more goes into
            further files. All of them in one file where nothing is agreed.
        pgp_key: File with its OpenPGP certificate; what leaves the house is encrypted for it.
        target: Where deliveries go; none, where the partner fetches its package.
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
        if url.scheme == "http" and url.hostname not in THIS_MACHINE and not self.pgp_key:
            raise ValueError(
                f"{address} would carry figures in the clear: use https, or agree on a pgp_key"
            )
        return self

    def takes(self, name: str) -> bool:
        """Whether a file of the package is among those that are agreed."""
        return name in ALWAYS or any(fnmatchcase(name, pattern) for pattern in self.files)


class Agreements(_Agreed):
    """What is agreed with all partners; one that is not named has the defaults."""

    sender: Sender = Sender()
    partners: dict[str, Agreement] = Field(default_factory=dict)

    def of(self, partner_id: str) -> Agreement:
        return self.partners.get(partner_id, Agreement())


def load_agreements(settings: Settings) -> Agreements:
    """Reads the agreements of a home; without the file, the defaults.

    Paths that are not absolute are taken from the folder of the file.

    Raises:
        LinernotesError: if the file cannot be read or says what is not allowed, or if it is named
            in the environment and not there.
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
            f"{path} says what is not allowed:\n{listed}\nCorrect it there; docs/packages.md "
            "describes every setting."
        ) from found
    anchored = _anchored(agreements, path.parent)
    _require_apart(path, anchored)
    return anchored


def _require_apart(path: Path, agreements: Agreements) -> None:
    """No partner's target may be another's, or lie within it: one would see the other's figures.

    Raises:
        LinernotesError: if two are not apart.
    """
    places = {
        partner: _root(one.target) for partner, one in agreements.partners.items() if one.target
    }
    for (one, (server, folder)), (other, (other_server, other_folder)) in permutations(
        places.items(), 2
    ):
        if server == other_server and _may_lie_within(folder, other_folder):
            raise LinernotesError(
                f"{path} sends the packages of {one} to where {other} gets its own, so one would "
                "see the other's figures. Give each partner a target apart from the others; below "
                "one login, write all paths from the root or none, and without '..'."
            )


def _may_lie_within(folder: PurePosixPath, other: PurePosixPath) -> bool:
    # Where a relative path leads, only the server knows.
    is_known = (
        folder.is_absolute() == other.is_absolute() and ".." not in folder.parts + other.parts
    )
    return not is_known or folder.is_relative_to(other)


def _root(target: Target) -> tuple[tuple[Any, ...], PurePosixPath]:
    """Where a target is: on which server, in which folder there."""
    if isinstance(target, FolderTarget):
        return (target.kind,), PurePosixPath(os.path.realpath(target.path))
    if isinstance(target, SftpTarget):
        # Each user may have a root of its own, but one user sees all that is below its root.
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
