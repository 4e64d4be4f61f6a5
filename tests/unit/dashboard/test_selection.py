"""The selection in an address: a link never shows more than it allows."""

from datetime import date

import pytest
from starlette.datastructures import QueryParams

from linernotes.dashboard.selection import (
    NAMES,
    PERIOD,
    NotThere,
    Options,
    Selection,
    known_part,
    read_selection,
    selection_text,
)

MONTHS = [date(2026, month, 1) for month in range(1, 8)]
OPTIONS = Options(
    {"partner": {"p1": "One", "p2": "Two"}, "product": {"r": "Remix"}, "territory": {"DE": "G"}},
    MONTHS,
    date(2026, 5, 1),
)


def read(query: str) -> Selection:
    return read_selection(QueryParams(query), OPTIONS)


def test_address_without_filters_selects_the_months_up_to_the_headline() -> None:
    selection = read("")

    assert selection.months == tuple(MONTHS[:5])
    assert selection.headline == date(2026, 5, 1)
    assert not selection.is_narrowed
    assert selection.href("/usage") == "/usage"


def test_address_brings_a_selection_back() -> None:
    selection = read("partner=p2&partner=p1&from=2026-02&to=2026-03")

    assert selection.partner == ("p2", "p1")
    assert selection.headline == date(2026, 3, 1)
    assert read(selection.href("/x").split("?")[1]) == selection
    assert selection_text(selection, OPTIONS, (*NAMES, PERIOD)).startswith(
        "Feb – Mar 2026 · Two, One"
    )


@pytest.mark.parametrize(
    "query",
    ["partner=p3", "partner=p1&partner=p3", "territory=FR", "from=2025-01", "to=soon"],
)
def test_address_that_asks_for_what_is_not_there_is_refused_and_not_widened(query: str) -> None:
    with pytest.raises(NotThere):
        read(query)


def test_address_whose_months_are_the_wrong_way_round_is_refused() -> None:
    with pytest.raises(NotThere, match="No month"):
        read("from=2026-05&to=2026-02")


def test_page_gets_the_filters_that_it_has() -> None:
    query = QueryParams("partner=p1&territory=DE&from=2026-02&csv=x")

    assert str(known_part(query, ("partner",))) == "partner=p1"
    assert str(known_part(query, (PERIOD,))) == "from=2026-02"


def test_line_about_a_page_names_the_filters_that_it_has() -> None:
    selection = read("partner=p2")

    assert selection_text(selection, OPTIONS, ("partner",)) == "Two"
    assert selection_text(selection, OPTIONS, ()) == ""
