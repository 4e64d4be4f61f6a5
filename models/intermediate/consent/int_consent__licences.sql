-- One row per side, source object, owner, start of its ownership and contract version
-- under which it licenses the object.
with
    licensed as (
        select distinct
            side, object_id, owner_party_id, owner_since, contract_id, contract_version
        from {{ ref("int_rights__periods") }}
        where contract_id is not null
    )
select
    cast(
        row_number() over (
            order by
                side,
                object_id,
                owner_party_id,
                owner_since nulls first,
                contract_id,
                contract_version
        ) as {{ t_bigint() }}
    ) as licence_number,
    licensed.*
from licensed
