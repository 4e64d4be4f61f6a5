"""The reader's selection: partners, months, products, territories; it is part of the address.

`figures` applies the selection to queries.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from linernotes.base.errors import LinernotesError
from linernotes.dashboard.formats import month_text, span_text

FIRST, LAST = "from", "to"
# The names of the filters that are not in `NAMES`.
PERIOD = "period"
NAMES = {"partner": "Partner", "product": "Product", "territory": "Territory"}
ALL = {"partner": "All partners", "product": "All products", "territory": "All territories"}
MONTHS_SHOWN = 13


class NotThere(LinernotesError):
    """A link refers to something that is not in this publication."""


@dataclass(frozen=True)
class Options:
    """The options for a selection: names by id, months in order, and the headline month.

    `headline` is the latest complete month with revenue.
    """

    things: Mapping[str, Mapping[str, str]]
    months: Sequence[date]
    headline: date


@dataclass(frozen=True)
class Selection:
    """The selection; for each kind, an empty selection means all."""

    partner: tuple[str, ...]
    product: tuple[str, ...]
    territory: tuple[str, ...]
    months: tuple[date, ...]
    headline: date
    is_default_period: bool

    def of(self, kind: str) -> tuple[str, ...]:
        return getattr(self, kind)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.partner or self.product or self.territory) or not self.is_default_period

    def href(self, path: str, **changes: object) -> str:
        """The address of a page with the same selection and some changes: None removes a filter.

        Other names are added to the address as they are.
        """
        wanted: dict[str, object] = {kind: self.of(kind) for kind in NAMES}
        if not self.is_default_period:
            wanted |= {FIRST: f"{self.months[0]:%Y-%m}", LAST: f"{self.months[-1]:%Y-%m}"}
        wanted |= changes
        query = [
            (name, str(value))
            for name, values in wanted.items()
            for value in (values if isinstance(values, list | tuple) else [values])
            if value not in (None, "")
        ]
        return f"{path}?{urlencode(query)}" if query else path


def read_selection(query: QueryParams, options: Options) -> Selection:
    """The selection in an address.

    Raises:
        NotThere: if it selects something that does not exist; a link is never widened to all.
    """
    chosen = {}
    for kind, name in NAMES.items():
        wanted = tuple(dict.fromkeys(one for one in query.getlist(kind) if one))
        unknown = [one for one in wanted if one not in options.things[kind]]
        if unknown:
            raise NotThere(f"{name} “{unknown[0]}” is not in the published data.")
        chosen[kind] = wanted
    by_text = {f"{month:%Y-%m}": month for month in options.months}
    default = default_months(options)
    ends = []
    for name, fallback in ((FIRST, default[0]), (LAST, default[-1])):
        text = query.get(name) or ""
        if text and text not in by_text:
            raise NotThere(f"There is no month “{text}” in the published data.")
        ends.append(by_text.get(text, fallback))
    first, last = ends
    if last < first and not (query.get(FIRST) and query.get(LAST)):
        first = last = by_text.get(query.get(FIRST) or query.get(LAST) or "", last)
    if last < first:
        raise NotThere(f"No month lies between {month_text(first)} and {month_text(last)}.")
    months = tuple(month for month in options.months if first <= month <= last)
    return Selection(
        **chosen,
        months=months,
        headline=max((m for m in months if m <= options.headline), default=months[-1]),
        is_default_period=(first, last) == (default[0], default[-1]),
    )


def known_part(query: QueryParams, filter_kinds: Sequence[str]) -> QueryParams:
    """An address without the filters that a page does not have."""
    kept = {kind for kind in NAMES if kind in filter_kinds} | (
        {FIRST, LAST} if PERIOD in filter_kinds else set()
    )
    return QueryParams([(name, one) for name, one in query.multi_items() if name in kept])


def default_months(options: Options) -> tuple[date, ...]:
    """The 13 months up to the headline month."""
    return tuple(month for month in options.months if month <= options.headline)[-MONTHS_SHOWN:]


def first_selection(options: Options) -> Selection:
    """The default selection."""
    return read_selection(QueryParams(), options)


def selection_text(selection: Selection, options: Options, filter_kinds: Sequence[str]) -> str:
    """The scope of a page in one line, by the filters that it has."""
    parts = [span_text(selection.months)] if PERIOD in filter_kinds else []
    for kind, all_of_it in ALL.items():
        if kind not in filter_kinds:
            continue
        names = [options.things[kind][one] for one in selection.of(kind)]
        parts.append(", ".join(names) if names else all_of_it.lower())
    return " · ".join(parts)
