{#- A table, made in one transaction: readers see the earlier one or the new one. dbt's
    own way renames tables and asks for their columns: a third of a small build. If a
    build keeps the months before `kept_before`, a table whose `meta` names the column of
    its months keeps their rows. -#}
{% materialization table, adapter = "duckdb" %}
    {%- set relation = this.incorporate(type="table") -%}
    {%- set month = config.get("meta", {}).get("month") if var("kept_before", none) -%}
    {%- set is_kept = month and load_cached_relation(relation) is not none -%}
    {%- do drop_unless_kind(relation) -%}
    {%- call statement("main") -%}
        {%- if is_kept %}
            delete from {{ relation }}
            where {{ month }} is null or {{ month }} >= date '{{ var("kept_before") }}'
            ;
        {%- endif %}
        {%- if config.get("contract").enforced %}
            {{ get_assert_columns_equivalent(compiled_code) }}
            {%- if not is_kept %}
                create or replace table {{ relation }} {{ get_table_columns_and_constraints() }};
            {%- endif %}
            insert into {{ relation }} {{ get_column_names() }} (
            {{ get_select_subquery(compiled_code) }}
            );
        {%- elif is_kept %}
            insert into {{ relation }} by name (
            {{ compiled_code }}
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
