"""Removal actions that the EU's database would reject, with independent expectations.

The files are beside the project and are only read; without them the tests are skipped.
"""

from datetime import datetime
from pathlib import Path

import pytest

from linernotes import warehouse
from linernotes.base.settings import PROJECT_ROOT, Settings
from linernotes.ingestion import admit_landing

CASE = PROJECT_ROOT.parent / "shared" / "data" / "cases" / "dsa-file-limits" / "landing"
FILED, UNFILED = "rpt_regulator__statements_of_reasons", "rpt_regulator__unfiled_actions"


@pytest.mark.skipif(not CASE.exists(), reason="the shared data is not there")
def test_case_of_the_eu_limits_files_what_fits_and_lists_the_rest_with_reasons(
    tmp_path: Path,
) -> None:
    """Regression: the regulator's file had all 14 actions; one bad row rejects its batch of 100."""
    settings = Settings(home=tmp_path / "home", landing=CASE)
    admit_landing(settings)
    project = warehouse.compiled_project(settings)
    root = warehouse.link_sources(settings, tmp_path / "sources")

    with warehouse.calculation(project, root) as run:
        run.run(warehouse.Scenario(datetime(2026, 11, 1)), [FILED, UNFILED])
        filed = run.connection.execute(
            "select platform_uid, greatest(coalesce(length(illegal_content_explanation), 0), "
            f"coalesce(length(incompatible_content_explanation), 0)) from reports.{FILED}"
        ).fetchall()
        unfiled = run.connection.execute(
            f"select puid, unfiled_reason from reports.{UNFILED}"
        ).fetchall()

    assert {"dsa-ok", "dsa-facts-2000", "dsa-emoji-2000", "dsa-facts-2001"} <= dict(filed).keys()
    assert max(length for _, length in filed) == 2_000
    refused = {"dsa-law-501", "dsa-inc-law-600", "dsa-2019", "dsa-end-9999", "dsa-end-2040"}
    assert refused <= dict(unfiled).keys()
    assert len(filed) + len(unfiled) == 14
    assert all(reason for _, reason in unfiled)
