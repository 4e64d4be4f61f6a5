-- One row per recording or work, owner, and partner that the owner reaches, with the
-- time when both are valid. A recording that nobody claims is treated as its label's.
with
    ownership as (select * from {{ ref("stg_catalog__ownership") }}),
    recordings as (select * from {{ ref("stg_catalog__recordings") }}),
    parties_matched as (select * from {{ ref("int_partners__parties_matched") }}),
    claimed as (
        select distinct object_id
        from ownership
        where object_type = 'recording' and side = 'MASTER'
    ),
    owned as (
        select
            object_type,
            object_id,
            side,
            party_id as owner_party_id,
            territory,
            'owner' as owner_basis,
            valid_from,
            valid_to
        from ownership
        union all
        select
            'recording' as object_type,
            recordings.recording_id as object_id,
            'MASTER' as side,
            recordings.label_party_id as owner_party_id,
            'WW' as territory,
            'label' as owner_basis,
            {{ always_from() }} as valid_from,
            cast(null as {{ t_ts() }}) as valid_to
        from recordings
        left join claimed on claimed.object_id = recordings.recording_id
        where recordings.label_party_id is not null and claimed.object_id is null
    )
select distinct
    owned.object_type,
    owned.object_id,
    owned.side,
    owned.owner_party_id,
    owned.owner_basis,
    owned.territory as owner_territory,
    parties_matched.partner_id,
    parties_matched.depth,
    parties_matched.match_basis,
    parties_matched.territory as route_territory,
    parties_matched.product_id as route_product_id,
    greatest(owned.valid_from, parties_matched.valid_from) as valid_from,
    least(owned.valid_to, parties_matched.valid_to) as valid_to
from owned
inner join
    parties_matched
    on parties_matched.party_id = owned.owner_party_id
    and coalesce(parties_matched.side, owned.side) = owned.side
    and parties_matched.valid_from < coalesce(owned.valid_to, {{ always_to() }})
    and coalesce(parties_matched.valid_to, {{ always_to() }}) > owned.valid_from
