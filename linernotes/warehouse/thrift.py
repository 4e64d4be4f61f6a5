"""Queries a Spark cluster through its Thrift server, with a program of the Spark environment.

Callers supply the statements.
"""

import json
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from linernotes.base.errors import LinernotesError
from linernotes.base.ports import LOOPBACK
from linernotes.base.settings import PROJECT_ROOT, Settings

# Created by `make spark`: PySpark and dbt's Spark adapter, separate from this process's libraries.
SPARK_PYTHON = PROJECT_ROOT / ".spark" / "bin" / "python"
CLIENT = Path(__file__).with_name("spark_client.py")
LONGEST_SECONDS = 600


class ClusterFailed(LinernotesError):
    """The cluster cannot be reached, or refused a statement."""


def cluster_folder(settings: Settings) -> Path:
    """The folder of a local cluster's catalogue, logs, password and process ids."""
    return settings.warehouse_file.parent / "spark"


def password_file(settings: Settings) -> Path:
    """The password of the home's own Thrift server, which is made when it is started."""
    return cluster_folder(settings) / "password"


def password_of(settings: Settings) -> str:
    """The password of the Thrift server: the configured one or the home's own; may be empty."""
    file = password_file(settings)
    if settings.spark_password or settings.spark_host != LOOPBACK or not file.exists():
        return settings.spark_password
    return file.read_text()


def require_spark_environment() -> None:
    """Raises `ClusterFailed` if `make spark` has not run."""
    if not SPARK_PYTHON.exists():
        raise ClusterFailed(
            f"The engine is Spark, but its libraries are not in {SPARK_PYTHON.parents[1]}: "
            "run `make spark`."
        )


def on_cluster(settings: Settings, statements: Iterable[str]) -> list[list[dict[str, Any]]]:
    """The rows of each statement, as dictionaries, in one session.

    Raises:
        ClusterFailed: if the server cannot be reached, refuses a statement, or does not answer in
            time; the earlier statements are done.
    """
    require_spark_environment()
    asked = {
        "host": settings.spark_host,
        "port": settings.spark_port,
        "user": settings.spark_user,
        "password": password_of(settings),
        "tls": settings.spark_tls,
        "statements": list(statements),
    }
    place = f"the Thrift server {settings.spark_host}:{settings.spark_port}"
    try:
        done = subprocess.run(
            # -P: the folder of the program has a module called dbt.
            [SPARK_PYTHON, "-P", CLIENT],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            timeout=LONGEST_SECONDS,
            env=os.environ | {"TZ": "UTC"},
        )
    except subprocess.TimeoutExpired:
        raise ClusterFailed(
            f"{place} did not answer within {LONGEST_SECONDS} seconds. Check whether its workers "
            "run and have memory, and try again."
        ) from None
    if done.returncode != 0:
        raise ClusterFailed(f"The client of {place} ended: {done.stderr.strip()[-400:]}")
    found = json.loads(done.stdout)
    if isinstance(found, dict):
        raise ClusterFailed(
            f"{place} said: {' '.join(found['error'].split())[:400]}. If nothing listens there, "
            "start a cluster with `linernotes cluster start`, or name another by "
            "LINERNOTES_SPARK_HOST and LINERNOTES_SPARK_PORT."
        )
    return found
