-- One row per month of delivery and supplier: recordings by their declaration of AI,
-- and those in which a detector found AI. The supplier is the uploader of a recording,
-- or else its label.
with
    recordings as (
        select * from {{ ref("dim_recordings") }} where delivered_at is not null
    ),
    parties as (select * from {{ ref("dim_parties") }}),
    counted as (
        select
            cast({{ first_of_month("delivered_at") }} as date) as report_month,
            supplier_party_id,
            count(*) as recording_count,
            count(*) filter (where ai_disclosure = 'undeclared') as undeclared_count,
            count(*) filter (where ai_disclosure = 'none') as declared_none_count,
            count(*) filter (where ai_disclosure = 'some') as declared_some_count,
            count(*) filter (where ai_disclosure = 'all') as declared_all_count,
            count(ai_detected_score) as examined_count,
            count(*) filter (where is_ai_detected) as detected_count,
            count(*) filter (
                where is_ai_detected and not is_ai_declared
            ) as detected_undeclared_count
        from recordings
        group by all
    )
select
    counted.report_month,
    cast(counted.supplier_party_id as {{ t_str() }}) as supplier_party_id,
    cast(parties.party_name as {{ t_str() }}) as supplier_name,
    cast(counted.recording_count as {{ t_bigint() }}) as recording_count,
    cast(counted.undeclared_count as {{ t_bigint() }}) as undeclared_recording_count,
    cast(
        counted.declared_none_count as {{ t_bigint() }}
    ) as declared_none_recording_count,
    cast(
        counted.declared_some_count as {{ t_bigint() }}
    ) as declared_some_recording_count,
    cast(
        counted.declared_all_count as {{ t_bigint() }}
    ) as declared_all_recording_count,
    cast(counted.examined_count as {{ t_bigint() }}) as examined_recording_count,
    cast(counted.detected_count as {{ t_bigint() }}) as detected_recording_count,
    cast(
        counted.detected_undeclared_count as {{ t_bigint() }}
    ) as detected_undeclared_recording_count,
    cast(
        {{
            div_round(
                "counted.detected_undeclared_count", "counted.detected_count", 4
            )
        }} as {{ t_dec(18, 4) }}
    ) as declared_detected_gap_share
from counted
left join parties on parties.party_id = counted.supplier_party_id
