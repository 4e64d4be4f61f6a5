-- One row per use, side, source and owner: its weight, its payee, and its consent.
-- A view: at this grain there are several times as many rows as in both of its tables.
-- It names no database, so that it can be read in every file that it is copied to.
{{ config(materialized="view") }}
with
    uses as (select * from {{ ref("fct_uses").include(database=false) }}),
    use_groups as (select * from {{ ref("fct_use_groups").include(database=false) }})
select
    cast({{ use_id("uses.play_date", "use_groups") }} as {{ t_str() }}) as use_id,
    use_groups.generation_id,
    use_groups.derivative_id,
    use_groups.territory,
    use_groups.product_id,
    use_groups.tier,
    use_groups.use_type,
    use_groups.side,
    use_groups.object_id,
    use_groups.owner_party_id,
    use_groups.partner_id,
    use_groups.contract_id,
    use_groups.contract_version,
    use_groups.consent_status,
    use_groups.consent_proof_id,
    use_groups.late_proof_id,
    use_groups.consent_denied_by,
    use_groups.consent_denial_id,
    use_groups.incident_kind,
    use_groups.hold_bucket,
    use_groups.exclusion_reason,
    use_groups.usage_layer,
    uses.quantity,
    use_groups.source_weight_nano,
    use_groups.ownership_share,
    {{
        use_weight_nano(
            "uses.quantity",
            "use_groups.source_weight_nano",
            "use_groups.ownership_share",
        )
    }} as weight_nano,
    uses.usage_month,
    uses.play_date,
    cast(
        case when uses.play_date is null then uses.judged_at end as {{ t_ts() }}
    ) as used_at,
    uses.judged_at
from uses
-- A batch is of one month: with it, a query for one month reads the groups of that
-- month.
inner join
    use_groups
    on use_groups.use_batch_number = uses.use_batch_number
    and use_groups.usage_month = uses.usage_month
