-- One row per party: the party that it goes by now, and since when that is known (E44).
-- A merge may lead to a party that was merged again. A circle of merges leads
-- nowhere: its parties stay themselves. A party
-- that only ERN knows goes by the party of the feed with its ISNI, DPID or IPI, if
-- there is exactly one.
with recursive
    versions as (
        select *
        from {{ source("raw", "raw_catalog__parties") }}
        where recorded_at <= {{ known_at("ownership") }}
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
    ),
    merges as (
        select *
        from delivered_merges
        union all
        select *
        from ern_merges
    ),
    walks as (
        select party_id, merged_into_party_id as reached_party_id, merged_at, 1 as step
        from merges
        union all
        select
            walks.party_id,
            merges.merged_into_party_id as reached_party_id,
            greatest(walks.merged_at, merges.merged_at) as merged_at,
            walks.step + 1 as step
        from walks
        inner join merges on merges.party_id = walks.reached_party_id
        where walks.step < 16
    ),
    survivors as (
        select walks.party_id, walks.reached_party_id, walks.merged_at
        from walks
        left join merges on merges.party_id = walks.reached_party_id
        where merges.party_id is null
    )
select
    parties.party_id,
    coalesce(survivors.reached_party_id, parties.party_id) as canonical_party_id,
    survivors.reached_party_id is not null as is_merged,
    survivors.merged_at
from parties
left join survivors on survivors.party_id = parties.party_id
