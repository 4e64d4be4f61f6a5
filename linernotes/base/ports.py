"""Checks that each of our web servers makes before it answers a browser.

Any web page can make a browser send requests to this machine. So a server answers only under its
own names, refuses requests from pages of other sites, and cannot be shown in a frame. Access rights
are checked elsewhere.
"""

import re
import socket
from collections.abc import Collection, Iterable
from ipaddress import ip_address

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from linernotes.base.loopback import LOOPBACK, LOOPBACK_NAMES

NAME = r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(?P<port>\d{1,5}))?"
HOST = re.compile(NAME, re.ASCII | re.IGNORECASE)
ORIGIN = re.compile(rf"(?P<scheme>https?)://{NAME}", re.ASCII | re.IGNORECASE)
DEFAULT_PORTS = {"http": 80, "https": 443}
FORBIDDEN = 403
IN_NO_FRAME = {
    "content-security-policy": "frame-ancestors 'none'",
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
}


class Guard:
    """ASGI middleware that answers only requests under the server's own names and from its own
    pages.

    Args:
        app: The guarded application.
        names: Names and addresses under which browsers reach the server, without ports.
    """

    def __init__(self, app: ASGIApp, names: Collection[str]) -> None:
        self.app = app
        self.names = frozenset(names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return

        async def passed_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in IN_NO_FRAME.items():
                    headers.append(name, value)
            await send(message)

        reason = self._why_not(scope)
        if reason and scope["type"] == "websocket":
            # Closed before it is accepted: the browser gets 403.
            await send({"type": "websocket.close", "code": 1008})
        elif reason:
            await PlainTextResponse(f"{reason}\n", FORBIDDEN)(scope, receive, passed_on)
        else:
            await self.app(scope, receive, passed_on)

    def _why_not(self, scope: Scope) -> str | None:
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        host = HOST.fullmatch(hosts[0]) if len(hosts) == 1 else None
        if host is None or _plain(host["name"]) not in self.names:
            return (
                "This server does not answer under the requested host name. "
                "LINERNOTES_ALLOWED_HOSTS lists the permitted names."
            )
        if not all(_is_own(origin, host) for origin in headers.getlist("origin")):
            return "The page that asked belongs to another site."
        site = headers.get("sec-fetch-site", "none")
        if site not in ("none", "same-origin") and not _opens_a_page(scope, headers):
            return "The page that asked belongs to another site."
        return None


def _plain(name: str) -> str:
    return name.strip("[]").rstrip(".").lower()


def _is_own(origin: str, host: re.Match[str]) -> bool:
    """Whether this origin is the server itself."""
    found = ORIGIN.fullmatch(origin)
    if found is None or _plain(found["name"]) != _plain(host["name"]):
        return False
    if host["port"] is None and _plain(host["name"]) not in LOOPBACK_NAMES:
        # A proxy may forward the name without the port at which browsers reach it.
        return True
    usual = DEFAULT_PORTS[found["scheme"].lower()]
    return int(found["port"] or usual) == int(host["port"] or usual)


def _opens_a_page(scope: Scope, headers: Headers) -> bool:
    """Whether a link from another site is followed, so that the page opens by itself."""
    return (
        scope["type"] == "http"
        and scope["method"] in ("GET", "HEAD")
        and headers.get("sec-fetch-mode") == "navigate"
        and headers.get("sec-fetch-dest") == "document"
    )


def is_loopback(host: str) -> bool:
    """Whether an address to listen on can be reached only from this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host in LOOPBACK_NAMES


def own_names(host: str, others: Iterable[str]) -> frozenset[str]:
    """The names of a server: this machine's, the address it listens on, and the configured."""
    names = {_plain(name) for name in (host, *others)} | LOOPBACK_NAMES
    # The wildcard address is not a valid name, although browsers treat it as loopback.
    return frozenset(names - {"", "0.0.0.0", "::"})


def free_port() -> int:
    """A port of the loopback address at which nothing listens now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return probe.getsockname()[1]


def why_not_free(host: str, port: int) -> str | None:
    """The system's reason why a server cannot listen there; None if it can."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        family, kind, protocol, _, address = found[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        return error.strerror or str(error)
    return None
