"""Starts Dagster over a home: web pages, daemon, schedules.

What they run is in `definitions.py`.
"""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

from linernotes.base import durable
from linernotes.errors import LinernotesError
from linernotes.settings import Settings
from linernotes.warehouse import dbt_environment
from orchestration.keeping import keep_together, the_only_one
from orchestration.manifest import manifest_file

# One run at a time: the lake and the warehouse file have one writer each.
INSTANCE = """\
run_queue:
  max_concurrent_runs: 1
telemetry:
  enabled: false
"""


def dagster_home(settings: Settings) -> Path:
    """The folder of Dagster's own records, with its configuration; made when it is not there."""
    folder = settings.home / "dagster"
    configuration = folder / "dagster.yaml"
    if not configuration.exists():
        durable.write_text(configuration, INSTANCE)
    return folder


def serve(settings: Settings, host: str, port: int) -> int:
    """Runs the web server and the daemon until they are stopped, and returns their exit status.

    Whatever ends it, nothing that it started goes on running.

    Raises:
        LinernotesError: if the web server is not installed, or another one runs over this home.
    """
    if find_spec("dagster_webserver") is None:
        raise LinernotesError("Dagster's web server is not installed: run `make install`.")
    variables = {
        **settings.environment,
        **dbt_environment(settings),
        "DAGSTER_HOME": str(dagster_home(settings)),
    }
    command = [sys.executable, "-m", "dagster", "dev", "--module-name", "orchestration.definitions"]
    command += ["--host", host, "--port", str(port)]
    with the_only_one(dagster_home(settings), settings.home) as lock:
        # Parsed before, since each of Dagster's processes would do it, and might give up waiting.
        manifest_file(settings)
        return keep_together(command, os.environ | variables, lock)
