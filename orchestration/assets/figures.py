"""Tables for Dagster's pages: money per partner, open quarantine, failed checks.

Amounts are shown as text, exactly as stored; only counts are numbers, which Dagster plots.
"""

from collections.abc import Iterable
from decimal import Decimal

import dagster as dg
import duckdb

from linernotes.base.money import money_text
from linernotes.ledger.records import StatementRecord
from orchestration.markdown import markdown_table

MONEY_HEADINGS = ("month", "partner", "state", "payable", "held", "currency")
TOP = 10


def statements_metadata(records: Iterable[StatementRecord]) -> dict[str, dg.MetadataValue]:
    """Statements as a table, their sums per partner as another, and counts to plot."""
    statements = list(records)
    sums: dict[tuple[str, str], list[Decimal]] = {}
    for one in statements:
        key = one.partner_id or "", one.currency_code
        payable, held = sums.setdefault(key, [Decimal(0), Decimal(0)])
        sums[key] = [
            payable + Decimal(one.totals["payable_amount"]),
            held + Decimal(one.totals["held_amount"]),
        ]
    return {
        "dagster/row_count": dg.MetadataValue.int(len(statements)),
        "line_count": dg.MetadataValue.int(sum(one.line_count for one in statements)),
        "money_per_partner": dg.MetadataValue.md(
            markdown_table(
                ("partner", "payable", "held", "currency"),
                [
                    (partner, *(money_text(amount, currency) for amount in amounts), currency)
                    for (partner, currency), amounts in sorted(sums.items())
                ],
            )
        ),
        "statements": dg.MetadataValue.md(
            markdown_table(
                ("partner", "statement", "version", "lines", "payable", "held", "currency"),
                [
                    (
                        one.partner_id,
                        one.statement_id,
                        one.version,
                        one.line_count,
                        one.totals["payable_amount"],
                        one.totals["held_amount"],
                        one.currency_code,
                    )
                    for one in statements
                ],
            )
        ),
    }


def publication_metadata(published: duckdb.DuckDBPyConnection) -> dict[str, dg.MetadataValue]:
    """The content of a published file: rows per table, money, open quarantine, failed checks."""
    tables = published.execute(
        "select schema_name || '.' || table_name, estimated_size from duckdb_tables()"
        " where database_name = 'published' order by all"
    ).fetchall()
    waiting = published.execute(
        "select source || '/' || feed, broken_rule, open_row_count from quality.quarantine_summary"
        " where open_row_count > 0 order by open_row_count desc, source, feed, broken_rule"
    ).fetchall()
    failing = published.execute(
        "select check_name, severity, outcome, unexpected_count, reason from quality.check_results"
        " where is_latest and outcome <> 'passed' order by severity, check_name"
    ).fetchall()
    return {
        "dagster/row_count": dg.MetadataValue.int(sum(count for _, count in tables)),
        "open_quarantine_reason_count": dg.MetadataValue.int(len(waiting)),
        "failing_check_count": dg.MetadataValue.int(len(failing)),
        "money_per_partner": dg.MetadataValue.md(
            markdown_table(MONEY_HEADINGS, _newest_money(published))
        ),
        "open_quarantine": dg.MetadataValue.md(
            markdown_table(("feed", "broken rule", "rows"), waiting[:TOP])
        ),
        "failing_checks": dg.MetadataValue.md(
            markdown_table(("check", "severity", "outcome", "rows", "reason"), failing)
        ),
        "tables": dg.MetadataValue.md(markdown_table(("table", "rows"), tables)),
    }


def _newest_money(published: duckdb.DuckDBPyConnection) -> list[tuple]:
    """Payable and held sums of the newest month, and of statements not issued before it."""
    rows = published.execute(
        "select strftime(report_month, '%Y-%m'), partner_id, statement_state,"
        " sum(payable_amount), sum(held_amount), currency_code"
        " from reports.rpt_partner__compensation_statement"
        " where report_month = (select max(report_month)"
        " from reports.rpt_partner__compensation_statement) or statement_state <> 'issued'"
        " group by all order by all"
    ).fetchall()
    return [
        (*key, money_text(payable, currency), money_text(held, currency), currency)
        for *key, payable, held, currency in rows
    ]
