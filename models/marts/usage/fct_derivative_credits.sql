-- One row per month, partner, product and derivative of the partner's sources that
-- could
-- be heard: how many names have to be shown with it, and how many are.
with
    required as (select * from {{ ref("int_credits__names_required") }}),
    counted as (
        select
            partner_id,
            usage_month,
            product_id,
            derivative_id,
            count(party_id) as required_name_count,
            count(*) filter (where is_shown) as shown_name_count,
            count(
                distinct case when party_id is null then object_id end
            ) as nameless_source_count
        from required
        group by all
    )
select
    cast(partner_id as {{ t_str() }}) as partner_id,
    cast(usage_month as date) as usage_month,
    cast(product_id as {{ t_str() }}) as product_id,
    cast(derivative_id as {{ t_str() }}) as derivative_id,
    cast(required_name_count as {{ t_bigint() }}) as required_name_count,
    cast(shown_name_count as {{ t_bigint() }}) as shown_name_count,
    cast(nameless_source_count as {{ t_bigint() }}) as nameless_source_count,
    required_name_count > 0 as has_names,
    required_name_count > 0 and shown_name_count = required_name_count as is_covered
from counted
