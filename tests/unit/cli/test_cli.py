"""The command line: exit statuses, error messages, and few imports.

The modules' own tests cover what the commands do.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from linernotes.base.settings import PROJECT_ROOT, Settings
from linernotes.cli import demo
from linernotes.cli.app import DONE, NOT_ALLOWED, WRONG_USE, run
from linernotes.cli.root import ORDER
from linernotes.ledger.keys import make_signing_key
from linernotes.statements import approve, draft, issue
from tests.fixtures.published_warehouse import Line, Statement, publish

HEAVY = ("dagster", "duckdb", "great_expectations", "pandas", "polars", "pydantic", "dbt")
PRODUCTS = (
    "product_id,name,kind,launched_at,weight_basis,default_share_master,default_share_work,"
    "remainder_rule,attribution_fallback,recorded_at\n"
)
PRODUCT = (
    "p1,Remix,remix,2026-01-01T00:00:00Z,plays,0.5,0.2,service,equal_sources,2026-01-01T00:00:00Z"
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LINERNOTES_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("LINERNOTES_LANDING", raising=False)
    return tmp_path / "home"


def deliver(home: Path, name: str, content: str) -> None:
    path = home / "landing" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


@pytest.mark.parametrize(
    "arguments",
    [
        ["no-such-command"],
        ["load", "catalog/no_such_feed"],
        ["statement", "draft", "--month", "2026-13"],
        ["report", "--month", "July"],
        ["sample"],
        ["sample", "--out", "somewhere", "--feed-scale", "removals"],
        ["verify"],
        ["verify", "--head", "."],
        ["keys", "rotate"],
        ["dashboard", "--port", "99999"],
        ["up", "--port", "99999"],
        ["simulate", "--month", "2026-01", "--revenue-share", "umg-master=NaN"],
    ],
    ids=" ".join,
)
def test_command_used_wrongly_ends_with_2(home: Path, arguments: list[str]) -> None:
    assert run(arguments) == WRONG_USE


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (["statement", "draft"], "linernotes build"),
        (["report"], "linernotes statement draft"),
        (["ledger", "head"], "Nothing is issued yet"),
        (["keys", "show"], "the first issue makes one"),
        (["keys", "rotate", "--because", "x"], "The first issue makes one"),
    ],
    ids=["draft", "report", "head", "key", "rotate"],
)
def test_command_without_its_data_says_what_to_do(
    home: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], advice: str
) -> None:
    status = run(arguments)

    message = capsys.readouterr().err
    assert status == NOT_ALLOWED
    assert advice in message
    assert "Traceback" not in message


def test_ledger_head_that_was_kept_tells_an_older_copy(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(home=home)
    publish(settings, Statement("tune", "tune-master", [Line("a", "10.00")]))
    draft(settings, by="Ada")
    approve(settings, "2026-06", by="Ben")
    issue(settings, "2026-06", by="Ben")
    capsys.readouterr()
    assert run(["ledger", "head"]) == DONE
    kept = tmp_path / "head.json"
    kept.write_text(capsys.readouterr().out)
    verify = ["verify", "--ledger", "--head", str(kept)]
    assert run(verify) == DONE
    assert "1 issuances, 1 of them signed" in capsys.readouterr().out

    shutil.rmtree(settings.ledger_root)
    status = run(verify)

    assert status == NOT_ALLOWED
    assert "older copy of the ledger" in " ".join(capsys.readouterr().out.split())


def test_keys_shows_the_public_key_before_and_after_a_change(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_signing_key(Settings(home=home))
    shown = []
    for command in (["show"], ["rotate", "--because", "the yearly change"], ["show"]):
        assert run(["keys", *command, "--json"]) == DONE
        shown.append(json.loads(capsys.readouterr().out)["public_key"])

    assert shown[0] != shown[1] == shown[2]


def test_load_of_good_rows_prints_counts(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deliver(home, "licensing/products/all.csv", PRODUCTS + PRODUCT + "\n")

    status = run(["load"])

    printed = capsys.readouterr().out.split()
    assert status == DONE
    start = printed.index("licensing/products")
    assert printed[start : start + 6] == ["licensing/products", "1", "1", "1", "0", "0"]


@pytest.mark.parametrize(
    ("arguments", "expected"), [(["load"], NOT_ALLOWED), (["load", "--tolerate-refused"], DONE)]
)
def test_load_of_a_refused_file_loads_the_others_and_ends_as_asked(
    home: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], expected: int
) -> None:
    """Regression: nine of nine files were refused, and the load ended with 0."""
    deliver(home, "licensing/products/all.csv", "product_id,name\np1,Remix\n")
    deliver(home, "licensing/products/good.csv", PRODUCTS + PRODUCT + "\n")

    status = run(arguments)

    printed = capsys.readouterr().out
    assert status == expected
    assert "Refused deliveries: 1" in printed
    assert "required columns are missing: attribution_fallback" in printed.replace("\n", " ")


@pytest.mark.parametrize("landing", ["nowhere", "s3://bucket/landing"])
def test_load_without_a_landing_zone_is_an_error_with_words(
    home: Path, capsys: pytest.CaptureFixture[str], landing: str
) -> None:
    """Regression: a missing landing zone counted as "nothing new", and the load ended with 0."""
    status = run(["load", "--landing", landing])

    message = capsys.readouterr().err
    assert status in {NOT_ALLOWED, WRONG_USE}
    assert landing in message or "s3:/bucket" in message
    assert "Traceback" not in message


def test_quarantine_of_what_does_not_wait_is_an_error_and_a_closing_is_done(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deliver(home, "licensing/products/all.csv", "product_id,name\np1,Remix\n")
    run(["load"])

    assert run(["quarantine", "retry", "nope"]) == NOT_ALLOWED
    assert run(["quarantine", "close", "nope", "--because", "gone"]) == NOT_ALLOWED
    assert run(["quarantine", "close", "licensing/products/all.csv"]) == WRONG_USE
    capsys.readouterr()
    closing = ["quarantine", "close", "licensing/products/all.csv", "--because", "sent in error"]
    assert run(closing) == DONE
    assert "closed: sent in error" in capsys.readouterr().out
    assert run(["load"]) == DONE


def test_load_with_a_landing_zone_of_its_own_leaves_it_alone(home: Path, tmp_path: Path) -> None:
    deliver(tmp_path / "other", "licensing/products/all.csv", PRODUCTS + PRODUCT + "\n")
    before = sorted(tmp_path.joinpath("other").rglob("*"))

    status = run(["load", "--landing", str(tmp_path / "other" / "landing")])

    assert status == DONE
    assert sorted(tmp_path.joinpath("other").rglob("*")) == before


def test_quarantine_after_a_bad_row_lists_and_shows_it(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deliver(
        home,
        "licensing/products/all.csv",
        PRODUCTS
        + PRODUCT
        + "\n"
        + PRODUCT.replace("p1", "p2").replace(",remix,", ",opera,")
        + "\n",
    )
    run(["load"])
    capsys.readouterr()

    listed_status = run(["quarantine", "list"])
    listed = capsys.readouterr().out
    delivery_id = next(word for word in listed.split() if len(word) == 20 and word.isalnum())
    shown_status = run(["quarantine", "show", delivery_id])

    assert (listed_status, shown_status) == (DONE, DONE)
    assert "opera" in capsys.readouterr().out


def test_status_of_an_empty_home_says_what_to_do(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = run(["status"])

    printed = capsys.readouterr().out
    assert status == DONE
    assert "linernotes load" in printed
    assert "linernotes build" in printed


LOOK_UPS = (
    ["quarantine", "list"],
    ["quarantine", "show", "some"],
    ["trace", "line", "some"],
    ["trace", "event", "some"],
    ["as-known", "2026-04-16", "rpt_partner__pool_totals"],
    ["simulate", "--month", "2026-03", "--revenue-share", "c=0.5"],
    ["verify", "--ledger"],
    ["status"],
    ["metrics"],
)


@pytest.mark.parametrize("arguments", LOOK_UPS, ids=" ".join)
@pytest.mark.parametrize("is_there", [False, True], ids=["no folder", "empty folder"])
def test_look_up_where_no_home_is_makes_none_and_names_it(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    is_there: bool,
) -> None:
    """Regression: a `.env` in the current folder silently chose a home, and a lake was written."""
    monkeypatch.delenv("LINERNOTES_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("LINERNOTES_HOME=elsewhere\n")
    (tmp_path / ".env").chmod(0o600)
    if is_there:
        (tmp_path / "elsewhere").mkdir()
    before = sorted(tmp_path.rglob("*"))

    status = run(arguments)

    reported = capsys.readouterr().err
    assert status == (DONE if arguments == ["status"] else NOT_ALLOWED)
    assert f"{tmp_path / 'elsewhere'}" in reported
    if arguments != ["metrics"]:
        assert f"by LINERNOTES_HOME in {tmp_path / '.env'}" in reported
    assert sorted(tmp_path.rglob("*")) == before


def test_command_says_its_home_beside_json(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["--home", str(home), "status", "--json"])

    reported = capsys.readouterr()
    assert reported.err == f"Home: {home} (by --home)\n"
    assert json.loads(reported.out)["feeds"]


def test_setting_with_a_slip_in_its_name_is_wrong_use(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LINERNOTES_LANDNIG", "/srv/landing")

    status = run(["status"])

    message = " ".join(capsys.readouterr().err.split())
    assert status == WRONG_USE
    assert "LINERNOTES_LANDNIG in the environment is not a setting" in message
    assert "the nearest is LINERNOTES_LANDING" in message


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
def test_command_prints_any_text_whatever_the_output_knows(home: Path, encoding: str) -> None:
    """Regression: `as-known` with non-Latin titles ended in UnicodeEncodeError if LANG was C."""
    program = """
