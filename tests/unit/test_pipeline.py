"""The order of a build, and what stops it. Other modules test its steps."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from expectations.runner import CheckResult, Outcome
from expectations.suite import Severity
from linernotes import pipeline
from linernotes.base.settings import Settings
from linernotes.pipeline import ChecksFailed, build_and_publish
from linernotes.warehouse import BuildFailed, BuildResult

KNOWN_AT = datetime(2026, 7, 1)


def result_of(table: str, outcome: Outcome, severity: Severity = "error") -> CheckResult:
    check_name = f"{table}__holds"
    return CheckResult("run", table, check_name, severity, outcome, 3, "It has to hold.", KNOWN_AT)


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The steps of a build in their order, as stand-ins, with every check passing."""
    done: list[str] = []

    def build(*_: object) -> BuildResult:
        done.append("dbt")
        return BuildResult(KNOWN_AT, "run", 1)

    def publish(*_: object) -> Path:
        done.append("publish")
        return Path("published.duckdb")

    break_suites(monkeypatch, done)
    monkeypatch.setattr(pipeline.warehouse, "build", build)
    monkeypatch.setattr(pipeline.warehouse, "publish", publish)
    return done


def break_suites(monkeypatch: pytest.MonkeyPatch, done: list[str], **broken: CheckResult) -> None:
    """Have the suites of a layer return a result; those of the others pass."""

    def answer(layer: str) -> Callable[..., list[CheckResult]]:
        def run(*_: object, **__: object) -> list[CheckResult]:
            done.append(layer)
            return [broken.get(layer, result_of(layer, "passed"))]

        return run

    monkeypatch.setattr(pipeline, "run_raw_suites", answer("raw"))
    monkeypatch.setattr(pipeline, "check_reports", answer("reports"))


def test_build_with_checks_that_hold_publishes_last(steps: list[str], tmp_path: Path) -> None:
    outcome = build_and_publish(Settings(home=tmp_path))

    assert steps == ["raw", "dbt", "reports", "publish"]
    assert outcome.published_file == Path("published.duckdb")
    assert [check.table_name for check in outcome.checks] == ["raw", "reports"]


def test_build_of_a_selection_is_not_published(steps: list[str], tmp_path: Path) -> None:
    """Tables outside of the selection may be from another freeze, or refused by their tests."""
    outcome = build_and_publish(Settings(home=tmp_path), select="dim_parties")

    assert steps == ["raw", "dbt"]
    assert outcome.published_file is None


@pytest.mark.parametrize(
    ("layer", "outcome", "expected_steps"),
    [
        ("raw", "failed", ["raw"]),
        ("raw", "error", ["raw"]),
        ("reports", "failed", ["raw", "dbt", "reports"]),
        ("reports", "error", ["raw", "dbt", "reports"]),
    ],
)
def test_build_with_a_broken_blocking_check_publishes_nothing(
    steps: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    layer: str,
    outcome: Outcome,
    expected_steps: list[str],
) -> None:
    break_suites(monkeypatch, steps, **{layer: result_of(layer, outcome)})

    with pytest.raises(ChecksFailed, match=rf"{layer}__holds .*It has to hold"):
        build_and_publish(Settings(home=tmp_path))

    assert steps == expected_steps


def test_build_with_a_broken_warning_publishes(
    steps: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_suites(monkeypatch, steps, reports=result_of("reports", "failed", "warn"))

    build_and_publish(Settings(home=tmp_path))

    assert steps[-1] == "publish"


def test_build_that_dbt_refuses_publishes_nothing(
    steps: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build(*_: object) -> BuildResult:
        raise BuildFailed("a model says no")

    monkeypatch.setattr(pipeline.warehouse, "build", build)

    with pytest.raises(BuildFailed):
        build_and_publish(Settings(home=tmp_path))

    assert steps == ["raw"]
