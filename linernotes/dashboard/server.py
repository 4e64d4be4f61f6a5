"""Starts the dashboard's web server for one home.

`app` and the pages decide the content; `login` decides on access.
"""

from contextlib import suppress
from dataclasses import replace
from threading import Thread
from typing import TYPE_CHECKING

from linernotes.base.errors import LinernotesError
from linernotes.base.ports import Guard, is_loopback, own_names, why_not_free
from linernotes.base.settings import Settings
from linernotes.dashboard.login import read_login

if TYPE_CHECKING:
    from linernotes.dashboard.published_view import PublishedView
    from linernotes.dashboard.selection import Selection


class OpenToOthers(LinernotesError):
    """The address can be reached from other machines, and no login is required."""


def serve(settings: Settings, host: str, port: int) -> None:
    """Serves the dashboard until it is stopped.

    Args:
        settings: The home whose published file is shown.
        host: Address to listen on.
        port: Port to listen on.

    Raises:
        OpenToOthers: if other machines could reach it and no login is set.
        LinernotesError: if the port is in use, or the login is incomplete.
    """
    login = read_login(settings)
    if login is None and not is_loopback(host):
        raise OpenToOthers(
            f"Without a login the dashboard listens to this machine alone, not to {host}. Set up "
            "the login (LINERNOTES_LOGIN_…, see docs/dashboard.md), or leave --host away."
        )
    _require_free(host, port)
    import uvicorn
    from starlette.middleware import Middleware
    from starlette.middleware.gzip import GZipMiddleware

    from linernotes.dashboard.app import make_app

    names = own_names(host, [*settings.allowed_names, *([login.host] if login else [])])
    app = make_app(
        settings,
        login,
        [
            Middleware(Guard, names=names),
            Middleware(GZipMiddleware, minimum_size=1_000, compresslevel=6),
        ],
    )
    _warm_up(settings)
    # Headers of a proxy are not trusted: the guard checks only the Host header.
    uvicorn.run(
        app,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
    )


def _warm_up(settings: Settings) -> None:
    """Renders every page once before the server accepts requests, to speed up the first request.

    The SQL of a filter is generated at its first use, which takes longer than the query. This is
    done in the background while the first readers look at pages without filters.
    """
    from linernotes.dashboard.figures import Figures
    from linernotes.dashboard.pages import PAGES
    from linernotes.dashboard.published_view import view_now
    from linernotes.dashboard.selection import first_selection

    # Any error will be shown to the reader who opens the page.
    with suppress(Exception):
        view = view_now(settings)
        selection = first_selection(view.options)
        for page in PAGES:
            list(page.blocks(Figures(view, selection)))
        Thread(target=_warm_filters, args=[view, selection], daemon=True).start()


def _warm_filters(view: "PublishedView", selection: "Selection") -> None:
    """Renders every page with one value of each filter, and the page of one partner."""
    from linernotes.dashboard.figures import Figures
    from linernotes.dashboard.pages import PAGES, partners

    with suppress(Exception):
        for page in PAGES:
            for kind in page.FILTER_KINDS:
                for one in list(view.options.things.get(kind, {}))[:1]:
                    chosen = replace(selection, **{kind: (one,)})
                    list(page.blocks(Figures(view, chosen)))
        for partner in list(view.options.things["partner"])[:1]:
            chosen = replace(selection, partner=(partner,))
            list(partners.partner_blocks(Figures(view, chosen), partner))


def _require_free(host: str, port: int) -> None:
    reason = why_not_free(host, port)
    if reason:
        raise LinernotesError(
            f"The dashboard cannot listen on {host}, port {port}: {reason}. "
            "Choose another with --port or --host."
        )
