"""The resources of assets: the home, and dbt for the home.

Resources contain no logic; the library does the work.
"""

import os
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
from dagster_dbt import DbtCliResource

from linernotes.base import modes
from linernotes.base.logs import start_logging
from linernotes.base.run_history import CURRENT_RUN, RunNow
from linernotes.base.settings import PROJECT_ROOT, Settings
from linernotes.base.steps import spans_are_wanted


class Home(dg.ConfigurableResource):
    """The home of a code location; blank values are taken from the environment."""

    home: str = ""
    landing: str = ""

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        """Sets the current run, to which the telemetry of its steps belongs."""
        run = context.run
        CURRENT_RUN.set(RunNow(run.run_id, f"dagster {run.job_name}") if run else None)

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:
        """Sends the steps' spans, because the process ends without the cleanup that sends them."""
        if spans_are_wanted():
            from linernotes.base.spans import send_spans

            send_spans()

    @property
    def settings(self) -> Settings:
        """The settings of the home, as in the commands."""
        given = {"home": self.home, "landing": self.landing}
        return Settings.model_validate({name: path for name, path in given.items() if path})


def start_process() -> None:
    """The first call of every Dagster process: makes its new files private, and starts logging."""
    modes.keep_private()
    start_logging(Settings())


def dbt_resource() -> DbtCliResource:
    """The dbt of the running interpreter, with the project at the repository's root."""
    return DbtCliResource(
        project_dir=str(PROJECT_ROOT),
        profiles_dir=str(PROJECT_ROOT),
        dbt_executable=str(Path(sys.executable).with_name("linernotes-dbt")),
    )


@contextmanager
def environment(variables: Mapping[str, str]) -> Generator[None]:
    """Sets environment variables temporarily; dbt reads its home from them."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
