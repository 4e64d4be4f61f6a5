-- One row per line of an open month's rounding groups that hold late consents, as it
-- will be once the month is issued and they leave their hold (E36). The whole group is
-- shared out again, so that the draft says to the minor unit what the correction will.
with
    source_uses as (select * from {{ ref("int_compensation__source_uses") }}),
    fees as (select * from {{ ref("int_compensation__fees") }}),
    months as (select * from {{ ref("int_statements__months_following") }}),
    late_groups as (
        select distinct
            source_uses.usage_month,
            source_uses.territory,
            source_uses.product_id,
            source_uses.tier,
            source_uses.side,
            source_uses.contract_id,
            source_uses.contract_version,
            source_uses.usage_layer,
            months.report_month
        from source_uses
        inner join
            months
            on months.contract_id = source_uses.contract_id
            and months.usage_month = source_uses.usage_month
        where
            source_uses.consent_status = 'late_consent'
            and source_uses.exclusion_reason is null
    ),
    summed as (
        select
            late_groups.report_month,
            source_uses.usage_month,
            source_uses.territory,
            source_uses.product_id,
            source_uses.tier,
            source_uses.side,
            source_uses.partner_id,
            source_uses.contract_id,
            source_uses.contract_version,
            source_uses.object_id,
            source_uses.owner_party_id,
            case
                when
                    source_uses.consent_status = 'late_consent'
                    and source_uses.hold_bucket = 'CONSENT'
                then null
                else source_uses.hold_bucket
            end as hold_bucket,
            source_uses.consent_status,
            case
                when source_uses.consent_status = 'late_consent'
                then source_uses.late_proof_id
                else source_uses.consent_proof_id
            end as consent_proof_id,
            source_uses.usage_layer,
            sum(source_uses.quantity) as quantity,
            sum(source_uses.weight_nano) as summed_weight
        from source_uses
        inner join
            late_groups
            on late_groups.usage_month = source_uses.usage_month
            and late_groups.territory = source_uses.territory
            and late_groups.product_id = source_uses.product_id
            and late_groups.tier = source_uses.tier
            and late_groups.side = source_uses.side
            and late_groups.contract_id = source_uses.contract_id
            and late_groups.contract_version = source_uses.contract_version
            and late_groups.usage_layer = source_uses.usage_layer
        where source_uses.exclusion_reason is null
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
