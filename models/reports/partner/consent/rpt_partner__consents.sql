-- One row per partner, report month, and version of a consent decision or contract
-- clause that a line of the month cites, that is in force at the end of the month, or
-- that was recorded in the month.
with
    consents as (select * from {{ ref("fct_partner_consents") }}),
    parties as (select * from {{ ref("dim_parties") }}),
    partners as (select * from {{ ref("dim_partners") }}),
    recordings as (select * from {{ ref("dim_recordings") }}),
    works as (select * from {{ ref("dim_works") }})
select
    consents.partner_id,
    consents.report_month,
    consents.proof_id,
    consents.proof_kind,
    consents.is_cited,
    consents.is_in_force,
    consents.is_changed,
    consents.cited_line_count,
    consents.decision_id,
    consents.contract_id,
    consents.contract_version,
    consents.party_id,
    cast(
        coalesce(parties.party_name, partners.partner_name) as {{ t_str() }}
    ) as party_name,
    consents.voice,
    consents.object_type,
    consents.object_id,
    cast(
        coalesce(
            recordings.title, works.title, object_parties.party_name
        ) as {{ t_str() }}
    ) as object_name,
    consents.use_type,
    consents.product_id,
    consents.model_version,
    consents.territory,
    consents.decision,
    consents.evidence_state,
    consents.evidence_sha256,
    consents.daily_limit,
    consents.max_influence,
    consents.is_withdrawn,
    consents.is_superseded,
    consents.is_usable,
    consents.valid_from,
    consents.valid_to,
    consents.signed_at,
    consents.enforced_at,
    consents.recorded_at,
    consents.superseded_at
from consents
left join parties on parties.party_id = consents.party_id
left join partners on partners.partner_id = consents.party_id
left join
    recordings
    on consents.object_type = 'recording'
    and recordings.recording_id = consents.object_id
left join works on consents.object_type = 'work' and works.work_id = consents.object_id
left join
    parties as object_parties
    on consents.object_type in ('artist', 'label')
    and object_parties.party_id = consents.object_id
