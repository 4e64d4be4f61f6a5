{#- A view, made in one transaction, as tables are. -#}
{% materialization view, adapter = "duckdb" %}
    {%- set relation = this.incorporate(type="view") -%}
    {%- do drop_unless_kind(relation) -%}
    {%- call statement("main") -%}
        {%- if config.get("contract").enforced %}
            {{ get_assert_columns_equivalent(compiled_code) }}
        {%- endif %}
        create or replace view {{ relation }} as (
        {{ compiled_code }}
        );
        {{ comments_on(relation) }}
    {%- endcall -%}
    {%- do adapter.commit() -%}
    {{ return({"relations": [relation]}) }}
{% endmaterialization %}
