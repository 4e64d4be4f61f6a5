-- One row per uploader with more than one offence that was not overturned, most
-- offences first. Only for internal use: partners do not learn who uploaded content.
with
    offences as (select * from {{ ref("fct_uploader_offences") }}),
    parties as (select * from {{ ref("dim_parties") }}),
    summed as (
        select
            uploader_party_id,
            count(*) as offence_count,
            sum(action_count) as action_count,
            sum(distinct_recording_count) as recording_count,
            bool_or(is_account_measure) as is_account_measure,
            min(first_applied_at) as first_offence_at,
            max(first_applied_at) as last_offence_at
        from offences
        group by all
        having count(*) > 1
    )
select
    cast(summed.uploader_party_id as {{ t_str() }}) as uploader_party_id,
    cast(parties.party_name as {{ t_str() }}) as uploader_name,
    cast(
        row_number() over (
            order by
                summed.offence_count desc,
                summed.action_count desc,
                summed.uploader_party_id
        ) as {{ t_bigint() }}
    ) as rank_number,
    cast(summed.offence_count as {{ t_bigint() }}) as offence_count,
    cast(summed.action_count as {{ t_bigint() }}) as action_count,
    cast(summed.recording_count as {{ t_bigint() }}) as recording_count,
    summed.is_account_measure,
    cast(summed.first_offence_at as {{ t_ts() }}) as first_offence_at,
    cast(summed.last_offence_at as {{ t_ts() }}) as last_offence_at
from summed
left join parties on parties.party_id = summed.uploader_party_id
