"""Drafts, approves and issues statements. `linernotes.statements` has the checks."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from linernotes.cli.root import NOT_ALLOWED, IdToken, Month, OneMonth, Partner, app, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from linernotes.base.settings import Settings
    from linernotes.ledger.records import StatementRecord
    from linernotes.statements import Person

statement = typer.Typer(help="Draft, approve and issue statements.")
app.add_typer(statement, name="statement", no_args_is_help=True)


@statement.command("draft")
def draft_statements(
    context: typer.Context,
    month: Month = None,
    partner: Partner = None,
    by: Annotated[
        str | None, typer.Option(help="Name of the drafter; the system's user by default.")
    ] = None,
    id_token: IdToken = None,
    close: Annotated[
        bool,
        typer.Option("--close", help="Calculate the month now instead of reading the last build."),
    ] = False,
) -> None:
    """Draft statements from the published warehouse, or from a closing of the month.

    A closing calculates only months that are not issued, from current data; it needs no build.
    """
    from linernotes.cli.console import progress_bars
    from linernotes.ledger.records import month_start
    from linernotes.pipeline import calculated_month_end
    from linernotes.statements import draft

    if close and month is None:
        raise typer.BadParameter("name the month to close.", param_hint="--month")
    settings = settings_of(context)
    person = _person(settings, id_token)
    with ExitStack() as closing:
        source = None
        if close and month:
            progress = closing.enter_context(progress_bars())
            calculated = calculated_month_end(settings, month_start(month), on_progress=progress)
            source = closing.enter_context(calculated)
        drafts = draft(settings, month, partner, by or person.name, source, person.identity)
    _print_statements("Drafts", drafts)


@statement.command("approve")
def approve_statements(
    context: typer.Context,
    month: OneMonth,
    by: Annotated[
        str | None, typer.Option(help="Name of the approver; the system's user by default.")
    ] = None,
    partner: Partner = None,
    id_token: IdToken = None,
) -> None:
    """Approve the newest drafts of a month; the approver must not be the drafter.

    The identities of drafter and approver come from the system or from the OpenID provider of the
    login; --by only sets a display name. A newer draft of a statement has to be approved again.
    """
    from linernotes.statements import approve

    settings = settings_of(context)
    person = _person(settings, id_token)
    approved = approve(settings, month, partner, by or person.name, person.identity)
    _print_statements("Approved", approved)


def _person(settings: "Settings", id_token: Path | None) -> "Person":
    from linernotes.statements import person_of_a_token, person_of_the_system

    return person_of_a_token(settings, id_token) if id_token else person_of_the_system()


@statement.command("issue")
def issue_statements(
    context: typer.Context,
    month: OneMonth,
    partner: Partner = None,
) -> None:
    """Issue the approved statements of a month: write them to the ledger permanently.

    Ends with 1 if a statement could not be issued; the others are issued.
    """
    from linernotes.cli.console import print_table
    from linernotes.statements import issue

    issuance = issue(settings_of(context), month, partner)
    _print_statements(f"Issued as {issuance.path.name}", issuance.statements)
    if issuance.refused:
        rows = [(name, reason) for name, reasons in issuance.refused.items() for reason in reasons]
        print_table("Not issued", ("statement", "because"), rows)
        raise typer.Exit(NOT_ALLOWED)


def _print_statements(title: str, statements: "Iterable[StatementRecord]") -> None:
    from linernotes.cli.console import print_table

    headings = ("partner", "month", "statement", "version", "state", "lines", "payable", "held")
    print_table(
        title,
        (*headings, "currency"),
        [
            (
                one.partner_id,
                one.report_month,
                one.statement_id,
                one.version,
                one.state,
                one.line_count,
                one.totals["payable_amount"],
                one.totals["held_amount"],
                one.currency_code,
            )
            for one in statements
        ],
        numbers=("version", "lines", "payable", "held"),
    )
