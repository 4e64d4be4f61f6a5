-- One row per derivative that is its own ancestor (E53): by its parent or by its
-- attributed sources.
with recursive
    derivatives as (select * from {{ ref("stg_ai_usage__derivatives") }}),
    newest as (select * from {{ ref("int_usage__attributions_chosen") }}),
    attributions as (
        select all_versions.derivative_id, all_versions.source_object_id
        from {{ ref("stg_ai_usage__attributions") }} as all_versions
        inner join
            newest
            on newest.derivative_id = all_versions.derivative_id
            and newest.side = all_versions.side
            and newest.attribution_version = all_versions.attribution_version
    ),
    parents as (
        select derivative_id, parent_derivative_id as parent_id
        from derivatives
        where parent_derivative_id is not null
        union
        select attributions.derivative_id, attributions.source_object_id as parent_id
        from attributions
        inner join
            derivatives on derivatives.derivative_id = attributions.source_object_id
    ),
    -- Only an object with a parent that itself has a parent can be in a cycle.
    links as (
        select parents.derivative_id, parents.parent_id
        from parents
        inner join
            (select distinct derivative_id from parents) as children
            on children.derivative_id = parents.parent_id
    ),
    ancestors(derivative_id, ancestor_id, depth) as (
        select derivative_id, parent_id as ancestor_id, 1 as depth
        from links
        union all
        select ancestors.derivative_id, links.parent_id, ancestors.depth + 1
        from ancestors
        inner join links on links.derivative_id = ancestors.ancestor_id
        where ancestors.depth < 16 and ancestors.derivative_id <> ancestors.ancestor_id
    )
select distinct derivative_id
from ancestors
where derivative_id = ancestor_id
