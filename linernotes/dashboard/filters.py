"""What the reader has chosen: partners, months, products, territories; kept in the address.

A link brings the choice back on every page, and so do the browser's own back and forward. What the
choice means for a figure is `figures`'.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import streamlit as st

from linernotes.dashboard.formats import month_text, span_text

FIRST, LAST, CURRENCY = "from", "to", "currency"
NAMES = {"partner": "Partner", "product": "Product", "territory": "Territory"}
ALL = {"partner": "all partners", "product": "all products", "territory": "all territories"}
MONTHS_AT_FIRST = 12
WRITTEN = "address written"


@dataclass(frozen=True)
class Options:
    """What there is to choose from: names by id, months in order, currencies by use.

    `paid_in` has the currencies by partner.
    """

    things: Mapping[str, Mapping[str, str]]
    months: Sequence[date]
    currencies: Sequence[str]
    paid_in: Mapping[str, Sequence[str]]

    def currencies_of(self, partners: Sequence[str]) -> list[str]:
        """The currencies in which any of the partners is paid; all of them for no partner."""
        paid = {code for partner in partners for code in self.paid_in.get(partner, ())}
        return [code for code in self.currencies if not paid or code in paid]


@dataclass(frozen=True)
class Choice:
    """What is chosen; nothing chosen of a kind means all of it."""

    partner: tuple[str, ...]
    product: tuple[str, ...]
    territory: tuple[str, ...]
    months: tuple[date, ...]
    currency: str

    def of(self, kind: str) -> tuple[str, ...]:
        return getattr(self, kind)


def choose(options: Options) -> Choice:
    """Shows the filters, and returns what they say."""
    _read_address(options)
    _drop_what_is_gone(options)
    for kind, name in NAMES.items():
        things = options.things[kind]
        st.multiselect(
            name,
            list(things),
            key=kind,
            format_func=lambda one, things=things: things[one],
            placeholder=ALL[kind].capitalize(),
        )
    left, right = st.columns(2)
    with left:
        st.selectbox("From", options.months, key=FIRST, format_func=month_text)
    with right:
        st.selectbox("To", options.months, key=LAST, format_func=month_text)
    st.selectbox(
        "Currency of charts",
        _currencies(options),
        key=CURRENCY,
        help="Amounts in different currencies are never added; tables list every currency.",
    )
    state = st.session_state
    first, last = sorted((state[FIRST], state[LAST]))
    chosen = {kind: tuple(state[kind]) for kind in NAMES}
    months = tuple(month for month in options.months if first <= month <= last)
    choice = Choice(**chosen, months=months, currency=state[CURRENCY])
    _write_address(choice, options)
    return choice


def first_choice(options: Options) -> Choice:
    """What is shown to somebody who has not chosen anything."""
    first, last = default_months(options.months)
    months = tuple(month for month in options.months if first <= month <= last)
    return Choice((), (), (), months, options.currencies[0])


def default_months(months: Sequence[date]) -> tuple[date, date]:
    return months[-MONTHS_AT_FIRST:][0], months[-1]


def chosen_text(choice: Choice, options: Options) -> str:
    """What the page is about, in a line."""
    parts = [span_text(choice.months)]
    for kind, all_of_it in ALL.items():
        names = [options.things[kind][one] for one in choice.of(kind)]
        parts.append(", ".join(names) if names else all_of_it)
    return " · ".join(parts)


def _read_address(options: Options) -> None:
    """Takes the choice from the address, where it is not the one that was written last."""
    address = _address()
    state = st.session_state
    if WRITTEN in state and (address == state[WRITTEN] or not any(address.values())):
        return
    for kind in NAMES:
        state[kind] = [one for one in dict.fromkeys(address[kind]) if one in options.things[kind]]
    by_text = {f"{month:%Y-%m}": month for month in options.months}
    for key, fallback in zip((FIRST, LAST), default_months(options.months), strict=True):
        state[key] = by_text.get((address[key] or [""])[0], fallback)
    state[CURRENCY] = (address[CURRENCY] or options.currencies_of(state["partner"]))[0]


def _currencies(options: Options) -> list[str]:
    """Those to choose from; the chosen one gives way where no chosen partner is paid in it."""
    state = st.session_state
    found = options.currencies_of(state["partner"])
    if state[CURRENCY] not in found:
        state[CURRENCY] = found[0]
    return found


def _drop_what_is_gone(options: Options) -> None:
    """A new publication may lack what was chosen from an older one."""
    state = st.session_state
    for kind in NAMES:
        state[kind] = [one for one in state[kind] if one in options.things[kind]]
    for key, fallback in zip((FIRST, LAST), default_months(options.months), strict=True):
        if state[key] not in options.months:
            state[key] = fallback


def _write_address(choice: Choice, options: Options) -> None:
    wanted = {kind: list(choice.of(kind)) for kind in NAMES}
    ends = choice.months[0], choice.months[-1]
    is_default = ends == default_months(options.months)
    wanted[FIRST] = [] if is_default else [f"{ends[0]:%Y-%m}"]
    wanted[LAST] = [] if is_default else [f"{ends[1]:%Y-%m}"]
    default = options.currencies_of(choice.partner)[0]
    wanted[CURRENCY] = [] if choice.currency == default else [choice.currency]
    if wanted != _address():
        for key, values in wanted.items():
            if values:
                st.query_params[key] = values
            else:
                st.query_params.pop(key, None)
    st.session_state[WRITTEN] = wanted


def _address() -> dict[str, list[str]]:
    return {key: st.query_params.get_all(key) for key in (*NAMES, FIRST, LAST, CURRENCY)}
