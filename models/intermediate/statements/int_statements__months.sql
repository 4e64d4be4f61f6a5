-- One row per report month with statements: from the first to the last month with any
-- data, including those in which nobody has a pool.
-- The last month is the one that a month-end names. A build continues to the month
-- before its freeze once statements have been issued, because contracts with open
-- accounts have a statement then.
{{ config(meta={"month": "report_month"}) }}
with
    scope as (
        select cast('{{ var("last_month", "9999-12-01") }}' as date) as last_month
    ),
    issued as (
        select max(next_report_month) as next_report_month
        from {{ ref("int_ledger__contracts_issued") }}
    ),
    known as (
        select usage_month as report_month
        from {{ ref("int_compensation__pools") }}
        union
        {%- if var("kept_before", none) %}
            -- The list goes on from the last month that this build keeps.
            select
                cast(
                    date '{{ var("kept_before") }}' - interval '1' month as date
                ) as report_month
            union
        {%- endif %}
        select last_month as report_month
        from scope
        where last_month < cast('9999-12-01' as date)
        union
        select issued.next_report_month as report_month
        from issued
        cross join scope
        where
            issued.next_report_month <= scope.last_month
            and cast(issued.next_report_month + interval '1' month as date)
            <= cast({{ known_at() }} as date)
        union
        select
            cast(
                date_trunc('month', {{ known_at() }} - interval '1' month) as date
            ) as report_month
        from issued
        cross join scope
        where
            issued.next_report_month
            <= cast(date_trunc('month', {{ known_at() }} - interval '1' month) as date)
            and cast(date_trunc('month', {{ known_at() }} - interval '1' month) as date)
            <= scope.last_month
    ),
    spanned as (
        select {{ month_series("min(report_month)", "max(report_month)") }} as months
        from known
    )
select cast(listed.item as date) as report_month
from spanned {{ explode_list("spanned.months", "listed") }}
{%- if var("kept_before", none) %}
    where cast(listed.item as date) >= cast('{{ var("kept_before") }}' as date)
{%- endif %}
