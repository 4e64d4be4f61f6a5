{#- The divisor that converts a whole number of 10^-`scale` to minor units of a currency
    with 0 to 4 decimals. -#}
{% macro minor_unit_divisor(digits, scale) -%}
    (
        case
            {{ digits }}
            when 0
            then {{ pow10(scale) }}
            when 1
            then {{ pow10(scale - 1) }}
            when 2
            then {{ pow10(scale - 2) }}
            when 3
            then {{ pow10(scale - 3) }}
            when 4
            then {{ pow10(scale - 4) }}
        end
    )
{%- endmacro %}
