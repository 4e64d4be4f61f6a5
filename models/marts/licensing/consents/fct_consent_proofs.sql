-- One row per version of a consent decision, and per contract version's clause on
-- silence: all proofs that a line can name, and those that issued lines name although
-- the version is not in force any more.
with
    contracts as (select * from {{ ref("dim_contracts") }}),
    clauses as (
        select contracts.*, {{ clause_proof("contracts") }} as proof_id from contracts
    ),
    issued as (
        select distinct
            lines.contract_id,
            parts.item as proof_id,
            try_cast(
                split_part(
                    substring(parts.item, length(lines.contract_id) + 2), '#', 1
                ) as {{ t_bigint() }}
            ) as contract_version
        from
            {{ ref("stg_ledger__lines") }} as lines
            {{ explode_list(split_list("lines.consent_proof_id", "+"), "parts") }}
        where
            parts.item like '%#%'
            and substring(parts.item, 1, length(lines.contract_id) + 1)
            = lines.contract_id || '@'
    ),
    -- A version that was withdrawn, or that a most-favoured-nation clause no longer
    -- creates, is described by the version below it, or else by the contract's last.
    ended_clauses as (
        select
            contracts.*,
            issued.proof_id,
            issued.contract_version as named_version,
            -- Lines name a clause as their proof only if it allowed the use.
            'allow' as named_decision,
            true as is_ended
        from issued
        left join clauses on clauses.proof_id = issued.proof_id
        inner join contracts on contracts.contract_id = issued.contract_id
        where clauses.proof_id is null and issued.contract_version is not null
        qualify
            row_number() over (
                partition by issued.proof_id
                order by
                    case
                        when
                            contracts.contract_version
                            = {{ int_div("issued.contract_version", "1000") }}
                        then 0
                        else 1
                    end,
                    contracts.contract_version desc
            )
            = 1
    ),
    named_clauses as (
        select
            clauses.*,
            contract_version as named_version,
            silence as named_decision,
            false as is_ended
        from clauses
        union all
        select *
        from ended_clauses
    )
select
    decision_id as proof_id,
    cast('decision' as {{ t_str() }}) as proof_kind,
    decision_id,
    cast(null as {{ t_str() }}) as contract_id,
    cast(null as {{ t_bigint() }}) as contract_version,
    party_id,
    voice,
    object_type,
    object_id,
    use_type,
    product_id,
    model_version,
    territory,
    decision,
    evidence_state,
    evidence_sha256,
    daily_limit,
    max_influence,
    is_withdrawn,
    is_superseded,
    is_usable,
    valid_from,
    valid_to,
    signed_at,
    enforced_at,
    recorded_at,
    superseded_at
from {{ ref("fct_consent_versions") }}
union all
select
    cast(proof_id as {{ t_str() }}) as proof_id,
    cast('clause' as {{ t_str() }}) as proof_kind,
    cast(null as {{ t_str() }}) as decision_id,
    contract_id,
    named_version as contract_version,
    cast(partner_id as {{ t_str() }}) as party_id,
    cast(null as {{ t_str() }}) as voice,
    cast('contract' as {{ t_str() }}) as object_type,
    cast(contract_id as {{ t_str() }}) as object_id,
    cast('*' as {{ t_str() }}) as use_type,
    cast(product_ids as {{ t_str() }}) as product_id,
    cast(null as {{ t_str() }}) as model_version,
    cast('WW' as {{ t_str() }}) as territory,
    cast(named_decision as {{ t_str() }}) as decision,
    cast(null as {{ t_str() }}) as evidence_state,
    cast(null as {{ t_str() }}) as evidence_sha256,
    cast(null as {{ t_bigint() }}) as daily_limit,
    cast(null as {{ t_dec(13, 12) }}) as max_influence,
    cast(is_ended as boolean) as is_withdrawn,
    cast(false as boolean) as is_superseded,
    cast(not is_ended as boolean) as is_usable,
    cast(valid_from as {{ t_ts() }}) as valid_from,
    cast(valid_to as {{ t_ts() }}) as valid_to,
    cast(signed_at as {{ t_ts() }}) as signed_at,
    cast(null as {{ t_ts() }}) as enforced_at,
    cast(recorded_at as {{ t_ts() }}) as recorded_at,
    cast(null as {{ t_ts() }}) as superseded_at
from named_clauses
