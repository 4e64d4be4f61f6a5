-- One row per month and measure of the five promises: agreements before launch, choice,
-- fair pay, credit, artist-fan connection. Shares are of 1; counts have no denominator.
-- The months have revenue or use, and have ended at the freeze.
with
    exchange_rates as (select * from {{ ref("dim_exchange_rates") }}),
    statements as (select * from {{ ref("fct_statements") }}),
    agreements as (select * from {{ ref("fct_agreement_measures") }}),
    holds as (select * from {{ ref("fct_holds") }}),
    months as (
        select usage_month as report_month
        from {{ ref("fct_pools") }}
        where cast(usage_month + interval '1' month as {{ t_ts() }}) <= {{ known_at() }}
        group by usage_month
    ),
    lines as (
        select
            compensation_lines.*,
            {{
                reporting_amount(
                    "compensation_lines.amount", "exchange_rates.indicative_rate"
                )
            }} as reporting_amount
        from {{ ref("fct_compensation_lines") }} as compensation_lines
        left join
            exchange_rates
            on exchange_rates.rate_month = compensation_lines.report_month
            and exchange_rates.currency_code = compensation_lines.currency_code
        where compensation_lines.line_type in ('USAGE', 'TRAINING_FEE')
    ),
    paid_statuses as (
        select consent_status from {{ ref("dim_consent_statuses") }} where is_paid
    ),
    -- Earnings under a contract; those together with earnings that wait for a contract;
    -- uses with consent; earnings that are not on hold.
    {%- set sums = [
        ("licensed_amount", "contract_id is not null", "reporting_amount"),
        (
            "licensable_amount",
            "contract_id is not null or hold_bucket = 'UNROUTED'",
            "reporting_amount",
        ),
        (
            "consented_weight",
            "line_type = 'USAGE' and consent_status in (select * from paid_statuses)",
            "weight_nano",
        ),
        (
            "judged_weight",
            "line_type = 'USAGE' and consent_status is not null",
            "weight_nano",
        ),
        ("paid_amount", "hold_bucket is null", "reporting_amount"),
    ] %}
    line_sums as (
        select
            report_month,
            {%- for name, condition, value in sums %}
                sum(
                    case when {{ condition }} then {{ value }} else 0 end
                ) as {{ name }},
            {%- endfor %}
            sum(reporting_amount) as gross_amount
        from lines
        group by report_month
    ),
    held_long as (
        select
            months.report_month,
            sum(
                {{
                    reporting_amount(
                        "case when holds.released_month is null or holds.released_month"
                        " <= months.report_month then holds.amount -"
                        " holds.released_amount else holds.amount end",
                        "exchange_rates.indicative_rate",
                    )
                }}
            ) as amount
        from months
        inner join
            holds
            on cast(holds.opened_month + interval '4' month as date)
            <= cast(months.report_month + interval '1' month as date)
        inner join
            exchange_rates
            on exchange_rates.rate_month = months.report_month
            and exchange_rates.currency_code = holds.currency_code
        where holds.hold_bucket <> 'BELOW_MINIMUM'
        group by months.report_month
    ),
    gross_to_date as (
        select months.report_month, sum(line_sums.gross_amount) as amount
        from months
        inner join line_sums on line_sums.report_month <= months.report_month
        group by months.report_month
    ),
    -- A statement is on time if it is issued by its payment date.
    dated_statements as (
        select *, {{ payment_date("report_month") }} + 1 as late_from_date
        from statements
    ),
    on_time as (
        select
            report_month,
            sum(case when issued_at < late_from_date then 1 else 0 end) as timely_count,
            count(*) as statement_count
        from dated_statements
        where late_from_date <= {{ known_at() }}
        group by report_month
    ),
    credit_sums as (
        select
            report_month,
            sum(case when is_fully_credited then 1 else 0 end) as credited_count,
            count(*) as derivative_count
        from {{ ref("fct_derivative_credits") }}
        where is_first_of_derivative
        group by report_month
    ),
    long_holds as (
        select
            held_long.report_month,
            held_long.amount as held_amount,
            gross_to_date.amount as gross_amount
        from held_long
        inner join gross_to_date on gross_to_date.report_month = held_long.report_month
    ),
    {%- set shares = [
        (
            "line_sums",
            "licensed_money_share",
            "licensed_amount",
            "licensable_amount",
        ),
        (
            "line_sums",
            "consented_use_share",
            "consented_weight",
            "judged_weight",
        ),
        ("line_sums", "paid_share", "paid_amount", "gross_amount"),
        ("long_holds", "held_long_share", "held_amount", "gross_amount"),
        (
            "on_time",
            "timely_statement_share",
            "timely_count",
            "statement_count",
        ),
        (
            "credit_sums",
            "credit_coverage",
            "credited_count",
            "derivative_count",
        ),
    ] %}
    figures as (
        {{ measures_of(shares) }}
        union all
        select report_month, measure_name, numerator, denominator
        from agreements
    )
select
    cast(figures.report_month as date) as report_month,
    cast(figures.measure_name as {{ t_str() }}) as measure_name,
    cast(figures.numerator as {{ t_dec(38, 6) }}) as numerator,
    cast(figures.denominator as {{ t_dec(38, 6) }}) as denominator
from figures
inner join months on months.report_month = figures.report_month
