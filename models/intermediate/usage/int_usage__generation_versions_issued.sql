-- One row per generation and issued month: the version that was known when the month
-- was first issued, of each generation that then shared an idempotency key with one of
-- the month. Generations of other months are included, because of several with one key
-- only the latest counts.
with
    versions as (select * from {{ ref("stg_ai_usage__generation_versions") }}),
    territories as (select * from {{ ref("territories") }}),
    month_starts as (select * from {{ ref("stg_calendar__month_starts") }}),
    months_issued as (select * from {{ ref("int_ledger__months_issued") }}),
    keys_of_months as (
        select distinct
            versions.idempotency_key,
            months_issued.usage_month as issued_month,
            months_issued.first_known_at
        from versions
        inner join territories on territories.territory = versions.territory
        left join
            month_starts
            on month_starts.time_zone = territories.reporting_time_zone
            and month_starts.month
            = cast(date_trunc('month', versions.occurred_at) as date)
        inner join
            months_issued
            on months_issued.usage_month
            = {{ local_month("versions.occurred_at", "month_starts") }}
    )
select versions.*, keys_of_months.issued_month
from keys_of_months
inner join versions on versions.idempotency_key = keys_of_months.idempotency_key
where versions.known_from <= keys_of_months.first_known_at
qualify
    row_number() over (
        partition by versions.generation_id, keys_of_months.issued_month
        order by versions.recorded_at desc
    )
    = 1
    and not versions.is_withdrawn
