{#- The type of a line of a month that has not been issued, by its layer of usage. -#}
{% macro usage_line_type(layer) -%}
    case
        {{ layer }}
        when 'late'
        then 'LATE_USAGE'
        when 'withdrawn'
        then 'REVERSAL'
        when 'penalty'
        then 'PENALTY'
        else 'USAGE'
    end
{%- endmacro %}
