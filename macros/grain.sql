{#- The grain of a model: rows have different keys, and required columns are filled.
    Absent parts of a key count as equal. A failing row shows the key, the number of its
    rows, and how many of them lack each column. -#}
{% test grain(model, columns, filled=[]) %}
    select
        {{ columns | join(", ") }},
        count(*) as row_count
        {%- for column in filled %}
            , count(*) - count({{ column }}) as {{ column }}_missing
        {%- endfor %}
    from {{ model }}
    group by {{ columns | join(", ") }}
    having
        count(*) > 1
        {%- for column in filled %} or count({{ column }}) < count(*) {%- endfor %}
{% endtest %}
