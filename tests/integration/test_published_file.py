"""The published file in use by others: tools that write to it, and older clients."""

import logging
import os
import re
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, tzinfo
from pathlib import Path

import duckdb
import polars as pl
import pytest

from linernotes.base import clock, modes
from linernotes.base.checked_runs import record_run
from linernotes.base.errors import LinernotesError
from linernotes.base.published import definitions_file, open_published, publication
from linernotes.base.settings import PROJECT_ROOT, Settings
from linernotes.ingestion import open_lake
from linernotes.ingestion.lake_tables import CHECK_RESULTS
from linernotes.warehouse import PUBLIC_SCHEMAS, publish
from linernotes.warehouse.compiled import project_sha256
from tests.fixtures.published_warehouse import checked_run, write_artefacts

KNOWN_AT = datetime(2026, 7, 15, 6)
# The latest releases of 1.x that did not support the format of 1.4.
CLIENTS = ("1.0.0", "1.1.3", "1.2.2", "1.3.2")
CLIENT = """
import sys, duckdb
tool = duckdb.connect(sys.argv[1], read_only=True)
print(duckdb.__version__)
print(tool.execute("select sum(amount), count(names), max(title) from marts.lines").fetchall())
print(tool.execute("select comment from duckdb_columns() where column_name = 'amount'").fetchall())
"""
GUI = """
import os, sys, duckdb
tool = duckdb.connect(sys.argv[1])
tool.execute("pragma disable_checkpoint_on_shutdown")
tool.execute("create table scratch as select 1 as a")
if sys.argv[2] == "stay":
    print("here", flush=True)
    sys.stdin.read()
os._exit(9)
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home with a small warehouse file of every kind of column, published once."""
    settings = Settings(home=tmp_path / "home")
    settings.warehouse_file.parent.mkdir(parents=True)
    with duckdb.connect(str(settings.warehouse_file)) as connection:
        for schema in PUBLIC_SCHEMAS:
            connection.execute(f"create schema {schema}")
        connection.execute(
            "create table marts.lines as select i as line_id, 'line ' || i as title, "
            "cast(i as decimal(38, 14)) as amount, ['a', null] as names, {'a': i} as terms, "
            "timestamp '2026-07-01' as used_at, date '2026-07-01' as day, i % 2 = 0 as is_even, "
            "cast(null as varchar) as nothing from range(5000) as numbers (i)"
        )
        connection.execute("comment on column marts.lines.amount is 'Of the line.'")
        run = checked_run(KNOWN_AT.isoformat(" "))
        record_run(connection, replace(run, project_sha256=project_sha256()))
    write_artefacts(settings)
    publish(settings)
    return settings


@pytest.fixture
def gui() -> Callable[..., subprocess.Popen]:
    """Open a file for writing in another process, as most tools do, which is killed or stays."""

    def opening(file: Path, how: str) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, "-c", GUI, str(file), how],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        if how == "stay":
            assert process.stdout
            assert process.stdout.readline() == "here\n"
        else:
            process.communicate(timeout=60)
        return process

    return opening


def tables(file: Path) -> set[str]:
    with duckdb.connect(str(file), read_only=True) as connection:
        found = connection.execute("select table_name from duckdb_tables()").fetchall()
        return {name for (name,) in found}


@pytest.mark.parametrize(
    ("readers", "home", "folder", "file"),
    [
        ("all", 0o711, 0o755, 0o444),
        ("group", 0o710, 0o750, 0o440),
        ("owner", 0o700, 0o700, 0o400),
    ],
)
def test_publication_can_be_read_by_whom_the_settings_name_and_written_by_nobody(
    settings: Settings, readers: modes.Readers, home: int, folder: int, file: int
) -> None:
    """Regression: it was 0644 in a home that all could read, whatever the settings."""
    given = settings.model_copy(update={"readers": readers})
    before = os.umask(0o022 if readers == "owner" else 0o077)
    try:
        publish(given)
    finally:
        os.umask(before)

    root = given.published_root
    own = publication(given).file_name
    found = {path.name: stat.S_IMODE(path.stat().st_mode) for path in root.iterdir()}
    assert stat.S_IMODE(given.home.stat().st_mode) == home
    assert stat.S_IMODE(root.stat().st_mode) == folder
    assert found[own] == found[given.published_file.name] == file
    assert found["current.json"] == file | 0o200
    assert found[definitions_file(root / own).name] == file | 0o200


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing keeps root from writing")
def test_published_file_cannot_be_opened_for_writing(settings: Settings) -> None:
    with pytest.raises(duckdb.Error):
        duckdb.connect(str(settings.published_file))


