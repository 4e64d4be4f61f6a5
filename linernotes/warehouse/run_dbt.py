"""dbt's command line as a module, so that a subprocess needs no `dbt` on the path.

Nothing else belongs here.
"""

from dbt.cli.main import cli

if __name__ == "__main__":
    cli()
