"""The web application: which address shows what, to whom, and what is said when it cannot be shown.

What a page says is the page's; how it looks, the templates'; how it is served, `server`'s.
"""

import hashlib
import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
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
from linernotes.dashboard import charts, drill, formats, promise_blocks, trace, wording
from linernotes.dashboard.blocks import (
    MOST_ROWS,
    VERDICTS,
    Block,
    Card,
    Column,
    Facts,
    Kind,
    Link,
    Note,
    Point,
    Split,
    Table,
    cell_text,
    table_csv,
)
from linernotes.dashboard.drill import ROWS_SHOWN, RowSet
from linernotes.dashboard.figures import Figures
from linernotes.dashboard.login import Login
from linernotes.dashboard.openid import SignIn
from linernotes.dashboard.pages import PAGES, Page, partners
from linernotes.dashboard.published_view import PublishedView, view_now
from linernotes.dashboard.selection import (
    ALL,
    FIRST,
    LAST,
    NAMES,
    NotThere,
    Selection,
    read_selection,
    selection_text,
)
from linernotes.packages import wording as codes

HERE = Path(__file__).parent
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
CSV = "csv"
# What a page of rows may carry in its address beside the columns.
NOT_COLUMNS = {CSV, "page"}


def make_app(
    settings: Settings, login: Login | None, middleware: Sequence[Middleware] = ()
) -> Starlette:
    """The dashboard over a home; with a login nothing of a figure is shown before it."""
    sign_in = SignIn(login) if login else None
    site = Site(settings, sign_in)
    routes = [
        *(Route(page.PATH, site.page(page)) for page in PAGES),
        Route("/promises/{code}", site.guarded(_promise)),
        Route("/partners/{partner}", site.guarded(_partner)),
        Route("/rows/metric/{metric}", site.guarded(_metric_rows)),
        Route("/rows/measure/{measure}", site.guarded(_measure_rows)),
        Route("/rows/table/{table}", site.guarded(_table_rows, has_filters=False)),
        Route("/trace/{kind}/{key:path}", site.guarded(_trace)),
        Route("/publication", site.publication),
        Route("/health", lambda request: PlainTextResponse("ok")),
        Mount("/static", StaticFiles(directory=HERE / "static")),
        *(sign_in.routes(site.message) if sign_in else []),
        Route("/{path:path}", site.guarded(_no_page)),
    ]
    return Starlette(
        routes=routes, middleware=[*middleware, *(sign_in.middleware() if sign_in else [])]
    )


class Shown:
    """What a page shows: its title, its place, its blocks."""

    def __init__(
        self,
        title: str,
        blocks: Iterable[Block],
        subtitle: str = "",
        knows: Sequence[str] = (),
        crumbs: Sequence[tuple[str, str]] = (),
        path: str = "",
        is_brief: bool = False,
    ) -> None:
        self.title = title
        self.subtitle = subtitle
        self.knows = knows
        self.crumbs = crumbs
        self.path = path
        self.is_brief = is_brief
        self.blocks = list(blocks)


Show = Callable[[Figures, Request], Shown]


