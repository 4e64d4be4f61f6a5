"""Starts the dashboard's web server, over one home.

What is shown is in `app.py` and the pages; who may see it is in `login`.
"""

import os
from contextlib import suppress
from pathlib import Path

from linernotes.base.errors import LinernotesError
from linernotes.base.ports import Guard, is_loopback, own_names, why_not_free
from linernotes.base.settings import Settings
from linernotes.dashboard.login import Login, put_in_force, read_login

APP = Path(__file__).with_name("app.py")
# What the server says of its own load is nobody's business, with a login or without.
CLOSED = ("/_stcore/metrics",)
# The browser's own, which the frozen columns of tables also have.
DARK = "#121212"
# Okabe and Ito's blue, which can be told from the others by everyone, a lighter one on dark.
BLUE, LIGHT_BLUE = "#0072B2", "#56B4E9"


class OpenToOthers(LinernotesError):
    """The address can be reached from other machines, and nobody would have to log in."""


def serve(settings: Settings, host: str, port: int) -> None:
    """Serves the dashboard until it is stopped.

    Args:
        settings: The home whose published file is shown.
        host: Address to listen on.
        port: Port to listen on.

    Raises:
        OpenToOthers: if others could reach it and no login is set.
        LinernotesError: if the port is taken, or the login only half set.
    """
    login = read_login(settings)
    if login is None and not is_loopback(host):
        raise OpenToOthers(
            f"Without a login the dashboard listens to this machine alone, not to {host}. Set up "
            "the login (LINERNOTES_LOGIN_…, see docs/dashboard.md), or leave --host away."
        )
    _require_free(host, port)
    put_in_force(login)
    # The pages run in this process, and read the home as every command does.
    os.environ["LINERNOTES_HOME"] = str(settings.home)
    import streamlit as st
    from starlette.middleware import Middleware
    from starlette.middleware.gzip import GZipMiddleware

    from linernotes.dashboard.front import KnownServer

    names = own_names(host, [*settings.allowed_names, *([login.host] if login else [])])
    app = st.App(
        APP,
        secrets=login.secrets if login else None,
        middleware=[
            Middleware(Guard, names=names, closed=CLOSED),
            # Streamlit's own leaves its scripts as they are, the most of what a browser loads.
            Middleware(GZipMiddleware, minimum_size=1_000, compresslevel=6),
            Middleware(KnownServer),
        ],
    )
    _warm_up(settings)
    app.run(config=_config(login, host, port, names))


def _warm_up(settings: Settings) -> None:
    """Makes every page once, before anybody can ask: the first reader should not wait for it."""
    from linernotes.dashboard.warming import make_every_page

    # Whatever is wrong is told to whoever opens the page.
    with suppress(Exception):
        make_every_page(settings)


def _require_free(host: str, port: int) -> None:
    reason = why_not_free(host, port)
    if reason:
        raise LinernotesError(
            f"The dashboard cannot listen on {host}, port {port}: {reason}. "
            "Choose another with --port or --host."
        )


def _config(login: Login | None, host: str, port: int, names: frozenset[str]) -> dict[str, object]:
    return {
        "server.address": host,
        "server.port": port,
        "server.headless": True,
        "server.fileWatcherType": "none",
        "server.allowedHosts": sorted(names),
        "browser.gatherUsageStats": False,
        "browser.serverAddress": login.host if login else host,
        "client.toolbarMode": "minimal",
        "client.showErrorDetails": "none",
        "client.showErrorLinks": False,
        "theme.light.primaryColor": BLUE,
        "theme.dark.primaryColor": LIGHT_BLUE,
        "theme.dark.backgroundColor": DARK,
    }
