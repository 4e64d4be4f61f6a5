-- One row per promise, measure and first day of validity of a target, from
-- `targets.toml`.
with
    targets as (
        {%- for target in var("targets") %}
            {%- if not loop.first %}
                union all
            {%- endif %}
            select
                '{{ target.promise }}' as promise_code,
                '{{ target.measure }}' as measure_name,
                {{ dbt.string_literal(dbt.escape_single_quotes(target.owner)) }}
                as owner_name,
                '{{ target.target }}' as target_value,
                '{{ target.tolerated }}' as tolerated_value,
                '{{ target.valid_from }}' as valid_from_date
        {%- else %}
            select
                '' as promise_code,
                '' as measure_name,
                '' as owner_name,
                '0' as target_value,
                '0' as tolerated_value,
                '1970-01-01' as valid_from_date
            where 1 = 0
        {%- endfor %}
    )
select
    cast(promise_code as {{ t_str() }}) as promise_code,
    cast(measure_name as {{ t_str() }}) as measure_name,
    cast(owner_name as {{ t_str() }}) as owner_name,
    cast(target_value as {{ t_dec(18, 6) }}) as target_value,
    cast(tolerated_value as {{ t_dec(18, 6) }}) as tolerated_value,
    cast(valid_from_date as date) as valid_from_date
from targets
