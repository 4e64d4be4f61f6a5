{#- The part of a closing balance that is carried forward: all of it if it is below the
    minimum payout or negative; nothing if it is paid or suspended. -#}
{% macro carried_units(closing, row) -%}
    case
        when ({{ closing }}) <= 0
        then {{ closing }}
        when {{ row }}.is_suspended or ({{ closing }}) >= {{ row }}.minimum_units
        then {{ wide("0") }}
        else {{ closing }}
    end
{%- endmacro %}
