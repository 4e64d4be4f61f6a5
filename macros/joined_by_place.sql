{#- The texts of a group joined by a separator in the order of a unique place. The engines' own ordered aggregates differ. -#}
{% macro joined_by_place(expression, place, separator) %}
    {{ return(adapter.dispatch("joined_by_place")(expression, place, separator)) }}
{% endmacro %}
{% macro default__joined_by_place(expression, place, separator) -%}
    string_agg({{ expression }}, '{{ separator }}' order by {{ place }})
{%- endmacro %}
{% macro spark__joined_by_place(expression, place, separator) -%}
    array_join(
        transform(
            array_sort(
                collect_list(struct({{ place }} as place, {{ expression }} as item))
            ),
            entry -> entry.item
        ),
        '{{ separator }}'
    )
{%- endmacro %}
