-- One row per uploader and case in which its content, its earnings or its account were
-- removed and that was neither overturned nor authorised later. A sweep over many
-- tracks is one offence.
with
    removal_actions as (
        select *
        from {{ ref("fct_removal_actions") }}
        where
            uploader_party_id is not null
            and (is_removal or is_demonetisation or is_account_measure)
            and not is_overturned
            and not is_authorised_later
    ),
    offences as (
        select
            uploader_party_id,
            case_id,
            count(*) as action_count,
            count(distinct object_id) as recording_count,
            {{ ordered_list("programme_reason", ", ") }} as programme_reasons,
            bool_or(is_account_measure) as is_account_measure,
            min(applied_at) as first_applied_at
        from removal_actions
        group by all
    ),
    numbered as (
        select
            *,
            row_number() over (
                partition by uploader_party_id order by first_applied_at, case_id
            ) as offence_number
        from offences
    )
select
    cast(uploader_party_id as {{ t_str() }}) as uploader_party_id,
    cast(case_id as {{ t_str() }}) as case_id,
    cast({{ first_of_month("first_applied_at") }} as date) as applied_month,
    cast(programme_reasons as {{ t_str() }}) as programme_reasons,
    cast(action_count as {{ t_bigint() }}) as action_count,
    cast(recording_count as {{ t_bigint() }}) as distinct_recording_count,
    cast(offence_number as {{ t_bigint() }}) as offence_number,
    offence_number > 1 as is_repeated,
    is_account_measure,
    cast(first_applied_at as {{ t_ts() }}) as first_applied_at
from numbered
