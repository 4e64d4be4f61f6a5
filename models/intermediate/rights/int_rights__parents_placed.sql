-- One row per party and parent that it reaches, with the parent's distance: 1 more than
-- the number of parties between them.
with
    reached as (
        select distinct party_id, parent_party_id
        from {{ ref("int_rights__parents_reached") }}
        where party_id <> parent_party_id
    ),
    between_them as (
        select
            lower_part.party_id,
            upper_part.parent_party_id,
            count(distinct lower_part.parent_party_id) as party_count
        from reached as lower_part
        inner join
            reached as upper_part on upper_part.party_id = lower_part.parent_party_id
        where upper_part.parent_party_id <> lower_part.party_id
        group by all
    )
select
    reached.party_id,
    reached.parent_party_id,
    cast(1 + coalesce(between_them.party_count, 0) as {{ t_bigint() }}) as step_count
from reached
left join
    between_them
    on between_them.party_id = reached.party_id
    and between_them.parent_party_id = reached.parent_party_id
