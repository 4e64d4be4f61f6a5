{#- The latest version of each key known at the freeze, without withdrawn
    versions (E79, E80). (key, recorded_at) is unique in the lake, so the order is
    total. `input_class` names the class whose freeze applies in a correction. -#}
{% macro latest_versions(relation, keys, input_class=none) -%}
    select *
    from {{ arrived(relation) }} as arrivals
    where known_from <= {{ known_at(input_class) }}
    qualify
        row_number() over (
            partition by {{ keys | join(", ") }} order by recorded_at desc
        )
        = 1
        and not is_withdrawn
{%- endmacro %}
