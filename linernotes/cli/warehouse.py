"""Builds the warehouse, here or on a cluster. `linernotes.warehouse` does the work."""

from typing import Annotated

import typer

from linernotes.cli.root import app, report_to_dagster, settings_of

cluster = typer.Typer(help="A Spark cluster on this machine, for LINERNOTES_ENGINE=spark.")
app.add_typer(cluster, name="cluster", no_args_is_help=True)


@app.command()
def build(
    context: typer.Context,
    select: Annotated[
        str | None,
        typer.Option(help="dbt selection, which is not published; all models by default."),
    ] = None,
) -> None:
    """Build the warehouse, check it, and publish it if the checks pass.

    If a blocking check fails, readers keep the last publication.
    """
    from linernotes.cli.console import print_line, progress_bars
    from linernotes.pipeline import build_and_publish

    settings = settings_of(context)
    with progress_bars() as progress:
        outcome = build_and_publish(settings, select=select, on_progress=progress)
    report_to_dagster(settings, "report_build", outcome)
    for warning in outcome.build.warnings:
        print_line(f"Warning: {warning}")
    for check in outcome.checks:
        if check.outcome != "passed":
            print_line(f"Warning: {check.check_name} ({check.unexpected_count:,}): {check.reason}")
    held = sum(check.outcome == "passed" for check in outcome.checks)
    published = outcome.published_file or "nothing, since only a selection was built"
    print_line(
        f"Built {outcome.build.node_count} nodes; {held} of {len(outcome.checks)} checks passed. "
        f"Published: {published}"
    )


@cluster.command("start")
def start_cluster(
    context: typer.Context,
    workers: Annotated[int, typer.Option(min=1, help="Processes that compute.")] = 2,
    cores: Annotated[int, typer.Option(min=1, help="Cores of each worker.")] = 1,
    memory: Annotated[
        int, typer.Option(min=1024, help="MiB of each worker, and of the Thrift server.")
    ] = 2048,
) -> None:
    """Start a master, workers and a Thrift server, which listen only on this machine."""
    from linernotes import warehouse
    from linernotes.cli.console import print_line, print_table

    settings = settings_of(context)
    size = warehouse.Size(workers, cores, memory)
    processes = warehouse.start_cluster(settings, size)
    print_table("Started", ("process", "number"), list(processes.items()))
    print_line(
        f"The Thrift server is {settings.spark_host}:{settings.spark_port}. Builds use it with "
        "LINERNOTES_ENGINE=spark; `linernotes cluster stop` ends it."
    )


@cluster.command("stop")
def stop_cluster(context: typer.Context) -> None:
    """Stop the cluster of this home. The warehouse file keeps everything that was built."""
    from linernotes import warehouse
    from linernotes.cli.console import print_line

    stopped = warehouse.stop_cluster(settings_of(context))
    print_line(
        f"Stopped: {', '.join(stopped)}." if stopped else "No cluster of this home is running."
    )
