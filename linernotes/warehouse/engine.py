"""Which engine builds: the one place where that is decided.

Whichever it is, its tables are in the warehouse file when a run is over, and nobody who reads that
file need know. What each engine needs is in `spark.py`; DuckDB writes the file itself.
"""

from contextlib import AbstractContextManager
from typing import Any, Protocol

from linernotes.base.settings import Settings
from linernotes.warehouse.calculation import Calculation, calculation
from linernotes.warehouse.compiled import compiled_project
from linernotes.warehouse.dbt import DbtResults, dbt_environment
from linernotes.warehouse.sources import sources_folder
from linernotes.warehouse.spark import Spark
from linernotes.warehouse.spark_calculation import spark_calculation


class Engine(Protocol):
    """What runs the models of a build."""

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables with which dbt runs a build."""

    def prepare(self) -> None:
        """Makes ready what dbt needs, once the sources are laid out.

        Raises:
            BuildFailed: if the engine cannot be used.
        """

    def collect(self, variables: dict[str, Any], results: DbtResults) -> None:
        """Brings what dbt has made into the warehouse file.

        Args:
            variables: The dbt variables of the run.
            results: What the run came to.

        Raises:
            BuildFailed: if it is not all there.
        """


class DuckDb:
    """DuckDB on this machine: dbt writes into the warehouse file."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables with which dbt runs a build."""
        return dbt_environment(self._settings)

    def prepare(self) -> None:
        """Nothing is needed."""

    def collect(self, variables: dict[str, Any], results: DbtResults) -> None:
        """All is in the file."""


def calculation_of(settings: Settings, part: str) -> AbstractContextManager[Calculation]:
    """An empty calculation over the build's sources, on the engine that the settings name.

    Args:
        settings: The home.
        part: What it is for: on a shared cluster its tables are called so.
    """
    if settings.engine == "spark":
        return spark_calculation(settings, part)
    return calculation(compiled_project(settings), sources_folder(settings))


def engine_of(settings: Settings) -> Engine:
    """The engine that the settings name."""
    return Spark(settings) if settings.engine == "spark" else DuckDb(settings)
