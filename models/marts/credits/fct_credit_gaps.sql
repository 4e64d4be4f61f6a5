-- One row per report month, derivative that could be heard in it, source, name that the
-- derivative does not show at the end of the month, and partner of the source.
with
    names_monthly as (
        select *
        from {{ ref("int_credits__names_monthly") }}
        where credit_state <> 'shown'
    ),
    derivatives as (select * from {{ ref("dim_derivatives") }}),
    recordings as (select * from {{ ref("dim_recordings") }}),
    works as (select * from {{ ref("dim_works") }}),
    parties as (select * from {{ ref("dim_parties") }})
select
    cast(names_monthly.report_month as date) as report_month,
    cast(names_monthly.derivative_id as {{ t_str() }}) as derivative_id,
    cast(derivatives.isrc as {{ t_str() }}) as derivative_isrc,
    cast(names_monthly.product_id as {{ t_str() }}) as product_id,
    cast(names_monthly.object_type as {{ t_str() }}) as object_type,
    cast(names_monthly.object_id as {{ t_str() }}) as object_id,
    cast(recordings.isrc as {{ t_str() }}) as isrc,
    cast(works.iswc as {{ t_str() }}) as iswc,
    cast(coalesce(recordings.title, works.title) as {{ t_str() }}) as title,
    cast(names_monthly.party_id as {{ t_str() }}) as party_id,
    cast(parties.party_name as {{ t_str() }}) as party_name,
    cast(names_monthly.partner_id as {{ t_str() }}) as partner_id,
    cast(names_monthly.credit_state as {{ t_str() }}) as gap_reason,
    cast(names_monthly.published_at as {{ t_ts() }}) as published_at
from names_monthly
left join derivatives on derivatives.derivative_id = names_monthly.derivative_id
left join
    recordings
    on names_monthly.object_type = 'recording'
    and recordings.recording_id = names_monthly.object_id
left join
    works
    on names_monthly.object_type = 'work'
    and works.work_id = names_monthly.object_id
left join parties on parties.party_id = names_monthly.party_id
