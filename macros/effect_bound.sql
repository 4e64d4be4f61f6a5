{#- A bound of the 95 % interval of an effect: 1.96 standard errors below (`side` -1) or
    above it; null if there are too few units. -#}
{% macro effect_bound(effect, standard_error, unit_count, side) -%}
    cast(
        case
            when {{ unit_count }} >= {{ var("effect_minimum_units") }}
            then
                {{ effect }} + {{ standard_error }} * {{ "%.2f" | format(1.96 * side) }}
        end as {{ t_dec(18, 6) }}
    )
{%- endmacro %}
