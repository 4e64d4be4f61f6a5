{#- The parts of a text between separators, which are a single character, as a list. One
    engine interprets the separator as a pattern, so it is in brackets there. -#}
{% macro split_list(text, separator) %}
    {{ return(adapter.dispatch("split_list")(text, separator)) }}
{% endmacro %}
{% macro default__split_list(text, separator) -%}
    string_split({{ text }}, '{{ separator }}')
{%- endmacro %}
{% macro spark__split_list(text, separator) -%}
    split({{ text }}, '[{{ separator }}]')
{%- endmacro %}
