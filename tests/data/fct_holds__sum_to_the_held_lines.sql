-- The amount on hold, per account and bucket, is the sum of the lines in the bucket:
-- the holds include every correction of a held line.
with
    both_sides as (
        select
            contract_id, hold_bucket, currency_code, amount - released_amount as amount
        from {{ ref("fct_holds") }}
        union all
        select contract_id, hold_bucket, currency_code, - amount as amount
        from {{ ref("fct_compensation_lines") }}
        where hold_bucket is not null
    )
select contract_id, hold_bucket, currency_code, sum(amount) as difference
from both_sides
group by all
having sum(amount) <> 0
