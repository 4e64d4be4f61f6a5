"""Identifies persons by the operating system or an OpenID provider, not by a given name.

Callers decide whether a step needs two persons.
"""

import json
import os
import pwd
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings

LOGIN_UID = Path("/proc/self/loginuid")
NOBODY_LOGGED_IN = 2**32 - 1
TIMEOUT_SECONDS = 10


@dataclass(frozen=True)
class Person:
    """Somebody who drafts, approves or issues.

    Attributes:
        name: The display name.
        identity: The identity: `user:<login>`, or `openid:<issuer>#<subject>`.
    """

    name: str
    identity: str


def person_of_the_system() -> Person:
    """The person who runs this process, from the operating system.

    On Linux that is the login user, even after `su` or `sudo`; without a login, as in a container
    or a service, the user of the process.
    """
    number = os.getuid()
    try:
        logged_in = int(LOGIN_UID.read_text())
        if logged_in != NOBODY_LOGGED_IN:
            number = logged_in
    except (OSError, ValueError):
        pass
    try:
        login = pwd.getpwuid(number).pw_name
    except KeyError:
        login = f"uid {number}"
    return Person(login, f"user:{login}")


def person_of_a_token(settings: Settings, token_file: Path) -> Person:
    """The person in an ID token of our OpenID provider, after all checks of the token.

    The provider is that of the dashboard's login: signature, issuer, audience and validity of the
    token are checked.

    Args:
        settings: Have `login_metadata_url` and `login_client_id`.
        token_file: A file that contains only the token.

    Raises:
        LinernotesError: with the fault.
    """
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    if not settings.login_metadata_url or not settings.login_client_id:
        raise LinernotesError(
            "An ID token is checked against the provider of the login: set"
            " LINERNOTES_LOGIN_METADATA_URL and LINERNOTES_LOGIN_CLIENT_ID."
        )
    try:
        metadata = _json(settings.login_metadata_url)
        keys = KeySet.import_key_set(_json(metadata["jwks_uri"]))
        text = token_file.read_text(encoding="utf-8").strip()
        algorithms = metadata.get("id_token_signing_alg_values_supported", [])
        # Never symmetric ones, with which anyone who knows the public key could sign.
        safe = [one for one in algorithms if one[:2] in ("RS", "PS", "ES", "Ed")] or ["RS256"]
        token = jwt.decode(text, keys, algorithms=safe)
        jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": metadata["issuer"]},
            aud={"essential": True, "value": settings.login_client_id},
            sub={"essential": True},
            exp={"essential": True},
        ).validate(token.claims)
    except (OSError, ValueError, KeyError, JoseError) as reason:
        raise LinernotesError(f"The ID token does not identify you: {reason}") from None
    claims = token.claims
    name = claims.get("name") or claims.get("email") or claims["sub"]
    return Person(str(name), f"openid:{claims['iss']}#{claims['sub']}")


def _json(url: str) -> Any:
    if not url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise ValueError(f"{url} is not reached by https")
    with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as answer:
        return json.loads(answer.read())
