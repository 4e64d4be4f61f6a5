-- One row per ERN recording, contributor and role, from the last message about the
-- recording. `dim_parties` has the names of contributors.
select
    cast(recording_id as {{ t_str() }}) as recording_id,
    cast(sender_dpid as {{ t_str() }}) as sender_dpid,
    cast(message_id as {{ t_str() }}) as message_id,
    cast(resource_reference as {{ t_str() }}) as resource_reference,
    cast(contributor_number as {{ t_bigint() }}) as contributor_number,
    cast(role_number as {{ t_bigint() }}) as role_number,
    cast(role as {{ t_str() }}) as role,
    cast({{ join_list("ai_groups", "|") }} as {{ t_str() }}) as ai_groups,
    cast(party_id as {{ t_str() }}) as party_id,
    cast(special_contributor as {{ t_str() }}) as special_contributor,
    cast({{ join_list("instrument_types", "|") }} as {{ t_str() }}) as instrument_types,
    cast(ai_contribution as {{ t_str() }}) as ai_contribution,
    cast(effective_ai_contribution as {{ t_str() }}) as effective_ai_contribution,
    cast(sequence_number as {{ t_bigint() }}) as sequence_number,
    cast({{ join_list("territories", "|") }} as {{ t_str() }}) as territories,
    cast(coalesce(is_display_artist, false) as boolean) as is_display_artist,
    cast(
        case
            when is_credited then 'yes' when not is_credited then 'no'
        end as {{ t_str() }}
    ) as credited_code,
    cast(
        case
            when has_made_featured_contribution
            then 'yes'
            when not has_made_featured_contribution
            then 'no'
        end as {{ t_str() }}
    ) as featured_contribution_code,
    cast(
        case
            when has_made_contracted_contribution
            then 'yes'
            when not has_made_contracted_contribution
            then 'no'
        end as {{ t_str() }}
    ) as contracted_contribution_code,
    cast(recorded_at as {{ t_ts() }}) as recorded_at
from {{ ref("stg_catalog__ern_contributors") }}
