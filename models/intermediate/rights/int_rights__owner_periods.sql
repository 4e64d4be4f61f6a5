-- One row per side, object, owner, territory of a claim and start of a period in which
-- the owner took over from another: from then on the owner's earlier decisions do not
-- count for the object there (docs/money.md, "Consent"; E39). Merged parties are one
-- owner (E44).
with
    regions as (select distinct region_code from {{ ref("regions") }}),
    aliases as (
        select party_id, canonical_party_id
        from {{ ref("stg_catalog__party_aliases") }}
        where is_merged
    ),
    ownership as (
        select
            claims.side,
            claims.object_id,
            claims.party_id,
            coalesce(aliases.canonical_party_id, claims.party_id) as canonical_party_id,
            claims.territory,
            claims.valid_from,
            coalesce(claims.valid_to, {{ always_to() }}) as valid_to,
            claims.territory = 'WW' or regions.region_code is not null as is_wide
        from {{ ref("stg_catalog__ownership") }} as claims
        left join regions on regions.region_code = claims.territory
        left join aliases on aliases.party_id = claims.party_id
    ),
    starts as (
        select
            ownership.*,
            max(valid_to) over (
                partition by side, object_id, canonical_party_id, territory
                order by valid_from, valid_to
                rows between unbounded preceding and 1 preceding
            ) as held_until
        from ownership
    )
select distinct
    starts.side,
    starts.object_id,
    starts.party_id as owner_party_id,
    starts.territory,
    starts.valid_from as owner_since
from starts
-- Wide territories may overlap with any other: asking an owner again is the safe
-- choice.
inner join
    ownership
    on ownership.side = starts.side
    and ownership.object_id = starts.object_id
    and ownership.canonical_party_id <> starts.canonical_party_id
    and ownership.valid_to <= starts.valid_from
    and (ownership.territory = starts.territory or ownership.is_wide or starts.is_wide)
where starts.held_until is null or starts.held_until < starts.valid_from
