{#- The common table expression `edges` (child_id, parent_id, valid_from, valid_to) for
    `near_paths` and `closed_paths`, from a relation with one row per party and parent.
    It is shared, because both steps must follow the same links. -#}
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
