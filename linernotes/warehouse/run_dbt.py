"""dbt as a child process that ends with its parent, and holds the home while it writes.

It is `python -m linernotes.warehouse.run_dbt`, or `linernotes-dbt`. What dbt does is in `dbt.py`.
"""

import fcntl
import os
import sys
from pathlib import Path

from linernotes.children import end_with_parent

# Set by `dbt_environment`; without it nothing is locked.
LOCK_VARIABLE = "LINERNOTES_WRITING_LOCK"
# The interpreter that has the adapter of the engine, if it is not this one's.
PYTHON_VARIABLE = "LINERNOTES_SPARK_PYTHON"
WRITING_COMMANDS = {"build", "run", "seed", "snapshot", "test"}


def _hold_home() -> None:
    """Holds the home for as long as this process lives; the descriptor is never closed."""
    path = os.environ.get(LOCK_VARIABLE)
    if path and WRITING_COMMANDS & set(sys.argv[1:]):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            sys.exit(f"Another dbt is writing: it holds {path}.")


def _become_other_interpreter() -> None:
    """Goes on in the engine's own environment, as the same process."""
    python = os.environ.get(PYTHON_VARIABLE)
    if python and python != sys.executable:
        # -P: the folder of this file has a module called dbt.
        environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
        os.execve(python, [python, "-P", __file__, *sys.argv[1:]], environment)


def main() -> None:
    """Runs dbt with the arguments of this process."""
    _become_other_interpreter()
    end_with_parent()
    _hold_home()
    from dbt.cli.main import cli

    cli()


if __name__ == "__main__":
    main()
