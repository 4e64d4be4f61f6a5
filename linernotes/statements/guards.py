"""Checks that block statements before they are issued: figures of the warehouse that disagree.

`obstacles` checks the lines of a draft and its approval.
"""

from collections.abc import Collection
from datetime import date

import duckdb

# Per pool, contract and version, the fee is the sum of the month's own lines. Issued lines are left
# out: a fee is recalculated from current data, but a line of the ledger does not change.
POOLS_OFF = """
    with
        first_lines as (
            select pool_id, contract_id, contract_version, sum(amount) as amount
            from marts.fct_compensation_lines
            where
                line_type = 'USAGE'
                and report_month = usage_month
                and contract_id is not null
                and ($month is null or report_month = $month)
                and contract_id || '|' || strftime(report_month, '%Y-%m')
                not in (select unnest($issued::varchar[]))
            group by all
        ),
        fees as (
            select pool_id, contract_id, contract_version, sum(fee_payout_amount) as amount
            from marts.fct_pool_fees
            group by all
        ),
        off as (
            select first_lines.*, fees.amount as fee_amount
            from first_lines
            left join fees using (pool_id, contract_id, contract_version)
            where first_lines.amount is distinct from fees.amount
        ),
        partners as (
            select distinct pool_id, partner_id
            from marts.fct_compensation_lines
            where partner_id is not null and ($month is null or report_month = $month)
        )
    select
        partners.partner_id,
        format(
            'pool {} does not add up: contract {}, version {}, has a fee of {}, and lines of {}',
            pool_id, contract_id, contract_version, coalesce(fee_amount::varchar, 'nothing'),
            amount::varchar
        )
    from off
    inner join partners using (pool_id)
    order by all
"""
MEMBERS_OFF = """
    with
        members as (
            select
                statement_id, sum(closing_amount) as closing_amount, sum(fee_amount) as fee_amount,
                sum(held_amount) as held_amount
            from reports.rpt_partner__member_statements
            where $month is null or report_month = $month
            group by all
            having count(member_party_id) > 0
        )
    select
        statements.partner_id,
        format(
            'the members of statement {} do not sum to it: closing {} of {}, fee {} of {}, '
            || 'held {} of {}',
            statement_id, members.closing_amount::varchar,
            (statements.closing_amount - statements.suspended_amount)::varchar,
            members.fee_amount::varchar, statements.fee_amount::varchar,
            members.held_amount::varchar, statements.held_amount::varchar
        )
    from members
    inner join reports.rpt_partner__compensation_statement as statements using (statement_id)
    where
        statement_id not in (select unnest($issued::varchar[]))
        and (
            members.closing_amount <> statements.closing_amount - statements.suspended_amount
            or members.fee_amount <> statements.fee_amount
            or members.held_amount <> statements.held_amount
        )
    order by all
"""


def blocked_partners(
    connection: duckdb.DuckDBPyConnection,
    month: date | None = None,
    issued: Collection[str] = (),
) -> dict[str, list[str]]:
    """Partners whose statements must not be issued, each with the reasons.

    A wrong pool blocks every partner with a line in it, and no others.

    Args:
        connection: Its current database is the warehouse to check.
        month: Only the lines of this report month, as its first day; every month when left out.
        issued: Ids of issued statements, which are not checked.
    """
    values = {"month": month, "issued": list(issued)}
    blocked: dict[str, list[str]] = {}
    for query in (POOLS_OFF, MEMBERS_OFF):
        for partner_id, reason in connection.execute(query, values).fetchall():
            blocked.setdefault(partner_id, []).append(reason)
    return blocked
