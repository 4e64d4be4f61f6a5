{#- The parts of a text between separators, a single character, as a list. One engine takes a pattern for the separator, so that it stands in
    brackets there. -#}
{% macro split_list(text, separator) %}
    {{ return(adapter.dispatch("split_list")(text, separator)) }}
{% endmacro %}
{% macro default__split_list(text, separator) -%}
    string_split({{ text }}, '{{ separator }}')
{%- endmacro %}
{% macro spark__split_list(text, separator) -%}
    split({{ text }}, '[{{ separator }}]')
{%- endmacro %}
