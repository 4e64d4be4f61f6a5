"""dbt parses the project once per state of its files, for all homes, freezes and months."""

from pathlib import Path

import pytest

from linernotes.base.settings import PROJECT_ROOT, Settings
from linernotes.warehouse import run_dbt
from linernotes.warehouse.dbt import dbt_results
from linernotes.warehouse.project import PARSED_BY_DBT, keep_manifest, manifest_of_now
from linernotes.warehouse.sources import sources_folder

pytestmark = pytest.mark.slow

ONE_SEED = ["build", "--select", "currencies", "--indirect-selection", "cautious"]


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def test_second_run_takes_the_project_as_the_first_has_parsed_it(tmp_path: Path) -> None:
    """Regression: each build parsed everything again for its freeze, ten seconds of every run."""
    homes = [Settings(home=tmp_path / name) for name in ("first", "second")]

    runs = [run_dbt(settings, ONE_SEED) for settings in homes]
    assert [run.exit_status for run in runs] == [0, 0], runs[-1].last_output
    results = dbt_results(homes[1], runs[1])
    failing = run_dbt(homes[1], ["build", "--select", "stg_catalog__parties"])
    unknown = run_dbt(homes[0], ["build", "--no-such-option"])

    targets = [settings.warehouse_file.parent / "target" for settings in homes]
    assert [(target / PARSED_BY_DBT).exists() for target in targets] == [True, False]
    assert {node["status"] for node in results.nodes.values()} == {"success", "pass"}
    assert results.manifest["metadata"]["invocation_id"] == runs[1].invocation_id
    assert not results.is_whole
    assert failing.exit_status == 1, failing.last_output
    assert str(sources_folder(homes[1])) in failing.last_output
    assert unknown.exit_status == 2
    assert "no-such-option" in unknown.last_output


def test_parse_that_another_checkout_left_in_a_home_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Regression: dbt keeps the paths of the checkout that parsed, and looked for seeds there."""
    first, second = (Settings(home=tmp_path / name) for name in ("first", "second"))
    run_dbt(first, ONE_SEED)
    parsed = (first.warehouse_file.parent / "target" / PARSED_BY_DBT).read_bytes()
    place = str(PROJECT_ROOT).encode()
    assert place in parsed
    left = second.warehouse_file.parent / "target" / PARSED_BY_DBT
    left.parent.mkdir(parents=True)
    left.write_bytes(parsed.replace(place, b"/" * len(place)))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "empty"))

    run = run_dbt(second, ONE_SEED)

    assert run.exit_status == 0, run.last_output
    assert place in manifest_of_now().read_bytes()


def test_project_that_changes_while_dbt_reads_it_is_not_kept(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir()
    (target / PARSED_BY_DBT).write_bytes(b"parsed")
    of_before = manifest_of_now().with_name("of-before.msgpack")

    keep_manifest(of_before, target)
    keep_manifest(manifest_of_now(), target)

    assert not of_before.exists()
    assert manifest_of_now().read_bytes() == b"parsed"
