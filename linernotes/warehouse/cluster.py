"""A Spark cluster on this machine: a master, workers and a Thrift server, started and stopped.

`spark.py` runs builds on the cluster. An external cluster does not need this module.
"""

import json
import os
import secrets
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from linernotes.base import durable
from linernotes.base.loopback import LOOPBACK
from linernotes.base.ports import free_port, why_not_free
from linernotes.base.settings import Settings
from linernotes.warehouse.spark import REQUIRED
from linernotes.warehouse.thrift import (
    SPARK_PYTHON,
    ClusterFailed,
    cluster_folder,
    password_file,
    require_spark_environment,
)

MASTER_CLASS = "org.apache.spark.deploy.master.Master"
WORKER_CLASS = "org.apache.spark.deploy.worker.Worker"
THRIFT_CLASS = "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2"
# Only warnings: by default Spark logs every statement with its values.
LOGGING = """\
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.target = SYSTEM_ERR
# It warns of a setting of Hive's own with every statement.
logger.hive.name = org.apache.hadoop.hive.conf.HiveConf
logger.hive.level = error
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{yy/MM/dd HH:mm:ss} %p %c{1}: %m%n
"""
READY_SECONDS, END_SECONDS = 600.0, 20.0


@dataclass(frozen=True)
class Size:
    """The size of a cluster on this machine.

    Attributes:
        workers: Processes that compute.
        cores: Cores that each worker uses.
        memory_mib: Memory of each worker's executor, and of the Thrift server, which plans.
        java_options: Further options of every Java process.
    """

    workers: int = 2
    cores: int = 1
    memory_mib: int = 2048
    java_options: str = ""


