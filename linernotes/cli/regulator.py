"""Writes statements of reasons for the EU's database, and records its responses.

The models and `linernotes.regulator` decide what is due and what a response means.
"""

from pathlib import Path
from typing import Annotated

import typer

from linernotes.cli.root import NOT_ALLOWED, AsJson, Month, app, settings_of

regulator = typer.Typer(
    help="Export statements of reasons for the EU's database, and record its responses."
)
app.add_typer(regulator, name="regulator", no_args_is_help=True)


@regulator.command("export")
def export_statements_of_reasons(
    context: typer.Context,
    out: Annotated[Path, typer.Option(help="The folder to write into.")],
    month: Month = None,
    json: AsJson = False,
) -> None:
    """Write the statements of reasons that have to be filed, in the format of the EU's API.

    Writes batches of up to 100 in JSON, and the same statements as CSV. Exporting does not file
    them: send each batch, and record the response with `regulator record`.
    """
    from linernotes.base.clock import utc_now
    from linernotes.cli.console import print_json, print_line, print_table
    from linernotes.regulator import export_statements

    settings = settings_of(context, looks_up=True)
    export = export_statements(settings, out, utc_now(), month)
    if json:
        print_json(
            {
                "statement_count": export.statement_count,
                "batches": [str(batch) for batch in export.batches],
                "csv_file": str(export.csv_file) if export.csv_file else None,
            }
        )
        return
    if not export.batches:
        print_line("No statement of reasons has to be filed.")
        return
    rows = [(batch.name, batch.stat().st_size) for batch in export.batches]
    print_table(f"Batches in {out}", ("batch", "bytes"), rows, ("bytes",))
    print_line(
        f"Statements of reasons: {export.statement_count:,}. Send each batch to the API's "
        "/api/v1/statements, save the answer as BATCH.answer.json beside it, and record it: "
        "linernotes regulator record FILE"
    )


@regulator.command("record")
def record_answer_of_the_regulator(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The body of the API's response, as JSON.")],
    batch: Annotated[
        Path | None, typer.Option(help="The batch; BATCH.json beside BATCH.answer.json by default.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Record the response of the EU's database to a batch: ids, rejections, duplicates.

    Ends with 1 if the database did not accept all of it. The next build shows the result.
    """
    from linernotes.base.clock import utc_now
    from linernotes.cli.console import print_json, print_line, print_table
    from linernotes.regulator import record_answer

    result = record_answer(settings_of(context), file, utc_now(), batch)
    if json:
        print_json({"batch_id": result.batch_id, "is_new": result.is_new, **result.outcomes})
    else:
        rows = sorted(result.outcomes.items())
        print_table(f"Batch {result.batch_id}", ("outcome", "statements"), rows, ("statements",))
        if not result.is_new:
            print_line("This response was recorded before.")
    if result.outcomes.keys() != {"accepted"}:
        raise typer.Exit(NOT_ALLOWED)
