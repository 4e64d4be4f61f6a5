"""Builds the warehouse file: sources, issued months valued again, then dbt.

One build at a time holds the home's build lock; readers of the published file never notice.
"""

import fcntl
import json
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime

from linernotes.settings import Settings
from linernotes.warehouse.compiled import compiled_project
from linernotes.warehouse.dbt import (
    BuildFailed,
    BuildResult,
    Progress,
    build_result,
    dbt_vars,
    now,
    run_dbt,
)
from linernotes.warehouse.revaluation import revalue
from linernotes.warehouse.shortfalls import keep_shortfalls
from linernotes.warehouse.sources import link_sources, sources_folder


@contextmanager
def building(
    settings: Settings, known_at: datetime, on_progress: Progress | None = None
) -> Generator[None]:
    """Holds the home's build lock, lays out the sources, and values issued months again.

    What dbt then says of its nodes is kept for those who look at the home later.

    Args:
        settings: The home.
        known_at: The freeze of what is to be built, naive UTC.
        on_progress: Called with classes of input done, classes in all, and the class's name.

    Raises:
        BuildFailed: if another build of this home is running.
    """
    with _locked(settings, "build.lock"):
        link_sources(settings)
        revalue(compiled_project(settings), sources_folder(settings), known_at, on_progress)
        try:
            yield
        finally:
            keep_shortfalls(settings, known_at)


@contextmanager
def publishing_alone(settings: Settings) -> Generator[None]:
    """Holds the home from the first check of a build to its publication.

    Without it another build could slip in between, and be published unchecked.

    Raises:
        BuildFailed: if another build of this home is running.
    """
    with _locked(settings, "publish.lock"):
        yield


def build(
    settings: Settings,
    known_at: datetime | None = None,
    select: str | None = None,
    on_progress: Progress | None = None,
) -> BuildResult:
    """Builds the warehouse file with dbt: seeds, models, data tests, each after what it needs.

    Args:
        settings: The home.
        known_at: The freeze, naive UTC; the present by default.
        select: dbt selection, everything by default.
        on_progress: Called with nodes done, nodes in all, and the node's name.

    Raises:
        BuildFailed: if a model or a test of error severity fails. The published file is untouched.
    """
    freeze = known_at or now()
    with building(settings, freeze):
        arguments = ["build", "--vars", json.dumps(dbt_vars(freeze))]
        # Unit tests check the models on hand-made rows, which no delivery can change.
        arguments += ["--exclude-resource-type", "unit_test"]
        if select:
            # A test that also reads what is not selected waits for a whole build.
            arguments += ["--select", *select.split(), "--indirect-selection", "buildable"]
        output = run_dbt(settings, arguments, on_progress)
        return build_result(settings, freeze, output)


@contextmanager
def _locked(settings: Settings, name: str) -> Generator[None]:
    settings.warehouse_file.parent.mkdir(parents=True, exist_ok=True)
    with (settings.warehouse_file.parent / name).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise BuildFailed(
                f"Another build of {settings.home} is running; wait for it to end and try again."
            ) from None
        yield
