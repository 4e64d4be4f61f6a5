"""The web application: its addresses, access to them, and the messages if a page cannot be shown.

`pages` decides the content, the templates the layout; `server` serves the application.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import QueryParams
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from linernotes.base.errors import LinernotesError
from linernotes.base.published import publication
from linernotes.base.settings import Settings
from linernotes.base.unforeseen import account_of
from linernotes.dashboard import formats, linked_pages, wording
from linernotes.dashboard.blocks import Facts, Heading, Split, Table, table_csv
from linernotes.dashboard.drawing import HERE, assets, templates
from linernotes.dashboard.figures import Figures
from linernotes.dashboard.linked_pages import CSV, Scope, Shown
from linernotes.dashboard.login import Login
from linernotes.dashboard.openid import SignIn
from linernotes.dashboard.pages import PAGES, Page
from linernotes.dashboard.published_view import PublishedView, view_now
from linernotes.dashboard.selection import (
    ALL,
    FIRST,
    LAST,
    NAMES,
    PERIOD,
    NotThere,
    Selection,
    known_part,
    read_selection,
    selection_text,
)

LOG = logging.getLogger(__name__)
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "cache-control": "no-store",
    "referrer-policy": "same-origin",
}
FOUND, NOT_FOUND, FAILED = 200, 404, 500
EVERY_FILTER = (*NAMES, PERIOD)


def make_app(
    settings: Settings, login: Login | None, middleware: Sequence[Middleware] = ()
) -> Starlette:
    """The dashboard for a home; if a login is set, figures are shown only after it."""
    sign_in = SignIn(login) if login else None
    site = Site(settings, sign_in)
    routes = [
        *(Route(page.PATH, site.page(page)) for page in PAGES),
        Route("/promises/{code}", site.guarded(linked_pages.promise, (PERIOD,))),
        Route("/partners/{partner}", site.guarded(linked_pages.partner)),
        Route("/rows/metric/{metric}", site.guarded(linked_pages.metric_rows)),
        Route("/rows/measure/{measure}", site.guarded(linked_pages.measure_rows)),
        Route("/rows/table/{table}", site.guarded(linked_pages.table_rows, None)),
        Route("/trace/{kind}/{key:path}", site.guarded(linked_pages.trace, None)),
        Route("/publication", site.publication),
        Route("/health", lambda request: PlainTextResponse("ok")),
        Mount("/static", StaticFiles(directory=HERE / "static")),
        *(sign_in.routes(site.message) if sign_in else []),
        Route("/{path:path}", site.guarded(linked_pages.no_page)),
    ]
    return Starlette(
        routes=routes, middleware=[*middleware, *(sign_in.middleware() if sign_in else [])]
    )


Show = Callable[[Figures, Request], Shown]


class Site:
    """Answers the requests for one home."""

    def __init__(self, settings: Settings, sign_in: SignIn | None) -> None:
        self.settings = settings
        self.sign_in = sign_in
        self.templates = templates()

    def page(self, page: Page) -> Callable[[Request], Response]:
        """Answers with one of the menu's pages."""

        def show(figures: Figures, request: Request) -> Shown:
            return Shown(
                page.TITLE, page.blocks(figures), page.SUBTITLE, page.FILTER_KINDS, (), page.PATH
            )

        return self.guarded(show, page.FILTER_KINDS)

    def guarded(
        self, show: Show, filter_kinds: Sequence[str] | None = EVERY_FILTER
    ) -> Callable[[Request], Response]:
        """Answers readers who have access, and shows a message if a page cannot be shown.

        Args:
            show: Makes the page.
            filter_kinds: The filters that the page has; it tells the reader which others were
                ignored. None if the address contains column names, because one of them is also the
                name of a filter.
        """

        def answer(request: Request) -> Response:
            if self.sign_in and (refused := self.sign_in.refuse(request, self.message)):
                return refused
            try:
                view = view_now(self.settings)
                query = request.query_params if filter_kinds is not None else QueryParams()
                requested = read_selection(query, view.options)
                selection = read_selection(known_part(query, filter_kinds or ()), view.options)
                shown = show(Figures(view, selection), request)
                ignored = [kind for kind in NAMES if requested.of(kind) and not selection.of(kind)]
                if ignored:
                    shown.note_ignored(ignored)
                if CSV in request.query_params:
                    return self._csv(request, shown, view, selection)
                return self._html(request, shown, view, selection)
            except NotThere as reason:
                return self.message(
                    "Not found",
                    f"{reason} The link may be from another publication.",
                    "warning",
                    NOT_FOUND,
                    [("Overview", "/"), ("This page without filters", request.url.path)],
                )
            except LinernotesError as reason:
                return self.message("Data not available", str(reason), "empty", 503)
            except Exception as error:  # a message for the reader, details for the log
                LOG.error("A page could not be made.\n%s", account_of(error))
                ways = [("Try again", str(request.url.path)), ("Overview", "/")]
                return self.message(
                    "Something went wrong", wording.WENT_WRONG, "warning", FAILED, ways
                )

        return answer

    def publication(self, request: Request) -> Response:
        """The file name of the current publication, for pages that stay open."""
        if self.sign_in and self.sign_in.who(request) is None:
            return PlainTextResponse("", 401, HEADERS)
        try:
            return PlainTextResponse(publication(self.settings).file_name, headers=HEADERS)
        except LinernotesError:
            return PlainTextResponse("", headers=HEADERS)

    def message(
        self,
        title: str,
        text: str,
        kind: str = "plain",
        status: int = FOUND,
        ways: Sequence[tuple[str, str]] = (),
    ) -> Response:
        """A page with only a message."""
        template = self.templates.get_template("message.html")
        return HTMLResponse(
            template.render(title=title, text=text, kind=kind, ways=ways, assets=assets()),
            status,
            HEADERS,
        )

    def _html(
        self, request: Request, shown: Shown, view: PublishedView, selection: Selection
    ) -> Response:
        menu = [(page.TITLE, _kept(selection, page), shown.path == page.PATH) for page in PAGES]
        options = view.options
        template = self.templates.get_template("page.html")
        return HTMLResponse(
            template.render(
                title=shown.title,
                subtitle=shown.subtitle,
                crumbs=shown.crumbs,
                is_brief=shown.is_brief,
                blocks=shown.blocks,
                headings=_headings(shown),
                menu=menu,
                filter_kinds=shown.filter_kinds,
                path=request.url.path,
                here=f"{request.url.path}?{request.url.query}",
                narrowed=selection.is_narrowed,
                chosen=selection_text(selection, options, shown.filter_kinds),
                chips=_chips(selection, view, request.url.path),
                filters=[
                    (
                        kind,
                        name,
                        ALL[kind],
                        [
                            (one, label, one in selection.of(kind))
                            for one, label in options.things[kind].items()
                        ],
                    )
                    for kind, name in NAMES.items()
                    if kind in shown.filter_kinds
                ],
                months=[(f"{m:%Y-%m}", formats.month_text(m)) for m in options.months],
                first_month=f"{selection.months[0]:%Y-%m}",
                last_month=f"{selection.months[-1]:%Y-%m}",
                stamp=view.stamp,
                state=_state_text(Figures(view, selection)),
                known=view.data_as_of,
                publication=view.file_name,
                user=self.sign_in.who(request) if self.sign_in else "",
                assets=assets(),
            ),
            headers=HEADERS,
        )

    def _csv(
        self, request: Request, shown: Shown, view: PublishedView, selection: Selection
    ) -> Response:
        wanted = request.query_params[CSV]
        table = next((one for one in _tables(shown.blocks) if one.name == wanted), None)
        if table is None:
            return self.message("Not found", f"There is no table “{wanted}” here.", "warning", 404)
        scope = shown.scope or _scope(selection, view, shown.filter_kinds)
        about = [
            ("Table", f"{shown.title}: {table.title}"),
            ("Period", scope.period),
            ("Filter", scope.filters),
            ("Publication", view.stamp),
        ]
        names = [shown.title, table.name, *scope.file_parts]
        file_name = "_".join(filter(None, map(_file_part, names)))[:120]
        return Response(
            table_csv(table, about),
            media_type="text/csv; charset=utf-8",
            headers=HEADERS | {"content-disposition": f'attachment; filename="{file_name}.csv"'},
        )


