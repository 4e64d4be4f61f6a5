-- One row per month, partner, product, derivative, source object of the partner in it,
-- and name that has to be shown with it; without a known name one row with no party.
select
    cast(partner_id as {{ t_str() }}) as partner_id,
    cast(usage_month as date) as usage_month,
    cast(product_id as {{ t_str() }}) as product_id,
    cast(derivative_id as {{ t_str() }}) as derivative_id,
    cast(object_type as {{ t_str() }}) as object_type,
    cast(object_id as {{ t_str() }}) as object_id,
    cast(party_id as {{ t_str() }}) as party_id,
    cast(seconds_to_display as {{ t_bigint() }}) as seconds_to_display,
    cast(is_shown as boolean) as is_shown
from {{ ref("int_credits__names_required") }}
