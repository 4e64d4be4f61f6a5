{#- `a * b / c` of non-negative whole numbers, rounded half-up, exact although `a * b`
    may exceed 38 digits; null if `c` is 0. The maximum sizes are those of
    `long_division`. -#}
{% macro mul_div_round(a, b, c) -%}
    (
        case
            when ({{ c }}) = 0
            then null
            else
                {{ mul_div_floor(a, b, c) }} + case
                    when 2 * {{ mul_div_rest(a, b, c) }} >= ({{ c }}) then 1 else 0
                end
        end
    )
{%- endmacro %}
