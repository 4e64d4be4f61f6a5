-- One row per report month with any issued statement, with the last freeze of those
-- that were issued first: usage of the month that was known by then is timely, the rest
-- is late (docs/money.md, "Late usage"). A statement among them with an earlier freeze
-- has the same content at the later one, or it would have been drafted again.
with
    statements as (select * from {{ ref("stg_ledger__statements") }}),
    first_issues as (
        select report_month, min(sequence) as sequence from statements group by all
    )
select
    statements.report_month as usage_month, max(statements.known_at) as first_known_at
from statements
inner join
    first_issues
    on first_issues.report_month = statements.report_month
    and first_issues.sequence = statements.sequence
group by all
