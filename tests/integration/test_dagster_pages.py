"""Dagster's pages about a run: counts to plot, and money, quarantine and files as tables.

`test_dagster_definitions.py` tests schedules and sensors.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from linernotes.base.published import publication
from linernotes.base.settings import Settings
from orchestration.resources import Home
from tests.conftest import CASES_KNOWN_AT

MONTH, PARTNER = "2026-03-01", "e38-partner"


@pytest.fixture
def home(case_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with the edge cases' published file, without drafts."""
    monkeypatch.setenv("LINERNOTES_HOME", str(tmp_path))
    shutil.copytree(Settings(home=case_home).published_root, tmp_path / "published")
    return tmp_path


def metadata_of(result: dg.ExecuteInProcessResult) -> Mapping[str, Any]:
    [event] = result.get_asset_materialization_events()
    return event.step_materialization_data.materialization.metadata


def test_publication_shows_money_quarantine_and_counts(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orchestration.assets import publishing

    file = home / "published" / publication(Settings(home=home)).file_name
    monkeypatch.setattr(publishing, "publish", lambda *_: file)

    result = dg.materialize([publishing.published_warehouse], resources={"home": Home()})

    metadata = metadata_of(result)
    assert metadata["known_at"].value == CASES_KNOWN_AT.isoformat()
    assert metadata["dagster/row_count"].value > 1000
    assert metadata["open_quarantine_reason_count"].value >= 1
    assert "| finance/revenue | gross" in str(metadata["open_quarantine"].value)
    assert f"| {PARTNER} | draft |" in str(metadata["money_per_partner"].value)
    assert "| marts.fct_pools |" in str(metadata["tables"].value)


def test_drafts_show_money_per_partner_to_the_cent(home: Path) -> None:
    from orchestration.assets.statements import statement_drafts

    result = dg.materialize([statement_drafts], partition_key=MONTH, resources={"home": Home()})

    metadata = metadata_of(result)
    # Of 9.00 the part without consent, 1.80, is held: see "A mash-up" in docs/money.md.
    assert f"| {PARTNER} | 7.20 | 1.80 | EUR |" in str(metadata["money_per_partner"].value)
    assert metadata["line_count"].value >= metadata["dagster/row_count"].value > 0


def test_packages_show_their_files(home: Path) -> None:
    from orchestration.assets.publishing import partner_packages
    from orchestration.assets.statements import statement_drafts

    dg.materialize([statement_drafts], partition_key=MONTH, resources={"home": Home()})
    with dg.instance_for_test() as instance:
        instance.add_dynamic_partitions("partners", [PARTNER])

        result = dg.materialize(
            [partner_packages],
            partition_key=dg.MultiPartitionKey({"partner": PARTNER, "month": MONTH}),
            instance=instance,
            resources={"home": Home()},
        )

    metadata = metadata_of(result)
    assert "| manifest.json |" in str(metadata["files"].value)
    assert metadata["byte_count"].value > 10_000
