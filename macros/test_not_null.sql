{#- dbt's own test selects the empty column alone, which tells nobody which row it is. -#}
{% macro default__test_not_null(model, column_name) %}
    select * from {{ model }} where {{ column_name }} is null
{% endmacro %}
