-- One row per incident found in records: unlicensed training, products used before a
-- contract was signed, evidence that does not match its decision, contradictory
-- decisions, and sweeps of removals.
{%- set texts = incident_subjects() %}
with
    training as (select * from {{ ref("fct_training_uses") }}),
    launches as (select * from {{ ref("fct_launches") }}),
    decisions as (select * from {{ ref("fct_consent_versions") }}),
    conflicts as (select * from {{ ref("fct_consent_conflicts") }}),
    actions as (select * from {{ ref("fct_removal_actions") }}),
    found as (
        select
            'training_without_licence' as incident_kind,
            {{ first_of_month("min(included_at)") }} as usage_month,
            {{
                absent_but(
                    texts,
                    {
                        "product_id": "product_id",
                        "side": "side",
                        "owner_party_id": "owner_party_id",
                        "partner_id": "min(partner_id)",
                        "model_version": "model_version",
                    },
                )
            }},
            count(distinct object_id) as item_count,
            cast(null as {{ t_dec(38, 14) }}) as weight_nano,
            min(included_at) as opened_at,
            max(included_at) as last_seen_at
        from training
        -- Announced training may still be licensed.
        where not is_licensed and included_at <= {{ known_at() }}
        group by model_version, product_id, side, owner_party_id
        union all
        select
            'launch_before_contract' as incident_kind,
            {{ first_of_month("first_used_at") }} as usage_month,
            {{
                absent_but(
                    texts,
                    {
                        "product_id": "product_id",
                        "side": "side",
                        "partner_id": "partner_id",
                        "contract_id": "contract_id",
                    },
                )
            }},
            1 as item_count,
            cast(unsigned_weight_nano as {{ t_dec(38, 14) }}) as weight_nano,
            first_used_at as opened_at,
            signed_at as last_seen_at
        from launches
        where is_before_contract and contract_id is not null
        union all
        select
            'evidence_mismatch' as incident_kind,
            {{ first_of_month("recorded_at") }} as usage_month,
            {{
                absent_but(
                    texts,
                    {
                        "object_id": "object_id",
                        "owner_party_id": "party_id",
                        "decision_id": "decision_id",
                    },
                )
            }},
            1 as item_count,
            cast(null as {{ t_dec(38, 14) }}) as weight_nano,
            recorded_at as opened_at,
            recorded_at as last_seen_at
        from decisions
        where evidence_state = 'mismatch' and not is_superseded and not is_withdrawn
        union all
        select
            'consent_conflict' as incident_kind,
            {{ first_of_month("known_from_at") }} as usage_month,
            {{
                absent_but(
                    texts,
                    {
                        "product_id": "product_id",
                        "object_id": "object_id",
                        "owner_party_id": "deny_party_id",
                        "decision_id": "deny_decision_id",
                        "denied_by": "allow_decision_id",
                    },
                )
            }},
            1 as item_count,
            cast(null as {{ t_dec(38, 14) }}) as weight_nano,
            known_from_at as opened_at,
            known_from_at as last_seen_at
        from conflicts
        union all
        select
            'removal_sweep' as incident_kind,
            {{ first_of_month("min(applied_at)") }} as usage_month,
            {{
                absent_but(
                    texts,
                    {
                        "owner_party_id": "min(uploader_party_id)",
                        "case_id": "case_id",
                    },
                )
            }},
            count(*) as item_count,
            cast(null as {{ t_dec(38, 14) }}) as weight_nano,
            min(applied_at) as opened_at,
            max(applied_at) as last_seen_at
        from actions
        where case_id is not null
        group by case_id
        having count(*) >= {{ var("sweep_action_count") }}
    )
select
    cast(incident_kind as {{ t_str() }}) as incident_kind,
    cast(usage_month as date) as usage_month,
    {%- for name in texts %} {{ name }},{% endfor %}
    cast(item_count as {{ t_bigint() }}) as item_count,
    cast(round(weight_nano, 0) as {{ t_dec(38, 0) }}) as weight_nano,
    cast(opened_at as {{ t_ts() }}) as opened_at,
    cast(last_seen_at as {{ t_ts() }}) as last_seen_at
from found
