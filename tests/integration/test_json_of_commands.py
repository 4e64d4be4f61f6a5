"""`--json` of every command, run for real: standard output is one JSON document.

The tests of the command line check that every command has the option, and single results.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import typer.main

from linernotes.base.settings import Settings
from linernotes.cli.app import DONE, app, run
from linernotes.cli.as_json import WITHOUT
from linernotes.ingestion import template

# A build of everything takes minutes, and the tests of Spark start a cluster.
ELSEWHERE = {"build", "cluster start"}
MONTH = "2026-03"


def leaves(command: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Every command without subcommands, by its words."""
    below = getattr(command, "commands", {})
    for name, one in below.items():
        yield from leaves(one, (*path, name))
    if not below or not command.no_args_is_help:
        yield " ".join(path)


def lines(home: Path, elsewhere: Path) -> dict[str, list[str]]:
    """Options and arguments of each command, in an order in which they can be run."""
    with duckdb.connect(str(Settings(home=home).published_file), read_only=True) as connection:

        def first(sql: str) -> str:
            row = connection.execute(f"{sql} order by 1 limit 1").fetchone()
            assert row, sql
            return str(row[0])

        line = first("select line_id from marts.fct_compensation_lines")
        event = first("select generation_id from marts.fct_generations")
        incident = first("select incident_id from reports.rpt_executive__incidents")
        delivery = first("select delivery_id from quality.deliveries where rows_quarantined > 0")
    file = elsewhere / "first.csv"
    file.write_text(template("finance/revenue")[1], encoding="utf-8")
    sentence = ["--because", "It was looked into and is settled.", "--by", "Ada"]
    return {
        "feeds": [],
        "feeds show": ["finance/revenue"],
        "check": [str(file), "--as", "finance/revenue"],
        "load": [],
        "quarantine list": [],
        "quarantine show": [delivery],
        "quarantine retry": [],
        "quarantine close": [delivery, "--because", "The sender withdrew it."],
        "repair": [],
        "status": [],
        "alert": [],
        "metrics": ["payable_amount"],
        "as-known": ["2026-06-20", "rpt_partner__compensation_statement"],
        "trace line": [line],
        "trace event": [event],
        "incident list": [],
        "incident show": [incident],
        "incident close": [incident, *sentence],
        "evidence": ["--out", str(elsewhere / "evidence"), "--line", line],
        "regulator export": ["--out", str(elsewhere / "batches")],
        "statement draft": ["--month", MONTH, "--by", "Ada"],
        "statement approve": ["--month", MONTH, "--by", "Ben"],
        "statement issue": ["--month", MONTH],
        "report": ["--month", MONTH, "--partner", "e38-partner"],
        "board-pack": ["--month", MONTH, "--out", str(elsewhere / "pack.pdf")],
        "verify": ["--ledger"],
        "keys show": [],
        "keys rotate": ["--because", "A drill."],
        "upgrade": [],
        "backup": ["--to", str(elsewhere / "backup")],
        "cluster stop": [],
        # These refuse, with a reason.
        "restore": ["--from", str(elsewhere / "backup")],
        "regulator record": [str(file)],
        "simulate": ["--month", "2020-01", "--revenue-share", "nothing=0.5"],
    }


SAY_NO = {"restore", "regulator record", "simulate"}


def test_every_command_answers_in_json(
    case_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    shutil.copytree(case_home, home, ignore=shutil.ignore_patterns("warehouse"))
    elsewhere.mkdir()
    requested = lines(home, elsewhere)
    known = set(leaves(typer.main.get_command(app)))
    assert known - set(requested) == {
        *ELSEWHERE,
        *(one for one in known if one.split()[-1] in WITHOUT),
    }

    wrong = {}
    for name, more in requested.items():
        status = run(["--home", str(home), *name.split(), *more, "--json"])
        output, reported = capsys.readouterr()
        try:
            # A refused command may print only the reason, which is not on standard output.
            assert output or (name in SAY_NO and status != DONE and reported)
            assert not output or json.loads(output) is not None
        except (ValueError, AssertionError):
            wrong[name] = (status, output[:300], reported[-300:])

    assert not wrong
