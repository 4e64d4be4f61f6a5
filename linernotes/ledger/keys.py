"""The service's signing keys: generated once, kept in the home, replaced with a signature of the
old.

`heads` and `openpgp` sign with them.
"""

import base64
import hashlib
import json
import stat
from binascii import Error as NotBase64
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from linernotes.base import durable, modes
from linernotes.base.clock import instant_text, now
from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.ledger.records import json_text

PRIVATE_KEY, KEY_CHANGES = "ledger.pem", "changes.json"
KEY_ID_DIGITS = 16


@dataclass(frozen=True)
class KeyChange:
    """The replacement of one signing key by another.

    Attributes:
        public_key: The new key, 32 bytes in base64.
        previous_public_key: The key that it replaces.
        because: Why, in the operator's words.
        signature: Of the new key by the old one, in base64; empty if the old one was lost.
    """

    public_key: str
    previous_public_key: str
    changed_at: str
    because: str
    signature: str

    @property
    def message(self) -> bytes:
        """The text that the old key signs."""
        parts = (self.previous_public_key, self.public_key, self.changed_at, self.because)
        return "\n".join(("linernotes key change 1", *parts)).encode()

    @property
    def holds(self) -> bool:
        """Whether the old key has signed the new one, or is recorded as lost."""
        if not self.signature:
            return bool(self.because.strip())
        return is_signed(self.message, self.signature, self.previous_public_key)


@dataclass(frozen=True)
class SigningKey:
    """The key of a home that signs entries of the ledger."""

    private: Ed25519PrivateKey

    @property
    def public_key(self) -> str:
        return base64.b64encode(self.private.public_key().public_bytes_raw()).decode()

    @property
    def key_id(self) -> str:
        return key_id_of(self.public_key)

    def sign(self, message: bytes) -> str:
        """The signature in base64; the same message gives the same one."""
        return base64.b64encode(self.private.sign(message)).decode()


def key_id_of(public_key: str) -> str:
    """A short name of a public key: the first digits of its SHA-256; empty if it is not a key."""
    try:
        raw = base64.b64decode(public_key, validate=True)
    except (NotBase64, ValueError):
        return ""
    return hashlib.sha256(raw).hexdigest()[:KEY_ID_DIGITS]


def is_signed(message: bytes, signature: str, public_key: str) -> bool:
    """Whether a signature of a message is that of a public key; both are base64."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
        key.verify(base64.b64decode(signature, validate=True), message)
    except (InvalidSignature, NotBase64, ValueError):
        return False
    return True


def signing_key(settings: Settings) -> SigningKey | None:
    """The home's signing key; None if there is none yet.

    Raises:
        LinernotesError: if it cannot be read, or somebody else can read it.
    """
    path = settings.keys_root / PRIVATE_KEY
    try:
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode):
            raise LinernotesError(
                f"{path} is a link or not a regular file: put the key itself there."
            )
        if reason := modes.why_open(path):
            raise LinernotesError(f"{reason}: `linernotes keys rotate`.")
        private = load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as reason:
        raise _unreadable(path, reason) from reason
    if not isinstance(private, Ed25519PrivateKey):
        raise _unreadable(path, "it is no Ed25519 key")
    return SigningKey(private)


def make_signing_key(settings: Settings) -> SigningKey:
    """The home's signing key, generated if there is none."""
    if found := signing_key(settings):
        return found
    _write_private(settings, SigningKey(Ed25519PrivateKey.generate()), instead=False)
    made = signing_key(settings)
    assert made
    return made


def rotate_signing_key(
    settings: Settings, because: str, lost_public_key: str | None = None
) -> KeyChange:
    """Replaces the signing key. Signatures of the old one stay valid.

    Args:
        settings: The home.
        because: The reason, which the next entry of the ledger records.
        lost_public_key: The key of the last entry, if its private key is lost; then only the reason
            supports the new key.

    Raises:
        LinernotesError: if there is no key, no reason, or a key that is not lost.
    """
    if not because.strip():
        raise LinernotesError("A change of keys needs a reason: --because TEXT.")
    old = signing_key(settings)
    if old and lost_public_key:
        raise LinernotesError(
            f"The key is not lost, it is in {settings.keys_root / PRIVATE_KEY}: leave out --lost."
        )
    if not old and not lost_public_key:
        raise LinernotesError(
            f"There is no key in {settings.keys_root} to replace. The first issue makes one; if it "
            "was lost, run `linernotes keys rotate --lost --because TEXT`."
        )
    new = SigningKey(Ed25519PrivateKey.generate())
    change = KeyChange(
        public_key=new.public_key,
        previous_public_key=old.public_key if old else lost_public_key or "",
        changed_at=instant_text(now()),
        because=" ".join(because.split()),
        signature="",
    )
    if old:
        change = replace(change, signature=old.sign(change.message))
    changes = [*key_changes(settings), change]
    _make_keys_root(settings)
    # A change whose key was not written is skipped: no later key follows from it.
    durable.write_text(
        settings.keys_root / KEY_CHANGES, json_text({"changes": [asdict(one) for one in changes]})
    )
    _write_private(settings, new, instead=True)
    return change


def key_changes(settings: Settings) -> list[KeyChange]:
    """Every change of the signing key, oldest first.

    Raises:
        LinernotesError: if the record of them cannot be read.
    """
    path = settings.keys_root / KEY_CHANGES
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return [KeyChange(**one) for one in found["changes"]]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError, KeyError) as reason:
        raise _unreadable(path, reason) from reason


def way_between(
    old_public_key: str, new_public_key: str, changes: Iterable[KeyChange]
) -> list[KeyChange] | None:
    """The changes that lead from one key to another; None if they do not."""
    previous = {one.public_key: one for one in changes}
    way: list[KeyChange] = []
    at = new_public_key
    while at != old_public_key:
        change = previous.pop(at, None)
        if change is None or not change.holds:
            return None
        way.insert(0, change)
        at = change.previous_public_key
    return way


def _write_private(settings: Settings, key: SigningKey, *, instead: bool) -> None:
    root = _make_keys_root(settings)
    content = key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    if instead:
        durable.write_bytes(root / PRIVATE_KEY, content, is_secret=True)
    else:
        durable.write_once(root / PRIVATE_KEY, content, is_secret=True)


def _make_keys_root(settings: Settings) -> Path:
    root = settings.keys_root
    durable.make_folder(root.parent)
    root.mkdir(exist_ok=True, mode=0o700)
    # A key that is lost in a power cut could not sign the next one.
    durable.sync(root.parent)
    return root


def _unreadable(path: Path, reason: object) -> LinernotesError:
    return LinernotesError(
        f"{path} cannot be read ({reason}): restore it from a backup. The ledger stays as it is."
    )
