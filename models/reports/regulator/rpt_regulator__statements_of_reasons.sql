-- One row per removal action that can be filed, in the columns and the order of the
-- EU transparency database's own file. Lists are JSON texts, as there. uuid,
-- platform_name and created_at are given by the database when it takes the row.
-- The explanation is the facts' first 2,000 characters, as many as its field takes.
with
    unfiled as (select distinct puid from {{ ref("int_removals__actions_unfiled") }}),
    actions as (
        select actions.*
        from {{ ref("stg_removals__actions") }} as actions
        left join unfiled on unfiled.puid = actions.puid
        where unfiled.puid is null
    )
select
    cast(null as {{ t_str() }}) as uuid,
    cast(
        {{ json_list("decision_visibility") }} as {{ t_str() }}
    ) as decision_visibility,
    cast(
        case
            when array_contains(decision_visibility, 'DECISION_VISIBILITY_OTHER')
            then 'See decision_facts.'
        end as {{ t_str() }}
    ) as decision_visibility_other,
    cast(
        case
            when {{ join_list("decision_visibility", ",") }} is not null then ended_at
        end as date
    ) as end_date_visibility_restriction,
    cast(decision_monetary as {{ t_str() }}) as decision_monetary,
    cast(
        case
            when decision_monetary = 'DECISION_MONETARY_OTHER'
            then 'See decision_facts.'
        end as {{ t_str() }}
    ) as decision_monetary_other,
    cast(
        case when decision_monetary is not null then ended_at end as date
    ) as end_date_monetary_restriction,
    cast(decision_provision as {{ t_str() }}) as decision_provision,
    cast(
        case when decision_provision is not null then ended_at end as date
    ) as end_date_service_restriction,
    cast(decision_account as {{ t_str() }}) as decision_account,
    cast(
        case when decision_account is not null then ended_at end as date
    ) as end_date_account_restriction,
    cast(null as {{ t_str() }}) as account_type,
    cast(decision_ground as {{ t_str() }}) as decision_ground,
    cast(null as {{ t_str() }}) as decision_ground_reference_url,
    cast(
        case
            when decision_ground = 'DECISION_GROUND_ILLEGAL_CONTENT' then legal_ground
        end as {{ t_str() }}
    ) as illegal_content_legal_ground,
    cast(
        case
            when decision_ground = 'DECISION_GROUND_ILLEGAL_CONTENT'
            then substr(facts, 1, 2000)
        end as {{ t_str() }}
    ) as illegal_content_explanation,
    cast(
        case
            when decision_ground = 'DECISION_GROUND_INCOMPATIBLE_CONTENT'
            then coalesce(legal_ground, 'Programme rule: ' || programme_reason)
        end as {{ t_str() }}
    ) as incompatible_content_ground,
    cast(
        case
            when decision_ground = 'DECISION_GROUND_INCOMPATIBLE_CONTENT'
            then substr(facts, 1, 2000)
        end as {{ t_str() }}
    ) as incompatible_content_explanation,
    cast(
        case
            when decision_ground = 'DECISION_GROUND_INCOMPATIBLE_CONTENT' then 'No'
        end as {{ t_str() }}
    ) as incompatible_content_illegal,
    cast(category as {{ t_str() }}) as category,
    cast('[]' as {{ t_str() }}) as category_addition,
    cast(
        {{ json_list("category_specification") }} as {{ t_str() }}
    ) as category_specification,
    cast(
        case
            when array_contains(category_specification, 'KEYWORD_OTHER')
            then programme_reason
        end as {{ t_str() }}
    ) as category_specification_other,
    cast({{ json_list("content_type") }} as {{ t_str() }}) as content_type,
    cast(
        case
            when array_contains(content_type, 'CONTENT_TYPE_OTHER')
            then 'See decision_facts.'
        end as {{ t_str() }}
    ) as content_type_other,
    cast(null as {{ t_str() }}) as content_language,
    cast(content_date as date) as content_date,
    cast(null as {{ t_str() }}) as content_id_ean,
    cast({{ json_list("territorial_scope") }} as {{ t_str() }}) as territorial_scope,
    cast(applied_at as date) as application_date,
    cast(facts as {{ t_str() }}) as decision_facts,
    cast(source_type as {{ t_str() }}) as source_type,
    cast(
        case
            when source_type <> 'SOURCE_VOLUNTARY' then source_identity
        end as {{ t_str() }}
    ) as source_identity,
    cast(
        case when automated_detection then 'Yes' else 'No' end as {{ t_str() }}
    ) as automated_detection,
    cast(automated_decision as {{ t_str() }}) as automated_decision,
    cast(null as {{ t_str() }}) as platform_name,
    cast(puid as {{ t_str() }}) as platform_uid,
    cast(null as {{ t_ts() }}) as created_at
from actions
