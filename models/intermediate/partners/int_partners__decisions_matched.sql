-- One row per consent decision, version, and partner whose catalogue it concerns. An
-- owner's decision belongs to the partners that the owner itself reaches, not to a
-- co-owner's. A decision of an artist or a writer belongs to the partners of the owners
-- of the recordings and works that it covers while it is valid.
with
    decisions as (select * from {{ ref("stg_licensing__consent_versions") }}),
    parties_matched as (select * from {{ ref("int_partners__parties_matched") }}),
    objects_matched as (select * from {{ ref("int_partners__objects_matched") }}),
    covered as (
        select decided.*
        from {{ ref("int_partners__objects_decided") }} as decided
        inner join
            decisions
            on decisions.decision_id = decided.decision_id
            and decisions.recorded_at = decided.recorded_at
        where decisions.voice <> 'owner'
    ),
    touched as (
        select
            decisions.decision_id,
            decisions.recorded_at,
            decisions.party_id as deciding_id,
            parties_matched.partner_id,
            parties_matched.depth
        from decisions
        inner join
            parties_matched
            on parties_matched.party_id = decisions.party_id
            and parties_matched.valid_from
            < coalesce(decisions.valid_to, {{ always_to() }})
            and coalesce(parties_matched.valid_to, {{ always_to() }})
            > decisions.valid_from
        where decisions.voice = 'owner'
        union all
        select
            covered.decision_id,
            covered.recorded_at,
            objects_matched.object_id
            || '|'
            || objects_matched.owner_party_id as deciding_id,
            objects_matched.partner_id,
            objects_matched.depth
        from covered
        inner join
            objects_matched
            on objects_matched.object_type = covered.object_type
            and objects_matched.object_id = covered.object_id
            and objects_matched.valid_from
            < coalesce(covered.valid_to, {{ always_to() }})
            and coalesce(objects_matched.valid_to, {{ always_to() }})
            > covered.valid_from
    ),
    nearest as (
        select decision_id, recorded_at, partner_id
        from touched
        qualify
            rank() over (
                partition by decision_id, recorded_at, deciding_id order by depth
            )
            = 1
    )
select distinct decision_id, recorded_at, partner_id
from nearest
