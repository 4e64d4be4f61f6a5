-- One row per event that explains a figure: a product's launch, an attack, an outage.
-- From `events.csv`.
with
    events as (
        {%- for event in var("known_events") %}
            {%- if not loop.first %}
                union all
            {%- endif %}
            select
                '{{ event.date }}' as event_date,
                {{ dbt.string_literal(dbt.escape_single_quotes(event.title)) }}
                as event_name
        {%- else %}select '1970-01-01' as event_date, '' as event_name where 1 = 0
        {%- endfor %}
    )
select
    cast(event_date as date) as event_date,
    cast(event_name as {{ t_str() }}) as event_name
from events
