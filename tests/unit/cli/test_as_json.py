"""`--json` on every command that prints, and the text for Prometheus."""

import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from linernotes.cli.app import NOT_ALLOWED, run
from linernotes.cli.as_json import WITHOUT
from linernotes.cli.root import app


def commands(of: typer.Typer) -> Iterator[tuple[str, set[str]]]:
    for command in of.registered_commands:
        assert command.callback
        name = command.name or getattr(command.callback, "__name__", "")
        yield name, set(inspect.signature(command.callback).parameters)
    for group in of.registered_groups:
        if group.typer_instance:
            yield from commands(group.typer_instance)


def test_every_command_that_prints_has_json() -> None:
    without = {name for name, parameters in commands(app) if "json" not in parameters}

    assert without == WITHOUT


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home" / "landing" / "catalog" / "works"
    folder.mkdir(parents=True)
    (folder / "1.csv").write_text(
        "work_id,title,recorded_at\n1,One,2026-01-05T06:00:00Z\n,None,2026-01-05T06:00:00Z\n"
    )
    (folder / "bad.csv").write_text("x\n1\n")
    return tmp_path / "home"


def test_tables_and_sentences_of_a_command_are_one_object(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--home", str(home), "load", "--json"]) == NOT_ALLOWED

    output = json.loads(capsys.readouterr().out)
    [feed] = output["tables"]["Loaded"]
    assert (feed["feed"], feed["loaded"], feed["quarantined"]) == ("catalog/works", 1, 1)
    assert output["tables"]["Remarks"][0]["state"] == "refused"
    assert any("quarantine" in sentence for sentence in output["messages"])


def test_command_without_json_prints_as_before(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["--home", str(home), "load", "--json"])
    capsys.readouterr()

    run(["--home", str(home), "quarantine", "list"])

    assert "In quarantine" in capsys.readouterr().out


def test_status_for_prometheus_is_its_text_format(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["--home", str(home), "load"])
    capsys.readouterr()

    run(["--home", str(home), "status", "--prometheus"])

    lines = capsys.readouterr().out.splitlines()
    sample = re.compile(r'linernotes_[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? \d+')
    assert all(line.startswith("# ") or sample.fullmatch(line) for line in lines)
    assert "linernotes_refused_files 1" in lines
    assert 'linernotes_quarantined_rows{feed="catalog/works"} 1' in lines
    assert lines.count("# TYPE linernotes_feed_late gauge") == 1