def _scope(selection: Selection, view: PublishedView, filter_kinds: Sequence[str]) -> Scope:
    """The scope of the tables of a page with filters."""
    chosen = [one for kind in NAMES for one in selection.of(kind)]
    span = f"{selection.months[0]:%Y-%m}-to-{selection.months[-1]:%Y-%m}"
    return Scope(
        formats.span_text(selection.months),
        selection_text(selection, view.options, filter_kinds),
        [*chosen[:3], span],
    )


def _state_text(figures: Figures) -> str:
    """The status of the headline month, shown once per page."""
    month = formats.month_text(figures.headline)
    if figures.is_in_progress(figures.headline):
        return f"{month}: in progress"
    return f"{month}: {'estimate' if figures.is_estimate(figures.headline) else 'issued'}"


def _file_part(text: str) -> str:
    kept = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in text)
    return "-".join(filter(None, kept.lower().split("-")))


def _tables(blocks: Iterable[Any]) -> Iterable[Table]:
    for block in blocks:
        if isinstance(block, Table):
            yield block
        elif isinstance(block, Split):
            yield from _tables([*block.left, *block.right])
        elif isinstance(found := getattr(block, "table", None), Table):
            yield found


def _kept(selection: Selection, page: Page) -> str:
    """A page's address with the filters that the page has."""
    dropped: dict[str, object] = {kind: None for kind in NAMES if kind not in page.FILTER_KINDS}
    if PERIOD not in page.FILTER_KINDS:
        dropped |= {FIRST: None, LAST: None}
    return selection.href(page.PATH, **dropped)


def _headings(shown: Shown) -> set[str]:
    """The headings of a page; a table or chart of the same name does not repeat it to the eye."""
    blocks = list(shown.blocks)
    for block in shown.blocks:
        if isinstance(block, Split):
            blocks += [*block.left, *block.right]
    texts = {block.text for block in blocks if isinstance(block, Heading)}
    return texts | {block.title for block in blocks if isinstance(block, Facts)} | {shown.title}


def _chips(selection: Selection, view: PublishedView, path: str) -> list[tuple[str, str]]:
    """Each active filter, and the address without that filter."""
    chips = [
        (
            view.options.things[kind][one],
            selection.href(path, **{kind: [other for other in selection.of(kind) if other != one]}),
        )
        for kind in NAMES
        for one in selection.of(kind)
    ]
    if not selection.is_default_period:
        without = selection.href(path, **{FIRST: None, LAST: None})
        chips.append((formats.span_text(selection.months), without))
    return chips
