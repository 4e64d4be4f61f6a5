-- One row per batch of uses, side, source and owner: weight, payee and consent, which
-- are the same for all uses of the batch.
-- A view, so that a run writes the rows only once, as int_compensation__use_groups; the
-- published file has them as a table. It names no database, since the file of a
-- month-end is read under another name.
{{ config(materialized="view") }}
select
    cast(use_batch_number as {{ t_bigint() }}) as use_batch_number,
    cast(use_basis as {{ t_str() }}) as use_basis,
    cast(generation_id as {{ t_str() }}) as generation_id,
    cast(derivative_id as {{ t_str() }}) as derivative_id,
    cast(territory as {{ t_str() }}) as territory,
    cast(product_id as {{ t_str() }}) as product_id,
    cast(tier as {{ t_str() }}) as tier,
    cast(use_type as {{ t_str() }}) as use_type,
    cast(side as {{ t_str() }}) as side,
    cast(object_id as {{ t_str() }}) as object_id,
    cast(owner_party_id as {{ t_str() }}) as owner_party_id,
    cast(partner_id as {{ t_str() }}) as partner_id,
    cast(contract_id as {{ t_str() }}) as contract_id,
    cast(contract_version as {{ t_bigint() }}) as contract_version,
    -- Without a contract a use is not permitted, so no consent is required (Consent 8).
    -- The lines of such uses have no status.
    cast(
        case
            when hold_bucket = 'UNROUTED' then 'unlicensed' else consent_status
        end as {{ t_str() }}
    ) as consent_status,
    cast(consent_proof_id as {{ t_str() }}) as consent_proof_id,
    cast(late_proof_id as {{ t_str() }}) as late_proof_id,
    cast(consent_denied_by as {{ t_str() }}) as consent_denied_by,
    cast(consent_denial_id as {{ t_str() }}) as consent_denial_id,
    cast(
        case
            when hold_bucket = 'UNROUTED' then 'unlicensed_use' else incident_kind
        end as {{ t_str() }}
    ) as incident_kind,
    cast(hold_bucket as {{ t_str() }}) as hold_bucket,
    cast(exclusion_reason as {{ t_str() }}) as exclusion_reason,
    cast(usage_layer as {{ t_str() }}) as usage_layer,
    cast(use_count as {{ t_bigint() }}) as use_count,
    cast(quantity as {{ t_bigint() }}) as quantity,
    cast(source_weight_nano as {{ t_bigint() }}) as source_weight_nano,
    cast(ownership_share as {{ t_dec(15, 14) }}) as ownership_share,
    cast(weight_nano as {{ t_dec(38, 14) }}) as weight_nano,
    cast(usage_month as date) as usage_month,
    cast(first_judged_at as {{ t_ts() }}) as first_judged_at,
    cast(last_judged_at as {{ t_ts() }}) as last_judged_at
from {{ ref("int_compensation__use_groups").include(database=false) }}
