"""The service's signing key in OpenPGP's format: a certificate, and detached signatures.

This module implements the parts of RFC 4880 and RFC 6637 for version 4 with Ed25519, because the
same content must give the same bytes, and libraries add their own time and salt to a signature.
Tests check the output with GnuPG and Sequoia.
"""

import base64
import hashlib
from datetime import UTC, datetime

from linernotes.ledger.keys import SigningKey

# The key's time is part of its fingerprint; all our keys have the same.
KEY_TIME = int(datetime(2020, 1, 1, tzinfo=UTC).timestamp())
USER_ID = "Linernotes package signing <linernotes@localhost>"
PUBLIC_KEY_TAG, USER_ID_TAG, SIGNATURE_TAG = 6, 13, 2
EDDSA, SHA256 = 22, 8
OF_BINARY, POSITIVE_CERTIFICATION = 0x00, 0x13
CREATED, KEY_FLAGS, ISSUER, ISSUER_FINGERPRINT = 2, 27, 16, 33
MAY_CERTIFY_AND_SIGN = 0x03
ED25519_OID = bytes.fromhex("2b06010401da470f01")
LINE_LENGTH = 64


def fingerprint(public_key: str) -> str:
    """The OpenPGP fingerprint of a public key given as 32 bytes in base64."""
    body = _key_body(base64.b64decode(public_key))
    return _key_hash(body).hex().upper()


def certificate(key: SigningKey) -> str:
    """The armored certificate of a key, for partners to import; the same key, the same text."""
    raw = base64.b64decode(key.public_key)
    body = _key_body(raw)
    user = USER_ID.encode()
    hashed_material = b"\x99" + len(body).to_bytes(2, "big") + body
    hashed_material += b"\xb4" + len(user).to_bytes(4, "big") + user
    flags = _subpacket(KEY_FLAGS, bytes([MAY_CERTIFY_AND_SIGN]))
    own = _signature(key, POSITIVE_CERTIFICATION, hashed_material, KEY_TIME, flags)
    packets = (
        _packet(PUBLIC_KEY_TAG, body) + _packet(USER_ID_TAG, user) + _packet(SIGNATURE_TAG, own)
    )
    return _armored("PUBLIC KEY BLOCK", packets)


def detached_signature(key: SigningKey, content: bytes, signed_at: datetime) -> str:
    """The armored signature of some bytes; the same bytes, key and time give the same text.

    Args:
        key: The home's signing key.
        content: What is signed.
        signed_at: Naive UTC, not before `KEY_TIME`.
    """
    seconds = int(signed_at.replace(tzinfo=UTC).timestamp())
    packet = _signature(key, OF_BINARY, content, max(seconds, KEY_TIME))
    return _armored("SIGNATURE", _packet(SIGNATURE_TAG, packet))


def _signature(
    key: SigningKey, kind: int, content: bytes, seconds: int, more: bytes = b""
) -> bytes:
    own = _key_hash(_key_body(base64.b64decode(key.public_key)))
    hashed = _subpacket(CREATED, seconds.to_bytes(4, "big"))
    hashed += _subpacket(ISSUER_FINGERPRINT, b"\x04" + own) + more
    head = bytes([4, kind, EDDSA, SHA256]) + len(hashed).to_bytes(2, "big") + hashed
    trailer = b"\x04\xff" + len(head).to_bytes(4, "big")
    digest = hashlib.sha256(content + head + trailer).digest()
    signed = base64.b64decode(key.sign(digest))
    unhashed = _subpacket(ISSUER, own[-8:])
    return (
        head
        + len(unhashed).to_bytes(2, "big")
        + unhashed
        + digest[:2]
        + _integer(signed[:32])
        + _integer(signed[32:])
    )


def _key_body(raw: bytes) -> bytes:
    point = b"\x40" + raw
    return (
        b"\x04"
        + KEY_TIME.to_bytes(4, "big")
        + bytes([EDDSA, len(ED25519_OID)])
        + ED25519_OID
        + _integer(point)
    )


def _key_hash(body: bytes) -> bytes:
    # Version 4 has no other hash for fingerprints; its security does not depend on collisions.
    digest = hashlib.sha1(b"\x99" + len(body).to_bytes(2, "big") + body, usedforsecurity=False)
    return digest.digest()


def _integer(content: bytes) -> bytes:
    number = int.from_bytes(content, "big")
    bits = number.bit_length()
    return bits.to_bytes(2, "big") + number.to_bytes((bits + 7) // 8, "big")


def _subpacket(kind: int, content: bytes) -> bytes:
    return bytes([len(content) + 1, kind]) + content


def _packet(tag: int, body: bytes) -> bytes:
    length = bytes([len(body)]) if len(body) < 192 else _two_bytes(len(body))
    return bytes([0xC0 | tag]) + length + body


def _two_bytes(length: int) -> bytes:
    return bytes([((length - 192) >> 8) + 192, (length - 192) & 0xFF])


def _armored(kind: str, packets: bytes) -> str:
    text = base64.b64encode(packets).decode()
    lines = [text[at : at + LINE_LENGTH] for at in range(0, len(text), LINE_LENGTH)]
    check = base64.b64encode(_crc24(packets).to_bytes(3, "big")).decode()
    body = "\n".join((*lines, f"={check}"))
    return f"-----BEGIN PGP {kind}-----\n\n{body}\n-----END PGP {kind}-----\n"


def _crc24(content: bytes) -> int:
    crc = 0xB704CE
    for byte in content:
        crc ^= byte << 16
        for _ in range(8):
            crc <<= 1
            if crc & 0x1000000:
                crc ^= 0x1864CFB
    return crc