class Site:
    """Answers requests over one home."""

    def __init__(self, settings: Settings, sign_in: SignIn | None) -> None:
        self.settings = settings
        self.sign_in = sign_in
        self.templates = _templates()

    def page(self, page: Page) -> Callable[[Request], Response]:
        """Answers with one of the menu's pages."""

        def show(figures: Figures, request: Request) -> Shown:
            return Shown(page.TITLE, page.blocks(figures), page.SUBTITLE, page.KNOWS, (), page.PATH)

        return self.guarded(show)

    def guarded(self, show: Show, has_filters: bool = True) -> Callable[[Request], Response]:
        """Answers those who may see it, and says in words what cannot be shown.

        Without filters the address has the names of columns, one of which a filter has too.
        """

        def answer(request: Request) -> Response:
            if self.sign_in and (refused := self.sign_in.refuse(request, self.message)):
                return refused
            try:
                view = view_now(self.settings)
                asked = request.query_params if has_filters else QueryParams()
                selection = read_selection(asked, view.options)
                shown = show(Figures(view, selection), request)
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
            except Exception as error:  # words for the reader, the account for the log
                LOG.error("A page could not be made.\n%s", account_of(error))
                ways = [("Try again", str(request.url.path)), ("Overview", "/")]
                return self.message(
                    "Something went wrong", wording.WENT_WRONG, "warning", FAILED, ways
                )

        return answer

    def publication(self, request: Request) -> Response:
        """Which file is published now, for pages that lie open."""
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
        """A page that only says something."""
        template = self.templates.get_template("message.html")
        return HTMLResponse(
            template.render(title=title, text=text, kind=kind, ways=ways, assets=_assets()),
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
                menu=menu,
                knows=shown.knows,
                path=request.url.path,
                here=f"{request.url.path}?{request.url.query}",
                narrowed=selection.is_narrowed,
                chosen=selection_text(selection, options),
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
                    if kind in shown.knows
                ],
                months=[(f"{m:%Y-%m}", formats.month_text(m)) for m in options.months],
                first_month=f"{selection.months[0]:%Y-%m}",
                last_month=f"{selection.months[-1]:%Y-%m}",
                stamp=view.stamp,
                state=_state_text(Figures(view, selection)),
                known=view.data_as_of,
                publication=view.file_name,
                user=self.sign_in.who(request) if self.sign_in else "",
                most_rows=max(MOST_ROWS, ROWS_SHOWN if "/rows/" in request.url.path else 0),
                assets=_assets(),
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
        period = formats.span_text(selection.months)
        about = [
            ("Table", f"{shown.title}: {table.title}"),
            ("Period", period),
            ("Filter", selection_text(selection, view.options)),
            ("Publication", view.stamp),
        ]
        names = [_file_part(shown.title), _file_part(table.name)]
        if selection.is_narrowed:
            chosen = [one for kind in NAMES for one in selection.of(kind)]
            names += [_file_part(one) for one in chosen[:3]]
        names.append(f"{selection.months[0]:%Y-%m}-to-{selection.months[-1]:%Y-%m}")
        file_name = "_".join(filter(None, names))[:120]
        return Response(
            table_csv(table, about),
            media_type="text/csv; charset=utf-8",
            headers=HEADERS | {"content-disposition": f'attachment; filename="{file_name}.csv"'},
        )


def _state_text(figures: Figures) -> str:
    """What the headline month is worth, said once a page."""
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
    """A page's address with the filters that it knows."""
    dropped: dict[str, object] = {kind: None for kind in NAMES if kind not in page.KNOWS}
    if "period" not in page.KNOWS:
        dropped |= {FIRST: None, LAST: None}
    return selection.href(page.PATH, **dropped)


def _chips(selection: Selection, view: PublishedView, path: str) -> list[tuple[str, str]]:
    """Each active filter, and the address without it."""
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


def _promise(figures: Figures, request: Request) -> Shown:
    code = request.path_params["code"]
    if code not in wording.PROMISES:
        raise NotThere(f"There is no promise “{code}”.")
    promise = wording.PROMISES[code]
    return Shown(
        promise.name,
        promise_blocks.promise(figures, code),
        f"Our commitment: {promise.commitment}",
        ("period",),
        [("Overview", figures.selection.href("/"))],
    )


def _partner(figures: Figures, request: Request) -> Shown:
    partner = request.path_params["partner"]
    names = figures.view.options.things["partner"]
    if partner not in names:
        raise NotThere(f"Partner “{partner}” is not in the published data.")
    query = dict(request.query_params) | {"partner": partner}
    selection = read_selection(QueryParams(query), figures.view.options)
    own = Figures(figures.view, selection)
    return Shown(
        names[partner],
        partners.partner_blocks(own, partner),
        f"Brief for a meeting, {formats.span_text(own.months)}.",
        ("period",),
        [("Partners", figures.selection.href("/partners", partner=None))],
        is_brief=True,
    )


def _metric_rows(figures: Figures, request: Request) -> Shown:
    metric = request.path_params["metric"]
    if metric not in figures.view.catalog.metrics:
        raise NotThere(f"There is no figure “{metric}”.")
    info = figures.info(metric)
    where = {
        name.removeprefix("by_"): [value if value != "-" else ""]
        for name, value in request.query_params.multi_items()
        if name.startswith("by_")
    }
    months = figures.selection.months
    blocks: list[Block] = []
    for part in info.parts:
        label = figures.info(part).label
        wanted = drill.metric_rows(figures, part, months, where)
        # What no value of a dimension has cannot be asked for by a value.
        is_known = [""] not in where.values()
        asked = figures.ask(part, months=months, where=where) if is_known else []
        stated = asked[0][part] if asked else None
        blocks += _rows(
            figures, request, wanted, label if len(info.parts) > 1 else info.label, stated
        )
    chosen = [
        f"{codes.plain(name.removesuffix('_id'))}: {drill.in_words(figures, name, values[0])}"
        for name, values in where.items()
        if values[0]
    ]
    return Shown(
        info.label,
        blocks,
        " · ".join([info.description, formats.span_text(months), *chosen]),
        crumbs=[("Overview", "/")],
    )


