-- One row per line of an open month's rounding groups with late consents, as it will be
-- once the month is issued and they are released (E36). The whole group is allocated
-- again, so that the draft equals the later correction to the minor unit.
with
    use_groups as (
        select *
        from {{ ref("int_compensation__use_groups") }}
        where {{ months_in_scope("usage_month") }}
    ),
    fees as (select * from {{ ref("int_compensation__fees") }}),
    months as (select * from {{ ref("int_statements__months_following") }}),
    late_groups as (
        select distinct
            use_groups.usage_month,
            use_groups.territory,
            use_groups.product_id,
            use_groups.tier,
            use_groups.side,
            use_groups.contract_id,
            use_groups.contract_version,
            use_groups.usage_layer,
            months.report_month
        from use_groups
        inner join
            months
            on months.contract_id = use_groups.contract_id
            and months.usage_month = use_groups.usage_month
        where
            use_groups.consent_status = 'late_consent'
            and use_groups.exclusion_reason is null
    ),
    summed as (
        select
            late_groups.report_month,
            use_groups.usage_month,
            use_groups.territory,
            use_groups.product_id,
            use_groups.tier,
            use_groups.side,
            use_groups.partner_id,
            use_groups.contract_id,
            use_groups.contract_version,
            use_groups.object_id,
            use_groups.owner_party_id,
            case
                when
                    use_groups.consent_status = 'late_consent'
                    and use_groups.hold_bucket = 'CONSENT'
                then null
                else use_groups.hold_bucket
            end as hold_bucket,
            use_groups.consent_status,
            case
                when use_groups.consent_status = 'late_consent'
                then use_groups.late_proof_id
                else use_groups.consent_proof_id
            end as consent_proof_id,
            use_groups.usage_layer,
            sum(use_groups.quantity) as quantity,
            sum(use_groups.weight_nano) as summed_weight
        from use_groups
        inner join
            late_groups
            on late_groups.usage_month = use_groups.usage_month
            and late_groups.territory = use_groups.territory
            and late_groups.product_id = use_groups.product_id
            and late_groups.tier = use_groups.tier
            and late_groups.side = use_groups.side
            and late_groups.contract_id = use_groups.contract_id
            and late_groups.contract_version = use_groups.contract_version
            and late_groups.usage_layer = use_groups.usage_layer
        where use_groups.exclusion_reason is null
        group by all
    ),
    weighted as (
        select
            summed.*,
            cast(summed_weight as {{ t_dec(38, 0) }}) as weight_nano,
            {{ pool_id("usage_month", "territory", "product_id", "tier", "side") }}
            as pool_id,
            {{ full_line_key() }} as line_key
        from summed
    ),
    grouped as ({{ contract_rounding_groups("weighted") }}),
    {{ fees_shared_out() }}
select
    line_key,
    pool_id,
    territory,
    product_id,
    tier,
    side,
    partner_id,
    contract_id,
    contract_version,
    object_id,
    owner_party_id,
    hold_bucket,
    consent_status,
    consent_proof_id,
    usage_layer,
    quantity,
    weight_nano,
    {{ wide("amount_minor_units") }} as amount_minor_units,
    minor_unit_digits,
    currency_code,
    report_month,
    usage_month
from rounded