def test_publication_takes_away_what_a_tool_left_and_says_so(
    settings: Settings, gui: Callable[..., subprocess.Popen], caplog: pytest.LogCaptureFixture
) -> None:
    """Regression: all later publications failed with "WAL does not match database file"."""
    gui(settings.published_file, "leave")
    log = settings.published_root / "linernotes.duckdb.wal"
    assert log.exists()
    assert "scratch" in tables(settings.published_file)

    with caplog.at_level(logging.WARNING):
        publish(settings)

    assert not log.exists()
    assert "scratch" not in tables(settings.published_file)
    assert f"{log} was left by a tool" in caplog.text


def test_own_reader_does_not_see_what_a_tool_left(
    settings: Settings, gui: Callable[..., subprocess.Popen]
) -> None:
    """Statements are drafted from this file, so additions by a tool must be ignored."""
    gui(settings.published_file, "leave")

    with open_published(settings) as connection:
        names = connection.execute("select table_name from duckdb_tables()").fetchall()

    assert ("scratch",) not in names


def test_own_reader_refuses_a_file_with_something_left_beside_its_own_name(
    settings: Settings, gui: Callable[..., subprocess.Popen]
) -> None:
    own = settings.published_root / publication(settings).file_name
    gui(own, "leave")

    with (
        pytest.raises(LinernotesError, match=r"left .*\.wal beside it.*linernotes build"),
        open_published(settings),
    ):
        pass
    publish(settings)
    with open_published(settings) as connection:
        assert connection.execute("select count(*) from marts.lines").fetchall() == [(5000,)]


def test_file_that_a_tool_holds_open_is_refused_with_the_tools_process_and_command(
    settings: Settings, gui: Callable[..., subprocess.Popen]
) -> None:
    """Regression: the message said that the file may be damaged, and to build again."""
    tool = gui(settings.published_file, "stay")
    try:
        with pytest.raises(LinernotesError) as refused, open_published(settings):
            pass
    finally:
        tool.kill()
        tool.communicate()

    stated = str(refused.value)
    assert f"process {tool.pid}, started by " in stated
    assert sys.executable in stated
    assert "Close it there" in stated
    assert "linernotes build" not in stated


def test_warehouse_file_that_a_tool_holds_open_is_named_when_it_is_to_be_published(
    settings: Settings, gui: Callable[..., subprocess.Popen]
) -> None:
    tool = gui(settings.warehouse_file, "stay")
    try:
        with pytest.raises(LinernotesError, match=f"process {tool.pid}"):
            publish(settings)
    finally:
        tool.kill()
        tool.communicate()


def test_published_file_is_of_the_first_format_that_lasts(settings: Settings) -> None:
    """Format 64 is that of DuckDB 0.10 to 1.1; all later clients read it too."""
    head = settings.published_file.read_bytes()[:20]

    assert (head[8:12], int.from_bytes(head[12:20], "little")) == (b"DUCK", 64)


@pytest.mark.slow
@pytest.mark.parametrize("version", CLIENTS)
def test_published_file_is_opened_by_an_earlier_client(
    settings: Settings, version: str, shared_folder: Path
) -> None:
    """DuckDB 1.0 to 1.3 reported "we can only read version 64". Needs the package index."""
    client = shared_folder / "clients" / version
    uv = PROJECT_ROOT / ".uv" / "bin" / "uv"
    command = [str(uv), "pip", "install", "--quiet", "--target", str(client), f"duckdb=={version}"]
    command += ["--python", sys.executable, "--only-binary", ":all:"]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        pytest.skip(f"the package index does not give duckdb {version}")

    found = subprocess.run(
        [sys.executable, "-c", CLIENT, str(settings.published_file)],
        env=os.environ | {"PYTHONPATH": str(client)},
        capture_output=True,
        text=True,
    )

    assert found.stdout.splitlines() == [
        version,
        "[(Decimal('12497500.00000000000000'), 5000, 'line 999')]",
        "[('Of the line.',)]",
    ], found.stderr