def start_cluster(
    settings: Settings, size: Size | None = None, more: Mapping[str, str] | None = None
) -> dict[str, int]:
    """Starts a cluster that listens only on this machine, and waits until it answers.

    Args:
        settings: The home, which has the Thrift port to open.
        size: The size.
        more: Further settings of Spark.

    Returns:
        The process ids by name: `master`, `worker-1` …, `thrift`.

    Raises:
        ClusterFailed: if one is running, Java or the libraries are missing, the port is in use, or
            it does not start.
    """
    require_spark_environment()
    size = size or Size()
    if running := running_processes(settings):
        raise ClusterFailed(f"A cluster of {settings.home} is running: {', '.join(running)}.")
    if settings.spark_host != LOOPBACK:
        raise ClusterFailed(
            f"LINERNOTES_SPARK_HOST is {settings.spark_host}: only a cluster of this machine "
            f"({LOOPBACK}) can be started."
        )
    if reason := why_not_free(LOOPBACK, settings.spark_port):
        raise ClusterFailed(
            f"Port {settings.spark_port} is not free ({reason}). Set LINERNOTES_SPARK_PORT."
        )
    folder = cluster_folder(settings)
    for part in ("logs", "work"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    settings.spark_warehouse_root.mkdir(parents=True, exist_ok=True)
    durable.write_text(password_file(settings), settings.spark_password or secrets.token_hex(32))
    started = _Starting(settings, size, more or {})
    try:
        started.all()
    except ClusterFailed:
        stop_cluster(settings)
        raise
    return started.processes


def stop_cluster(settings: Settings) -> list[str]:
    """Ends the processes of the home's cluster, and returns their names.

    Tables and catalogue stay for the next start.
    """
    running = running_processes(settings)
    # The Thrift server first, so that it releases its executors.
    for name in sorted(running, key=lambda one: one != "thrift"):
        _end(running[name])
    _record_file(settings).unlink(missing_ok=True)
    return list(running)


def running_processes(settings: Settings) -> dict[str, int]:
    """The running processes of the home's cluster, by name."""
    file = _record_file(settings)
    recorded = json.loads(file.read_text()) if file.exists() else {}
    return {name: number for name, number in recorded.items() if _is_ours(number, settings)}


class _Starting:
    def __init__(self, settings: Settings, size: Size, more: Mapping[str, str]) -> None:
        self.processes: dict[str, int] = {}
        self._started: dict[str, subprocess.Popen[bytes]] = {}
        self._settings, self._size, self._more = settings, size, more
        self._folder = cluster_folder(settings)
        self._spark_home = _spark_home()
        self._master_port, self._page_port = free_port(), free_port()
        self._properties = self._folder / "spark.conf"

    def all(self) -> None:
        self._write_properties()
        size = self._size
        address = f"spark://{LOOPBACK}:{self._master_port}"
        properties = ("--properties-file", str(self._properties))
        self._start(
            "master",
            *("bin/spark-class", MASTER_CLASS, "--host", LOOPBACK),
            *("--port", str(self._master_port)),
            *("--webui-port", str(self._page_port), *properties),
        )
        self._wait("master", lambda: _listens(self._master_port))
        for number in range(1, size.workers + 1):
            self._start(
                f"worker-{number}",
                *("bin/spark-class", WORKER_CLASS, "--host", LOOPBACK, "--webui-port", "0"),
                *("--cores", str(size.cores), "--memory", f"{size.memory_mib + 512}m"),
                *("--work-dir", str(self._folder / "work"), *properties, address),
            )
        self._start(
            "thrift",
            *("bin/spark-submit", "--class", THRIFT_CLASS, "--name", "linernotes"),
            *("--master", address, *properties, "spark-internal"),
            *("--hiveconf", f"hive.server2.thrift.bind.host={LOOPBACK}"),
            *("--hiveconf", "hive.server2.authentication=CUSTOM"),
            *("--hiveconf", "hive.server2.custom.authentication.class=HomeLogin"),
            *("--hiveconf", f"hive.server2.thrift.port={self._settings.spark_port}"),
        )
        self._wait("worker-1", lambda: self._alive_workers() == size.workers)
        self._wait("thrift", lambda: _listens(self._settings.spark_port))

    def _write_properties(self) -> None:
        size, java = self._size, self._size.java_options
        properties = {
            **REQUIRED,
            "spark.authenticate": "true",
            "spark.authenticate.secret": secrets.token_hex(32),
            "spark.driver.host": LOOPBACK,
            "spark.driver.bindAddress": LOOPBACK,
            "spark.driver.extraClassPath": str(SPARK_PYTHON.parents[1] / "classes"),
            "spark.driver.extraJavaOptions": (
                f"{java} -Dderby.system.home={self._folder} "
                f"-Dlinernotes.password={password_file(self._settings)}"
            ),
            "spark.executor.memory": f"{size.memory_mib}m",
            "spark.executor.cores": str(size.cores),
            "spark.cores.max": str(size.workers * size.cores),
            "spark.executor.extraJavaOptions": java,
            "spark.ui.enabled": "false",
            "spark.ui.killEnabled": "false",
            "spark.sql.shuffle.partitions": str(size.workers * size.cores),
            "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
            "spark.sql.warehouse.dir": str(self._settings.spark_warehouse_root),
            "spark.hadoop.javax.jdo.option.ConnectionURL": (
                f"jdbc:derby:;databaseName={self._folder / 'catalogue'};create=true"
            ),
            **self._more,
        }
        lines = "".join(f"{name} {value}\n" for name, value in properties.items())
        # It holds the secret with which the processes authenticate each other.
        durable.write_text(self._properties, lines)
        durable.write_text(self._folder / "log4j2.properties", LOGGING)

    def _start(self, name: str, program: str, *arguments: str) -> None:
        size = self._size
        environment = os.environ | {
            "SPARK_HOME": str(self._spark_home),
            "SPARK_LOCAL_IP": LOOPBACK,
            # spark-submit gives the Thrift server this memory, and ignores spark.driver.memory.
            "SPARK_DAEMON_MEMORY": f"{size.memory_mib if name == 'thrift' else 512}m",
            "SPARK_DAEMON_JAVA_OPTS": size.java_options,
            "SPARK_CONF_DIR": str(self._folder),
            "PYSPARK_PYTHON": str(SPARK_PYTHON),
            "TZ": "UTC",
        }
        with (self._folder / "logs" / f"{name}.log").open("w") as log:
            process = subprocess.Popen(
                [str(self._spark_home / program), *arguments],
                cwd=self._folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._started[name] = process
        self.processes[name] = process.pid
        durable.write_text(_record_file(self._settings), json.dumps(self.processes))

    def _wait(self, name: str, is_ready: Callable[[], bool]) -> None:
        until = time.monotonic() + READY_SECONDS
        while not is_ready():
            # The process has the script's command line until it becomes Java.
            ended = self._started[name].poll() is not None
            if ended or time.monotonic() > until:
                log = self._folder / "logs" / f"{name}.log"
                last = " ".join(log.read_text(errors="replace").split())[-600:]
                reason = "has ended" if ended else f"is not ready after {READY_SECONDS:.0f} s"
                raise ClusterFailed(f"The cluster's {name} {reason}. {log} ends: …{last}")
            time.sleep(0.2)

    def _alive_workers(self) -> int:
        page = f"http://{LOOPBACK}:{self._page_port}/json/"
        with suppress(OSError), urllib.request.urlopen(page, timeout=5) as answer:
            return int(json.load(answer)["aliveworkers"])
        return 0


def _spark_home() -> Path:
    [found] = SPARK_PYTHON.parents[1].glob("lib/python*/site-packages/pyspark")
    return found


def _record_file(settings: Settings) -> Path:
    return cluster_folder(settings) / "processes.json"


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=1):
        return True
    return False


def _is_ours(number: int, settings: Settings) -> bool:
    """Whether a process belongs to this cluster: its id may have been reused."""
    try:
        command = Path(f"/proc/{number}/cmdline").read_bytes()
    except OSError:
        return False
    return str(cluster_folder(settings)).encode() in command


def _end(number: int) -> None:
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.kill(number, sign)
        until = time.monotonic() + END_SECONDS
        while time.monotonic() < until:
            with suppress(ChildProcessError):
                os.waitpid(number, os.WNOHANG)
            if not Path(f"/proc/{number}/cmdline").exists():
                return
            if not Path(f"/proc/{number}/cmdline").read_bytes():
                return
            time.sleep(0.1)
