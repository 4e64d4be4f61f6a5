-- One row per contract, open report month, usage month and source territory of
-- earnings, and one per released reserve and territory that had earned it
-- (`original_line_id` is the take): an amount in minor units, and the taxable fraction
-- of it. Amounts that go into the reserve or to an advance are not taxable; an advance
-- is recouped from the earnings first.
with
    accounts as (select * from {{ ref("int_statements__accounts") }}),
    recoupments as (select * from {{ ref("int_statements__recoupments") }}),
    earning_lines as (select * from {{ ref("int_statements__earning_lines") }}),
    lines_to_date as (select * from {{ ref("int_statements__lines_to_date") }}),
    reserve_lines as (select * from {{ ref("int_statements__reserve_lines") }}),
    bases as (
        select
            accounts.contract_id,
            accounts.report_month,
            accounts.base_units,
            case
                when accounts.base_units > 0
                then
                    greatest(
                        accounts.base_units
                        - accounts.reserve_taken_units
                        - recoupments.recouped_units,
                        0
                    )
                else accounts.base_units
            end as taxed_units,
            recoupments.released_units,
            recoupments.released_units - greatest(
                recoupments.recouped_units
                - greatest(accounts.base_units - accounts.reserve_taken_units, 0),
                0
            ) as taxed_released_units
        from accounts
        inner join
            recoupments
            on recoupments.contract_id = accounts.contract_id
            and recoupments.report_month = accounts.report_month
    ),
    earned as (
        select
            earning_lines.contract_id,
            earning_lines.report_month,
            earning_lines.usage_month,
            earning_lines.territory,
            cast(null as {{ t_str() }}) as original_line_id,
            {{ wide("sum(earning_lines.amount_minor_units)") }} as earned_units
        from earning_lines
        where
            contract_id is not null
            and hold_bucket is null
            and territory is not null
            and territory <> 'WW'
            and line_type in {{ earning_types() }}
        group by all
    ),
    -- The origin of the money in each released reserve.
    origins as (
        select
            contract_id,
            report_month,
            territory,
            {{ wide("sum(amount_minor_units)") }} as earned_units
        from lines_to_date
        where hold_bucket is null
        group by all
    ),
    releases as (
        select
            reserve_lines.contract_id,
            reserve_lines.report_month,
            reserve_lines.usage_month,
            reserve_lines.original_line_id,
            origins.territory,
            {{ wide("reserve_lines.amount_minor_units") }} as released_units,
            origins.earned_units,
            {{
                wide(
                    "sum(origins.earned_units) over (partition by reserve_lines.original_line_id)"
                )
            }}
            as all_earned_units
        from reserve_lines
        inner join
            origins
            on origins.contract_id = reserve_lines.contract_id
            and origins.report_month = reserve_lines.usage_month
        where reserve_lines.line_type = 'RESERVE_RELEASE'
    ),
    -- As an amount, and the taxable fraction of it.
    taxable as (
        select
            earned.contract_id,
            earned.report_month,
            earned.usage_month,
            earned.territory,
            earned.original_line_id,
            earned.earned_units as units,
            case
                when bases.base_units > 0 then bases.taxed_units else {{ wide("1") }}
            end as taxed_part,
            case
                when bases.base_units > 0 then bases.base_units else {{ wide("1") }}
            end as taxed_whole
        from earned
        inner join
            bases
            on bases.contract_id = earned.contract_id
            and bases.report_month = earned.report_month
        union all
        select
            releases.contract_id,
            releases.report_month,
            releases.usage_month,
            releases.territory,
            releases.original_line_id,
            releases.earned_units as units,
            releases.released_units * bases.taxed_released_units as taxed_part,
            releases.all_earned_units * bases.released_units as taxed_whole
        from releases
        inner join
            bases
            on bases.contract_id = releases.contract_id
            and bases.report_month = releases.report_month
        where
            releases.territory is not null
            and releases.territory <> 'WW'
            and releases.all_earned_units > 0
            and bases.released_units > 0
    )
select
    contract_id,
    report_month,
    usage_month,
    territory,
    original_line_id,
    units,
    taxed_part,
    taxed_whole
from taxable