def test_publication_after_the_clock_was_set_back_is_the_newest_and_stays(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Regression: sorted by time of day, a new publication was at once deleted as the oldest."""

    class YearsAgo(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "YearsAgo":
            return cls(2001, 1, 1, tzinfo=tz)

    assert publication(settings).number == 1
    for _ in range(3):
        publish(settings)
    monkeypatch.setattr(clock, "datetime", YearsAgo)

    newest = publish(settings)

    assert newest.name == "linernotes-000005-20010101T000000.duckdb"
    assert publication(settings).file_name == newest.name
    assert newest.samefile(settings.published_file)
    kept = sorted(path.name[:17] for path in settings.published_root.glob("linernotes-*.duckdb"))
    assert kept == ["linernotes-000003", "linernotes-000004", "linernotes-000005"]


def test_comments_refer_to_nothing_outside_the_file(case_home: Path) -> None:
    """Regression: comments in the file cited `docs/money.md` and `E44`, which analysts lack."""
    file = Settings(home=case_home).published_file
    with duckdb.connect(str(file), read_only=True) as connection:
        comments = connection.execute(
            "select comment from duckdb_tables() where comment is not null union all"
            " select comment from duckdb_views() where comment is not null union all"
            " select comment from duckdb_columns() where comment is not null"
        ).fetchall()

    outside = re.compile(r"docs/|\bE\d{1,3}\b|\bint_\w|\bstg_\w|seeds/|linernotes/")
    assert len(comments) > 500
    assert [text for (text,) in comments if outside.search(text)] == []


def test_keys_of_published_tables_are_a_table_and_hold(case_home: Path) -> None:
    """The listed keys are unique in every table of the file that readers get."""
    file = Settings(home=case_home).published_file
    with duckdb.connect(str(file), read_only=True) as connection:
        keys = connection.execute(
            "select schema_name, table_name, list(column_name order by column_number),"
            " bool_and(is_filled) from quality.table_keys group by all order by all"
        ).fetchall()
        modelled = connection.execute(
            "select table_schema, table_name from information_schema.tables"
            " where table_name not in ('publications', 'runs', 'table_keys', 'ledger_heads',"
            " 'check_results', 'checked_run', 'checked_run_results')"
        ).fetchall()
        doubled = [
            table
            for schema, table, columns, _ in keys
            if connection.execute(
                f"select count(*) from (from {schema}.{table} select {', '.join(columns)}"
                " group by all having count(*) > 1)"
            ).fetchone()
            != (0,)
        ]
        nulls = [
            f"{table}.{column}"
            for schema, table, columns, is_filled in keys
            for column in columns
            if is_filled
            and connection.execute(
                f"select count(*) from {schema}.{table} where {column} is null"
            ).fetchone()
            != (0,)
        ]

    assert not doubled
    assert not nulls
    assert sorted(modelled) == [(schema, table) for schema, table, *_ in keys]


def test_table_that_no_model_makes_any_more_is_not_published(settings: Settings) -> None:
    """Regression: a table of an earlier version stayed in the file, and was published each time."""
    with duckdb.connect(str(settings.warehouse_file)) as connection:
        connection.execute("create table marts.lines_of_before as select 1.00 as amount")
        connection.execute("comment on column marts.lines_of_before.amount is 'Of old.'")

    publish(settings)

    assert tables(settings.published_file) >= {"lines", "checked_run"}
    assert "lines_of_before" not in tables(settings.published_file)


def test_results_of_the_suites_of_this_run_are_published(settings: Settings) -> None:
    """The last results are those of the newest run, whose number counts, not the clock."""
    rows = [
        ("first", "checked", "holds", "error", "failed", 3, 1, "2026-07-02"),
        ("second", "checked", "holds", "error", "passed", 0, 2, "2026-07-01"),
        ("first", "checked", "is_rare", "warn", "failed", 2, 1, "2026-07-02"),
    ]
    names = ["run_id", "table_name", "check_name", "severity", "outcome", "unexpected_count"]
    results = pl.DataFrame(rows, [*names, "sequence", "checked_at"], orient="row").with_columns(
        pl.col("checked_at").str.to_datetime(time_unit="us"), reason=pl.lit("It has to hold.")
    )
    open_lake(settings).append(CHECK_RESULTS, results, "check_results/both", settings.home)

    publish(settings)

    with duckdb.connect(str(settings.published_file), read_only=True) as connection:
        found = connection.execute(
            "select run_id, check_name, outcome, unexpected_count, is_latest,"
            " checked_at::date::text from quality.check_results order by all"
        ).fetchall()
        unexplained = connection.execute(
            "select column_name from duckdb_columns()"
            " where table_name = 'check_results' and comment is null"
        ).fetchall()
    assert found == [
        ("first", "holds", "failed", 3, False, "2026-07-02"),
        ("first", "is_rare", "failed", 2, True, "2026-07-02"),
        ("second", "holds", "passed", 0, True, "2026-07-01"),
    ]
    assert not unexplained


def test_runs_of_the_home_are_a_table_with_comments(case_home: Path) -> None:
    file = Settings(home=case_home).published_file
    with duckdb.connect(str(file), read_only=True) as connection:
        columns = connection.execute(
            "select column_name, comment from duckdb_columns() where table_name = 'runs'"
        ).fetchall()

    assert len(columns) == 9
    assert all(comment for _, comment in columns)
