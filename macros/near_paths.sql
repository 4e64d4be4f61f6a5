{#- Common table expressions that follow a relation `edges` (child_id, parent_id,
    valid_from, valid_to) from every child that is also a parent, for 0 to 8 steps: the
    last is `doubled` (child_id, ancestor_id, valid_from, valid_to). A separate model
    makes a table of it, which `closed_paths` extends. -#}
{% macro near_paths() %}
    -- Most children are not parents: only the others need the doubling.
    reached_0 as (
        select
            edges.child_id,
            edges.parent_id as ancestor_id,
            edges.valid_from,
            edges.valid_to
        from edges
        inner join
            (select distinct parent_id from edges) as parents
            on parents.parent_id = edges.child_id
        union
        select
            parent_id as child_id,
            parent_id as ancestor_id,
            {{ always_from() }} as valid_from,
            {{ always_to() }} as valid_to
        from edges
    ),
    {{ doubled_paths() }}
{%- endmacro %}
