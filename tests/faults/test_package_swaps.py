"""A package is one thing: no file or folder of another fits into it, even with a manifest to match.

The four packages differ from the first by the partner, the month, or the version.
"""

import json
import shutil
from pathlib import Path

import pytest

from linernotes.base.settings import Settings
from linernotes.packages import verify_package, write_packages
from linernotes.statements import draft
from tests.conftest import build_once
from tests.fixtures.packages import refit
from tests.fixtures.published_warehouse import Line, Statement, publish

OWN = "tune/2026-06/v1"
OTHERS = {"partner": "wave/2026-06/v1", "month": "tune/2026-07/v1", "version": "tune/2026-06/v2"}


@pytest.fixture(scope="session")
def four_packages(shared_folder: Path) -> Path:
    return build_once(shared_folder / "four-packages", _make_four_packages)


def _make_four_packages(home: Path) -> None:
    settings = Settings(home=home)
    lines = [Line("a", "10.00"), Line("b", "2.50", hold_bucket="CONSENT")]
    june = Statement("tune", "tune-master", lines)
    wave = Statement("wave", "wave-master", [Line("c", "12.50")])
    july = Statement("tune", "tune-master", [Line("d", "12.50")], month="2026-07-01")
    home.mkdir(parents=True, exist_ok=True)
    settings.agreements_file.write_text("[partners.tune]\nitem_level = true\n")
    for statements in ([june, wave, july], [Statement("tune", "tune-master", lines[:1])]):
        publish(settings, *statements)
        draft(settings, by="Ada")
        if len(statements) == 1:
            # What the warehouse no longer has needs no new package.
            write_packages(settings, "2026-06", "tune")
        else:
            write_packages(settings)


@pytest.fixture
def outbox(four_packages: Path, tmp_path: Path) -> Path:
    return shutil.copytree(four_packages / "outbox", tmp_path / "outbox")


def without_stamp(name: str) -> str:
    """The name of a file as all packages have it: DSR files are named after month and time."""
    if name.startswith(("DSR_", "REMOVALS_")):
        return f"{name.split('_')[0]}{'-items' if '-items' in name else ''}"
    return name


def take_from(other: Path, own: Path, kind: str) -> bool:
    """Puts a file of another package into a package, with a manifest to match; False if they are
    the same.
    """
    manifest = json.loads((own / "manifest.json").read_text())
    theirs = json.loads((other / "manifest.json").read_text())["files"]
    [entry] = [one for one in manifest["files"] if without_stamp(one["name"]) == kind]
    found = [one for one in theirs if without_stamp(one["name"]) == kind]
    if not found or found[0]["sha256"] == entry["sha256"]:
        return False
    shutil.copy(other / found[0]["name"], own / entry["name"])
    entry |= {name: found[0][name] for name in ("rows", "control_totals", "control_counts")}
    refit(own, manifest)
    return True


def kinds(package: Path) -> list[str]:
    manifest = json.loads((package / "manifest.json").read_text())
    return [without_stamp(one["name"]) for one in manifest["files"]]


def test_packages_nobody_touched_hold(outbox: Path) -> None:
    """Without this the swaps below could all be found for another reason."""
    for place in (OWN, *OTHERS.values()):
        assert verify_package(outbox / place) == []


@pytest.mark.parametrize("what", OTHERS)
def test_package_with_a_file_of_another_is_found(outbox: Path, what: str) -> None:
    """Twenty of twenty such swaps once passed: a partner got the PDF of another, or of a draft."""
    own, kept = outbox / OWN, outbox.parent / "kept"
    shutil.copytree(own, kept)
    missed, tried = [], []
    for kind in kinds(own):
        if take_from(outbox / OTHERS[what], own, kind):
            tried.append(kind)
            if not verify_package(own):
                missed.append(kind)
        shutil.rmtree(own)
        shutil.copytree(kept, own)

    assert not missed
    assert {"statement.pdf", "statement.xlsx", "README.txt", "compensation_lines.csv"} <= set(tried)


@pytest.mark.parametrize("what", OTHERS)
def test_package_in_the_place_of_another_is_found(outbox: Path, what: str) -> None:
    shutil.rmtree(outbox / OTHERS[what])
    (outbox / OWN).rename(outbox / OTHERS[what])

    rules = {problem.rule for problem in verify_package(outbox / OTHERS[what])}

    assert "folder_is_the_packages" in rules


@pytest.mark.parametrize("name", ["manifest.json", "compensation_lines.csv", "statement.pdf"])
def test_package_with_a_link_for_a_file_is_found(outbox: Path, name: str) -> None:
    path = outbox / OWN / name
    target = path.rename(outbox.parent / name)
    path.symlink_to(target)

    assert "file_is_no_link" in {problem.rule for problem in verify_package(outbox / OWN)}


def test_package_written_down_to_a_manifest_without_mark_is_found(outbox: Path) -> None:
    """The older form without marks does not get around them."""
    path = outbox / OWN / "manifest.json"
    manifest = json.loads(path.read_text())
    for name in ("content_sha256", "ledger_head"):
        del manifest[name]
    path.write_text(json.dumps(manifest | {"manifest_version": 1}))

    problems = verify_package(outbox / OWN)

    unexpected = {problem.file for problem in problems if problem.rule == "file_belongs_to_package"}
    assert unexpected == {"statement.pdf", "statement.xlsx", "README.txt"}
