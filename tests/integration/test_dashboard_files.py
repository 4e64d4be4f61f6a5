"""Published files that the dashboard cannot show: each gives a message on what to do.

The browser tests cover pages over good files.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from starlette.testclient import TestClient

from linernotes.base.errors import LinernotesError
from linernotes.base.published import definitions_file, publication
from linernotes.base.settings import Settings
from linernotes.dashboard.app import make_app
from linernotes.dashboard.figures import Figures
from linernotes.dashboard.pages import PAGES, compensation
from linernotes.dashboard.published_view import view_now
from linernotes.dashboard.selection import first_selection
from linernotes.dashboard.wording import PROMISES
from linernotes.metrics import open_catalog


@pytest.fixture
def settings(case_home: Path, tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path)
    # The mode is ignored: nobody may write to a published file, except these tests.
    shutil.copytree(
        Settings(home=case_home).published_root,
        settings.published_root,
        copy_function=shutil.copyfile,
    )
    return settings


def published(settings: Settings) -> Path:
    return settings.published_root / publication(settings).file_name


def cut_pointer(settings: Settings) -> None:
    (settings.published_root / "current.json").write_text('{"file_name": "linern')


def empty_pointer(settings: Settings) -> None:
    (settings.published_root / "current.json").write_text("")


def break_definitions(settings: Settings) -> None:
    definitions_file(published(settings)).write_text('{"semantic_models": []}')


def flip_bytes(settings: Settings) -> None:
    file = published(settings)
    data = bytearray(file.read_bytes())
    data[4096:8192] = bytes(byte ^ 0xFF for byte in data[4096:8192])
    data[:4096] = bytes(byte ^ 0xFF for byte in data[:4096])
    file.write_bytes(data)


@pytest.mark.parametrize("damage", [cut_pointer, empty_pointer, break_definitions, flip_bytes])
def test_damaged_publication_says_to_build_again(
    settings: Settings, damage: Callable[[Settings], None]
) -> None:
    damage(settings)

    with pytest.raises(LinernotesError, match="linernotes build"):
        view_now(settings)
    with pytest.raises(LinernotesError, match="linernotes build"), open_catalog(settings):
        pass


def test_publication_without_statements_says_that_there_are_none(settings: Settings) -> None:
    with duckdb.connect(str(published(settings))) as connection:
        connection.execute("delete from marts.fct_statements")

    with pytest.raises(LinernotesError, match="no statements yet"):
        _ = view_now(settings).options


def test_publication_without_a_table_says_to_build_again(settings: Settings) -> None:
    with duckdb.connect(str(published(settings))) as connection:
        connection.execute("drop table reports.rpt_executive__money_bridge")
    view = view_now(settings)

    with pytest.raises(LinernotesError, match="linernotes build"):
        list(compensation.blocks(Figures(view, first_selection(view.options))))


def keep_only(settings: Settings, names: tuple[str, ...], value: str) -> None:
    """Delete every row of the published tables with another value in one of these columns."""
    with duckdb.connect(str(published(settings))) as connection:
        for schema, table, column in connection.execute(
            "select table_schema, table_name, column_name from information_schema.columns "
            "inner join information_schema.tables using (table_schema, table_name) "
            "where table_type = 'BASE TABLE' and table_schema in ('marts', 'reports') "
            "and list_contains(?, column_name)",
            [names],
        ).fetchall():
            connection.execute(
                f"delete from {schema}.{table} where cast({column} as varchar) <> ?", [value]
            )


@pytest.mark.parametrize(
    ("names", "value"),
    [
        (("report_month", "usage_month", "applied_month", "opened_month"), "2026-03-01"),
        (("partner_id",), "e38-partner"),
    ],
    ids=["one month", "one partner"],
)
def test_publication_of_one_month_or_partner_has_every_page(
    settings: Settings, names: tuple[str, ...], value: str
) -> None:
    """Comparisons and splits that are impossible are left out, or explained on an empty page."""
    keep_only(settings, names, value)

    with TestClient(make_app(settings, None)) as client:
        paths = [*(page.PATH for page in PAGES), *(f"/promises/{one}" for one in PROMISES)]
        answers = {path: client.get(path) for path in paths}

    assert {path: one.status_code for path, one in answers.items() if one.status_code != 200} == {}
    if value == "2026-03-01":
        assert " vs " not in answers["/"].text
        assert "Mar 2026" in answers["/"].text


def test_home_with_nothing_published_says_what_to_do(tmp_path: Path) -> None:
    with TestClient(make_app(Settings(home=tmp_path), None)) as client:
        answer = client.get("/compensation")

    assert answer.status_code == 503
    assert "linernotes build" in answer.text


def test_new_publication_is_shown_at_the_next_request(settings: Settings) -> None:
    with TestClient(make_app(settings, None)) as client:
        before = client.get("/").text
        old = published(settings)
        new = old.with_name("linernotes-000099-20261224T073000.duckdb")
        for path in settings.published_root.glob(f"{old.stem}*"):
            shutil.copy(path, path.with_name(path.name.replace(old.stem, new.stem)))
        record = {"file_name": new.name, "known_at": publication(settings).known_at}
        reported = record | {"published_at": "2026-12-24T07:30:00+00:00"}
        (settings.published_root / "current.json").write_text(json.dumps(reported))

        after = client.get("/")

        assert "24 Dec 2026, 07:30 UTC" in after.text
        assert "24 Dec 2026, 07:30 UTC" not in before
        assert client.get("/publication").text == new.name
