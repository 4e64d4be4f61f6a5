"""Issues statements: writes approved drafts to the ledger, atomically.

`obstacles` says what may not be issued, `issuance_writing` writes the entry; `guards` has the
checks of the warehouse.
"""

import logging
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace

import duckdb

from linernotes.base import durable, locks
from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.base.steps import add_facts, step
from linernotes.ledger.files import issued_root
from linernotes.ledger.heads import head_file, keep_head, ledger_head
from linernotes.ledger.issuances import Issuance, issued_statements
from linernotes.ledger.verification import verify_ledger
from linernotes.statements.approvals import drafts_to_issue
from linernotes.statements.drafts import all_newest_drafts
from linernotes.statements.issuance_writing import MOST_PROBLEMS, write_issuance
from linernotes.statements.obstacles import approved_with_obstacles, of_another_freeze


@step("issue")
def issue(
    settings: Settings, month: str, partner: str | None = None, by: str | None = None
) -> Issuance:
    """Issues the approved statements of a month that are not issued yet, atomically.

    In a whole month, a statement that must not be issued yet is left out, and listed in `refused`.
    With a partner, it stops the partner's others too. Without a partner, the lines without a
    contract are issued too.

    Args:
        settings: The home.
        month: Report month, `YYYY-MM`.
        partner: Partner id; every partner when left out.
        by: Who issues; the operating system's user when left out.

    Raises:
        LinernotesError: if there is nothing to issue, if nothing of it may be issued, if another
            issue is running, or if the ledger does not verify.
    """
    with _issuing(settings):
        _require_ledger_holds(settings)
        _keep_head(settings)
        waiting = drafts_to_issue(settings, month, partner)
        issued = list(issued_statements(settings).values())
        drafted = all_newest_drafts(settings)
        approved, refused = [], {}
        with duckdb.connect() as connection:
            for draft in waiting:
                record, obstacles = approved_with_obstacles(
                    settings, connection, draft, drafted, issued
                )
                if obstacles:
                    refused[draft.statement_id] = obstacles
                approved.append(record)
            ready = [one for one in approved if one.statement_id not in refused]
            others = [*ready, *(one for one in issued if one.report_month == month)]
            for one in ready:
                if obstacles := of_another_freeze(settings, one, others):
                    refused[one.statement_id] = obstacles
            ready = [one for one in ready if one.statement_id not in refused]
            if not ready or (partner and refused):
                raise LinernotesError(_refusal(month, partner, refused))
            written = write_issuance(settings, connection, ready, (by or "").strip())
        _keep_head(settings)
    add_facts(report_month=month, statements=len(written.statements), refused=len(refused))
    return replace(written, refused=refused)


@contextmanager
def _issuing(settings: Settings) -> Generator[None]:
    """Locks the ledger, and removes what an interrupted issue left."""
    root = issued_root(settings)
    durable.make_folder(root)
    busy = LinernotesError(
        f"Another issue into {settings.ledger_root} is running: wait for it to end, then look at "
        "`linernotes status`."
    )
    with locks.holding(settings.ledger_root / "issue.lock", busy):
        for folder in (root, settings.keys_root, settings.home):
            if folder.is_dir():
                durable.clear_unfinished(folder)
                # The last issue may have been killed before the name was on the disk.
                durable.sync(folder)
        yield


def _require_ledger_holds(settings: Settings) -> None:
    problems = [str(problem) for problem in verify_ledger(settings)]
    if problems:
        listed = "\n".join(f"  - {problem}" for problem in problems[:MOST_PROBLEMS])
        raise LinernotesError(
            f"The ledger in {issued_root(settings)} was changed, so nothing more is "
            f"issued:\n{listed}\nRestore its newest copy and run `linernotes verify --ledger`. "
            "docs/operators/restore.md explains how."
        )


def _keep_head(settings: Settings) -> None:
    """Writes the head of the last entry beside the ledger, if it is missing.

    An issue may have been killed between its entry and its head. An issue that has written its
    entry is complete, even if this file cannot be written.
    """
    head = ledger_head(settings)
    try:
        if head and (
            not settings.ledger_head_file.exists() or head_file(settings.ledger_head_file) != head
        ):
            keep_head(settings, head)
    except OSError as reason:
        logging.getLogger(__name__).warning(
            "%s could not be written (%s): keep the output of `linernotes ledger head`.",
            settings.ledger_head_file,
            reason,
        )


def _refusal(month: str, partner: str | None, refused: dict[str, list[str]]) -> str:
    listed = [
        f"  - {statement_id}: {reason}"
        for statement_id, reasons in refused.items()
        for reason in reasons
    ]
    more = len(listed) - MOST_PROBLEMS
    if more > 0:
        listed = [*listed[:MOST_PROBLEMS], f"  - and {more} more"]
    subject = f"{month} of {partner}" if partner else month
    return f"Nothing of {subject} is issued:\n" + "\n".join(listed)
