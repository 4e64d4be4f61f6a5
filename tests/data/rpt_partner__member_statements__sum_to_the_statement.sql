-- The sub-statements of an umbrella or distributor sum to its statement.
with
    members as (
        select
            statement_id,
            sum(earned_amount) as earned_amount,
            sum(correction_amount) as correction_amount,
            sum(fee_amount) as fee_amount,
            sum(closing_amount) as closing_amount,
            sum(held_amount) as held_amount
        from {{ ref("rpt_partner__member_statements") }}
        group by all
    )
select statements.statement_id
from {{ ref("rpt_partner__compensation_statement") }} as statements
left join members on members.statement_id = statements.statement_id
where
    statements.earned_amount <> coalesce(members.earned_amount, 0)
    or statements.correction_amount <> coalesce(members.correction_amount, 0)
    or statements.fee_amount <> coalesce(members.fee_amount, 0)
    or statements.closing_amount - statements.suspended_amount
    <> coalesce(members.closing_amount, 0)
    or statements.held_amount <> coalesce(members.held_amount, 0)
