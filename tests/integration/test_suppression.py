"""Attacks on published audiences, as a solver who knows the code.

The models run on tables made here. Of each published view figures are found that give just that
view: what stays hidden must have five possible values or more. One measure is tried with every
table of small figures; all measures together, partners and issues with random tables, of which a
search finds others that look the same.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import product
from pathlib import Path

import polars as pl
import pytest

from linernotes.base.settings import Settings
from linernotes.warehouse import Calculation, calculation, compiled_project
from linernotes.warehouse.calculation import Scenario

ISSUED, SUPPRESSED = "int_fans__signals_issued", "int_fans__audiences_suppressed"
FEWEST_VALUES = 5
LISTENERS = 0
# As the feed has them, and as the models do: who is among whom is told by `WIDER`.
FED = (
    "derivative_listeners",
    "source_listeners_within_7_days",
    "new_fans",
    "follows",
    "saves",
)
MEASURES = (
    "derivative_listener_count",
    "source_listener_within_7_days_count",
    "new_fan_count",
    "follow_count",
    "save_count",
)
WIDER = {0: None, 1: 0, 2: 1, 3: 1, 4: 1}
# People by territory and measure; nothing where the feed has no figure.
Table = tuple[tuple[int | None, ...], ...]
# What is shown by issue, partner, territory (-1 the total) and measure; nothing where it is hidden.
View = tuple[tuple[tuple[int, int, int, int], int | None], ...]
Partners = Sequence[tuple[int, ...]]
# Territories of each partner, and up to which figure every table of one measure is tried.
ATTACKS = [
    ([(0,)], 60),
    ([(0, 1)], 60),
    ([(0, 1, 2)], 24),
    ([(0, 1), (1,)], 40),
    ([(0, 1), (1, 2)], 24),
    ([(0, 1, 2), (2,)], 24),
    ([(0, 1, 2), (0, 1, 2)], 24),
    # A territory that nobody is matched with.
    ([(0, 1)], 24),
]
FIRST_FREEZE, SECOND_FREEZE = datetime(2026, 2, 15), datetime(2026, 3, 15)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Calculation]:
    project = compiled_project(Settings(home=tmp_path_factory.mktemp("home")))
    with calculation(project, Path("nowhere"), threads=2) as found:
        yield found


def published(
    run: Calculation, issues: Sequence[Sequence[Table]], partners: Partners
) -> list[View]:
    """What is shown of each table in all its issues."""
    shown: list[list] = [[] for _ in issues[0]]
    for number in range(len(issues)):
        _publish(run, issues[: number + 1], partners)
        rows = run.connection.execute(
            f"""
            select
                recording_id::int, partner_id::int,
                case territory when 'WW' then -1 else territory::int end as place,
                list_position({list(MEASURES)}, measure) - 1, shown_count
            from ({run.text_of(SUPPRESSED, Scenario(SECOND_FREEZE))})
            """
        ).fetchall()
        for table, *place, count in rows:
            shown[table].append(((number, *place), count))
    return [tuple(sorted(one)) for one in shown]


def _publish(run: Calculation, issues: Sequence[Sequence[Table]], partners: Partners) -> None:
    """Brings the tables of the issues before the last, which were issued, and of the last."""
    frame = pl.DataFrame(
        [
            (table, place, issue, *people)
            for issue, tables in enumerate(issues)
            for table, rows in enumerate(tables)
            for place, people in enumerate(rows)
        ],
        schema=dict.fromkeys(("recording_id", "territory", "issue", *FED), pl.Int64),
        orient="row",
    )
    matches = pl.DataFrame(
        [(partner, place) for partner, places in enumerate(partners) for place in places],
        schema={"partner_id": pl.Int64, "territory": pl.Int64},
        orient="row",
    )
    connection = run.connection
    connection.register("made", frame.to_arrow())
    connection.register("matches", matches.to_arrow())
    connection.execute("create schema if not exists staging")
    connection.execute(
        f"""
        create or replace table staging.stg_ai_usage__fan_signal_versions as
        select
            date '2026-01-01' as month, recording_id::varchar as recording_id,
            territory::varchar as territory, {", ".join(FED)},
            null::bigint as source_plays_28_days, null::bigint as expected_source_plays_28_days,
            false as is_withdrawn, timestamp '2026-02-03' + issue * interval 28 days as recorded_at
        from made
        """
    )
    connection.execute(
        """
        create or replace table staging.stg_ledger__statements as
        select date '2026-01-01' as report_month, unnest($issued)::timestamp as known_at
        """,
        {"issued": [FIRST_FREEZE, SECOND_FREEZE][: len(issues) - 1]},
    )
    connection.execute(
        f"create or replace table intermediate.{ISSUED} as "
        + run.text_of(ISSUED, Scenario(SECOND_FREEZE))
    )
    connection.execute(
        f"""
        create or replace table intermediate.int_fans__signals_matched as
        select partner_id::varchar as partner_id, issued.*
        from intermediate.{ISSUED} as issued
        inner join matches on matches.territory::varchar = issued.territory
        """
    )


@pytest.mark.parametrize(("partners", "largest"), ATTACKS)
def test_e125_hidden_audience_has_five_possible_values_or_more(
    run: Calculation, partners: Partners, largest: int
) -> None:
    """Of 60, 31 and 9 two were hidden, and 10 of 251,280 tables told both to the person."""
    territories = 1 + max(map(max, partners))
    tables = list(product(range(largest + 1), repeat=territories))
    made = [tuple((people, *[None] * 4) for people in table) for table in tables]

    possible: dict[View, list[set[int]]] = defaultdict(lambda: [set() for _ in range(territories)])
    hidden: dict[View, set[int]] = {}
    for table, view in zip(tables, published(run, [made], partners), strict=True):
        hidden[view] = {place for (*_, place, _), count in view if place >= 0 and count is None}
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
    tables = [((people, *[None] * 4),) for people in range(60)]

    shown = [dict(view)[0, 0, 0, 0] for view in published(run, [tables], [(0,)])]

    assert shown[:10] == [None] * 10
    assert shown[10:14] == [10, 10, 10, 15]


def test_e126_second_issue_shows_what_the_first_did(run: Calculation) -> None:
    """A listener more in the second issue told of 492 in 31,720 what the first had hidden."""
    first = [((people, *[None] * 4), (60, *[None] * 4)) for people in range(5, 15)]
    second = [((people + 1, *[None] * 4), (60, *[None] * 4)) for people in range(5, 15)]

    for view in published(run, [first, second], [(0, 1)]):
        issues: dict[int, dict] = defaultdict(dict)
        for (issue, *place), count in view:
            issues[issue][tuple(place)] = count
        assert issues[0] == issues[1]


ROUNDS, TRIES = 60, 25
MOVES = (-12, 12)


@pytest.mark.parametrize("issue_count", [1, 2])
@pytest.mark.parametrize("partners", [[(0, 1)], [(0, 1, 2)]], ids=str)
def test_e125_no_table_of_several_measures_pins_a_hidden_figure(
    run: Calculation, partners: Partners, issue_count: int
) -> None:
    """One issue or two of 100 random tables of two territories, and of three.

    Of 10 and 20 listeners 9 and 20 played the source. The total of 30 would tell that it was 6 to 9
    in the first territory, as long as measures are hidden one by one.
    """
    rng = random.Random(f"{partners} {issue_count}")
    territories = 1 + max(map(max, partners))
    tables = [_random_table(rng, territories) for _ in range(100)]
    later = [_one_listener_more(rng, table) for table in tables]
    issues = [tables, later][:issue_count]
    views = published(run, issues, partners)
    places = [
        {(place, measure) for (_, _, place, measure), count in view if place >= 0 and count is None}
        for view in views
    ]
    found: list[dict[tuple[int, int], set]] = [
        {(place, measure): {table[place][measure]} for place, measure in hidden}
        for table, hidden in zip(tables, places, strict=True)
    ]
    assert sum(map(len, places)) > 100

    for _ in range(ROUNDS):
        open_ = [
            (number, one)
            for number, values in enumerate(found)
            for one in values
            if len(values[one]) < FEWEST_VALUES
        ]
        if not open_:
            break
        tried = [
            (number, _other_table(rng, tables[number], one, dict(views[number]), places[number]))
            for number, one in open_
            for _ in range(TRIES)
        ]
        others = [[table for _, table in tried], [later[number] for number, _ in tried]]
        for (number, table), view in zip(
            tried, published(run, others[:issue_count], partners), strict=True
        ):
            if view == views[number]:
                for place, measure in found[number]:
                    found[number][place, measure].add(table[place][measure])

    pinned = [
        (tables[number], views[number], one, sorted(values[one]))
        for number, values in enumerate(found)
        for one in values
        if len(values[one]) < FEWEST_VALUES
    ]
    assert not pinned, pinned[0]


def _random_table(rng: random.Random, territories: int) -> Table:
    """Figures about ten, so that much is hidden, and most people of a measure in the next one.

    Of new fans, follows and saves one is fed, so that the search finds tables that look the same.
    """
    rows = []
    narrowest = rng.choice([2, 3, 4])
    for _ in range(territories):
        listeners = rng.choice([rng.randint(0, 14), rng.randint(10, 40)])
        row: list[int | None] = [listeners]
        for measure in range(1, len(MEASURES)):
            wider = row[WIDER[measure] or 0]
            least = 0 if wider is None else max(0, wider - rng.choice([1, 3, wider]))
            row.append(rng.randint(least, wider if wider is not None else listeners))
        for measure in range(1, len(MEASURES)):
            if rng.random() < 0.03 or (measure > 1 and measure != narrowest):
                row[measure] = None
        rows.append(tuple(row))
    return tuple(rows)


def _one_listener_more(rng: random.Random, table: Table) -> Table:
    chosen = rng.randrange(len(table))
    rows = list(table)
    rows[chosen] = tuple(people if people is None else people + 1 for people in rows[chosen])
    return tuple(rows)


def _other_table(
    rng: random.Random,
    table: Table,
    wanted: tuple[int, int],
    shown: dict[tuple[int, int, int, int], int | None],
    hidden: set[tuple[int, int]],
) -> Table:
    """A table that may look the same, with another figure at a hidden place."""
    rows = [list(row) for row in table]
    place, measure = wanted
    totals = {
        one: [count for (_, _, at, of), count in shown.items() if (at, of) == (-1, one)]
        for one in range(len(MEASURES))
    }
    open_totals = {one for one, counts in totals.items() if None in counts}
    if measure in open_totals and rng.random() < 0.5:
        # A total may be hidden for being small.
        left = 9
        for at in sorted(range(len(rows)), key=lambda at: at != place):
            if rows[at][measure] is not None and (at, measure) in hidden:
                rows[at][measure] = rng.randint(0, left)
                left -= rows[at][measure] or 0
    else:
        rows[place][measure] = max(0, (rows[place][measure] or 0) + rng.randint(*MOVES))
    # What is shown may differ by its rounding, as far as its total allows.
    for at, row in enumerate(rows if rng.random() < 0.3 else []):
        for one, people in enumerate(row):
            if people is not None and (at, one) not in hidden:
                row[one] = max(10, 5 * ((2 * people + 5) // 10) + rng.randint(-2, 2))
    for one in _wider(measure):
        if rows[place][one] is None or (place, one) not in hidden:
            continue
        rows[place][one] = max(rows[place][one] or 0, rows[place][measure] or 0)
        left = 9 - (rows[place][one] or 0)
        if one in open_totals and left >= 0 and rng.random() < 0.7:
            for at, row in enumerate(rows):
                if at != place and row[one] is not None:
                    row[one] = rng.randint(0, left)
                    left -= row[one] or 0
    _fit(rows)
    # The rest of a hidden total stands in the other territories.
    for one in set(totals) - open_totals:
        before = sum(row[one] or 0 for row in table)
        rest = before + rng.randint(-4, 4) - sum(row[one] or 0 for row in rows)
        movable = [
            at
            for at, row in enumerate(rows)
            if (at, one) in hidden and (at, one) != wanted and row[one] is not None
        ]
        rng.shuffle(movable)
        for at in movable:
            people = min(max(0, (rows[at][one] or 0) + rest), _highest(rows[at], one))
            rest -= people - (rows[at][one] or 0)
            rows[at][one] = people
    _fit(rows)
    return tuple(tuple(row) for row in rows)


def _fit(rows: list[list[int | None]]) -> None:
    """Whoever is in a measure is in the wider ones."""
    for row in rows:
        for one in range(1, len(MEASURES)):
            if row[one] is not None:
                row[one] = min(row[one] or 0, _highest(row, one))


def _highest(row: list[int | None], measure: int) -> int:
    bounds = [row[wider] for wider in _wider(measure)]
    return min([bound for bound in bounds if bound is not None], default=10**6)


def _wider(measure: int) -> list[int]:
    wider = WIDER[measure]
    return [] if wider is None else [wider, *_wider(wider)]
