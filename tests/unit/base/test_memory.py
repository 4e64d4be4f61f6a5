"""DuckDB's memory limit: where the rest goes, and what is left of it."""

from pathlib import Path

import duckdb
import pytest

from linernotes.base.memory import default_mebibytes, limited_memory
from linernotes.base.settings import Settings
from linernotes.warehouse.calculation import calculation
from linernotes.warehouse.compiled import CompiledProject


def _setting(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    [(value,)] = connection.execute("select current_setting($1)", [name]).fetchall()
    return value


def test_what_does_not_fit_goes_to_a_folder_that_is_gone_afterwards(tmp_path: Path) -> None:
    with duckdb.connect() as connection, limited_memory(connection, tmp_path, "100MiB"):
        scratch = Path(_setting(connection, "temp_directory"))
        # 160 MB of random numbers.
        connection.execute("set threads = 1")
        connection.execute("create table numbers as select random() as n from range(20_000_000)")
        spilled = list(scratch.iterdir())

    assert scratch.parent == tmp_path
    assert spilled
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_no_folder(tmp_path: Path) -> None:
    with (
        pytest.raises(duckdb.Error),
        duckdb.connect() as connection,
        limited_memory(connection, tmp_path, "100MiB"),
    ):
        connection.execute("select * from nothing")

    assert list(tmp_path.iterdir()) == []


def test_a_calculation_spills_beside_its_sources(tmp_path: Path) -> None:
    """DuckDB's default is a folder in whatever folder the command was called from."""
    project = CompiledProject("", {}, {})
    with calculation(project, tmp_path / "sources", memory_limit="200MiB") as run:
        folder = Path(_setting(run.connection, "temp_directory"))
        limit = _setting(run.connection, "memory_limit")

    assert folder.parent == tmp_path
    assert limit == "200.0 MiB"


def test_the_limit_is_the_settings_or_half_of_the_machine(tmp_path: Path) -> None:
    assert Settings(home=tmp_path, duckdb_memory_mib=512).duckdb_memory == "512MiB"
    assert Settings(home=tmp_path).duckdb_memory == f"{default_mebibytes()}MiB"
    # Every machine that runs the tests has at least 2 GiB.
    assert default_mebibytes() >= 1024
