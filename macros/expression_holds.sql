{#- A condition on a row's own columns is true for every row. dbt's own generic tests
    check one column at a time. -#}
{% test expression_holds(model, expression) %}
    select * from {{ model }} where not coalesce({{ expression }}, false)
{% endtest %}
