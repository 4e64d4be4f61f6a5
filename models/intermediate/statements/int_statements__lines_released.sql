-- One row per line that changes when an open month is issued, for the contract's next
-- statement, which is open too: the month's late consents leave their hold (E36). The
-- whole rounding group is shared out again, so that the draft says to the minor unit
-- what the correction will. Columns as in int_statements__correction_lines.
with
    source_uses as (select * from {{ ref("fct_source_uses") }}),
    fees as (select * from {{ ref("int_compensation__fees") }}),
    usage_lines as (select * from {{ ref("int_compensation__usage_lines") }}),
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
            sum(source_uses.weight_nano) as weight
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
            cast(weight as {{ t_dec(38, 0) }}) as weight_nano,
            {{ pool_id("usage_month", "territory", "product_id", "tier", "side") }}
            as pool_id,
            {{
                line_key(
                    [
                        month_text("usage_month"),
                        "territory",
                        "product_id",
                        "tier",
                        "side",
                        "contract_id",
                        "contract_version",
                        "object_id",
                        "owner_party_id",
                        "hold_bucket",
                        "consent_status",
                        "consent_proof_id",
                    ]
                )
            }} as line_key
        from summed
    ),
    grouped as (
        select
            weighted.*,
            weighted.pool_id
            || '|'
            || weighted.contract_id
            || '|'
            || cast(weighted.contract_version as {{ t_str() }})
            || '|'
            || weighted.usage_layer as rounding_group,
            fees.payout_currency_code as currency_code,
            fees.minor_unit_digits,
            fees.fee_minor_units
        from weighted
        inner join
            fees
            on fees.pool_id = weighted.pool_id
            and fees.contract_id = weighted.contract_id
            and fees.contract_version = weighted.contract_version
            and fees.usage_layer = weighted.usage_layer
    ),
    {{ fees_shared_out() }},
    compared as (
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
            cast(null as {{ t_str() }}) as held_line_type,
            minor_unit_digits,
            currency_code,
            report_month,
            usage_month
        from rounded
        union all
        select
            usage_lines.line_key,
            usage_lines.pool_id,
            usage_lines.territory,
            usage_lines.product_id,
            usage_lines.tier,
            usage_lines.side,
            usage_lines.partner_id,
            usage_lines.contract_id,
            usage_lines.contract_version,
            usage_lines.object_id,
            usage_lines.owner_party_id,
            usage_lines.hold_bucket,
            usage_lines.consent_status,
            usage_lines.consent_proof_id,
            usage_lines.usage_layer,
            - usage_lines.quantity,
            - usage_lines.weight_nano,
            - usage_lines.amount_minor_units,
            {{ usage_line_type("usage_lines.usage_layer") }} as held_line_type,
            usage_lines.minor_unit_digits,
            usage_lines.currency_code,
            late_groups.report_month,
            usage_lines.usage_month
        from usage_lines
        inner join
            late_groups
            on late_groups.usage_month = usage_lines.usage_month
            and late_groups.territory = usage_lines.territory
            and late_groups.product_id = usage_lines.product_id
            and late_groups.tier = usage_lines.tier
            and late_groups.side = usage_lines.side
            and late_groups.contract_id = usage_lines.contract_id
            and late_groups.contract_version = usage_lines.contract_version
            and late_groups.usage_layer = usage_lines.usage_layer
    ),
    differences as (
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
            sum(quantity) as quantity,
            sum(weight_nano) as weight_nano,
            sum(amount_minor_units) as amount_minor_units,
            max(held_line_type) as held_line_type,
            minor_unit_digits,
            currency_code,
            report_month,
            usage_month
        from compared
        group by all
        having
            sum(quantity) <> 0 or sum(weight_nano) <> 0 or sum(amount_minor_units) <> 0
    ),
    -- The open line that is corrected: the one of the same key, or else the held one of
    -- the same thing that is let go.
    identified as (
        select
            differences.*,
            case
                when held_line_type is not null
                then
                    {{
                        md5_key(
                            [
                                month_text("usage_month"),
                                "held_line_type",
                                "line_key",
                                "usage_layer",
                                "cast(null as " ~ t_str() ~ ")",
                            ]
                        )
                    }}
            end as own_line_id,
            abs(
                sum(
                    case when hold_bucket is null then amount_minor_units else 0 end
                ) over (same_thing)
            ) + abs(
                sum(
                    case when hold_bucket is not null then amount_minor_units else 0 end
                ) over (same_thing)
            )
            + abs(
                sum(case when hold_bucket is null then weight_nano else 0 end) over (
                    same_thing
                )
            )
            + abs(
                sum(
                    case when hold_bucket is not null then weight_nano else 0 end
                ) over (same_thing)
            )
            = 0 as is_label
        from differences
        window
            same_thing as (
                partition by
                    pool_id,
                    contract_id,
                    contract_version,
                    object_id,
                    owner_party_id,
                    usage_layer
            )
    ),
    linked as (
        select
            identified.*,
            coalesce(
                own_line_id,
                min(
                    case
                        when hold_bucket is not null and amount_minor_units < 0
                        then own_line_id
                    end
                ) over (partition by pool_id, object_id, contract_id, owner_party_id)
            ) as original_line_id
        from identified
        where not is_label
    )
select
    'LATE_CONSENT' as line_type,
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
    original_line_id,
    usage_layer,
    cast(quantity as {{ t_bigint() }}) as quantity,
    cast(weight_nano as {{ t_dec(38, 0) }}) as weight_nano,
    {{ wide("amount_minor_units") }} as amount_minor_units,
    minor_unit_digits,
    currency_code,
    report_month,
    usage_month
from linked
