-- One row per line that changes when an open month is issued, for the contract's next
-- statement, which is open too: the later amounts of the month's rounding groups less
-- the present ones (E36). Columns as in int_statements__correction_lines.
with
    usage_lines as (select * from {{ ref("int_compensation__usage_lines") }}),
    shared_again as (select * from {{ ref("int_statements__groups_shared_again") }}),
    late_groups as (
        select distinct
            pool_id, contract_id, contract_version, usage_layer, report_month
        from shared_again
    ),
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
            amount_minor_units,
            cast(null as {{ t_str() }}) as held_line_type,
            minor_unit_digits,
            currency_code,
            report_month,
            usage_month
        from shared_again
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
            late_groups using (pool_id, contract_id, contract_version, usage_layer)
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
    -- The corrected open line: the one with the same key, or else the held line for the
    -- same object that is released.
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
