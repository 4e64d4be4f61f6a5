"""Who may see the dashboard: OpenID Connect, by environment variables or a file in the home.

The exchange with the provider is Streamlit's; what is shown afterwards is not decided here.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
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
    """How people log in, and which of them may.

    Attributes:
        metadata_url: The provider's `.well-known/openid-configuration`.
        client_id: What the provider calls the dashboard.
        client_secret: What the dashboard proves itself with.
        redirect_uri: The dashboard's own address, with /oauth2callback at the end.
        cookie_secret: Signs the cookie of those who are logged in; random and long.
        allowed: Addresses (ada@example.org) and domains (@example.org) with commas between them;
            * for everyone whom the provider lets in.
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
        """The name under which browsers reach the dashboard."""
        return urlsplit(self.redirect_uri).hostname or ""

    @property
    def secrets(self) -> dict[str, Any]:
        """The same, as Streamlit reads it."""
        return {
            "auth": {
                "redirect_uri": self.redirect_uri,
                "cookie_secret": self.cookie_secret,
                "client_id": self.client_id,
                "client_secret": self.client_secret,
                "server_metadata_url": self.metadata_url,
            }
        }

    def admits(self, user: Mapping[str, Any]) -> bool:
        """Whether one whom the provider has let in may see the dashboard.

        An address counts only if the provider says that it is verified: the claim may be missing,
        and some providers write it as a text, which is no word for either.
        """
        wanted = {entry.strip().casefold() for entry in self.allowed.split(",")} - {""}
        if EVERYONE in wanted:
            return True
        address = str(user.get("email") or "").casefold()
        _, at, domain = address.rpartition("@")
        if not at or user.get("email_verified") is not True:
            return False
        return address in wanted or f"@{domain}" in wanted


class _Served(NamedTuple):
    login: Login | None


_served: list[_Served] = []


def put_in_force(login: Login | None) -> None:
    """Settles who may see what this process serves, until it ends; None for everybody here."""
    _served[:] = [_Served(login)]


def login_in_force() -> Login | None:
    """What was settled when the server started: a file that goes away lets nobody in.

    Raises:
        LinernotesError: if nothing was settled, as when another server runs the pages.
    """
    if not _served:
        raise LinernotesError(
            "Nobody has said who may see this dashboard: start it by `linernotes dashboard`."
        )
    return _served[0].login


def read_login(settings: Settings) -> Login | None:
    """How people log in; None if nothing says so. The settings win over the home's file.

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
