"""Who a person is: what the system or an OpenID provider says, not what somebody calls themself.

Whether two persons are needed for something is decided where it is done.
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
        name: What they are called.
        identity: Who they are: `user:<login>`, or `openid:<issuer>#<subject>`.
    """

    name: str
    identity: str


def person_of_the_system() -> Person:
    """Who runs this process, as the operating system knows it.

    On Linux that is who has logged in, whoever they have become since by `su` or `sudo`; where
    nobody has, as in a container or a service, the user that the process belongs to.
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
    """Whom an ID token of the house's OpenID provider is about, after every check of it.

    The provider is that of the dashboard's login: signature, issuer, audience and time of the
    token have to be right.

    Args:
        settings: Where `login_metadata_url` and `login_client_id` stand.
        token_file: A file with the token and nothing else.

    Raises:
        LinernotesError: with what is wrong.
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
        # Never those by which whoever knows the public key could sign.
        safe = [one for one in algorithms if one[:2] in ("RS", "PS", "ES", "Ed")] or ["RS256"]
        token = jwt.decode(text, keys, algorithms=safe)
        jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": metadata["issuer"]},
            aud={"essential": True, "value": settings.login_client_id},
            sub={"essential": True},
            exp={"essential": True},
        ).validate(token.claims)
    except (OSError, ValueError, KeyError, JoseError) as reason:
        raise LinernotesError(f"The ID token does not say who you are: {reason}") from None
    claims = token.claims
    name = claims.get("name") or claims.get("email") or claims["sub"]
    return Person(str(name), f"openid:{claims['iss']}#{claims['sub']}")


def _json(url: str) -> Any:
    if not url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise ValueError(f"{url} is not reached by https")
    with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as answer:
        return json.loads(answer.read())
