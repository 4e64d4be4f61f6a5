"""The format version of a lake: an older home is read, a newer one is not touched."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from linernotes.cli.app import NOT_ALLOWED, run
from linernotes.ingestion import DamagedLake, NewerLake, open_lake
from linernotes.ingestion.formats import FORMAT_VERSION, format_version
from tests.fixtures.intake_home import IntakeHome, party

ROOTS = ("lake", "quarantine")


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> IntakeHome:
    intake_home = IntakeHome(tmp_path_factory.mktemp("formats"))
    intake_home.put_rows("catalog/parties/1.jsonl", party(1), party(2, kind="band"))
    intake_home.load()
    return intake_home


@pytest.fixture
def loaded(made_once: IntakeHome, tmp_path: Path) -> IntakeHome:
    """A copy to change, with a waiting delivery."""
    shutil.copytree(made_once.home, tmp_path / "home")
    intake_home = IntakeHome(tmp_path / "home")
    intake_home.put_rows("catalog/parties/2.jsonl", party(3))
    return intake_home


def files_of(intake_home: IntakeHome) -> dict[str, str]:
    """All files in the folders of the tables, by content."""
    return {
        str(path.relative_to(intake_home.home)): hashlib.sha256(path.read_bytes()).hexdigest()
        for root in ROOTS
        for path in (intake_home.home / root).rglob("*")
        if path.is_file()
    }


def test_load_into_a_new_home_says_the_version_of_lake_and_quarantine(loaded: IntakeHome) -> None:
    for root in ROOTS:
        stated = json.loads((loaded.home / root / "format.json").read_text())
        assert stated == {"format_version": FORMAT_VERSION}


def test_home_without_a_version_reads_as_version_1_and_gets_its_file_with_the_next_load(
    loaded: IntakeHome,
) -> None:
    for root in ROOTS:
        (loaded.home / root / "format.json").unlink()
        assert format_version(loaded.home / root) == 1
    assert loaded.table("raw_catalog__parties").height == 1

    loaded.load()

    assert loaded.table("raw_catalog__parties").height == 2
    assert [(loaded.home / root / "format.json").exists() for root in ROOTS] == [True, True]


@pytest.mark.parametrize("newer", ROOTS)
@pytest.mark.parametrize(
    "command",
    [
        ["load"],
        ["build"],
        ["status"],
        ["repair"],
        ["quarantine", "retry"],
        ["statement", "draft", "--month", "2026-01", "--close"],
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_home_of_a_newer_version_is_refused_and_left_as_it_is(
    loaded: IntakeHome, capsys: pytest.CaptureFixture[str], newer: str, command: list[str]
) -> None:
    """Also if only one of the two folders was restored from a backup of a newer home."""
    path = loaded.home / newer / "format.json"
    path.write_text(json.dumps({"format_version": FORMAT_VERSION + 1}))
    before = files_of(loaded)

    status = run(["--home", str(loaded.home), *command])

    stated = " ".join(capsys.readouterr().err.split())
    assert status == NOT_ALLOWED
    assert f"format version {FORMAT_VERSION + 1}" in stated
    assert "Install the newer Linernotes" in stated
    assert files_of(loaded) == before
    assert not (loaded.home / "warehouse").exists() or not list(
        (loaded.home / "warehouse").rglob("*.duckdb")
    )


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", "2", '{"format_version": "2"}', '{"format_version": 0}', "{"]
)
def test_version_that_cannot_be_told_is_refused_with_what_to_do(
    loaded: IntakeHome, content: str
) -> None:
    (loaded.home / "lake" / "format.json").write_text(content)

    with pytest.raises(DamagedLake, match=r"format\.json does not contain .* Restore it"):
        open_lake(loaded.settings)


def test_newer_version_in_a_newer_form_is_refused_by_its_number_alone(loaded: IntakeHome) -> None:
    content = {"format_version": 7, "something": ["new"]}
    (loaded.home / "lake" / "format.json").write_text(json.dumps(content))

    with pytest.raises(NewerLake, match="version 7"):
        loaded.load()
