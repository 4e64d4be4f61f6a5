-- One row per published derivative, source and name that has to be shown with it: each
-- artist of a source recording and each writer of a source work, whoever is paid for
-- it. A source without a known name, and a side without a known source, have one row
-- without a party. Merged parties may be credited by either name (E44).
with
    sources as (select * from {{ ref("int_credits__sources") }}),
    contributors_listed as (
        select * from {{ ref("int_partners__contributors_listed") }}
    ),
    credits as (select * from {{ ref("stg_catalog__credits") }}),
    merges as (
        select *
        from {{ ref("stg_catalog__party_merges") }}
        where merged_at <= {{ known_at() }}
    ),
    names as (
        select distinct object_type, object_id, party_id from contributors_listed
    ),
    parties as (
        select party_id
        from names
        union
        select party_id
        from credits
    ),
    -- Two ids are one party if they are equal, or were merged into the same party.
    reached as (
        select party_id, party_id as reached_id
        from parties
        union
        select parties.party_id, merges.into_party_id as reached_id
        from parties
        inner join merges on merges.party_id = parties.party_id
    ),
    one_party as (
        select distinct
            required.party_id as required_party_id, shown.party_id as shown_party_id
        from reached as required
        inner join reached as shown on shown.reached_id = required.reached_id
    ),
    displayed as (
        select
            credits.derivative_id,
            credits.object_id,
            one_party.required_party_id as party_id,
            min(credits.displayed_from) as displayed_from
        from credits
        inner join one_party on one_party.shown_party_id = credits.party_id
        group by all
    )
select
    sources.derivative_id,
    sources.product_id,
    sources.object_type,
    sources.object_id,
    names.party_id,
    sources.has_identifier,
    sources.published_at,
    sources.disabled_at,
    displayed.displayed_from,
    case
        when displayed.displayed_from <= {{ known_at() }}
        then
            {{
                seconds_between(
                    "sources.published_at",
                    "greatest(displayed.displayed_from, sources.published_at)",
                )
            }}
    end as seconds_to_display,
    case
        when sources.object_id is null
        then 'source_unknown'
        when names.party_id is null
        then 'name_unknown'
        when displayed.displayed_from <= {{ known_at() }}
        then 'shown'
        else 'not_shown'
    end as credit_state
from sources
left join
    names
    on names.object_type = sources.object_type
    and names.object_id = sources.object_id
left join
    displayed
    on displayed.derivative_id = sources.derivative_id
    and displayed.object_id = sources.object_id
    and displayed.party_id = names.party_id
