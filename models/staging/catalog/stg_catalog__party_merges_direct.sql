-- One row per merged party and party into which it was merged directly, with the
-- instant from which that is known (E44). A party that only ERN has is merged into the
-- feed's party with its ISNI, DPID or IPI, if there is exactly one.
with
    versions as (
        select *
        from {{ arrived(source("raw", "raw_catalog__parties")) }} as arrivals
        where known_from <= {{ known_at("ownership") }}
    ),
    parties as (select * from {{ ref("stg_catalog__parties") }}),
    delivered_merges as (
        select
            parties.party_id,
            parties.merged_into_party_id,
            min(versions.recorded_at) as merged_at
        from parties
        inner join
            versions
            on versions.party_id = parties.party_id
            and versions.merged_into_party_id = parties.merged_into_party_id
        where parties.merged_into_party_id <> parties.party_id
        group by all
    ),
    identified as (
        select party_id, 'isni:' || isni as identifier, is_from_ern, recorded_at
        from parties
        where isni is not null
        union all
        select party_id, 'dpid:' || dpid as identifier, is_from_ern, recorded_at
        from parties
        where dpid is not null
        union all
        select party_id, 'ipi:' || ipi as identifier, is_from_ern, recorded_at
        from parties
        where ipi is not null
    ),
    ern_merges as (
        select
            ern_parties.party_id,
            min(feed_parties.party_id) as merged_into_party_id,
            max(
                greatest(ern_parties.recorded_at, feed_parties.recorded_at)
            ) as merged_at
        from identified as ern_parties
        inner join
            identified as feed_parties
            on feed_parties.identifier = ern_parties.identifier
        where ern_parties.is_from_ern and not feed_parties.is_from_ern
        group by ern_parties.party_id
        having count(distinct feed_parties.party_id) = 1
    )
select party_id, merged_into_party_id as into_party_id, merged_at
from delivered_merges
union all
select party_id, merged_into_party_id as into_party_id, merged_at
from ern_merges
