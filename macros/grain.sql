{#- The grain of a model: no two rows share the key, and columns that are always filled are filled. Absent parts of a key
    count as equal. A failing row names the key, how many rows have it, and how many of them miss each column. -#}
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
