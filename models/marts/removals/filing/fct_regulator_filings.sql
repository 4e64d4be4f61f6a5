-- One row per removal action: whether a statement of reasons is due, its due date, its
-- outcome, and the response of the EU's database. It is filed only if the database has
-- accepted it and given it an id. An action that was changed after a rejection must be
-- sent again.
with
    removal_actions as (select * from {{ ref("fct_removal_actions") }}),
    statements_due as (select * from {{ ref("int_removals__statements_due") }}),
    filings as (select * from {{ ref("stg_removals__filings") }}),
    broken as (
        select puid, {{ ordered_list("unfiled_reason", ", ") }} as unfiled_reasons
        from {{ ref("int_removals__actions_unfiled") }}
        group by all
    ),
    accepted as (
        select puid, statement_uuid, answered_at as filed_at
        from filings
        where outcome = 'accepted'
        qualify row_number() over (partition by puid order by answered_at, batch_id) = 1
    ),
    answered as (
        select
            puid,
            count(*) over (partition by puid) as answer_count,
            outcome,
            message,
            batch_id,
            answered_at
        from filings
        qualify
            row_number() over (
                partition by puid order by answered_at desc, batch_id desc
            )
            = 1
    ),
    joined as (
        select
            removal_actions.*,
            statements_due.puid is not null as is_due,
            broken.unfiled_reasons,
            accepted.statement_uuid,
            accepted.filed_at,
            coalesce(answered.answer_count, 0) as answer_count,
            answered.outcome as last_outcome,
            answered.message as last_message,
            answered.batch_id as last_batch_id,
            answered.answered_at as last_answered_at,
            removal_actions.applied_at
            + interval '{{ var("filing_target_days") }}' day as due_at
        from removal_actions
        left join statements_due on statements_due.puid = removal_actions.puid
        left join broken on broken.puid = removal_actions.puid
        left join accepted on accepted.puid = removal_actions.puid
        left join answered on answered.puid = removal_actions.puid
    ),
    assessed as (
        select
            *,
            case
                when filed_at is not null
                then 'accepted'
                when not is_due
                then 'not_due'
                when unfiled_reasons is not null
                then 'cannot_be_filed'
                when last_outcome = 'duplicate'
                then 'duplicate'
                when last_outcome = 'rejected' and recorded_at <= last_answered_at
                then 'rejected'
                else 'to_file'
            end as filing_state
        from joined
    )
select
    cast(puid as {{ t_str() }}) as puid,
    cast(partner_id as {{ t_str() }}) as partner_id,
    cast(applied_month as date) as applied_month,
    cast(programme_reason as {{ t_str() }}) as programme_reason,
    cast(source_type as {{ t_str() }}) as source_type,
    cast(filing_state as {{ t_str() }}) as filing_state,
    cast(unfiled_reasons as {{ t_str() }}) as unfiled_reasons,
    cast(statement_uuid as {{ t_str() }}) as statement_uuid,
    cast(last_outcome as {{ t_str() }}) as last_outcome,
    cast(last_message as {{ t_str() }}) as last_message,
    cast(last_batch_id as {{ t_str() }}) as last_batch_id,
    cast(answer_count as {{ t_bigint() }}) as answer_count,
    cast(
        {{ seconds_between("applied_at", "filed_at") }} as {{ t_bigint() }}
    ) as seconds_to_filing,
    is_due,
    filing_state = 'accepted' as is_filed,
    coalesce(filed_at <= due_at, false) as is_filed_in_time,
    is_due and filing_state <> 'accepted' and due_at < {{ known_at() }} as is_overdue,
    cast(applied_at as {{ t_ts() }}) as applied_at,
    cast(due_at as {{ t_ts() }}) as due_at,
    cast(filed_at as {{ t_ts() }}) as filed_at,
    cast(last_answered_at as {{ t_ts() }}) as last_answered_at
from assessed
