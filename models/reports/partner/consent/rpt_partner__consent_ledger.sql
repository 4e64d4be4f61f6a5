-- One row per partner, consent decision and version, including withdrawn versions.
with
    decisions as (select * from {{ ref("fct_consent_versions") }}),
    partners as (select * from {{ ref("fct_consent_partners") }}),
    parties as (select * from {{ ref("dim_parties") }}),
    recordings as (select * from {{ ref("dim_recordings") }}),
    works as (select * from {{ ref("dim_works") }})
select
    cast(partners.partner_id as {{ t_str() }}) as partner_id,
    cast({{ first_of_month("decisions.recorded_at") }} as date) as report_month,
    cast(decisions.decision_id as {{ t_str() }}) as decision_id,
    cast(decisions.party_id as {{ t_str() }}) as party_id,
    cast(parties.party_name as {{ t_str() }}) as party_name,
    cast(decisions.voice as {{ t_str() }}) as voice,
    cast(decisions.object_type as {{ t_str() }}) as object_type,
    cast(decisions.object_id as {{ t_str() }}) as object_id,
    cast(
        coalesce(
            recordings.title, works.title, object_parties.party_name
        ) as {{ t_str() }}
    ) as object_name,
    cast(decisions.use_type as {{ t_str() }}) as use_type,
    cast(decisions.product_id as {{ t_str() }}) as product_id,
    cast(decisions.model_version as {{ t_str() }}) as model_version,
    cast(decisions.territory as {{ t_str() }}) as territory,
    cast(decisions.decision as {{ t_str() }}) as decision,
    cast(decisions.evidence_state as {{ t_str() }}) as evidence_state,
    cast(decisions.evidence_sha256 as {{ t_str() }}) as evidence_sha256,
    cast(decisions.daily_limit as {{ t_bigint() }}) as daily_limit,
    cast(decisions.max_influence as {{ t_dec(13, 12) }}) as max_influence,
    decisions.is_withdrawn,
    decisions.is_superseded,
    decisions.is_usable,
    cast(decisions.valid_from as {{ t_ts() }}) as valid_from,
    cast(decisions.valid_to as {{ t_ts() }}) as valid_to,
    cast(decisions.signed_at as {{ t_ts() }}) as signed_at,
    cast(decisions.enforced_at as {{ t_ts() }}) as enforced_at,
    cast(decisions.recorded_at as {{ t_ts() }}) as recorded_at,
    cast(decisions.superseded_at as {{ t_ts() }}) as superseded_at
from partners
inner join
    decisions
    on decisions.decision_id = partners.decision_id
    and decisions.recorded_at = partners.recorded_at
left join parties on parties.party_id = decisions.party_id
left join
    recordings
    on decisions.object_type = 'recording'
    and recordings.recording_id = decisions.object_id
left join
    works on decisions.object_type = 'work' and works.work_id = decisions.object_id
left join
    parties as object_parties
    on decisions.object_type in ('artist', 'label')
    and object_parties.party_id = decisions.object_id
