"""dbt as a child process that ends with its parent, and holds the home while it writes.

It is `python -m linernotes.base.dbt_process`, or `linernotes-dbt`. What dbt does is decided in
`warehouse/dbt.py`. It imports almost nothing of the project, because every run of dbt starts with
it.
"""

import gc
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from linernotes.base import locks
from linernotes.base.child_processes import end_with_parent
from linernotes.base.sql import escaped

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

# Set by `dbt_environment`; without the first nothing is locked.
LOCK_VARIABLE = "LINERNOTES_WRITING_LOCK"
# The folder with a folder of Parquet files per source table.
SOURCES_VARIABLE = "LINERNOTES_SOURCES"
# A file with the project as dbt has parsed it before; it may not be there yet.
MANIFEST_VARIABLE = "LINERNOTES_MANIFEST"
# The interpreter that has the adapter of the engine, if it is not this one's.
PYTHON_VARIABLE = "LINERNOTES_SPARK_PYTHON"
WRITING_COMMANDS = {"build", "run", "seed", "snapshot", "test"}
# dbt formats every event for its log, also those that the log leaves out. With these arguments it
# has no log, and this process prints the events of level info and above, a line of JSON each.
EVENTS_ONLY = ("--log-level", "none")
# A collection walks the whole manifest, and dbt's thousands of short-lived objects cause hundreds.
COLLECT_AFTER = (50_000, 20, 100)


def main() -> None:
    """Runs dbt with the arguments of this process, and ends with dbt's exit status."""
    _become_other_interpreter()
    end_with_parent()
    _hold_home()
    sys.exit(_run(sys.argv[1:]))


def _become_other_interpreter() -> None:
    """Goes on in the engine's own environment, as the same process."""
    python = os.environ.get(PYTHON_VARIABLE)
    if python and python != sys.executable:
        # -P: modules beside this file must not be importable by their short names.
        environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
        os.execve(python, [python, "-P", __file__, *sys.argv[1:]], environment)


def _hold_home() -> None:
    """Holds the home for as long as this process lives; the descriptor is never closed."""
    path = os.environ.get(LOCK_VARIABLE)
    if path and WRITING_COMMANDS & set(sys.argv[1:]):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        if not locks.take(descriptor):
            sys.exit(f"Another dbt is writing: it holds {path}. Wait for it to end, and try again.")


def _run(arguments: list[str]) -> int:
    from dbt.cli.main import dbtRunner
    from dbt_common.events.functions import msg_to_dict

    manifest = _parsed_before() if WRITING_COMMANDS & set(arguments) else None
    prints_events = set(EVENTS_ONLY) <= set(arguments)
    gc.set_threshold(*COLLECT_AFTER)

    def receive(event: Any) -> None:
        """Puts the id of the run into the manifest that dbt writes, and prints the event."""
        if manifest:
            manifest.metadata.invocation_id = event.info.invocation_id
        if prints_events and event.info.level != "debug":
            print(json.dumps(msg_to_dict(event)), flush=True)

    result = dbtRunner(manifest, [receive]).invoke(arguments)
    if result.exception:
        print(result.exception, file=sys.stderr)
        return 2
    return 0 if result.success else 1


def _parsed_before() -> "Manifest | None":
    """The project as dbt parsed it when its files were as they are now."""
    file = Path(os.environ.get(MANIFEST_VARIABLE, ""))
    if not file.is_file():
        return None
    from dbt.contracts.graph.manifest import Manifest

    manifest = Manifest.from_msgpack(file.read_bytes())
    if folder := os.environ.get(SOURCES_VARIABLE):
        for source in manifest.sources.values():
            for meta in (source.meta, source.source_meta, source.config.meta):
                if "sources" in meta:
                    meta["sources"] = escaped(folder)
    manifest.build_flat_graph()
    return manifest


if __name__ == "__main__":
    main()
