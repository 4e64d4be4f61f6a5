-- One row per licence and party that its contract requires: the owner of the share, and
-- each main artist, featured artist and writer separately. If a contract requires a
-- main artist or writer and none is known (for a recording: the writers of any of its
-- works), the requirement has no party and is resolved by silence; a recording without
-- featured artists has no such requirement.
with
    licences as (select * from {{ ref("int_consent__licences") }}),
    contracts as (select * from {{ ref("int_licensing__terms_effective") }}),
    objects as (select * from {{ ref("int_consent__objects") }}),
    required as (
        select licences.*, parties.item as required_party
        from licences
        inner join
            contracts
            on contracts.contract_id = licences.contract_id
            and contracts.contract_version = licences.contract_version
            {{ explode_list("contracts.required_parties", "parties") }}
    )
select distinct
    required.licence_number,
    required.side,
    required.object_id,
    required.owner_party_id,
    required.owner_since,
    required.required_party,
    case
        when required.required_party = 'main_artist'
        then 'artist'
        else required.required_party
    end as voice,
    case
        when required.required_party = 'owner'
        then required.owner_party_id
        else objects.thing_id
    end as party_id
from required
left join
    objects
    on objects.side = required.side
    and objects.object_id = required.object_id
    and objects.thing_type = required.required_party
where
    required.required_party in ('owner', 'main_artist', 'writer')
    or objects.thing_id is not null
