"""A planted test that fails stops a month-end, a build and a publication on Spark.

It fails on the nodes that everything else needs, so dbt makes nothing after them, and the runs are
short.
"""

import shutil
from pathlib import Path

import pytest

from linernotes import pipeline, warehouse
from linernotes.base.errors import LinernotesError
from linernotes.base.settings import PROJECT_ROOT
from linernotes.ledger.records import drafts_root
from linernotes.warehouse import PROJECT_FOLDERS, BuildFailed, dbt
from tests import conftest as shared
from tests.spark.conftest import CLOSED_MONTHS, BothBuilds

PLANTED = "planted_and_failing"


def project_with_failing_tests(folder: Path) -> Path:
    """A copy of the dbt project in which no seed and no staging model passes."""
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(PROJECT_ROOT / name, folder / name)
    for name in PROJECT_FOLDERS:
        shutil.copytree(PROJECT_ROOT / name, folder / name)
    seeds = [path.stem for path in (folder / "seeds").rglob("*.csv")]
    staging = [path.stem for path in (folder / "models" / "staging").rglob("*.sql")]
    for name in (*seeds, *staging):
        planted = folder / "tests" / "data" / f"{PLANTED}__{name}.sql"
        planted.write_text(f"select count(*) as row_count from {{{{ ref('{name}') }}}}")
    return folder


def test_planted_failing_test_stops_draft_build_and_publication(
    both: BothBuilds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    month, known_at = shared.CLOSINGS[CLOSED_MONTHS]
    before = sorted(drafts_root(both.spark).rglob("*"))
    monkeypatch.setattr(dbt, "PROJECT_ROOT", project_with_failing_tests(tmp_path))
    monkeypatch.setattr(pipeline, "run_raw_suites", lambda *_: [])

    closing = pipeline.calculated_month_end(both.spark, month, known_at)
    with pytest.raises(BuildFailed, match=PLANTED), closing:
        pytest.fail("The closing has passed.")
    with pytest.raises(BuildFailed, match=PLANTED):
        warehouse.build(both.spark, known_at=known_at)
    with pytest.raises(LinernotesError, match=r"run .*that made"):
        warehouse.publish(both.spark)

    assert sorted(drafts_root(both.spark).rglob("*")) == before