def _measure_rows(figures: Figures, request: Request) -> Shown:
    measure = request.path_params["measure"]
    if measure not in wording.MEASURES:
        raise NotThere(f"There is no measure “{measure}”.")
    month = figures.view.options.headline
    text = request.query_params.get("month", f"{month:%Y-%m}")
    month = next((m for m in figures.view.options.months if f"{m:%Y-%m}" == text), None)
    if month is None:
        raise NotThere(f"There is no month “{text}” in the published data.")
    name, meaning = wording.MEASURES[measure]
    verdict = next((v for v in figures.verdicts if v.measure == measure and v.month == month), None)
    if verdict is None:
        raise NotThere(f"{name} has no value for {formats.month_text(month)}.")
    has_two = verdict.denominator is not None
    part = request.query_params.get("part", "numerator")
    wanted = drill.measure_rows(figures, measure, part, month)
    stated = verdict.numerator if part == "numerator" else verdict.denominator
    said: list[tuple[str, Any, Kind]] = [
        (name, promise_blocks.value_text(verdict, verdict.value), "text")
    ]
    for label, which in (("Counted", "numerator"), ("Of", "denominator")):
        if which == "numerator" or has_two:
            amount = promise_blocks.amount_text(figures, verdict, which)
            said.append((label, Link(amount, promise_blocks.rows_href(verdict, which)), "text"))
    blocks: list[Block] = [Facts("", said)]
    title = "Rows counted" if part == "numerator" else "Rows of the whole"
    blocks += _rows(figures, request, wanted, title, stated)
    promise = wording.PROMISES[verdict.promise]
    return Shown(
        f"{name}, {formats.month_text(month)}",
        blocks,
        meaning,
        crumbs=[("Overview", "/"), (promise.name, f"/promises/{verdict.promise}")],
    )


def _table_rows(figures: Figures, request: Request) -> Shown:
    name = request.path_params["table"]
    where: dict[str, list[str]] = {}
    for column, value in request.query_params.multi_items():
        if column not in NOT_COLUMNS:
            where.setdefault(column, []).append(value)
    wanted = drill.table_rows(figures, name, where)
    texts = [
        f"{wording.column_name(column)}: "
        + ", ".join(_value_text(figures, column, value) for value in values[:5])
        for column, values in where.items()
    ]
    summed = {"steps": "reporting_amount"}.get(name)
    if summed:
        wanted = RowSet(
            wanted.name,
            wanted.relation,
            wanted.conditions,
            wanted.parameters,
            summed,
            figures.currency,
        )
    blocks = _rows(figures, request, wanted, drill.TITLES[name], None)
    blocks += _amount_totals(figures, wanted)
    return Shown(drill.TITLES[name], blocks, " · ".join(texts), crumbs=[("Overview", "/")])


def _value_text(figures: Figures, column: str, value: str) -> str:
    if not value:
        return "none"
    if column.endswith("_month"):
        return formats.month_text(date.fromisoformat(value))
    return drill.in_words(figures, column, value)


TOTALS = {
    "steps": ("amount",),
    "lines": ("amount",),
    "statements": ("payable_amount", "held_amount", "earned_amount"),
    "holds": ("amount", "released_amount"),
    "expiring": ("trailing_amount",),
}


def _amount_totals(figures: Figures, wanted: RowSet) -> list[Block]:
    """What the rows' exact amounts come to, currency by currency."""
    columns = TOTALS.get(wanted.name, ())
    if not columns:
        return []
    where = " and ".join(f"({one})" for one in wanted.conditions) or "true"
    sums = ", ".join(f"sum({column})" for column in columns)
    _, rows = figures.view.table(
        f"select currency_code, count(*), {sums} from {wanted.relation} where {where} "
        "and currency_code is not null "
        "group by all order by count(*) desc, currency_code",
        wanted.parameters,
    )
    return [
        Table(
            "totals",
            "Totals of all rows, by currency",
            [
                Column("Currency"),
                Column("Rows", "count"),
                *(Column(wording.column_name(name), "money") for name in columns),
            ],
            [
                [code, count, *(formats.Money(amount or Decimal(0), code) for amount in amounts)]
                for code, count, *amounts in rows
            ],
        )
    ]


