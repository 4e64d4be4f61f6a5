-- One row per removal action whose statement of reasons is due and can be filed: the
-- content of the statement that is not in fct_removal_actions. If the source names no
-- state for the EU's form, the EEA states in which the action applies are used.
with
    statements_due as (select * from {{ ref("int_removals__statements_due") }}),
    unfiled as (select distinct puid from {{ ref("int_removals__actions_unfiled") }}),
    actions as (
        select actions.*, statements_due.is_everywhere, statements_due.eea_codes
        from {{ ref("stg_removals__actions") }} as actions
        inner join statements_due on statements_due.puid = actions.puid
        left join unfiled on unfiled.puid = actions.puid
        where unfiled.puid is null
    )
select
    cast(puid as {{ t_str() }}) as puid,
    cast({{ json_list("decision_visibility") }} as {{ t_str() }}) as visibility_codes,
    cast({{ json_list("category_specification") }} as {{ t_str() }}) as keyword_codes,
    cast({{ json_list("content_type") }} as {{ t_str() }}) as content_type_codes,
    cast(
        case
            when {{ join_list("territorial_scope", "|") }} is not null or is_everywhere
            then {{ json_list("territorial_scope") }}
            else '["' || eea_codes || '"]'
        end as {{ t_str() }}
    ) as territorial_scope,
    cast(facts as {{ t_str() }}) as facts,
    cast(
        case
            when source_type <> 'SOURCE_VOLUNTARY' then source_identity
        end as {{ t_str() }}
    ) as source_identity,
    cast(
        coalesce(
            array_contains(decision_visibility, 'DECISION_VISIBILITY_OTHER'), false
        ) as boolean
    ) as has_other_visibility,
    cast(
        coalesce(
            array_contains(category_specification, 'KEYWORD_OTHER'), false
        ) as boolean
    ) as has_other_keyword,
    cast(
        coalesce(array_contains(content_type, 'CONTENT_TYPE_OTHER'), false) as boolean
    ) as has_other_content_type
from actions
