-- One row per product that was launched before, or without, the first contract that
-- names it was in force.
with
    products as (select * from {{ ref("dim_products") }}),
    contracts as (
        select valid_from, {{ split_list("product_ids", "|") }} as product_list
        from {{ ref("dim_contracts") }}
    ),
    first_contracts as (
        select named.item as product_id, min(contracts.valid_from) as licensed_at
        from contracts {{ explode_list("product_list", "named") }}
        group by named.item
    )
select
    cast(products.product_id as {{ t_str() }}) as product_id,
    cast(products.launched_at as {{ t_ts() }}) as launched_at,
    cast(first_contracts.licensed_at as {{ t_ts() }}) as licensed_at
from products
left join first_contracts on first_contracts.product_id = products.product_id
where
    products.launched_at is not null
    and products.launched_at <= {{ known_at() }}
    and (
        first_contracts.licensed_at is null
        or products.launched_at < first_contracts.licensed_at
    )