def _trace(figures: Figures, request: Request) -> Shown:
    kind, key = request.path_params["kind"], request.path_params["key"]
    title = trace.title_of(kind, key)
    return Shown(title, trace.trace(figures, kind, key), crumbs=[("Overview", "/")])


def _no_page(figures: Figures, request: Request) -> Shown:
    raise NotThere(f"There is no page {request.url.path}.")


def _rows(
    figures: Figures, request: Request, wanted: RowSet, title: str, stated: Any
) -> list[Block]:
    """A page of rows, how many there are, and what they sum to, beside the figure that led here."""
    try:
        page = max(int(request.query_params.get("page", "1")), 1)
    except ValueError:
        raise NotThere(f"There is no page “{request.query_params['page']}”.") from None
    is_csv = CSV in request.query_params
    limit = drill.MOST_ROWS if is_csv else ROWS_SHOWN
    offset = 0 if is_csv else (page - 1) * ROWS_SHOWN
    found = drill.read_rows(figures, wanted, title, offset, limit)
    facts: list[tuple[str, Any, Any]] = [("Rows", found.count, "count")]
    if wanted.value and wanted.currency != "own":
        money = (
            formats.Money(Decimal(found.total or 0), wanted.currency) if wanted.currency else None
        )
        facts.append(("Sum of the rows", money or found.total or 0, "money" if money else "number"))
    if wanted.distinct:
        facts.append(("Different ones among them", found.total, "count"))
    if stated is not None:
        is_money = bool(wanted.currency) and wanted.currency != "own"
        shown = formats.Money(Decimal(stated), wanted.currency) if is_money else stated
        facts.append(("Figure", shown, "money" if is_money else "number"))
    blocks: list[Block] = [Facts(title, facts)]
    if not found.count:
        return [*blocks, Note(wording.NO_RESULTS, "empty")]
    last = -(-found.count // ROWS_SHOWN)
    if page > last:
        raise NotThere(f"There are {last} pages of these rows, and not {page}.")
    blocks.append(found.table)
    if last > 1 and not is_csv:
        steps = [("Previous", page - 1), ("Next", page + 1)]
        blocks.append(
            Facts(
                "",
                [
                    ("Page", f"{page} of {last}", "text"),
                    *(
                        (name, Link(f"Page {number}", _with(request, page=number)), "text")
                        for name, number in steps
                        if 1 <= number <= last
                    ),
                ],
            )
        )
    return blocks


def _with(request: Request, **changes: object) -> str:
    pairs = [(n, v) for n, v in request.query_params.multi_items() if n not in changes]
    pairs += [(name, str(value)) for name, value in changes.items()]
    return f"{request.url.path}?{urlencode(pairs)}"


def with_csv(address: str, name: str) -> str:
    """The same address, as the CSV file of one of its tables."""
    parts = urlsplit(address)
    pairs = [(n, v) for n, v in parse_qsl(parts.query) if n not in {CSV, "page"}]
    return f"{parts.path}?{urlencode([*pairs, (CSV, name)])}"


def spark_text(points: Sequence[Point]) -> str:
    """A drawing in words: its first and its last month."""
    known = [point for point in points if point.value is not None]
    if not known:
        return "no data"
    ends = [known[0], known[-1]] if len(known) > 1 else known
    return ", ".join(f"{formats.month_text(point.month)} {point.text}" for point in ends)


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        kind_of=lambda block: type(block).__name__,
        href_of=lambda value: value.href if isinstance(value, Link) else "",
        cell_text=cell_text,
        verdict_text=lambda code: VERDICTS[code],
        bar_marks=charts.bar_marks,
        bridge_marks=charts.bridge_marks,
        time_line_drawing=charts.time_line_drawing,
        small_drawing=charts.small_drawing,
        spark_text=spark_text,
        is_share=_is_share,
        short_month=lambda text: text[:3] + ("" if text[:3] != "Jan" else f" {text[-2:]}"),
        day_text=formats.date_text,
        month_text=formats.month_text,
        event_months=lambda events: {formats.month_text(event.day) for event in events},
        with_csv=with_csv,
    )
    return environment


def _is_share(card: Card) -> bool:
    return any("%" in point.text for point in card.points)


@cache
def _assets() -> str:
    """Changes when a style or a script does, so that browsers take the new one."""
    files = sorted((HERE / "static").iterdir())
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]
