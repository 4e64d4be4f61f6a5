-- One row per contract, guarantee period that has ended, and open report month: the
-- shortfall of the period's earnings against the minimum guarantee, less earlier
-- true-ups (E94, E95). A contract that ends within a period ends the period too, and
-- owes the guarantee in proportion to the days. Whole minor units.
with recursive
    terms as (
        select *
        from {{ ref("int_statements__terms") }}
        where guarantee_units > 0 and guarantee_months > 0
    ),
    lines_to_date as (select * from {{ ref("int_statements__lines_to_date") }}),
    ledger_lines as (
        select * from {{ ref("stg_ledger__lines") }} where line_type = 'MG_TRUE_UP'
    ),
    currencies as (select * from {{ ref("currencies") }}),
    contract_ends as (
        select
            contract_id,
            max(
                case
                    when valid_to is null
                    then cast({{ always_to() }} as date)
                    when valid_to > cast(cast(valid_to as date) as {{ t_ts() }})
                    then cast(valid_to as date) + 1
                    else cast(valid_to as date)
                end
            ) as ends_before
        from {{ ref("stg_licensing__contracts") }}
        group by all
    ),
    periods(
        contract_id,
        report_month,
        starts_on,
        ends_before,
        guarantee_months,
        horizon
    ) as (
        select
            contract_id,
            report_month,
            guarantee_starts_on as starts_on,
            cast(
                {{ months_after("guarantee_starts_on", "guarantee_months") }} as date
            ) as ends_before,
            guarantee_months,
            month_end as horizon
        from terms
        union all
        select
            contract_id,
            report_month,
            ends_before as starts_on,
            cast(
                {{ months_after("ends_before", "guarantee_months") }} as date
            ) as ends_before,
            guarantee_months,
            horizon
        from periods
        where ends_before < horizon
    ),
    cut_periods as (
        select
            periods.contract_id,
            periods.report_month,
            periods.starts_on,
            periods.ends_before as full_ends_before,
            least(periods.ends_before, contract_ends.ends_before) as ends_before,
            periods.horizon
        from periods
        inner join contract_ends on contract_ends.contract_id = periods.contract_id
        where periods.starts_on < contract_ends.ends_before
    ),
    earned as (
        select
            periods.contract_id,
            periods.report_month,
            periods.starts_on,
            periods.full_ends_before,
            periods.ends_before,
            sum(coalesce(lines_to_date.amount_minor_units, 0)) as earned_units
        from cut_periods as periods
        left join
            lines_to_date
            on lines_to_date.contract_id = periods.contract_id
            and lines_to_date.usage_month >= periods.starts_on
            and lines_to_date.usage_month < periods.ends_before
            and lines_to_date.report_month <= periods.report_month
            and lines_to_date.hold_bucket is null
        where periods.ends_before <= periods.horizon
        group by all
    ),
    -- By the version that is valid on the period's last day, if it counts alike.
    agreed as (
        select
            earned.*,
            coalesce(versions.guarantee_units, terms.guarantee_units) as guarantee_units
        from earned
        inner join
            terms
            on terms.contract_id = earned.contract_id
            and terms.report_month = earned.report_month
        left join
            {{ ref("int_licensing__guarantees") }} as versions
            on versions.contract_id = terms.contract_id
            and versions.payout_currency_code = terms.currency_code
            and versions.guarantee_months = terms.guarantee_months
            and versions.guarantee_starts_on = terms.guarantee_starts_on
            and versions.valid_from < cast(earned.ends_before as {{ t_ts() }})
            and versions.valid_to
            > cast(earned.ends_before as {{ t_ts() }}) - interval '1' day
        qualify
            row_number() over (
                partition by earned.contract_id, earned.report_month, earned.starts_on
                order by
                    versions.base_contract_version desc nulls last,
                    versions.contract_version desc nulls last
            )
            = 1
    ),
    owed as (
        select
            agreed.contract_id,
            agreed.report_month,
            agreed.starts_on,
            agreed.full_ends_before,
            agreed.ends_before,
            greatest(
                case
                    when agreed.ends_before = agreed.full_ends_before
                    then agreed.guarantee_units
                    else
                        {{
                            mul_div_round(
                                wide("agreed.guarantee_units"),
                                wide(
                                    days_between(
                                        "agreed.starts_on", "agreed.ends_before"
                                    )
                                ),
                                wide(
                                    days_between(
                                        "agreed.starts_on", "agreed.full_ends_before"
                                    )
                                ),
                            )
                        }}
                end
                - agreed.earned_units,
                0
            ) as target_units
        from agreed
    ),
    posted as (
        select
            ledger_lines.contract_id,
            owed.report_month,
            owed.starts_on,
            sum(
                {{
                    stored_minor_units(
                        "ledger_lines.amount", "currencies.minor_unit_digits"
                    )
                }}
            ) as posted_units
        from ledger_lines
        inner join currencies on currencies.currency_code = ledger_lines.currency_code
        inner join
            owed
            on owed.contract_id = ledger_lines.contract_id
            and ledger_lines.usage_month >= owed.starts_on
            and ledger_lines.usage_month < owed.full_ends_before
        group by all
    ),
    steps as (
        select
            owed.*,
            owed.target_units - coalesce(
                lag(owed.target_units) over (
                    partition by owed.contract_id, owed.starts_on
                    order by owed.report_month
                ),
                posted.posted_units,
                0
            ) as true_up_units
        from owed
        left join
            posted
            on posted.contract_id = owed.contract_id
            and posted.report_month = owed.report_month
            and posted.starts_on = owed.starts_on
    )
select
    contract_id,
    report_month,
    starts_on,
    ends_before,
    cast(true_up_units as {{ t_bigint() }}) as true_up_units
from steps
where true_up_units <> 0
