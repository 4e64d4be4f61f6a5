"""Queries a Spark cluster through its Thrift server, with a program of the Spark environment.

Callers supply the statements.
"""

import json
import os
import subprocess
import tempfile
import threading
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from linernotes.base.errors import LinernotesError
from linernotes.base.loopback import LOOPBACK
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


class ClusterSession:
    """A session on the cluster: its statements run one after the other."""

    def __init__(self, place: str, client: subprocess.Popen[str], log: IO[str]) -> None:
        self._place = place
        self._client = client
        self._log = log

    def run(self, statements: Iterable[str]) -> list[list[dict[str, Any]]]:
        """The rows of each statement, as dictionaries.

        Raises:
            ClusterFailed: if the server cannot be reached, refuses a statement, or does not answer
                in time; the earlier statements are done, and the session is over.
        """
        answer = self._ask(json.dumps(list(statements)))
        if not answer:
            self._client.wait()
            self._log.seek(0)
            raise ClusterFailed(f"The client of {self._place} ended: {self._log.read()[-400:]}")
        found = json.loads(answer)
        if isinstance(found, dict):
            raise ClusterFailed(
                f"{self._place} said: {' '.join(found['error'].split())[:400]}. If nothing listens "
                "there, start a cluster with `linernotes cluster start`, or name another by "
                "LINERNOTES_SPARK_HOST and LINERNOTES_SPARK_PORT."
            )
        return found

    def _ask(self, line: str) -> str:
        """Sends a line to the client; the answer is empty if the client has ended."""
        assert self._client.stdin
        assert self._client.stdout
        is_late = threading.Event()

        def end() -> None:
            is_late.set()
            self._client.kill()

        timer = threading.Timer(LONGEST_SECONDS, end)
        timer.start()
        try:
            with suppress(BrokenPipeError):
                print(line, file=self._client.stdin, flush=True)
            answer = self._client.stdout.readline()
        finally:
            timer.cancel()
        if is_late.is_set():
            raise ClusterFailed(
                f"{self._place} did not answer within {LONGEST_SECONDS} seconds. Check whether its "
                "workers run and have memory, and try again."
            )
        return answer


@contextmanager
def cluster_session(settings: Settings) -> Generator[ClusterSession]:
    """A session on the cluster, which ends with the block.

    Raises:
        ClusterFailed: if `make spark` has not run.
    """
    require_spark_environment()
    login = {
        "host": settings.spark_host,
        "port": settings.spark_port,
        "user": settings.spark_user,
        "password": password_of(settings),
        "tls": settings.spark_tls,
    }
    with (
        tempfile.TemporaryFile("w+") as log,
        subprocess.Popen(
            # -P: the folder of the program has a module called dbt.
            [SPARK_PYTHON, "-P", CLIENT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=os.environ | {"TZ": "UTC"},
        ) as client,
    ):
        assert client.stdin
        try:
            with suppress(BrokenPipeError):
                print(json.dumps(login), file=client.stdin, flush=True)
            yield ClusterSession(
                f"the Thrift server {settings.spark_host}:{settings.spark_port}", client, log
            )
        finally:
            with suppress(BrokenPipeError):
                client.stdin.close()


def on_cluster(settings: Settings, statements: Iterable[str]) -> list[list[dict[str, Any]]]:
    """The rows of each statement, in a separate session.

    Raises:
        ClusterFailed: as `ClusterSession.run` does.
    """
    with cluster_session(settings) as session:
        return session.run(statements)
