"""Consent in small landing zones modelled on reported faults, with independent expectations.

The files are beside the project and are only read; without them the tests are skipped.
"""

import shutil
from datetime import datetime
from pathlib import Path

import pytest

from linernotes import warehouse
from linernotes.base.settings import PROJECT_ROOT, Settings
from linernotes.ingestion import admit_landing
from tests.conftest import build_once

CASES = PROJECT_ROOT.parent / "shared" / "data" / "cases"
NAMES = ("consent-release-upc-forms", "consent-same-isrc-two-ids")

pytestmark = pytest.mark.skipif(not CASES.exists(), reason="the shared data is not there")


@pytest.fixture(scope="module")
def statuses(shared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The consent status by object, of both cases in one home."""

    def make(home: Path) -> None:
        for name in NAMES:
            shutil.copytree(CASES / name / "landing", home / "landing", dirs_exist_ok=True)
        report = admit_landing(Settings(home=home, landing=home / "landing"))
        # Both cases have the same exchange rates.
        assert {one.state for one in report.deliveries} == {"loaded", "duplicate"}

    settings = Settings(home=build_once(shared_folder / "cases-consent", make))
    project = warehouse.compiled_project(settings)
    root = warehouse.link_sources(settings, tmp_path_factory.mktemp("sources"))
    with warehouse.calculation(project, root) as run:
        run.run(warehouse.Scenario(datetime(2026, 11, 1)), ["int_consent__use_statuses"])
        rows = run.connection.execute(
            """
            select object_id, consent_status
            from intermediate.int_consent__use_statuses
            where contract_id is not null and side = 'MASTER'
            """
        ).fetchall()
    return dict(rows)


def test_case_e65_release_is_denied_in_every_form_of_its_gtin(statuses: dict[str, str]) -> None:
    names = [f"upc-{form}-rec" for form in ("r12", "r13", "r14", "q13", "e14")]

    assert {name: statuses[name] for name in names} == dict.fromkeys(names, "unconsented")


def test_case_e65_recording_is_denied_under_both_of_its_ids(statuses: dict[str, str]) -> None:
    names = ["isrc2-album", "isrc2-comp"]

    assert {name: statuses[name] for name in names} == dict.fromkeys(names, "unconsented")
