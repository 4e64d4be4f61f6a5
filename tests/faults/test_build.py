"""A build whose dbt is killed at several moments, and the build after it."""

import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from linernotes import warehouse
from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.warehouse import BuildFailed
from tests.fixtures.intake_home import IntakeHome, party

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="dbt is looked for in /proc"),
]

KNOWN_AT = datetime(2026, 2, 1)
# Some seeds, views and tables, one on top of the other.
# Each start of dbt takes many seconds. By hand it was tried at 0.1, 0.6 and 0.9 of the nodes.
PARTS = (0.6,)
SELECTION = "+int_compensation__fx_rates"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    intake_home = IntakeHome(tmp_path_factory.mktemp("killed builds"))
    intake_home.put_rows("catalog/parties/1.jsonl", party(1))
    intake_home.put("finance/ecb/1.csv", "Date,USD,\n2026-01-05,1.1,\n2026-01-06,1.2,\n")
    intake_home.load()
    return intake_home.settings


def built(settings: Settings) -> dict[str, Any]:
    """Every table of the warehouse file, by content."""
    with duckdb.connect(settings.warehouse_file, read_only=True) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables()"
            " where schema_name <> 'quality' order by all"
        ).fetchall()
        return {
            f"{schema}.{table}": sorted(
                connection.sql(f'select * from "{schema}"."{table}"').fetchall(), key=repr
            )
            for schema, table in tables
        }


def kill_dbt(_: int, __: int, ___: str) -> None:
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal() and (folder / "cmdline").exists():
            words = (folder / "cmdline").read_bytes()
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            if b"linernotes.base.dbt_process" in words and int(parent) == os.getpid():
                os.kill(int(folder.name), signal.SIGKILL)


def at_part(part: float, act: Callable[[int, int, str], None]) -> Callable[[int, int, str], None]:
    """Does it once that part of the nodes is done."""

    def on_progress(done: int, total: int, name: str) -> None:
        if done >= part * total:
            act(done, total, name)

    return on_progress


def test_build_whose_dbt_is_killed_is_told_and_the_next_is_as_undisturbed(
    settings: Settings,
) -> None:
    """A half-written warehouse file must neither be taken for a build nor spoil the next one."""
    warehouse.build(settings, KNOWN_AT, SELECTION)
    undisturbed = built(settings)
    assert len(undisturbed) > 3
    settings.warehouse_file.unlink()

    for part in PARTS:
        with pytest.raises(BuildFailed, match="killed by SIGKILL"):
            warehouse.build(settings, KNOWN_AT, SELECTION, at_part(part, kill_dbt))
        with pytest.raises(LinernotesError):
            warehouse.publish(settings)

    warehouse.build(settings, KNOWN_AT, SELECTION)

    assert built(settings) == undisturbed
