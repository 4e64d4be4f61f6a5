-- One row per published derivative, source and name that must be shown with it, as
-- known at the freeze. A source without a known name, and a side without a known
-- source, have one row without a party.
with
    names_required as (select * from {{ ref("int_credits__names_required") }}),
    parties as (select * from {{ ref("dim_parties") }})
select
    cast(names_required.derivative_id as {{ t_str() }}) as derivative_id,
    cast(names_required.product_id as {{ t_str() }}) as product_id,
    cast(names_required.object_type as {{ t_str() }}) as object_type,
    cast(names_required.object_id as {{ t_str() }}) as object_id,
    cast(names_required.party_id as {{ t_str() }}) as party_id,
    cast(parties.party_name as {{ t_str() }}) as party_name,
    cast(names_required.credit_state as {{ t_str() }}) as credit_state,
    cast(
        {{ first_of_month("names_required.published_at") }} as date
    ) as published_month,
    cast(names_required.seconds_to_display as {{ t_bigint() }}) as seconds_to_display,
    names_required.credit_state = 'shown' as is_shown,
    names_required.has_identifier,
    cast(names_required.published_at as {{ t_ts() }}) as published_at,
    cast(names_required.disabled_at as {{ t_ts() }}) as disabled_at,
    cast(names_required.displayed_from as {{ t_ts() }}) as displayed_from
from names_required
left join parties on parties.party_id = names_required.party_id
