-- One row per partner, month, derivative that could be heard, source of the partner,
-- and name of the source that is not shown at the end of the month.
with
    credit_gaps as (
        select * from {{ ref("fct_credit_gaps") }} where partner_id is not null
    ),
    products as (select * from {{ ref("dim_products") }})
select
    credit_gaps.partner_id,
    credit_gaps.report_month,
    credit_gaps.derivative_id,
    credit_gaps.derivative_isrc,
    credit_gaps.product_id,
    products.product_name,
    credit_gaps.object_type,
    credit_gaps.object_id,
    credit_gaps.isrc,
    credit_gaps.iswc,
    credit_gaps.title,
    credit_gaps.party_id,
    credit_gaps.party_name,
    credit_gaps.gap_reason,
    credit_gaps.published_at
from credit_gaps
left join products on products.product_id = credit_gaps.product_id
