"""Issuing statements on Dagster's pages: the same two persons are required as for commands."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.ledger.issuances import issued_statements
from linernotes.statements import approve, newest_drafts, person_of_the_system
from orchestration.assets.statements import issued_statements as issue_asset
from orchestration.assets.statements import statement_drafts
from orchestration.resources import Home
from tests.fixtures.published_warehouse import Line, Statement, publish

JUNE, PARTITION = "2026-06", "2026-06-01"


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test() as temporary:
        yield temporary


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("LINERNOTES_HOME", str(tmp_path))
    settings = Settings(home=tmp_path)
    publish(settings, Statement("tune", "tune-master", [Line("a", "10.00")]))
    return settings


def made(instance: dg.DagsterInstance, asset: dg.AssetsDefinition) -> dg.ExecuteInProcessResult:
    return dg.materialize(
        [asset],
        partition_key=PARTITION,
        instance=instance,
        resources={"home": Home()},
        raise_on_error=False,
    )


def test_issue_from_dagster_needs_the_approval_of_another_person_than_the_drafter(
    instance: dg.DagsterInstance, settings: Settings
) -> None:
    assert made(instance, statement_drafts).success
    own = person_of_the_system().identity

    assert not made(instance, issue_asset).success
    with pytest.raises(LinernotesError, match="another person must"):
        approve(settings, JUNE, by="Ada", identity=own)
    with pytest.raises(LinernotesError, match="another person must"):
        approve(settings, JUNE, by="linernotes schedule", identity="user:ben")
    assert not made(instance, issue_asset).success
    assert not issued_statements(settings)

    approve(settings, JUNE, by="Ben", identity="user:ben")
    assert made(instance, issue_asset).success
    [draft] = newest_drafts(settings, JUNE)
    assert draft.statement_id in issued_statements(settings)


def test_draft_that_changed_after_its_approval_is_not_issued_from_dagster(
    instance: dg.DagsterInstance, settings: Settings
) -> None:
    made(instance, statement_drafts)
    approve(settings, JUNE, by="Ben", identity="user:ben")
    publish(settings, Statement("tune", "tune-master", [Line("a", "12.00")]))
    made(instance, statement_drafts)

    made(instance, issue_asset)

    [draft] = newest_drafts(settings, JUNE)
    assert draft.version == 2
    assert draft.statement_id not in issued_statements(settings)
