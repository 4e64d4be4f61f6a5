{#- The common table expression `edges` (child_id, parent_id, valid_from, valid_to) that `near_paths` and `closed_paths` follow, from a
    relation with a row per party and parent: once, because both steps of a chain must follow the same links. -#}
{% macro edges_of(relation, parent, valid_from="valid_from", valid_to="valid_to") %}
    edges as (
        select
            party_id as child_id,
            {{ parent }} as parent_id,
            {{ valid_from }} as valid_from,
            {{ valid_to }} as valid_to
        from {{ relation }}
    )
{%- endmacro %}