import sys
from linernotes.cli import app, console

@app.app.command()
def shout(as_json: bool = False):
    text = "Ж契約𝄞 \\udcff"
    if as_json:
        console.print_json({text: 1})
        return
    console.print_line(text)
    console.print_table(text, (text,), [(text,)])
    console.complain(text)
    print(text)

sys.exit(app.run(sys.argv[1:]))
"""
    environment = os.environ | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    ends = [
        subprocess.run(
            [sys.executable, "-c", program, "shout", *flags], env=environment, capture_output=True
        )
        for flags in ([], ["--as-json"])
    ]

    assert [end.returncode for end in ends] == [DONE, DONE], ends
    assert b"Error: " in ends[0].stderr
    [name] = json.loads(ends[1].stdout.decode(encoding))
    assert name.startswith("Ж契約𝄞")


def test_unforeseen_error_is_a_short_message_and_a_log(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_: object) -> None:
        raise RuntimeError("the roof fell in")

    monkeypatch.setattr("linernotes.cli.health.read_health", break_down)

    status = run(["status"])

    message = capsys.readouterr().err
    [log] = (home / "logs").glob("error-*.log")
    assert status == NOT_ALLOWED
    assert "RuntimeError" in message
    assert str(log) in message.replace("\n", "")
    assert "Traceback" not in message
    assert "break_down" in log.read_text(encoding="utf-8")


def test_unforeseen_error_without_room_for_a_log_is_told_without_its_traceback(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Regression: on a full disk the whole traceback was printed."""
    home.mkdir()
    (home / "logs").write_text("no folder can be here")
    monkeypatch.setattr("linernotes.cli.health.read_health", lambda _: 1 / 0)

    status = run(["status"])

    message = " ".join(capsys.readouterr().err.split())
    assert status == NOT_ALLOWED
    assert "ZeroDivisionError" in message
    assert "could not be written" in message
    assert "Traceback" not in message


