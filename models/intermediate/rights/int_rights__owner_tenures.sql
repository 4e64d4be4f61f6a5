-- One row per side, object, owner and start of a tenure that took over from somebody
-- else: from then on the owner's earlier decisions do not speak for the object
-- (docs/money.md, "Consent"; E39).
with
    ownership as (
        select
            side,
            object_id,
            party_id,
            valid_from,
            coalesce(valid_to, {{ always_to() }}) as valid_to
        from {{ ref("stg_catalog__ownership") }}
    ),
    marked as (
        select
            ownership.*,
            max(valid_to) over (
                partition by side, object_id, party_id
                order by valid_from, valid_to
                rows between unbounded preceding and 1 preceding
            ) as held_until
        from ownership
    ),
    starts as (
        select distinct side, object_id, party_id, valid_from
        from marked
        where held_until is null or held_until < valid_from
    )
select distinct
    starts.side,
    starts.object_id,
    starts.party_id as owner_party_id,
    starts.valid_from as owner_since
from starts
inner join
    ownership
    on ownership.side = starts.side
    and ownership.object_id = starts.object_id
    and ownership.party_id <> starts.party_id
    and ownership.valid_to <= starts.valid_from
