"""Checks packages and the ledger, and keeps the signing keys. The checks are in the library."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from linernotes.cli.root import NOT_ALLOWED, AsJson, app, settings_of

if TYPE_CHECKING:
    from linernotes.base.settings import Settings

ledger = typer.Typer(help="The ledger of issued statements.")
app.add_typer(ledger, name="ledger", no_args_is_help=True)
keys = typer.Typer(help="The key that signs the ledger.")
app.add_typer(keys, name="keys", no_args_is_help=True)


@app.command()
def verify(
    context: typer.Context,
    package: Annotated[
        Path | None, typer.Option(help="The folder of a package.", exists=True)
    ] = None,
    of_ledger: Annotated[bool, typer.Option("--ledger", help="The ledger of the home.")] = False,
    head: Annotated[
        Path | None,
        typer.Option(
            help="With --ledger: a file with the output of `ledger head`, to compare with.",
            exists=True,
        ),
    ] = None,
) -> None:
    """Check a package, or the ledger: hashes, signatures, rows, totals, shares of pools.

    A partner can check a package without the warehouse.
    """
    if package is None and not of_ledger:
        raise typer.BadParameter("choose what to check: --package DIR, --ledger, or both.")
    if head and not of_ledger:
        raise typer.BadParameter("goes with --ledger.", param_hint="--head")
    holds = True
    if package is not None:
        holds = _check_package(package)
    if of_ledger:
        holds = _check_ledger(settings_of(context, looks_up=True), head) and holds
    if not holds:
        raise typer.Exit(NOT_ALLOWED)


def _check_package(package: Path) -> bool:
    from linernotes.cli.console import print_line, print_table
    from linernotes.packages import verify_package

    problems = verify_package(package)
    if not problems:
        print_line(f"{package} passed: hashes, rows, totals, pool shares and DSR files.")
        return True
    rows = [(problem.file, problem.rule, problem.details) for problem in problems]
    print_table(f"{package} failed the check", ("file", "rule", "found"), rows)
    return False


def _check_ledger(settings: "Settings", head: Path | None) -> bool:
    from linernotes.cli.console import print_line, print_table
    from linernotes.ledger.heads import KnownHead, head_file
    from linernotes.ledger.issuances import issuances
    from linernotes.ledger.verification import verify_ledger

    kept = KnownHead(str(head), head_file(head)) if head else None
    problems = verify_ledger(settings, kept)
    if not problems:
        found = issuances(settings)
        signed = sum(bool(one.public_key) for one in found)
        print_line(
            f"The ledger passed: {len(found)} issuances, {signed} of them signed, each with its "
            "chain, hashes, evidence, lines and headers."
        )
        return True
    rows = [
        ("" if one.sequence is None else one.sequence, one.file, one.details) for one in problems
    ]
    print_table("The ledger failed the check", ("issuance", "file", "found"), rows)
    return False


@ledger.command("head")
def head_of_the_ledger(context: typer.Context) -> None:
    """Print the number, hash and signature of the last entry, for auditors to keep.

    `verify --ledger --head FILE` checks whether the ledger still has that entry.
    """
    from linernotes.base.errors import LinernotesError
    from linernotes.ledger.heads import ledger_head

    settings = settings_of(context)
    head = ledger_head(settings)
    if head is None:
        raise LinernotesError(f"Nothing is issued yet in {settings.ledger_root}.")
    typer.echo(head.text, nl=False)


@keys.command("show")
def show_key(
    context: typer.Context,
    json: AsJson = False,
    openpgp: Annotated[
        bool, typer.Option("--openpgp", help="As the OpenPGP certificate that partners import.")
    ] = False,
) -> None:
    """Show the public key with which partners and auditors check signatures."""
    from linernotes.base.errors import LinernotesError
    from linernotes.ledger.keys import signing_key
    from linernotes.ledger.openpgp import certificate

    settings = settings_of(context)
    key = signing_key(settings)
    if key is None:
        raise LinernotesError(
            f"There is no key in {settings.keys_root} yet: the first issue makes one."
        )
    if openpgp:
        typer.echo(certificate(key), nl=False)
        return
    _print_key(key.key_id, key.public_key, json)


@keys.command("rotate")
def rotate_key(
    context: typer.Context,
    because: Annotated[
        str, typer.Option(help="The reason, which the next entry of the ledger records.")
    ],
    lost: Annotated[
        bool, typer.Option("--lost", help="The old key is lost and cannot sign the new one.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Replace the key that signs the ledger. Signatures of the old key stay valid."""
    from linernotes.ledger.issuances import last_public_key
    from linernotes.ledger.keys import rotate_signing_key, signing_key

    settings = settings_of(context)
    rotate_signing_key(settings, because, last_public_key(settings) if lost else None)
    key = signing_key(settings)
    assert key
    _print_key(key.key_id, key.public_key, json)


def _print_key(key_id: str, public_key: str, as_json: bool) -> None:
    from json import dumps

    from linernotes.cli.console import print_table

    if as_json:
        typer.echo(dumps({"key_id": key_id, "public_key": public_key}, indent=2))
    else:
        print_table("Signs the ledger", ("key", "public key"), [(key_id, public_key)])
