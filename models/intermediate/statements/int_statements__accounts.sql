-- One row per contract and open report month: earnings, corrections, charges and
-- reserves, before advances and tax, in minor units.
with
    terms as (select * from {{ ref("int_statements__terms") }}),
    earned as (
        select
            earning_lines.contract_id,
            earning_lines.report_month,
            sum(
                case
                    when
                        hold_bucket is null
                        and line_types.is_earning
                        and not line_types.is_correction
                    then amount_minor_units
                    else 0
                end
            ) as earned_units,
            sum(
                case
                    when hold_bucket is null and line_types.is_correction
                    then amount_minor_units
                    else 0
                end
            ) as correction_units,
            sum(
                case
                    when
                        hold_bucket is null
                        and line_types.is_earning
                        and (
                            terms.advance_product_ids is null
                            or array_contains(
                                terms.advance_product_ids, earning_lines.product_id
                            )
                            or array_contains(terms.advance_product_ids, '*')
                        )
                    then amount_minor_units
                    else 0
                end
            ) as in_scope_units,
            - sum(
                case
                    when earning_lines.line_type = 'PENALTY'
                    then amount_minor_units
                    else 0
                end
            ) as penalty_units,
            sum(
                case when hold_bucket is not null then amount_minor_units else 0 end
            ) as held_units
        from {{ ref("int_statements__earning_lines") }} as earning_lines
        inner join
            {{ ref("line_types") }} as line_types
            on line_types.line_type = earning_lines.line_type
        inner join
            terms
            on terms.contract_id = earning_lines.contract_id
            and terms.report_month = earning_lines.report_month
        group by all
    ),
    charged as (
        select contract_id, report_month, - sum(amount_minor_units) as fee_units
        from {{ ref("int_statements__fee_lines") }}
        group by all
    ),
    made_up as (
        select contract_id, report_month, sum(amount_minor_units) as true_up_units
        from {{ ref("int_statements__true_up_lines") }}
        group by all
    ),
    summed as (
        select
            terms.*,
            {{ wide("coalesce(earned.earned_units, 0)") }} as earned_units,
            {{ wide("coalesce(earned.correction_units, 0)") }} as correction_units,
            {{ wide("coalesce(earned.in_scope_units, 0)") }} as in_scope_units,
            {{ wide("coalesce(earned.penalty_units, 0)") }} as penalty_units,
            {{ wide("coalesce(earned.held_units, 0)") }} as held_units,
            {{ wide("coalesce(charged.fee_units, 0)") }} as fee_units,
            {{ wide("coalesce(made_up.true_up_units, 0)") }} as true_up_units
        from terms
        left join
            earned
            on earned.contract_id = terms.contract_id
            and earned.report_month = terms.report_month
        left join
            charged
            on charged.contract_id = terms.contract_id
            and charged.report_month = terms.report_month
        left join
            made_up
            on made_up.contract_id = terms.contract_id
            and made_up.report_month = terms.report_month
    )
select
    summed.*,
    earned_units + correction_units as base_units,
    {{
        mul_div_round(
            "greatest(earned_units + correction_units - fee_units, 0)",
            scaled("reserve_rate", 12),
            pow10(12),
        )
    }} as reserve_taken_units
from summed
