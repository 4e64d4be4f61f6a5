{#- Drops what has a relation's name but is of another kind: DuckDB replaces a table
    only by a table, and a view only by a view. -#}
{% macro drop_unless_kind(relation) %}
    {%- set existing = load_cached_relation(relation) -%}
    {%- if existing is not none and existing.type != relation.type -%}
        {{ drop_relation_if_exists(existing) }}
    {%- endif -%}
{% endmacro %}
