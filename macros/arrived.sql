{#- The rows of a table of the lake, with `known_from`: the instant from which a row
    counts. It is `recorded_at`, unless the row's delivery came after statements whose
    freeze is later than that; the row then counts from their last freeze on, so that it
    is in no figure that was issued without it (docs/money.md, "Two clocks"). -#}
{% macro arrived(relation) -%}
    (
        select
            arrivals.*,
            greatest(
                arrivals.recorded_at,
                coalesce(late_deliveries.known_from, arrivals.recorded_at)
            ) as known_from
        from {{ relation }} as arrivals
        left join
            {{ source("raw", "raw_run__late_deliveries") }} as late_deliveries
            on late_deliveries.delivery_id = arrivals.delivery_id
            and late_deliveries.recorded_after < arrivals.recorded_at
            and late_deliveries.recorded_until >= arrivals.recorded_at
    )
{%- endmacro %}
