"""Encrypts files to a partner's OpenPGP certificate, if it is valid.

`outgoing` decides where encrypted copies are kept, and for how long.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pysequoia import Cert, encrypt, encrypt_file
from pysequoia.packet import Packet, PacketPile, SignatureType, Tag

from linernotes.base.clock import utc_now
from linernotes.base.errors import LinernotesError
from linernotes.delivery.errors import ReleaseRefused

ENDING = ".pgp"


@dataclass(frozen=True)
class Certificate:
    """A certificate that is valid now."""

    cert: Cert

    @property
    def fingerprint(self) -> str:
        return self.cert.fingerprint

    def encrypt(self, source: Path, target: Path) -> None:
        """Encrypts a file to the certificate; each time with different bytes."""
        try:
            encrypt_file(input=str(source), output=str(target), recipients=[self.cert], armor=False)
        except RuntimeError as reason:
            raise LinernotesError(
                f"{source} cannot be encrypted into {target}: {_first_line(reason)}. Nothing was "
                "sent. Check the free space there and the certificate; then deliver again."
            ) from reason


def read_certificate(path: Path) -> Certificate:
    """The certificate in a file, binary or armored.

    The library encrypts to any certificate, so invalid ones are refused here.

    Raises:
        ReleaseRefused: if there is not exactly one certificate, without secrets, neither expired
            nor revoked, and with a key to encrypt to.
    """
    try:
        content = path.read_bytes()
        cert = Cert.from_bytes(content)
        flaw = _flaw(cert, PacketPile.from_bytes(content))
    except OSError as reason:
        flaw = f"cannot be read: {reason.strerror}"
    except RuntimeError as reason:
        flaw = f"is not a single OpenPGP certificate: {_first_line(reason)}"
    if flaw:
        raise ReleaseRefused(
            f"The certificate {path} {flaw}. Nothing was sent. Get a valid certificate from the "
            "partner through a channel that you trust, put it there and deliver again."
        )
    return Certificate(cert)


def _flaw(cert: Cert, packets: PacketPile) -> str | None:
    now = utc_now()
    if any(packet.tag in (Tag.SecretKey, Tag.SecretSubkey) for packet in packets):
        return "holds a secret key, which only the partner may have"
    if cert.is_revoked:
        return "has been revoked"
    if cert.expiration and cert.expiration <= now:
        return f"expired at {cert.expiration:%Y-%m-%d %H:%M} UTC"
    ends = list(_ends_of_encryption_keys(packets))
    if ends and all(end is not None and end <= now for end in ends):
        return "has no unexpired key for encryption"
    try:
        encrypt(recipients=[cert], bytes=b"")
    except RuntimeError as reason:
        return f"cannot be encrypted to: {_first_line(reason)}"
    return None


def _ends_of_encryption_keys(packets: PacketPile) -> Iterator[datetime | None]:
    """When each unrevoked subkey for encryption expires; None for one that does not."""
    created: datetime | None = None
    newest: Packet | None = None
    revoked = False
    for packet in [*packets, None]:
        if packet is None or packet.tag == Tag.PublicSubkey:
            if newest and not revoked and _encrypts(newest):
                validity = newest.key_validity_period
                yield created + validity if created and validity else None
            created, newest, revoked = packet and packet.key_created, None, False
        elif packet.signature_type == SignatureType.SubkeyRevocation:
            revoked = True
        elif packet.signature_type == SignatureType.SubkeyBinding and (
            newest is None or packet.signature_created > newest.signature_created
        ):
            newest = packet


def _first_line(reason: Exception) -> str:
    # The library appends its own stack to the message.
    return str(reason).partition("\n")[0]


def _encrypts(binding: Packet) -> bool:
    flags = binding.key_flags
    return bool(flags and (flags.transport_encryption or flags.storage_encryption))
