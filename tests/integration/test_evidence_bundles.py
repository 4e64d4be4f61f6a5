"""Bundles of evidence from the edge cases' warehouse, checked as their recipients can."""

import csv
import hashlib
import json
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.ledger.incident_notes import close_incident
from linernotes.ledger.incidents import incidents
from linernotes.lookback import write_bundle
from tests.fixtures.worlds import Rows


@pytest.fixture
def settings(case_home: Path, tmp_path: Path) -> Settings:
    """A separate home per test with the shared published warehouse."""
    settings = Settings(home=tmp_path / "home")
    settings.published_root.mkdir(parents=True)
    shutil.copy(Settings(home=case_home).published_file, settings.published_file)
    return settings


def checked(folder: Path) -> tuple[int, str]:
    """The result of the bundle's own verifier, run without this project."""
    done = subprocess.run(
        [sys.executable, "-I", str(folder / "verify.py")], capture_output=True, text=True
    )
    return done.returncode, done.stdout


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_bundle_of_a_decision_has_what_it_allowed_and_proves_itself(
    settings: Settings, tmp_path: Path
) -> None:
    bundle = write_bundle(settings, "decision", "e38-a-yes", tmp_path / "out")

    assert checked(bundle.path) == (
        0,
        "All files are as the manifest says, and the ledger's chain holds.\n",
    )
    [line] = table(bundle.path, "lines")
    assert (line["object_id"], Decimal(line["amount"])) == ("e38-a", Decimal("4.5"))
    assert [row["proof_id"] for row in table(bundle.path, "decisions")] == ["e38-a-yes"]
    [use] = table(bundle.path, "uses")
    assert Decimal(use["weight_nano"]) == Decimal(line["weight_nano"])
    assert "judged_at" not in use
    assert bundle.rows["terms"] == bundle.rows["pools"] == 1


def test_bundle_of_an_incident_has_the_money_on_hold_and_its_note(
    settings: Settings, tmp_path: Path
) -> None:
    [incident] = [one for one in incidents(settings, "unconsented_use") if "e38-c" in one.subject]
    close_incident(settings, incident.incident_id, "Settled with the artist in June", by="Ada")

    bundle = write_bundle(settings, "incident", incident.incident_id, tmp_path / "out")

    assert checked(bundle.path)[0] == 0
    assert [Decimal(row["amount"]) for row in table(bundle.path, "lines")] == [Decimal("1.8")]
    note = json.loads((bundle.path / "ledger/incidents/000001/entry.json").read_text())
    assert note["because"] == "Settled with the artist in June"


def test_bundle_of_an_object_has_its_line_on_either_side(
    settings: Settings, tmp_path: Path, rows: Rows
) -> None:
    [(line_id,)] = rows(
        "select line_id from marts.fct_compensation_lines "
        "where product_id = 'e38' and object_id = 'e38-b' and side = 'MASTER'"
    )

    of_line = write_bundle(settings, "line", line_id, tmp_path / "line")
    of_object = write_bundle(settings, "object", "e38-b", tmp_path / "object")

    of_sides = {row["side"]: row for row in table(of_object.path, "lines")}
    assert table(of_line.path, "lines") == [of_sides["MASTER"]]
    assert of_sides.keys() == {"MASTER", "WORK"}


def test_changed_bundle_is_found(settings: Settings, tmp_path: Path) -> None:
    [incident] = [one for one in incidents(settings, "unconsented_use") if "e38-c" in one.subject]
    close_incident(settings, incident.incident_id, "Settled with the artist in June", by="Ada")
    bundle = write_bundle(settings, "object", "e38-c", tmp_path / "out")
    manifest = bundle.path / "manifest.json"
    entry = bundle.path / "ledger/incidents/000001/entry.json"
    lines = bundle.path / "lines.csv"
    lines.write_text(lines.read_text().replace("1.8", "9.8"))
    assert checked(bundle.path) == (1, "lines.csv was changed\n")

    # Changing an entry of the ledger, and the manifest with it, breaks the entry's seal.
    entry.write_text(entry.read_text().replace("Settled", "Ignored"))
    content = json.loads(manifest.read_text())
    for file in content["files"]:
        path = bundle.path / file["name"]
        file["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    manifest.write_text(json.dumps(content))
    assert checked(bundle.path) == (1, "incidents/000001 is not what its seal says\n")

    entry.unlink()
    assert checked(bundle.path) == (
        1,
        "ledger/incidents/000001/entry.json is missing\nincidents/000001/entry.json is missing\n",
    )


def test_bundle_of_nothing_or_over_another_is_refused(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(LinernotesError, match="There is no decision"):
        write_bundle(settings, "decision", "nobody-knows", tmp_path / "out")
    assert list(tmp_path.glob("*out*")) == []

    (tmp_path / "there").mkdir()
    with pytest.raises(LinernotesError, match="there already"):
        write_bundle(settings, "decision", "e38-a-yes", tmp_path / "there")
