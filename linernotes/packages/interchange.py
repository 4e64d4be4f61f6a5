"""The files of a package for a partner's systems: their sender, recipient and options.

`ddex` makes their content; `document` and `workbook` make the files for people.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from linernotes.agreements import NOBODY, Agreements
from linernotes.base.clock import instant
from linernotes.ddex import (
    FINANCIAL,
    ITEM_LEVEL,
    REMOVALS_PREFIX,
    REMOVALS_PROFILE,
    REMOVALS_VERSION,
    Message,
    write_financial_report,
    write_item_report,
    write_removals,
)
from linernotes.ledger.records import StatementRecord, month_start
from linernotes.packages.interchange_checks import ITEMS_SUFFIX, REMOVALS_SUFFIX
from linernotes.packages.manifest import PackagedFile, packaged_file


def what_is_agreed(agreements: Agreements, partner_id: str) -> dict[str, Any]:
    """The agreed settings that, besides the figures, determine the files of a package.

    Details of the statement's head are included only where they are agreed, so packages of partners
    without them stay unchanged.
    """
    partner = agreements.of(partner_id)
    sender = agreements.sender.model_dump(mode="json", exclude={"legal", "contact"})
    heads = {
        "payer": agreements.sender.model_dump(
            mode="json", include={"legal", "contact"}, exclude_none=True
        ),
        "payee": partner.model_dump(
            mode="json",
            include={
                "legal", "contact", "contracts", "payment_terms", "payment_day", "query_days"
            },
            exclude_defaults=True,
        ),
    }  # fmt: skip
    return {
        **sender,
        **{name: head for name, head in heads.items() if head},
        **({"sub_statements": True} if partner.sub_statements else {}),
        "recipient_dpid": partner.dpid or NOBODY,
        "deal_specific_rows": partner.deal_specific_rows,
        "item_level": partner.item_level,
        **({"item_file_bytes": most} if (most := partner.item_file_bytes) else {}),
        **({"writers": True} if partner.writers else {}),
    }


def write_interchange(
    folder: Path,
    connection: duckdb.DuckDBPyConnection,
    agreements: Agreements,
    partner_name: str,
    statements: list[StatementRecord],
    number: int,
    uses: list[Path],
) -> list[PackagedFile]:
    """Writes the DSR file and the removals side file.

    Args:
        folder: The package's folder.
        connection: The published warehouse, attached as `published`.
        agreements: The sender, and the partner's agreement.
        partner_name: The recipient's name in the header.
        statements: The partner's statements of the month; at least one.
        number: The package's version; it makes the message id unique.
        uses: The stored uses of each statement.
    """
    first = statements[0]
    partner = agreements.of(first.partner_id)
    territories = connection.execute(
        "select distinct territory from published.reports.rpt_partner__compensation_lines "
        "where partner_id = ? and report_month = ? and pool_id is not null limit 2",
        [first.partner_id, month_start(first.report_month)],
    ).fetchall()
    report = Message(
        message_id=f"{first.partner_id}-{first.report_month}-v{number}",
        profile=FINANCIAL.name,
        profile_version=FINANCIAL.version,
        month=month_start(first.report_month),
        created_at=max(instant(one.known_at) for one in statements),
        sender=agreements.sender,
        recipient=partner,
        recipient_dpid=partner.dpid or NOBODY,
        recipient_name=partner_name,
        service=agreements.sender.service,
        territory=territories[0][0] if len(territories) == 1 else "multi",
    )
    sales = folder / report.file_name()
    lines = write_financial_report(sales, connection, report, statements, uses)
    side = replace(
        report,
        message_id=f"{report.message_id}{REMOVALS_SUFFIX}",
        profile=REMOVALS_PROFILE,
        profile_version=REMOVALS_VERSION,
        territory="multi",
    )
    removals = folder / side.file_name(REMOVALS_PREFIX)
    actions = write_removals(removals, connection, first.partner_id, side)
    files = [packaged_file(sales, lines), packaged_file(removals, actions)]
    if partner.item_level:
        items = replace(
            report,
            message_id=f"{report.message_id}{ITEMS_SUFFIX}",
            profile=ITEM_LEVEL.name,
            profile_version=ITEM_LEVEL.version,
            service=f"{report.service}{ITEMS_SUFFIX}",
        )
        written = write_item_report(
            folder, connection, first.partner_id, items, uses, partner.item_file_bytes
        )
        files += [packaged_file(path, blocks) for path, blocks in written.items()]
    return files
