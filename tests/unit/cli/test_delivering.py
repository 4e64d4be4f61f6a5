"""Delivery of packages by the command line and by Dagster: exit status, tables, failed runs.

The tests of `linernotes.delivery` cover the delivery itself.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from linernotes.base.settings import Settings
from linernotes.cli.app import DONE, NOT_ALLOWED, WRONG_USE, run
from linernotes.delivery import DELIVERED
from orchestration.assets.publishing import delivered_packages
from orchestration.partitions import partners
from orchestration.resources import Home
from tests.fixtures.deliveries import FLAG, JUNE, PARTNER_DPID, agree, goes, package_of, tree


@pytest.fixture
def settings(issued_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A complete home with two issued packages, and an agreed folder for each partner."""
    home = tmp_path / "home"
    shutil.copytree(issued_home, home)
    monkeypatch.setenv("LINERNOTES_HOME", str(home))
    # Packages are then written in this process, because others take seconds to start.
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    settings = Settings(home=home)
    targets = [
        f'[partners.{name}]\ndpid = "{PARTNER_DPID}"\n'
        f'target = {{ kind = "folder", path = "delivered/{name}" }}\n'
        for name in ("tune", "wave")
    ]
    agree(settings, "\n".join(targets))
    for name in ("tune", "wave"):
        (home / "delivered" / name).mkdir(parents=True)
    return settings


def shown(capsys: pytest.CaptureFixture[str]) -> str:
    return " ".join(capsys.readouterr().out.split())


def test_report_with_deliver_prints_what_arrived(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    status = run(["report", "--month", JUNE, "--deliver"])

    printed = shown(capsys)
    assert status == DONE
    assert printed.count(" delivered") >= 2
    assert "Not delivered" not in printed
    for name in ("tune", "wave"):
        assert FLAG in tree(settings.home / "delivered" / name)


def test_report_with_deliver_once_more_says_as_before(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["report", "--month", JUNE, "--partner", "tune", "--deliver"])
    capsys.readouterr()

    status = run(["report", "--month", JUNE, "--partner", "tune", "--deliver"])
    printed = shown(capsys)
    again = run(["report", "--month", JUNE, "--partner", "tune", "--deliver", "--again"])

    assert (status, again) == (DONE, DONE)
    assert "as before" in printed.partition("Shipments")[2]
    assert [one.is_again for one in goes(settings, "tune")] == [False, True]


def test_report_with_a_delivery_that_fails_ends_with_1_after_the_others(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    (settings.home / "delivered" / "tune").rmdir()

    status = run(["report", "--month", JUNE, "--deliver"])

    printed = shown(capsys)
    assert status == NOT_ALLOWED
    assert "mount its share" in printed.partition("Not delivered")[2]
    assert goes(settings, "wave")[-1].outcome == DELIVERED


def test_report_with_a_partner_misspelt_in_the_agreements_says_so(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    file = settings.agreements_file
    file.write_text(file.read_text().replace("[partners.tune]", "[partners.tuna]"))

    status = run(["report", "--month", JUNE, "--deliver"])
    reported = shown(capsys).partition("Not delivered")[2]
    run(["status"])

    assert status == NOT_ALLOWED
    assert "tuna" in reported
    assert "no such partner is published" in reported
    assert goes(settings, "wave")[-1].outcome == DELIVERED
    assert "lists unknown partners: tuna" in shown(capsys)


def test_report_with_a_package_that_cannot_be_written_delivers_the_others(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    (package_of(settings, "tune").path / "statement.pdf").write_text("changed")

    status = run(["report", "--month", JUNE, "--deliver"])

    printed = shown(capsys)
    assert status == NOT_ALLOWED
    assert "is damaged, statement.pdf changed" in printed.partition("Not delivered")[2]
    assert goes(settings, "wave")[-1].outcome == DELIVERED
    assert goes(settings, "tune") == []


def test_report_again_without_deliver_is_wrong_use(settings: Settings) -> None:
    assert run(["report", "--again"]) == WRONG_USE


@pytest.mark.parametrize(
    ("prepare", "line"),
    [
        (lambda settings: None, "0 delivered, 2 undelivered, 0 failed"),
        (lambda settings: run(["report", "--deliver"]), "2 delivered, 0 undelivered, 0 failed"),
        (lambda settings: agree(settings, ""), "No issued package has a target"),
        (lambda settings: agree(settings, "["), "cannot be read"),
    ],
    ids=["before", "after", "nothing agreed", "wrong agreements"],
)
def test_status_says_how_many_packages_arrived(
    settings: Settings, capsys: pytest.CaptureFixture[str], prepare: object, line: str
) -> None:
    assert callable(prepare)
    prepare(settings)
    capsys.readouterr()

    status = run(["status"])

    assert status == DONE
    assert line in shown(capsys)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test() as temporary:
        temporary.add_dynamic_partitions(str(partners.name), ["tune", "wave"])
        yield temporary


def materialize(
    settings: Settings, instance: dg.DagsterInstance, **config: bool
) -> dg.ExecuteInProcessResult:
    return dg.materialize(
        [delivered_packages],
        instance=instance,
        partition_key=dg.MultiPartitionKey({"partner": "tune", "month": f"{JUNE}-01"}),
        resources={"home": Home(home=str(settings.home))},
        run_config={"ops": {"delivered_packages": {"config": config}}},
        raise_on_error=False,
    )


def test_delivered_packages_of_a_partition_brings_that_partner_alone(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    result = materialize(settings, instance)

    assert result.success
    assert [one.outcome for one in goes(settings, "tune")] == [DELIVERED]
    assert goes(settings, "wave") == []


def test_delivered_packages_again_is_asked_for_by_config(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    materialize(settings, instance)

    again = materialize(settings, instance, again=True)

    assert again.success
    assert [one.is_again for one in goes(settings, "tune")] == [False, True]


def test_delivered_packages_that_fail_fail_the_run_with_the_reason(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    (settings.home / "delivered" / "tune").rmdir()

    result = materialize(settings, instance)

    assert not result.success
    [failure] = [event for event in result.all_events if event.is_step_failure]
    data = failure.step_failure_data.user_failure_data
    assert data
    assert "mount its share" in str(data.description)
