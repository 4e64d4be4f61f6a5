"""Published files that the dashboard cannot show: each is answered by words on what to do.

Pages over good files are tested in a browser.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from linernotes.base.errors import LinernotesError
from linernotes.base.published import definitions_file, publication
from linernotes.base.settings import Settings
from linernotes.dashboard.figures import Figures, shown_now
from linernotes.dashboard.filters import first_choice
from linernotes.dashboard.login import login_in_force
from linernotes.dashboard.views import compensation
from linernotes.metrics import open_catalog


@pytest.fixture
def settings(case_home: Path, tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path)
    # Of the content alone: nobody may write to a published file, and tests do.
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
        shown_now(settings)
    with pytest.raises(LinernotesError, match="linernotes build"), open_catalog(settings):
        pass


def test_publication_without_statements_says_that_there_are_none(settings: Settings) -> None:
    with duckdb.connect(str(published(settings))) as connection:
        connection.execute("delete from reports.rpt_partner__compensation_statement")

    with pytest.raises(LinernotesError, match="no statement yet"):
        _ = shown_now(settings).options


def test_publication_without_a_table_says_to_build_again(settings: Settings) -> None:
    with duckdb.connect(str(published(settings))) as connection:
        connection.execute("drop table reports.rpt_executive__money_waterfall")
    shown = shown_now(settings)

    with pytest.raises(LinernotesError, match="linernotes build"):
        list(compensation.parts(Figures(shown, first_choice(shown.options))))


def test_pages_that_no_server_guards_show_nothing() -> None:
    with pytest.raises(LinernotesError, match="linernotes dashboard"):
        login_in_force()
