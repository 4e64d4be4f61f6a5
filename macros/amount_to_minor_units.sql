{#- An amount of a contract's terms in whole minor units of its currency, half-up. -#}
{% macro amount_to_minor_units(amount, digits) -%}
    {{
        mul_div_round(
            scaled(amount, 6),
            wide("1"),
            minor_unit_divisor(digits, 6),
        )
    }}
{%- endmacro %}
