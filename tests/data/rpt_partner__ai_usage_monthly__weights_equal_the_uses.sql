-- A partner's weighted quantity of a month equals that of its uses, except for the
-- rounding of each row to a billionth; a greater difference means that uses were lost
-- or doubled.
with
    reported as (
        select
            partner_id,
            report_month,
            cast(sum(weighted_quantity) as {{ t_dec(38, 9) }}) as quantity,
            cast(count(*) as {{ t_dec(18, 0) }})
            * cast('0.000000002' as {{ t_dec(9, 9) }}) as tolerance
        from {{ ref("rpt_partner__ai_usage_monthly") }}
        group by all
    ),
    used as (
        select
            partner_id,
            usage_month as report_month,
            {{ nano_to_units("round(sum(weight_nano), 0)") }} as quantity
        from {{ ref("fct_use_groups") }}
        where partner_id is not null
        group by all
    )
select used.partner_id, used.report_month
from used
left join
    reported
    on reported.partner_id = used.partner_id
    and reported.report_month = used.report_month
where
    reported.partner_id is null
    or abs(used.quantity - reported.quantity) > reported.tolerance
