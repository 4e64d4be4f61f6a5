-- One row per consent decision as of the freeze: its subject, the uses that it allowed
-- and stopped, the delay of its recording, and the time that the products took to obey
-- it.
with
    versions as (select * from {{ ref("fct_consent_versions") }}),
    uses as (select * from {{ ref("fct_use_groups") }} where exclusion_reason is null),
    recorded as (
        select
            decision_id,
            min(recorded_at) as first_recorded_at,
            count(*) as version_count,
            bool_or(decision = 'allow') as has_allowed,
            -- The end of an allow is a revocation, and so is the start of a deny.
            min(case when decision = 'deny' then valid_from end) as denied_from
        from versions
        group by decision_id
    ),
    {%- for name, cited in [
        ("relied", "consent_proof_id"),
        ("stopped", "consent_denial_id"),
    ] %}
        {{ name }}_batches as (
            select
                proofs.item as decision_id,
                uses.use_batch_number,
                uses.use_basis,
                uses.generation_id,
                uses.use_count,
                max(
                    case when uses.consent_status = 'leakage' then 1 else 0 end
                ) as is_leaked,
                sum(uses.weight_nano) as weight_nano
            from uses {{ explode_list(split_list("uses." ~ cited, "+"), "proofs") }}
            where uses.{{ cited }} is not null
            group by all
        ),
        {{ name }} as (
            select
                decision_id,
                {{ distinct_use_count() }} as use_count,
                {{ distinct_use_count("is_leaked = 1") }} as leaked_use_count,
                sum(weight_nano) as weight_nano
            from {{ name }}_batches
            group by decision_id
        ),
    {%- endfor %}
    standing as (
        select
            versions.*,
            recorded.first_recorded_at,
            recorded.version_count,
            case
                when versions.enforced_at is null
                then null
                when versions.decision = 'allow'
                then versions.valid_to
                else recorded.denied_from
            end as revoked_from
        from versions
        inner join recorded on recorded.decision_id = versions.decision_id
        where not versions.is_superseded
    )
select
    standing.decision_id,
    standing.party_id,
    standing.voice,
    standing.object_type,
    standing.object_id,
    standing.use_type,
    standing.product_id,
    standing.model_version,
    standing.territory,
    standing.decision,
    standing.evidence_state,
    standing.evidence_sha256,
    standing.is_withdrawn,
    standing.is_usable,
    standing.valid_from,
    standing.valid_to,
    standing.signed_at,
    standing.enforced_at,
    cast(standing.first_recorded_at as {{ t_ts() }}) as first_recorded_at,
    cast(standing.version_count as {{ t_bigint() }}) as version_count,
    -- Documents take time to arrive; a later one was missing at the time of the uses.
    cast(
        standing.first_recorded_at
        > standing.valid_from
        + {{ var("late_decision_days") }} * interval '1' day as boolean
    ) as is_late,
    cast(
        {{ seconds_between("standing.revoked_from", "standing.enforced_at") }}
        as {{ t_bigint() }}
    ) as seconds_to_enforcement,
    cast(coalesce(relied.use_count, 0) as {{ t_bigint() }}) as allowed_use_count,
    cast(
        round(coalesce(relied.weight_nano, 0), 0) as {{ t_dec(38, 0) }}
    ) as allowed_weight_nano,
    cast(coalesce(stopped.use_count, 0) as {{ t_bigint() }}) as refused_use_count,
    cast(coalesce(stopped.leaked_use_count, 0) as {{ t_bigint() }}) as leaked_use_count,
    cast(
        round(coalesce(stopped.weight_nano, 0), 0) as {{ t_dec(38, 0) }}
    ) as refused_weight_nano
from standing
left join relied on relied.decision_id = standing.decision_id
left join stopped on stopped.decision_id = standing.decision_id
