{#- The parts of a line's key joined by `|`, absent ones empty (docs/money.md, "Lines
    and rounding"). Its ascending byte order breaks ties. -#}
{% macro line_key(parts) -%}
    {%- for part in parts -%}
        coalesce(
            cast({{ part }} as {{ t_str() }}), ''
        ){{ " || '|' || " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
