"""dbt as a child process that ends with its parent, and holds the home while it writes.

It is `python -m linernotes.warehouse.run_dbt`, or `linernotes-dbt`. What dbt does is in `dbt.py`.
"""

import fcntl
import os
import sys

from linernotes.children import end_with_parent

# Set by `dbt_environment`; without it nothing is locked.
LOCK_VARIABLE = "LINERNOTES_WRITING_LOCK"
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


def main() -> None:
    """Runs dbt with the arguments of this process."""
    end_with_parent()
    _hold_home()
    from dbt.cli.main import cli

    cli()


if __name__ == "__main__":
    main()
