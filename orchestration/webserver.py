"""Starts Dagster for a home: web pages, daemon, schedules.

`definitions.py` defines what they run.
"""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

from linernotes.base import durable
from linernotes.base.errors import LinernotesError
from linernotes.base.ports import why_not_free
from linernotes.base.settings import Settings
from linernotes.cli.console import print_line
from linernotes.warehouse import dbt_environment
from orchestration.manifest import manifest_file
from orchestration.servers import keep_together, the_only_one

DEFINITIONS = "orchestration.definitions"
# Configurations of earlier versions, which are replaced if nobody has changed them.
EARLIER = ("run_queue:\n  max_concurrent_runs: 1\ntelemetry:\n  enabled: false\n",)
# The lake, the warehouse file and deliveries each have only one writer: a pool of one run. A load
# may run during a build, because a build reads the lake as of the build's start.
INSTANCE = """\
concurrency:
  runs:
    max_concurrent_runs: 3
  pools:
    default_limit: 1
    granularity: run
# A worker that is killed leaves no run that seems to go on.
run_monitoring:
  enabled: true
  start_timeout_seconds: 600
  cancel_timeout_seconds: 180
  max_runtime_seconds: 43200
  poll_interval_seconds: 60
run_retries:
  enabled: true
  max_retries: 0
retention:
  schedule:
    purge_after_days: 90
  sensor:
    purge_after_days:
      skipped: 7
      failure: 30
      success: 90
  auto_materialize:
    purge_after_days: 30
telemetry:
  enabled: false
nux:
  enabled: false
"""


def dagster_home(settings: Settings) -> Path:
    """The folder of Dagster's records, with its configuration; created if it does not exist."""
    folder = settings.home / "dagster"
    configuration = folder / "dagster.yaml"
    if not configuration.exists() or configuration.read_text() in EARLIER:
        durable.write_text(configuration, INSTANCE)
    return folder


def serve(settings: Settings, host: str, port: int) -> int:
    """Runs the web server and the daemon until one of them ends or both are stopped.

    When it ends for any reason, all processes that it started end too.

    Returns:
        The exit status of the process that ended by itself; 0 if both were stopped.

    Raises:
        LinernotesError: if the web server is not installed, its port is in use, or another one runs
            for this home.
    """
    if find_spec("dagster_webserver") is None:
        raise LinernotesError("Dagster's web server is not installed: run `make install`.")
    variables = {
        **settings.environment,
        **dbt_environment(settings),
        "DAGSTER_HOME": str(dagster_home(settings)),
    }
    pages = [sys.executable, "-m", "orchestration.pages", host, str(port)]
    daemon = [sys.executable, "-m", "dagster._daemon", "run", "--module-name", DEFINITIONS]
    with the_only_one(dagster_home(settings), settings.home) as lock:
        reason = why_not_free(host, port)
        if reason:
            raise LinernotesError(
                f"Dagster's pages cannot be served on {host}, port {port}: {reason}. "
                "Choose another with --port or --host."
            )
        # Parsed first, because otherwise each of Dagster's processes would parse it, and might time
        # out.
        manifest_file(settings)
        print_line(f"Dagster's pages: http://{f'[{host}]' if ':' in host else host}:{port}")
        return keep_together([pages, daemon], os.environ | variables, lock)
