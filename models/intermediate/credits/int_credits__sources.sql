-- One row per published derivative and attributed source, after the product's weight
-- floor; for a side without any known source one row without an object. Derivatives of
-- tests are left out, because they are not meant for listeners.
with
    derivatives as (select * from {{ ref("stg_ai_usage__derivatives") }}),
    described as (select * from {{ ref("int_usage__derivatives_described") }}),
    source_weights as (select * from {{ ref("int_attribution__source_weights") }}),
    recordings as (select * from {{ ref("stg_catalog__recordings") }}),
    works as (select * from {{ ref("stg_catalog__works") }}),
    sides as (
        select 'MASTER' as side, 'recording' as object_type
        union all
        select 'WORK' as side, 'work' as object_type
    ),
    known_sources as (
        select distinct output_id as derivative_id, side, object_id
        from source_weights
        where object_id is not null
    ),
    published as (
        select
            derivatives.derivative_id,
            described.product_id,
            derivatives.published_at,
            derivatives.disabled_at
        from derivatives
        inner join described on described.derivative_id = derivatives.derivative_id
        where
            derivatives.published_at is not null
            and coalesce(described.exclusion_reason, '') <> 'test'
    )
select
    published.derivative_id,
    published.product_id,
    sides.object_type,
    known_sources.object_id,
    coalesce(
        case sides.object_type when 'recording' then recordings.isrc else works.iswc end
        is not null,
        false
    ) as has_identifier,
    published.published_at,
    published.disabled_at
from published
cross join sides
left join
    known_sources
    on known_sources.derivative_id = published.derivative_id
    and known_sources.side = sides.side
left join
    recordings
    on sides.object_type = 'recording'
    and recordings.recording_id = known_sources.object_id
left join
    works on sides.object_type = 'work' and works.work_id = known_sources.object_id
