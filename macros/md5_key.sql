{#- A stable id of the given expressions; absent parts count as empty. -#}
{% macro md5_key(expressions) -%} md5({{ line_key(expressions) }}) {%- endmacro %}
