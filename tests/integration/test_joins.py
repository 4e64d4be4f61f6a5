"""The rows that the models' inner joins on contracts, fees, owners and generations drop.

Each such join is changed into a left join, one at a time, and its model is run again: if the result
changes, the join drops rows. It must then be listed here, with what it drops and where that is
counted, so that nothing is lost without a reason.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from linernotes.base.settings import Settings
from linernotes.warehouse.dbt import target_folder

WATCHED = re.compile(
    r"int_licensing__terms_effective|dim_contracts|int_compensation__fees|fct_pool_fees"
    r"|int_partners__(parties|objects)_matched|int_rights__(periods|route_periods|ownership_periods)|stg_catalog__(ownership|routes)"
    r"|(int_usage|int_consent)__generations_\w+|int_usage__generation_uses|stg_ai_usage__generations"
)
# Model and joined relation -> what the join drops, and where that is counted.
DROPPED: dict[tuple[str, str], str] = {
    ("int_compensation__usage_lines", "int_compensation__fees"): (
        "weight that reaches no contract has no fee: int_compensation__accruals values it, and a "
        "bucket holds it"
    ),
    ("int_consent__generation_requests", "int_rights__periods"): (
        "parts without a source object need no rights: int_consent__use_statuses holds them as "
        "UNATTRIBUTED or leaves them to the service"
    ),
    ("int_partners__decisions_matched", "int_partners__parties_matched"): (
        "a decision that touches no partner is in nobody's package; fct_consent_versions has it"
    ),
    ("int_partners__decisions_matched", "int_partners__objects_matched"): (
        "the same, of artists and writers whose recordings and works have no partner"
    ),
    ("int_partners__objects_matched", "int_partners__parties_matched"): (
        "objects of owners without a partner: fct_unlicensed_uses counts their uses"
    ),
    ("int_partners__parties_matched", "stg_catalog__routes"): (
        "parties without a route reach partners by their family alone"
    ),
    ("int_removals__actions_matched", "int_partners__parties_matched"): (
        "actions that concern no partner stay in fct_removal_actions without one"
    ),
    ("int_rights__periods", "int_rights__ownership_periods"): (
        "objects that the catalogue does not know: the second part of the model has them as "
        "UNMATCHED"
    ),
}


class Join(NamedTuple):
    model: str
    relation: str
    original: str
    widened: str


def relation_of(join: exp.Join, named: dict[str, exp.Expression]) -> str | None:
    """The watched model that is joined, directly or as a CTE that only selects from it."""
    table = join.this
    seen: set[str] = set()
    while isinstance(table, exp.Table) and table.name in named and table.name not in seen:
        seen.add(table.name)
        query = named[table.name]
        source = query.args.get("from_") or query.args.get("from")
        if not isinstance(query, exp.Select) or query.args.get("joins") or source is None:
            return None
        table = source.this
    is_watched = isinstance(table, exp.Table) and WATCHED.fullmatch(table.name)
    return table.name if is_watched else None


def joins_of(model: str, sql: str) -> Iterator[Join]:
    tree = sqlglot.parse_one(sql, read="duckdb")
    named = {cte.alias: cte.this for cte in tree.find_all(exp.CTE)}
    for index, join in enumerate(tree.find_all(exp.Join)):
        if join.side or join.kind not in {"INNER", ""} or not join.args.get("on"):
            continue
        if relation := relation_of(join, named):
            widened = tree.copy()
            changed = list(widened.find_all(exp.Join))[index]
            changed.set("kind", None)
            changed.set("side", "LEFT")
            yield Join(model, relation, sql, widened.sql(dialect="duckdb"))


@pytest.fixture(scope="module")
def connection(case_home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        file = Settings(home=case_home).warehouse_file
        connection.execute(f"attach '{file}' as linernotes (read_only)")
        connection.execute("use linernotes")
        yield connection


@pytest.fixture(scope="module")
def joins(case_home: Path) -> list[Join]:
    compiled = target_folder(Settings(home=case_home)) / "compiled"
    return [
        join
        for file in sorted(compiled.rglob("*.sql"))
        if "models" in file.parts and file.parent.suffix != ".yml"
        for join in joins_of(file.stem, file.read_text(encoding="utf-8"))
    ]


def answer(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[Any, ...] | None:
    return connection.execute(
        f"select count(*), sum(hash(found)::hugeint) from ({sql}) as found"
    ).fetchone()


def test_join_that_drops_rows_says_where_they_are_counted(
    connection: duckdb.DuckDBPyConnection, joins: list[Join]
) -> None:
    """Regression: uses without a contract were dropped before the reports, and not counted."""
    dropping = {
        (join.model, join.relation)
        for join in joins
        if answer(connection, join.original) != answer(connection, join.widened)
    }

    assert len(joins) >= 18
    assert dropping == set(DROPPED), "list each with its reason, and delete what drops nothing"


def test_every_logged_use_is_in_a_source_use_or_excluded(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    """Input = output + excluded with a reason, for each classified use and layer."""
    [(logged, weighed, excluded, both)] = connection.execute(
        """
        with
            uses as (
                select
                    case
                        when basis = 'generations' then concat_ws('|', 'g', generation_id)
                        else concat_ws('|', 'p', play_date, derivative_id, territory, tier)
                    end as use_id,
                    usage_layer,
                    exclusion_reason
                from intermediate.int_usage__uses_classified
            ),
            logged as (select distinct use_id, usage_layer from uses),
            weighed as (select distinct use_id, usage_layer from marts.fct_source_uses),
            excluded as (
                select distinct use_id, usage_layer from uses where exclusion_reason is not null
            )
        select
            (from (select count(*) from logged)),
            (from (select count(*) from weighed)),
            (from (select count(*) from excluded)),
            (from (select count(*) from (from weighed intersect from excluded)))
        """
    ).fetchall()

    assert logged == weighed + excluded - both
    assert (both, logged > 100) == (0, True)


def test_unlicensed_uses_are_those_of_the_bucket_e72(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    """The report of unlicensed use agrees with the money on hold, weight by weight."""
    [(held, listed, covered)] = connection.execute(
        """
        select
            (select sum(weight_nano) from marts.fct_source_uses where hold_bucket = 'UNROUTED'),
            (select sum(weight_nano) from marts.fct_unlicensed_uses),
            (select sum(unlicensed_weight_nano) from reports.rpt_executive__licence_coverage)
        """
    ).fetchall()

    assert held == listed
    assert abs(held - covered) < 100
    assert held > 0
