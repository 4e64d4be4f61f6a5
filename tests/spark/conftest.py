"""One small world, built on DuckDB and on a cluster here, of which a worker is killed."""

import os
import re
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from linernotes import ingestion, warehouse
from linernotes.base.ports import free_port
from linernotes.base.settings import Settings
from linernotes.ledger.files import RECALCULATED
from linernotes.warehouse.thrift import SPARK_PYTHON
from sampleservice import write_sample
from tests import conftest as shared
from tests.fixtures import worlds

CLOSED_MONTHS = 1
SAMPLE_SCALE, SAMPLE_MONTHS = 0.01, 6
# The killed worker leaves half of the models, and their tests, to the other one.
KILLED_AFTER_NODES = 250
LEAST_JAVA = 17
# Short runs: little time goes into compiling, and Java's own threads leave the cores alone.
# With one compiler Java reserves too little room for its code, and then sweeps it all the time.
SHORT_RUNS = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:ReservedCodeCacheSize=256m"


@dataclass(frozen=True)
class BothBuilds:
    """What two engines made of one home.

    Attributes:
        spark: The settings of the home with Spark as its engine; the cluster still runs.
        duckdb_file: The warehouse file that DuckDB made.
        spark_file: The one that was collected from Spark.
        duckdb_closing: A month-end that DuckDB calculated, after a build; one month is issued.
        spark_closing: The same month-end, calculated on Spark.
        duckdb_corrections: What DuckDB found to have changed in the issued month before it.
        spark_corrections: The same, found on Spark.
        events: The folder of the cluster's event log.
        killed: The worker that was killed, once it was.
    """

    spark: Settings
    duckdb_file: Path
    spark_file: Path
    duckdb_closing: Path
    spark_closing: Path
    duckdb_corrections: Path
    spark_corrections: Path
    events: Path
    killed: list[str]


@pytest.fixture(scope="session")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BothBuilds]:
    """A sample world with all edge cases and an issued month, built on both engines."""
    if reason := why_not():
        pytest.skip(f"THE SECOND ENGINE IS NOT TESTED: {reason}. Run `make spark`.")
    home = tmp_path_factory.mktemp("both") / "home"
    events = home.parent / "events"
    events.mkdir()
    spark = Settings(
        home=home, settling_seconds=0, engine="spark", spark_port=free_port(), dbt_threads=3
    )
    starting = threading.Thread(target=_start_cluster, args=[spark, events])
    starting.start()
    duckdb = spark.model_copy(update={"engine": "duckdb"})
    try:
        _load_and_issue(duckdb)
        corrections = warehouse.sources_folder(duckdb) / RECALCULATED / "000000.parquet"
        duckdb_closing = home.parent / "duckdb-closing.duckdb"
        warehouse.calculate_open_months(duckdb, *shared.CLOSINGS[CLOSED_MONTHS]).rename(
            duckdb_closing
        )
        duckdb_corrections = corrections.rename(home.parent / "duckdb-corrections.parquet")
        # The corrections of this freeze are there when Spark builds; those of its closing are not.
        warehouse.build(duckdb, known_at=shared.CASES_KNOWN_AT)
        duckdb_file = home.parent / "duckdb.duckdb"
        duckdb.warehouse_file.rename(duckdb_file)
        starting.join()
        killed: list[str] = []

        def kill_worker(done: int, total: int, node: str) -> None:
            if done >= KILLED_AFTER_NODES and not killed:
                os.kill(warehouse.running_processes(spark)["worker-2"], signal.SIGKILL)
                killed.append(node)

        warehouse.build(spark, known_at=shared.CASES_KNOWN_AT, on_progress=kill_worker)
        spark_file = home.parent / "spark.duckdb"
        shutil.copy(spark.warehouse_file, spark_file)
        spark_closing = warehouse.calculate_open_months(spark, *shared.CLOSINGS[CLOSED_MONTHS])
        # Copied: the tests that follow lay the sources out once more.
        spark_corrections = home.parent / "spark-corrections.parquet"
        shutil.copy(corrections, spark_corrections)
        yield BothBuilds(
            spark,
            duckdb_file,
            spark_file,
            duckdb_closing,
            spark_closing,
            duckdb_corrections,
            spark_corrections,
            events,
            killed,
        )
    finally:
        starting.join()
        warehouse.stop_cluster(spark)


def _start_cluster(settings: Settings, events: Path) -> None:
    warehouse.start_cluster(
        settings,
        warehouse.Size(java_options=SHORT_RUNS),
        {
            "spark.eventLog.enabled": "true",
            "spark.eventLog.dir": str(events),
            "spark.eventLog.rolling.enabled": "false",
            "spark.eventLog.compress": "false",
        },
    )


def _load_and_issue(settings: Settings) -> None:
    write_sample(settings.landing_root, SAMPLE_SCALE, months=SAMPLE_MONTHS)
    world = shared.closed_world()
    shared.import_modules("tests.integration.edge_cases")
    for add_case in worlds.CASES:
        add_case(world)
    world.write(settings.landing_root)
    ingestion.admit_landing(settings)
    for month, known_at in shared.CLOSINGS[:CLOSED_MONTHS]:
        shared.close_and_issue(settings, month, known_at)


def why_not() -> str:
    """Why nothing can be run on Spark here; empty if it can."""
    if not SPARK_PYTHON.exists():
        return f"its libraries are not in {SPARK_PYTHON.parents[1].name}"
    java = shutil.which("java")
    if not java:
        return "there is no Java"
    stated = subprocess.run([java, "-version"], capture_output=True, text=True).stderr
    version = re.search(r'version "(\d+)', stated)
    if not version or int(version[1]) < LEAST_JAVA:
        return f"Java is not {LEAST_JAVA} or later"
    return ""
