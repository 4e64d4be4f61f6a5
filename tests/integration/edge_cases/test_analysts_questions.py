"""The analysts' questions as worded in `docs/analysts.md`, and the published comments.

The tests of the models cover the answers; these check that there is one, and its column types.
"""

import re
from pathlib import Path

import duckdb
import pytest

from linernotes.base.settings import PROJECT_ROOT, Settings
from linernotes.packages import wording
from linernotes.warehouse import PUBLIC_SCHEMAS
from tests.fixtures.worlds import FeedBuilder, case

PAGE = (PROJECT_ROOT / "docs" / "analysts.md").read_text(encoding="utf-8")
QUESTIONS = re.findall(r"^### \d+\. (.+?)\n\n```sql\n(.+?)```", PAGE, re.MULTILINE | re.DOTALL)
# Further queries of the page, below the question to which they belong.
FURTHER = [
    sql
    for sql in re.findall(r"```sql\n(.+?)```", PAGE.split("## SQL cookbook")[1], re.DOTALL)
    if sql not in [question for _, question in QUESTIONS]
]
# Types of columns by the endings of their names.
TYPES_OF_NAMES = {
    r"(^|_)amount$|_share$": r"DECIMAL\(.*\)",
    r"_count$|^quantity$": r"BIGINT|HUGEINT|DECIMAL\(38,0\)",
    r"_nano$": r"BIGINT|DECIMAL\(38,0\)",
    r"(^|_)month$": "DATE",
    r"_at$|valid_from": "TIMESTAMP",
    r"_id$|_code$|_name$": "VARCHAR",
}


@case
def analysts_ask_about_everything(world: FeedBuilder) -> None:
    """Data that no other case has: fans, credits, appeals, an ending decision, a rejected row."""
    label = world.licensed("asked")
    world.product("asked", basis="plays")
    world.party("asked-artist", kind="artist")
    world.recording("asked-rec", owner=label, main_artist_ids=["asked-artist"])
    made = world.derivative("asked", ["asked-rec"], derivative_id="asked-drv")
    world.rows["ai_usage/derivatives"][-1]["published_at"] = "2026-03-10T14:00:00Z"
    world.plays(made, 10)
    world.revenue("asked", "10.00")
    world.revenue("asked", "a lot", territory="FR")
    world.add(
        "catalog/credits",
        derivative_id=made,
        object_id="asked-rec",
        party_id="asked-artist",
        role="MainArtist",
        displayed_from="2026-03-10T15:00:00Z",
        recorded_at="2026-03-10T16:00:00Z",
    )
    world.add(
        "ai_usage/fan_signals",
        month="2026-03",
        recording_id="asked-rec",
        territory="DE",
        derivative_listeners=120,
        source_listeners_within_7_days=30,
        new_fans=12,
        recorded_at="2026-04-02T06:00:00Z",
    )
    world.decision(
        "asked-ends",
        label,
        "allow",
        object_type="recording",
        object_id="asked-rec",
        valid_to="2026-11-15T00:00:00Z",
    )
    world.removal("asked-action", "2026-03-20T12:00:00Z", recording_id="asked-rec")
    world.add(
        "removals/appeals",
        appeal_id="asked-appeal",
        puid="asked-action",
        kind="internal",
        filed_at="2026-03-21T12:00:00Z",
        recorded_at="2026-03-21T12:01:00Z",
    )


@pytest.fixture(scope="module")
def published(case_home: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(Settings(home=case_home).published_file), read_only=True)


@pytest.fixture(scope="module")
def closed(closed_home: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(Settings(home=closed_home).published_file), read_only=True)


def test_page_numbers_its_questions_one_after_the_other() -> None:
    numbers = [int(number) for number in re.findall(r"^### (\d+)\. ", PAGE, re.MULTILINE)]

    assert numbers == list(range(1, len(QUESTIONS) + 1))
    assert len(QUESTIONS) >= 20


@pytest.mark.parametrize(("question", "sql"), QUESTIONS, ids=[name for name, _ in QUESTIONS])
def test_question_is_answered_in_exact_types(
    published: duckdb.DuckDBPyConnection,
    closed: duckdb.DuckDBPyConnection,
    question: str,
    sql: str,
) -> None:
    # Corrections need an issued month, which only the closed months have.
    connection = closed if "corrections" in question else published

    rows, wrong = queried(connection, sql)

    assert rows
    assert not wrong


@pytest.mark.parametrize("sql", FURTHER, ids=[sql.split("from ")[1].split()[0] for sql in FURTHER])
def test_further_question_can_be_asked(published: duckdb.DuckDBPyConnection, sql: str) -> None:
    _, wrong = queried(published, sql)

    assert not wrong