def test_unforeseen_error_is_logged_in_the_home_that_was_given(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linernotes.cli.health.read_health", lambda _: 1 / 0)

    run(["--home", str(tmp_path / "given"), "status"])

    assert len(list((tmp_path / "given" / "logs").glob("error-*.log"))) == 1
    assert not home.exists()


@pytest.mark.parametrize(
    ("name", "stated"),
    [("it's", """contains "'","""), ("[a]", "contains '[' ']',"), ("file", "not a folder")],
)
def test_home_that_cannot_be_one_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, stated: str
) -> None:
    (tmp_path / "file").write_text("a file")

    status = run(["--home", str(tmp_path / name), "status"])

    message = " ".join(capsys.readouterr().err.split())
    assert status == WRONG_USE
    assert stated in message
    assert not list(tmp_path.rglob("logs"))


def test_folder_inside_a_file_is_told_by_its_path(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("a file")

    status = run(["sample", "--out", str(tmp_path / "file" / "x"), "--scale", "0.001"])

    assert status == NOT_ALLOWED
    assert "Not a directory" in capsys.readouterr().err


def test_demo_in_a_folder_of_somebody_else_leaves_it_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "letters.txt").write_text("Dear reader")

    status = run(["--home", str(tmp_path), "demo"])

    assert status == NOT_ALLOWED
    assert "was not made by a demo" in capsys.readouterr().err.replace("\n", " ")
    assert (tmp_path / "letters.txt").read_text() == "Dear reader"


def test_demo_home_of_an_earlier_demo_is_made_afresh(tmp_path: Path) -> None:
    demo.fresh_home(tmp_path / "demo")
    (tmp_path / "demo" / "old.txt").write_text("old")

    settings = demo.fresh_home(tmp_path / "demo")

    assert settings.landing_root == tmp_path / "demo" / "landing"
    assert [path.name for path in settings.home.iterdir()] == [settings.demonstration_mark.name]


def test_command_line_for_help_imports_nothing_heavy() -> None:
    code = (
        "import json, sys; from linernotes.cli.app import run; run(['--help']);"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    )

    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT_ROOT
    ).stdout

    assert not set(json.loads(printed.splitlines()[-1])) & set(HEAVY)


def test_status_imports_neither_sqlalchemy_nor_great_expectations() -> None:
    """The library of contracts imports SQLAlchemy if it can, at 0.6 s for each command."""
    code = (
        "import sys, linernotes.cli.health, linernotes.cli.status_view;"
        "print({'sqlalchemy', 'great_expectations', 'dbt', 'dagster'} & sys.modules.keys())"
    )

    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT_ROOT
    ).stdout

    assert printed == "set()\n"


def test_version_is_that_of_the_installed_package(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == DONE
    assert capsys.readouterr().out == f"linernotes {version('linernotes')}\n"


def test_help_lists_commands_in_the_order_of_their_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == DONE

    commands = capsys.readouterr().out.split("Commands:\n")[1]
    listed = re.findall(r"^  ([\w-]+)  ", commands, re.MULTILINE)
    assert listed[: len(ORDER)] == list(ORDER)
    assert "--install-completion" not in commands
