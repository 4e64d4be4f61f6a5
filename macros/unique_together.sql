{#- A key of several columns: no two rows share it. Absent parts count as equal. dbt itself only tests single columns. -#}
{% test unique_together(model, columns) %}
    select {{ columns | join(", ") }}, count(*) as row_count
    from {{ model }}
    group by {{ columns | join(", ") }}
    having count(*) > 1
{% endtest %}
