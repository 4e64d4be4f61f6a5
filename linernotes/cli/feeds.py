"""Commands for senders of feeds: describe a feed, and check a file.

Their output comes from the contracts in `linernotes.ingestion`.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from linernotes.cli.root import NOT_ALLOWED, AsJson, app

if TYPE_CHECKING:
    from linernotes.ingestion import FeedDescription, Trial

ROWS_SHOWN = 20

feeds = typer.Typer(
    help="Describe feeds: columns, values, keys, schemas, and a template file.",
    invoke_without_command=True,
)
app.add_typer(feeds, name="feeds")


def _feed(name: str) -> str:
    from linernotes.base.near_names import nearest_names
    from linernotes.ingestion import FEEDS

    if name not in FEEDS:
        near = nearest_names(name, FEEDS)
        raise typer.BadParameter(f"no such feed: {name}.{near} See: linernotes feeds")
    return name


Feed = Annotated[
    str, typer.Argument(callback=_feed, metavar="SOURCE/FEED", help="As `linernotes feeds` lists.")
]


@feeds.callback()
def list_feeds(context: typer.Context, json: AsJson = False) -> None:
    """List the feeds: grain, key, file formats, and when each is expected."""
    if context.invoked_subcommand:
        return
    from linernotes.cli.console import print_json, print_line, print_table
    from linernotes.ingestion import FEEDS, describe

    described = [describe(feed) for feed in FEEDS]
    if json:
        print_json([_as_json(one) for one in described])
        return
    print_table(
        "Feeds",
        ("feed", "a row", "key", "forms", "expected"),
        [
            (one.name, one.row, ", ".join(one.key), " ".join(one.endings), one.comes)
            for one in described
        ],
    )
    print_line(
        "To show the columns of a feed: linernotes feeds show SOURCE/FEED; for a template file: "
        "--template"
    )


@feeds.command("show")
def show_feed(
    feed: Feed,
    json: AsJson = False,
    schema: Annotated[
        bool, typer.Option("--schema", help="JSON Schema of a line of its JSON Lines files.")
    ] = False,
    table_schema: Annotated[
        bool, typer.Option("--table-schema", help="Frictionless Table Schema of its CSV files.")
    ] = False,
    template: Annotated[
        bool, typer.Option("--template", help="A template file with one valid row.")
    ] = False,
) -> None:
    """Show the contract of a feed, as text, as a schema, or as a template file."""
    from linernotes import ingestion
    from linernotes.cli.console import print_json

    if json + schema + table_schema + template > 1:
        raise typer.BadParameter("choose one of --json, --schema, --table-schema, --template.")
    if template:
        typer.echo(ingestion.template(feed)[1], nl=False)
        return
    described = ingestion.describe(feed)
    if json:
        print_json(_as_json(described))
    elif schema or table_schema:
        try:
            made = ingestion.json_schema(feed) if schema else ingestion.table_schema(feed)
        except KeyError:
            raise typer.BadParameter(
                f"{feed} comes as {' and '.join(described.endings)} only, which has no such "
                "schema. See: linernotes feeds show "
                f"{feed} --template"
            ) from None
        print_json(made)
    else:
        _print_feed(described)


def _as_json(described: "FeedDescription") -> dict[str, object]:
    from dataclasses import asdict

    return asdict(described)


def _print_feed(described: "FeedDescription") -> None:
    from linernotes.cli.console import print_line, print_table
    from linernotes.ingestion import template

    print_line(
        f"{described.name}: {' '.join([described.about, described.row, *described.notes])}\n"
    )
    print_line(f"Files: {described.folder}*{{{','.join(described.endings)}}}, {described.comes}")
    print_line(f"Key: {', '.join(described.key)}")
    print_line(f"Versions: {described.versioning.replace('`', '')}")
    print_table(
        "Columns",
        ("column", "type", "required", "values", "what it is"),
        [
            (
                one.name,
                one.type,
                "yes" if one.required else "",
                one.limits().replace("`", ""),
                one.meaning().replace("`", ""),
            )
            for one in described.columns
        ],
    )
    print_table("Rules of a row", ("rule", "what to do"), list(described.rules.items()))
    print_line(f"\nA first file (linernotes feeds show {described.name} --template):\n")
    typer.echo(template(described.name)[1], nl=False)


@app.command()
def check(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="The file to try.")
    ],
    feed: Annotated[
        str,
        typer.Option("--as", callback=_feed, metavar="SOURCE/FEED", help="The feed it is for."),
    ],
    json: AsJson = False,
) -> None:
    """Check a file before it is sent: runs the whole intake, but loads and records nothing.

    Ends with 1 if the file would be refused or one of its rows rejected.
    """
    from linernotes.base.errors import LinernotesError
    from linernotes.base.settings import Settings
    from linernotes.cli.console import print_json
    from linernotes.ingestion import RefusedFile, try_file

    try:
        trial = try_file(file, feed, Settings())
    except RefusedFile as refusal:
        if not json:
            raise LinernotesError(refusal.reason) from None
        print_json({"feed": feed, "accepted": False, "state": "refused", "reason": refusal.reason})
        raise typer.Exit(NOT_ALLOWED) from None
    if json:
        print_json(
            {
                "feed": feed,
                "accepted": trial.is_accepted,
                "state": trial.outcome.state,
                "reason": trial.outcome.reason,
                "rows_read": trial.outcome.rows_read,
                "rows_loaded": trial.outcome.rows_loaded,
                "rows_rejected": trial.outcome.rows_quarantined,
                "rows_duplicate": trial.outcome.rows_duplicate,
                "warnings": trial.outcome.warnings,
                "columns_left_out": trial.outcome.ignored_columns,
                "rejected": trial.rejected.to_dicts(),
            }
        )
    else:
        _print_trial(file, feed, trial)
    if not trial.is_accepted:
        raise typer.Exit(NOT_ALLOWED)


def _print_trial(file: Path, feed: str, trial: "Trial") -> None:
    from linernotes.cli.console import print_frame, print_line

    outcome = trial.outcome
    if outcome.state != "loaded":
        print_line(f"{file.name} would be {outcome.state}: {outcome.reason}")
        print_line(f"To see the contract of the feed: linernotes feeds show {feed}")
        return
    print_line(
        f"{file.name} as {feed}: {outcome.rows_read or 0:,} rows read, {outcome.rows_loaded:,}"
        f" accepted, {outcome.rows_quarantined:,} rejected, {outcome.rows_duplicate:,} given twice."
    )
    for warning, count in sorted(outcome.warnings.items()):
        print_line(f"Warning: {warning} ({count:,})")
    if outcome.ignored_columns:
        print_line(f"Columns left out: {', '.join(outcome.ignored_columns)}")
    if trial.is_accepted:
        print_line("The file is accepted.")
        return
    shown = trial.rejected.select("row_number", "broken_rules", "details")
    print_frame("Rejected", shown.head(ROWS_SHOWN))
    if shown.height > ROWS_SHOWN:
        print_line(f"{shown.height - ROWS_SHOWN:,} more; all of them: --json")
