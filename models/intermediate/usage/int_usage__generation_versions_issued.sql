-- One row per generation of an issued month, in the version that was known when the
-- month was first issued.
with
    versions as (select * from {{ ref("stg_ai_usage__generation_versions") }}),
    territories as (select * from {{ ref("territories") }}),
    month_starts as (select * from {{ ref("stg_calendar__month_starts") }}),
    months_issued as (select * from {{ ref("int_ledger__months_issued") }})
select versions.*
from versions
inner join territories on territories.territory = versions.territory
left join
    month_starts
    on month_starts.time_zone = territories.reporting_time_zone
    and month_starts.month = cast(date_trunc('month', versions.occurred_at) as date)
inner join
    months_issued
    on months_issued.usage_month
    = {{ local_month("versions.occurred_at", "month_starts") }}
where versions.known_from <= months_issued.first_known_at
qualify
    row_number() over (
        partition by versions.generation_id, months_issued.usage_month
        order by versions.recorded_at desc
    )
    = 1
    and not versions.is_withdrawn
