"""The pages that links open: a promise, a partner, the rows of a figure, a record.

`drill` selects the rows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request

from linernotes.dashboard import drill, formats, promise_blocks, wording
from linernotes.dashboard import trace as records
from linernotes.dashboard.blocks import Block, Column, Facts, Kind, Link, Note, Table
from linernotes.dashboard.drill import ROWS_SHOWN, RowSet
from linernotes.dashboard.figures import LATEST_RATES, Figures
from linernotes.dashboard.pages import partners
from linernotes.dashboard.row_tables import TITLES
from linernotes.dashboard.selection import FIRST, LAST, NAMES, NotThere, read_selection

CSV = "csv"
# The parameters that the address of a page of rows may have besides columns.
NOT_COLUMNS = {CSV, "page"}
MONTHS = ("report_month", "usage_month", "month", "opened_month")


@dataclass(frozen=True)
class Scope:
    """The scope of a page's tables, for their CSV files.

    Attributes:
        period: The months, in words.
        filters: The selection, in words.
        file_parts: The same in short, for the file name.
    """

    period: str
    filters: str
    file_parts: Sequence[str]


class Shown:
    """The content of a page: title, place, blocks; its scope, if filters do not define it."""

    def __init__(
        self,
        title: str,
        blocks: Iterable[Block],
        subtitle: str = "",
        filter_kinds: Sequence[str] = (),
        crumbs: Sequence[tuple[str, str]] = (),
        path: str = "",
        is_brief: bool = False,
        scope: Scope | None = None,
    ) -> None:
        self.title = title
        self.subtitle = subtitle
        self.filter_kinds = filter_kinds
        self.crumbs = crumbs
        self.path = path
        self.is_brief = is_brief
        self.scope = scope
        self.blocks = list(blocks)

    def note_ignored(self, kinds: Sequence[str]) -> None:
        """Adds a first note on the requested filters that the page does not have."""
        which = " or ".join(kinds)
        every = " and ".join(f"{kind}s" for kind in kinds).replace("territorys", "territories")
        self.blocks.insert(0, Note(f"Not available by {which}; shows all {every}.", "warning"))


def promise(figures: Figures, request: Request) -> Shown:
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


def partner(figures: Figures, request: Request) -> Shown:
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
        scope=Scope(formats.span_text(own.months), f"Partner: {names[partner]}", [partner]),
    )


def metric_rows(figures: Figures, request: Request) -> Shown:
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
        # Rows without a value of a dimension cannot be queried by a value.
        is_known = [""] not in where.values()
        totals = figures.ask(part, months=months, where=where) if is_known else []
        stated = totals[0][part] if totals else None
        blocks += _rows(
            figures, request, wanted, label if len(info.parts) > 1 else info.label, stated
        )
    chosen = [
        *(
            f"{name}: {', '.join(figures.names[kind][one] for one in figures.selection.of(kind))}"
            for kind, name in NAMES.items()
            if figures.selection.of(kind)
        ),
        *(
            f"{wording.column_name(name)}: {_value_text(figures, name, values[0])}"
            for name, values in where.items()
        ),
    ]
    file_name_parts = [one for kind in NAMES for one in figures.selection.of(kind)]
    file_name_parts += [value for values in where.values() for value in values]
    back = figures.selection.href("/", product=None, territory=None, **{FIRST: None, LAST: None})
    return Shown(
        info.label,
        blocks,
        " · ".join([info.description, formats.span_text(months), *chosen]),
        crumbs=[("Overview", back)],
        scope=Scope(
            formats.span_text(months),
            " · ".join(chosen) or "None",
            [*file_name_parts[:3], f"{months[0]:%Y-%m}-to-{months[-1]:%Y-%m}"],
        ),
    )


def measure_rows(figures: Figures, request: Request) -> Shown:
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
    facts: list[tuple[str, Any, Kind]] = [
        (name, promise_blocks.value_text(verdict, verdict.value), "text")
    ]
    for label, which in (("Counted", "numerator"), ("Of", "denominator")):
        if which == "numerator" or has_two:
            amount = promise_blocks.amount_text(figures, verdict, which)
            facts.append((label, Link(amount, promise_blocks.rows_href(verdict, which)), "text"))
    blocks: list[Block] = [Facts("", facts)]
    title = "Rows counted" if part == "numerator" else "Rows of the whole"
    blocks += _rows(figures, request, wanted, title, stated)
    promise = wording.PROMISES[verdict.promise]
    return Shown(
        f"{name}, {formats.month_text(month)}",
        blocks,
        meaning,
        crumbs=[("Overview", "/"), (promise.name, f"/promises/{verdict.promise}")],
        scope=Scope(formats.month_text(month), f"{name}: {title.lower()}", [part, text]),
    )


def table_rows(figures: Figures, request: Request) -> Shown:
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
    summed = {"steps": "reporting_amount", "holds": STILL_HELD}.get(name)
    if summed:
        wanted = RowSet(
            wanted.name,
            wanted.relation,
            wanted.conditions,
            wanted.parameters,
            summed,
            figures.currency,
        )
    blocks = _rows(figures, request, wanted, TITLES[name], None)
    blocks += _amount_totals(figures, wanted)
    months = sorted({one for column in MONTHS for one in where.get(column, []) if one})
    shorts = [one for column, values in where.items() for one in values if column not in MONTHS]
    return Shown(
        TITLES[name],
        blocks,
        " · ".join(texts),
        crumbs=[("Overview", "/")],
        scope=Scope(
            formats.span_text([_month(one) for one in months]) if months else "All months",
            " · ".join(texts) or "None",
            [*shorts[:3], *(one[:7] for one in months[:1])],
        ),
    )


def _month(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotThere(f"There is no month “{text}” in the published data.") from None


def _value_text(figures: Figures, column: str, value: str) -> str:
    if not value:
        return "none"
    if column in MONTHS:
        return formats.month_text(_month(value))
    if value in {"true", "false"}:
        return "yes" if value == "true" else "no"
    return drill.in_words(figures, column, value)


# What is left of a hold, in the reporting currency, as in the table of holds.
STILL_HELD = (
    "(amount - released_amount) * (select rate from "
    f"{LATEST_RATES} as rates where rates.currency_code = fct_holds.currency_code)"
)
TOTALS = {
    "steps": ("amount",),
    "lines": ("amount",),
    "statements": ("payable_amount", "held_amount", "earned_amount"),
    "holds": ("amount", "released_amount"),
    "expiring": ("trailing_amount",),
}


def _amount_totals(figures: Figures, wanted: RowSet) -> list[Block]:
    """The totals of the rows' exact amounts, by currency."""
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


def trace(figures: Figures, request: Request) -> Shown:
    kind, key = request.path_params["kind"], request.path_params["key"]
    title = records.title_of(kind, key)
    return Shown(
        title,
        records.trace(figures, kind, key),
        crumbs=[("Overview", "/")],
        scope=Scope("All months", title, [key]),
    )


def no_page(figures: Figures, request: Request) -> Shown:
    raise NotThere(f"There is no page {request.url.path}.")


def _rows(
    figures: Figures, request: Request, wanted: RowSet, title: str, stated: Any
) -> list[Block]:
    """A page of rows, with their number and sum, and the figure that linked to them."""
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
        shown = (
            formats.Money(Decimal(stated), wanted.currency) if is_money else wanted.shown(stated)
        )
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
