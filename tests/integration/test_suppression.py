"""Attacks on published audiences: by every table of small figures, as a solver who knows the code.

The model runs on rows made here. For each published table all figures are found that give just that
table: what stays hidden must have five possible values or more.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import product
from pathlib import Path

import pytest

from linernotes.base.settings import Settings
from linernotes.warehouse import Calculation, calculation, compiled_project
from linernotes.warehouse.calculation import Scenario

MODEL = "int_fans__audiences_suppressed"
FEWEST_VALUES = 5
# Territories of each partner, and up to which figure every table is tried.
ATTACKS = [
    ([(0,)], 60),
    ([(0, 1)], 60),
    ([(0, 1, 2)], 24),
    ([(0, 1), (1,)], 40),
    ([(0, 1), (1, 2)], 24),
    ([(0, 1, 2), (2,)], 24),
    ([(0, 1, 2), (0, 1, 2)], 24),
]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Calculation]:
    project = compiled_project(Settings(home=tmp_path_factory.mktemp("home")))
    with calculation(project, Path("nowhere"), threads=2) as found:
        yield found


def published(
    run: Calculation, tables: Sequence[tuple[int, ...]], partners: Sequence[tuple[int, ...]]
) -> list[dict[tuple[int, int], int | None]]:
    """What is shown of each table: by partner and territory, -1 being the total."""
    values = ", ".join(
        f"({number}, {partner}, {territory}, {table[territory]})"
        for number, table in enumerate(tables)
        for partner, territories in enumerate(partners)
        for territory in territories
    )
    run.connection.execute(
        f"""
        create or replace table intermediate.int_fans__signals_matched as
        select
            partner::varchar as partner_id, date '2026-01-01' as month,
            number::varchar as recording_id, territory::varchar as territory,
            people::bigint as derivative_listener_count,
            null::bigint as source_listener_within_7_days_count, null::bigint as new_fan_count,
            null::bigint as follow_count, null::bigint as save_count,
            null::bigint as source_play_28_days_count,
            null::bigint as expected_source_play_28_days_count
        from (values {values}) as made(number, partner, territory, people)
        """
    )
    sql = run.text_of(MODEL, Scenario(datetime(2026, 1, 1)))
    shown: list[dict[tuple[int, int], int | None]] = [{} for _ in tables]
    for number, partner, territory, count in run.connection.execute(
        "select recording_id::int, partner_id::int, "
        f"case territory when 'WW' then -1 else territory::int end, shown_count from ({sql})"
    ).fetchall():
        shown[number][partner, territory] = count
    return shown


@pytest.mark.parametrize(("partners", "largest"), ATTACKS)
def test_e125_hidden_audience_has_five_possible_values_or_more(
    run: Calculation, partners: Sequence[tuple[int, ...]], largest: int
) -> None:
    """Of 60, 31 and 9 two were hidden, and 10 of 251,280 tables told both to the person."""
    territories = 1 + max(map(max, partners))
    tables = list(product(range(largest + 1), repeat=territories))

    possible: dict[tuple, list[set[int]]] = defaultdict(lambda: [set() for _ in range(territories)])
    hidden: dict[tuple, set[int]] = {}
    for table, shown in zip(tables, published(run, tables, partners), strict=True):
        view = tuple(sorted(shown.items()))
        hidden[view] = {place for (_, place), count in view if place >= 0 and count is None}
        for place, people in enumerate(table):
            possible[view][place].add(people)

    few = [
        (view, place, sorted(possible[view][place]))
        for view, places in hidden.items()
        for place in places
        if len(possible[view][place]) < FEWEST_VALUES
    ]
    # What larger figures would give as well has more possible values than were tried.
    pinned = [one for one in few if not any(largest in values for values in possible[one[0]])]
    assert any(hidden.values())
    assert not pinned


def test_e124_no_audience_under_ten_is_shown(run: Calculation) -> None:
    tables = [(people,) for people in range(60)]

    shown = published(run, tables, [(0,)])

    assert [one[0, 0] for one in shown[:10]] == [None] * 10
    assert [one[0, 0] for one in shown[10:14]] == [10, 10, 10, 15]
