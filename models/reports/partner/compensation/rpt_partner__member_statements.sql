-- One row per statement and member or label: the sub-statements, which sum to it.
with
    lines as (select * from {{ ref("fct_compensation_lines") }}),
    parties as (select * from {{ ref("dim_parties") }}),
    summed as (
        select
            partner_id,
            report_month,
            contract_id,
            member_party_id,
            currency_code,
            sum(
                case
                    when
                        line_types.is_earning
                        and not line_types.is_correction
                        and hold_bucket is null
                    then amount
                    else 0
                end
            ) as earned_amount,
            sum(
                case
                    when line_types.is_correction and hold_bucket is null
                    then amount
                    else 0
                end
            ) as correction_amount,
            - sum(
                case when lines.line_type = 'FEE' then amount else 0 end
            ) as fee_amount,
            sum(case when hold_bucket is null then amount else 0 end) as closing_amount,
            sum(
                case
                    when hold_bucket is not null and line_types.is_earning
                    then amount
                    else 0
                end
            ) as held_amount,
            count(*) as line_count
        from lines
        inner join
            {{ ref("dim_line_types") }} as line_types
            on line_types.line_type = lines.line_type
        where partner_id is not null
        group by all
    )
select
    summed.partner_id,
    summed.report_month,
    cast(
        summed.contract_id
        || '|'
        || {{ month_text("summed.report_month") }} as {{ t_str() }}
    ) as statement_id,
    summed.contract_id,
    summed.member_party_id,
    cast(parties.party_name as {{ t_str() }}) as member_name,
    summed.currency_code,
    cast(summed.earned_amount as {{ t_dec(24, 3) }}) as earned_amount,
    cast(summed.correction_amount as {{ t_dec(24, 3) }}) as correction_amount,
    cast(summed.fee_amount as {{ t_dec(24, 3) }}) as fee_amount,
    cast(summed.closing_amount as {{ t_dec(24, 3) }}) as closing_amount,
    cast(summed.held_amount as {{ t_dec(24, 3) }}) as held_amount,
    cast(summed.line_count as {{ t_bigint() }}) as line_count
from summed
left join parties on parties.party_id = summed.member_party_id
