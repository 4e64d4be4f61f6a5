"""`python -m linernotes.warehouse [--select …]`: the dbt build of the home in the environment."""

import argparse

from linernotes.settings import Settings
from linernotes.warehouse import build

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Build the warehouse file with dbt.")
    parser.add_argument("--select")
    arguments = parser.parse_args()
    result = build(
        Settings(),
        select=arguments.select,
        on_progress=lambda done, total, name: print(f"{done}/{total} {name}", flush=True),
    )
    print(
        f"{result.node_count} nodes in {result.elapsed_seconds:.1f} s", *result.warnings, sep="\n"
    )
