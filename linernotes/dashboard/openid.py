"""The exchange with the OpenID provider, and the signed cookie of accepted users.

`login` decides on access; Authlib implements the exchange.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

import httpx
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.starlette_client import OAuth
from joserfc.errors import JoseError
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from linernotes.dashboard.login import CALLBACK, Login

LOG = logging.getLogger(__name__)
Message = Callable[..., Response]
# One working day; after that the provider is asked again.
SIGNED_IN_SECONDS = 12 * 3_600
UNAUTHORISED, FORBIDDEN = 401, 403
USER, NEXT = "user", "next"


class SignIn:
    """Sign-in with one provider."""

    def __init__(self, login: Login) -> None:
        self._login = login
        self._client = OAuth().register(
            "provider",
            client_id=login.client_id,
            client_secret=login.client_secret,
            server_metadata_url=login.metadata_url,
            client_kwargs={"scope": "openid email profile", "code_challenge_method": "S256"},
        )

    def middleware(self) -> Sequence[Middleware]:
        """The middleware for the cookie; it names the user, and only the secret can sign it."""
        return [
            Middleware(
                SessionMiddleware,
                secret_key=self._login.cookie_secret,
                session_cookie="linernotes",
                max_age=SIGNED_IN_SECONDS,
                same_site="lax",
                https_only=urlsplit(self._login.redirect_uri).scheme == "https",
            )
        ]

    def who(self, request: Request) -> str | None:
        """The address or name of a signed-in user with access; None for others."""
        user = request.session.get(USER)
        return _named(user) if user and self._login.admits(user) else None

    def refuse(self, request: Request, message: Message) -> Response | None:
        """The response to users who have not signed in or have no access; None for others."""
        user = request.session.get(USER)
        if user is None:
            back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            request.session[NEXT] = back
            return message(
                "Executive dashboard",
                "Sign in to see the dashboard.",
                status=UNAUTHORISED,
                ways=[("Sign in", "/login")],
            )
        if not self._login.admits(user):
            return message(
                "No access",
                f"You are signed in as {_named(user)}, without access to this dashboard. Sign in "
                "with another account, or ask the dashboard owner for access.",
                "warning",
                FORBIDDEN,
                [("Sign out", "/logout")],
            )
        return None

    def routes(self, message: Message) -> list[Route]:
        """The routes for signing in, the provider's redirect, and signing out."""

        async def login(request: Request) -> Response:
            try:
                return await self._client.authorize_redirect(request, self._login.redirect_uri)
            except (httpx.HTTPError, OAuthError, ValueError, KeyError) as error:
                LOG.error("The provider could not be asked: %s", type(error).__name__)
                return _failed(message)

        async def callback(request: Request) -> Response:
            back = request.session.pop(NEXT, "/")
            try:
                token = await self._client.authorize_access_token(request)
            except (httpx.HTTPError, OAuthError, JoseError, ValueError, KeyError) as error:
                LOG.error("The provider's answer was refused: %s", type(error).__name__)
                return _failed(message)
            claims: dict[str, Any] = dict(token.get("userinfo") or {})
            request.session.clear()
            request.session[USER] = {
                name: claims.get(name) for name in ("sub", "email", "email_verified", "name")
            }
            return RedirectResponse(own_address(back), 303)

        async def logout(request: Request) -> Response:
            request.session.clear()
            return message("Signed out", "You are signed out.", ways=[("Sign in", "/login")])

        return [
            Route("/login", login),
            Route(CALLBACK, callback),
            Route("/logout", logout),
        ]


def _failed(message: Message) -> Response:
    return message(
        "Sign-in failed",
        "The sign-in did not work. Try again; if it persists, contact the dashboard owner.",
        "warning",
        UNAUTHORISED,
        [("Sign in", "/login")],
    )


def own_address(address: str) -> str:
    """An address of the dashboard; any other address becomes that of the first page."""
    parts = urlsplit(address)
    is_own = not parts.scheme and not parts.netloc and address.startswith("/")
    return address if is_own and not address.startswith(("//", "/\\")) else "/"


def _named(user: dict[str, Any]) -> str:
    return str(user.get("email") or user.get("name") or user.get("sub") or "an unnamed account")
