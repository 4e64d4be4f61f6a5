{#- The part of a closing balance that is carried: all of it under the minimum payout or
    below zero, nothing if it is paid or suspended. -#}
{% macro carried_units(closing, row) -%}
    case
        when ({{ closing }}) <= 0
        then {{ closing }}
        when {{ row }}.is_suspended or ({{ closing }}) >= {{ row }}.minimum_units
        then {{ wide("0") }}
        else {{ closing }}
    end
{%- endmacro %}
