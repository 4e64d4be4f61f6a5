"""The engine of a build, with what the two engines do differently.

After a run the tables of either engine are in the warehouse file, so readers of that file need not
know which one built them. `spark.py` has the code for Spark; DuckDB writes the file itself.
"""

from contextlib import AbstractContextManager
from typing import Any, Protocol

from linernotes.base.settings import Settings
from linernotes.warehouse.calculation import Calculation, calculation_within
from linernotes.warehouse.compiled import compiled_project
from linernotes.warehouse.dbt import DbtResults, dbt_environment
from linernotes.warehouse.sources import sources_folder
from linernotes.warehouse.spark import Spark
from linernotes.warehouse.spark_calculation import spark_calculation


class Engine(Protocol):
    """The engine that runs the models of a build."""

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables with which dbt runs a build."""

    def prepare(self) -> None:
        """Prepares what dbt needs, once the sources are linked.

        Raises:
            BuildFailed: if the engine cannot be used.
        """

    def collect(self, variables: dict[str, Any], results: DbtResults) -> None:
        """Brings what dbt has made into the warehouse file.

        Args:
            variables: The dbt variables of the run.
            results: The results of the run.

        Raises:
            BuildFailed: if anything is missing.
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
        """Nothing has to be prepared."""

    def collect(self, variables: dict[str, Any], results: DbtResults) -> None:
        """Does nothing, because dbt has written everything into the file."""


def calculation_of(settings: Settings, part: str) -> AbstractContextManager[Calculation]:
    """An empty calculation over the build's sources, on the engine that the settings name.

    Args:
        settings: The home.
        part: The purpose, which is part of the tables' names on a shared cluster.
    """
    if settings.engine == "spark":
        return spark_calculation(settings, part)
    return calculation_within(settings, compiled_project(settings), sources_folder(settings))


def engine_of(settings: Settings) -> Engine:
    """The engine that the settings name."""
    return Spark(settings) if settings.engine == "spark" else DuckDb(settings)
