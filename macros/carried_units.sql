{#- What of a closing balance stays on the account: all of it under the minimum payout or below zero, nothing where it is paid or waits
    as suspended. -#}
{% macro carried_units(closing, row) -%}
    case
        when ({{ closing }}) <= 0
        then {{ closing }}
        when {{ row }}.is_suspended or ({{ closing }}) >= {{ row }}.minimum_units
        then {{ wide("0") }}
        else {{ closing }}
    end
{%- endmacro %}
