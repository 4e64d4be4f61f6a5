{#- A table, made in one transaction: readers see the earlier one or the new one. dbt's
    own way renames tables and asks for their columns: a third of a small build. -#}
{% materialization table, adapter = "duckdb" %}
    {%- set relation = this.incorporate(type="table") -%}
    {%- do drop_unless_kind(relation) -%}
    {%- call statement("main") -%}
        {%- if config.get("contract").enforced %}
            {{ get_assert_columns_equivalent(compiled_code) }}
            create or replace table {{ relation }} {{ get_table_columns_and_constraints() }};
            insert into {{ relation }} {{ get_column_names() }} (
            {{ get_select_subquery(compiled_code) }}
            );
        {%- else %}
            create or replace table {{ relation }} as (
            {{ compiled_code }}
            );
        {%- endif %}
        {{ comments_on(relation) }}
    {%- endcall -%}
    {%- do adapter.commit() -%}
    {{ return({"relations": [relation]}) }}
{% endmaterialization %}
