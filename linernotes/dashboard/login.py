"""Access to the dashboard: OpenID Connect, set by environment variables or a file in the home.

`openid` has the exchange with the provider; pages decide what signed-in readers see.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, ValidationError

from linernotes.base import modes
from linernotes.base.errors import LinernotesError
from linernotes.base.settings import PREFIX as SETTINGS_PREFIX
from linernotes.base.settings import Settings

PREFIX = f"{SETTINGS_PREFIX}LOGIN_"
EVERYONE = "*"
CALLBACK = "/oauth2callback"


class Login(BaseModel):
    """The settings of the login, and the users who have access.

    Attributes:
        metadata_url: The provider's `.well-known/openid-configuration`.
        client_id: The dashboard's id at the provider.
        client_secret: The dashboard's secret for the provider.
        redirect_uri: The dashboard's address, followed by /oauth2callback.
        cookie_secret: The key that signs the cookies of signed-in users; random and long.
        allowed: Addresses (ada@example.org) and domains (@example.org), separated by commas; * for
            everyone whom the provider accepts.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    metadata_url: str = ""
    client_id: str = ""
    client_secret: str = ""
    redirect_uri: str = ""
    cookie_secret: str = ""
    allowed: str = ""

    @property
    def host(self) -> str:
        """The host name at which browsers reach the dashboard."""
        return urlsplit(self.redirect_uri).hostname or ""

    def admits(self, user: Mapping[str, Any]) -> bool:
        """Whether a user whom the provider has accepted may see the dashboard.

        An address counts only if the provider states that it is verified. The claim may be missing,
            and some providers write it as a text; neither counts as verified.
        """
        wanted = {entry.strip().casefold() for entry in self.allowed.split(",")} - {""}
        if EVERYONE in wanted:
            return True
        address = str(user.get("email") or "").casefold()
        _, at, domain = address.rpartition("@")
        if not at or user.get("email_verified") is not True:
            return False
        return address in wanted or f"@{domain}" in wanted


def read_login(settings: Settings) -> Login | None:
    """The settings of the login; None if there are none. Settings override the home's file.

    Raises:
        LinernotesError: if a part is missing, or others can read the file.
    """
    file = settings.login_file
    given = {name: getattr(settings, f"login_{name}") for name in Login.model_fields}
    values = _read_file(file) if file.exists() else {}
    values |= {name: value for name, value in given.items() if value}
    if not values:
        return None
    try:
        login = Login(**values)
    except ValidationError as found:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in found.errors())
        raise LinernotesError(f"{file} says what is no part of a login: {wrong}.") from None
    missing = [name for name, value in login.model_dump().items() if not value]
    if missing:
        names = ", ".join(f"{PREFIX}{name.upper()}" for name in missing)
        raise LinernotesError(
            f"The login is only half set; what is missing: {names}. Set it in the environment or, "
            f"without the prefix and in lower case, in {file}."
        )
    if not login.redirect_uri.endswith(CALLBACK):
        raise LinernotesError(
            f"{PREFIX}REDIRECT_URI is {login.redirect_uri!r}; it has to be the dashboard's own "
            f"address with {CALLBACK} at the end, as the provider knows it."
        )
    return login


def _read_file(file: Path) -> dict[str, Any]:
    if reason := modes.why_open(file):
        raise LinernotesError(f"{reason}.")
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LinernotesError(f"{file} is not TOML: {error}. Mend it or take it away.") from None
