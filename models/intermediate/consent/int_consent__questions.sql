-- One row per scope and party that its contract requires: the owner of the share, each
-- main artist, featured artist and writer by itself. Where a contract requires a main
-- artist or writer and none is known (of a recording: the writers of any of its works),
-- the question has no party and is answered by silence; a recording without featured
-- artists raises no such question.
with
    scopes as (select * from {{ ref("int_consent__scopes") }}),
    contracts as (select * from {{ ref("int_licensing__terms_effective") }}),
    objects as (select * from {{ ref("int_consent__objects") }}),
    required as (
        select
            scopes.scope_id,
            scopes.side,
            scopes.object_id,
            scopes.owner_party_id,
            parties.item as required_party
        from scopes
        inner join
            contracts
            on contracts.contract_id = scopes.contract_id
            and contracts.contract_version = scopes.contract_version
            {{ explode_list("contracts.required_parties", "parties") }}
        where scopes.judges_owner or parties.item <> 'owner'
    )
select
    required.scope_id,
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
