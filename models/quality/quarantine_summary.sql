-- One row per source, feed and rule with rejected rows. A row that breaks two rules
-- counts under both.
with
    quarantined_rows as (select * from {{ ref("stg_intake__quarantined_rows") }}),
    broken as (
        select
            quarantined_rows.source,
            quarantined_rows.feed,
            rules.item as broken_rule,
            quarantined_rows.delivery_id,
            quarantined_rows.retried_as,
            quarantined_rows.quarantined_at
        from
            quarantined_rows
            {{ explode_list("quarantined_rows.broken_rules", "rules") }}
    )
select
    cast(source as {{ t_str() }}) as source,
    cast(feed as {{ t_str() }}) as feed,
    cast(broken_rule as {{ t_str() }}) as broken_rule,
    cast(count(*) as {{ t_bigint() }}) as row_count,
    cast(
        count(*) filter (where retried_as is null) as {{ t_bigint() }}
    ) as open_row_count,
    cast(count(distinct delivery_id) as {{ t_bigint() }}) as delivery_count,
    cast(min(quarantined_at) as {{ t_ts() }}) as first_quarantined_at,
    cast(max(quarantined_at) as {{ t_ts() }}) as last_quarantined_at
from broken
group by all