def queried(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[list[tuple], list[str]]:
    """The rows of an answer, and its columns whose types do not match their names."""
    result = connection.execute(sql)
    columns = {column[0]: str(column[1]) for column in result.description}
    rows = result.fetchall()
    wrong = [
        f"{name} is {kind}"
        for name, kind in columns.items()
        for pattern, wanted in TYPES_OF_NAMES.items()
        if kind in {"DOUBLE", "FLOAT"}
        or (re.search(pattern, name) and not re.fullmatch(wanted, kind))
    ]
    return rows, wrong


def test_recomputed_shares_of_pools_are_those_of_the_report(
    published: duckdb.DuckDBPyConnection,
) -> None:
    [sql] = [sql for question, sql in QUESTIONS if "recompute" in question]

    pools = published.execute(sql).fetchall()

    assert pools
    assert not [pool for pool in pools if pool[-1] != pool[-2]]


def test_listed_corrections_are_all_that_were_posted(closed: duckdb.DuckDBPyConnection) -> None:
    """Including those that do not correct a line, such as late usage, but no reserve release."""
    [sql] = [sql for question, sql in QUESTIONS if "corrections" in question]

    question = sql.strip().rstrip(";")
    listed = closed.execute(
        f"select line_type, sum(line_count), sum(amount) from ({question}) group by 1"
    ).fetchall()
    posted = closed.execute(
        "select line_type, count(*), sum(amount), count(original_line_id) "
        "from marts.fct_compensation_lines where list_contains(?, line_type) group by all",
        [list(wording.CORRECTIONS)],
    ).fetchall()

    assert sorted(listed) == sorted(row[:3] for row in posted)
    assert sum(row[3] for row in posted) < sum(row[1] for row in posted)


def answer(
    connection: duckdb.DuckDBPyConnection, words: str, figures: str, rest: str = ""
) -> list[tuple]:
    """Figures over the answer to the page's only question whose title or text has the words."""
    asked_for = [*QUESTIONS, *((sql, sql) for sql in FURTHER)]
    [sql] = [sql for name, sql in asked_for if words in name]
    question = sql.strip().rstrip(";")
    return connection.execute(f"select {figures} from ({question}) {rest}").fetchall()


def test_uses_without_contract_are_all_that_are_unlicensed(
    published: duckdb.DuckDBPyConnection,
) -> None:
    answered = answer(published, "Which uses had no contract", "sum(use_count), count(*) > 0")

    counted = published.execute(
        "select count(distinct "
        "(use_id, usage_month, product_id, territory, side, owner_party_id)), true "
        "from marts.fct_source_uses "
        "where consent_status = 'unlicensed' and exclusion_reason is null"
    ).fetchall()
    assert answered == counted


def test_leaked_uses_and_money_are_those_of_the_uses_and_lines(
    published: duckdb.DuckDBPyConnection,
) -> None:
    answered = answer(
        published,
        "rpt_executive__consent_leakage",
        "report_month, product_id, partner_id, max(leaked_use_count), "
        "coalesce(sum(held_amount), 0)",
        "group by all order by all",
    )

    counted = published.execute(
        """
        select
            usage_month, product_id, partner_id, count(distinct use_id),
            coalesce((
                select sum(amount) from marts.fct_compensation_lines as lines
                where
                    lines.usage_month = uses.usage_month and lines.product_id = uses.product_id
                    and lines.partner_id is not distinct from uses.partner_id
                    and lines.consent_status = 'leakage' and lines.hold_bucket = 'CONSENT'
            ), 0)
        from marts.fct_source_uses as uses
        where consent_status = 'leakage' and exclusion_reason is null
        group by all
        order by all
        """
    ).fetchall()
    assert answered == counted
    assert answered


def test_expiring_decisions_are_those_that_end_within_90_days(
    published: duckdb.DuckDBPyConnection,
) -> None:
    answered = answer(published, "end in the next 90 days", "distinct decision_id")

    ending = published.execute(
        "select decision_id from marts.fct_consent_decisions "
        "where decision = 'allow' and is_usable and valid_to > "
        "(select max(known_at) from quality.publications) and valid_to <= "
        "(select max(known_at) from quality.publications) + interval 90 day"
    ).fetchall()
    assert sorted(answered) == sorted(ending)
    assert answered


def test_offenders_are_ten_at_most_and_the_most_repeated(
    published: duckdb.DuckDBPyConnection,
) -> None:
    answered = answer(
        published, "rpt_executive__repeat_offenders", "uploader_party_id, offence_count"
    )

    most = published.execute(
        "select count(*) as offence_count from marts.fct_uploader_offences "
        "group by uploader_party_id order by 1 desc limit 10"
    ).fetchall()
    assert sorted(count for _, count in answered) == sorted(count for (count,) in most)


def test_missing_names_are_all_gaps_of_the_last_month(published: duckdb.DuckDBPyConnection) -> None:
    answered = answer(published, "from marts.fct_credit_gaps", "count(*), count(*) > 0")

    gaps = published.execute(
        "select count(distinct "
        "(derivative_id, object_type, object_id, party_id, gap_reason)), true "
        "from marts.fct_credit_gaps "
        "where report_month = (select max(report_month) from marts.fct_credit_gaps)"
    ).fetchall()
    assert answered == gaps


def test_earnings_of_artists_are_those_that_partners_are_told(
    published: duckdb.DuckDBPyConnection,
) -> None:
    answered = answer(
        published,
        "What did an artist earn",
        "party_name, partner_id, currency_code, "
        "sum(coalesce(paid_amount, 0)) + sum(coalesce(held_amount, 0)), "
        "sum(coalesce(held_amount, 0))",
        "group by all order by all",
    )

    reported = published.execute(
        "select party_name, partner_id, currency_code, sum(gross_amount), sum(held_amount) "
        "from reports.rpt_partner__artists group by all order by all"
    ).fetchall()
    assert answered == reported
    assert answered


def test_public_tables_and_columns_all_say_what_they_are(
    published: duckdb.DuckDBPyConnection,
) -> None:
    silent = published.execute(
        "select schema_name || '.' || table_name from duckdb_tables() where comment is null "
        "union all select schema_name || '.' || view_name from duckdb_views() "
        "where comment is null and not internal "
        "union all select schema_name || '.' || table_name || '.' || column_name "
        "from duckdb_columns() where comment is null and not internal order by all"
    ).fetchall()
    schemas = published.execute("select distinct schema_name from duckdb_tables()").fetchall()

    assert not silent
    assert {schema for (schema,) in schemas} == set(PUBLIC_SCHEMAS)
