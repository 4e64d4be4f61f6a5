-- A statement's terms are the sums of its lines, and its balance adds up.
with
    lines as (
        select
            contract_id,
            report_month,
            sum(
                case
                    when line_type <> 'FEE' and hold_bucket is null then amount else 0
                end
            ) as earned_amount,
            - sum(case when line_type = 'FEE' then amount else 0 end) as fee_amount,
            sum(case when hold_bucket is not null then amount else 0 end) as held_amount
        from {{ ref("fct_compensation_lines") }}
        where contract_id is not null
        group by all
    )
select statements.statement_id
from {{ ref("fct_statements") }} as statements
left join
    lines
    on lines.contract_id = statements.contract_id
    and lines.report_month = statements.report_month
where
    statements.earned_amount <> coalesce(lines.earned_amount, 0)
    or statements.fee_amount <> coalesce(lines.fee_amount, 0)
    or statements.held_amount <> coalesce(lines.held_amount, 0)
    or statements.closing_amount
    <> statements.opening_amount + statements.earned_amount - statements.fee_amount
    or statements.closing_amount
    <> statements.payable_amount + statements.carried_amount
