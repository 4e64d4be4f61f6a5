-- One row per pair of an allow and a deny in force at the same time for the same thing,
-- use, product, territory and model version: from the same party in the same voice,
-- where deny wins (E42), or from two owners of a recording or work (the owner's
-- decision applies to each share).
with
    standing as (
        select *, coalesce(valid_to, {{ always_to() }}) as valid_until
        from {{ ref("fct_consent_versions") }}
        where is_usable
    )
select
    allows.decision_id as allow_decision_id,
    denies.decision_id as deny_decision_id,
    cast(
        case
            when allows.party_id = denies.party_id then 'same_party' else 'co_owners'
        end as {{ t_str() }}
    ) as conflict_kind,
    allows.party_id as allow_party_id,
    denies.party_id as deny_party_id,
    allows.voice,
    allows.object_type,
    allows.object_id,
    allows.use_type,
    allows.product_id,
    allows.territory,
    allows.model_version,
    cast(greatest(allows.valid_from, denies.valid_from) as {{ t_ts() }}) as valid_from,
    cast(
        nullif(
            least(allows.valid_until, denies.valid_until), {{ always_to() }}
        ) as {{ t_ts() }}
    ) as valid_to,
    cast(
        greatest(allows.recorded_at, denies.recorded_at) as {{ t_ts() }}
    ) as known_from_at
from standing as allows
inner join
    standing as denies
    on denies.voice = allows.voice
    and denies.object_type = allows.object_type
    and denies.object_id is not distinct from allows.object_id
    and denies.use_type = allows.use_type
    and denies.product_id = allows.product_id
    and denies.territory = allows.territory
    and denies.model_version is not distinct from allows.model_version
    and denies.valid_from < allows.valid_until
    and denies.valid_until > allows.valid_from
where
    allows.decision = 'allow'
    and denies.decision = 'deny'
    and (
        allows.party_id = denies.party_id
        or (
            allows.voice = 'owner'
            and allows.object_type in ('recording', 'work')
            and allows.object_id is not null
        )
    )
