-- One row per licence, group of contexts in which it was used, whether its owner's
-- consent is included, and candidate: a decision that may resolve the request, with its
-- specificity there, or a required party without a decision. The territory is set only
-- if the evidence of a decision was found not to match, because its proof then ends
-- with a month in that territory (E43). Without the owner only the artists' consent
-- counts, which is needed if the owner changed after the generation.
with
    licences as (select * from {{ ref("int_consent__licences") }}),
    rights as (select * from {{ ref("int_rights__periods") }}),
    contexts_reached as (select * from {{ ref("int_consent__contexts_reached") }}),
    covering as (select * from {{ ref("int_consent__decisions_covering") }}),
    places as (
        select distinct territory, product_id, context_group_number
        from {{ ref("int_consent__contexts") }}
    ),
    mismatching as (
        select distinct licence_number from covering where mismatched_at is not null
    ),
    licensed as (
        select distinct
            licences.licence_number,
            licences.owner_since,
            places.context_group_number,
            case
                when mismatching.licence_number is not null then rights.territory
            end as territory
        from rights
        inner join
            licences
            on licences.side = rights.side
            and licences.object_id = rights.object_id
            and licences.owner_party_id = rights.owner_party_id
            and licences.owner_since is not distinct from rights.owner_since
            and licences.contract_id = rights.contract_id
            and licences.contract_version = rights.contract_version
        inner join
            places
            on places.territory = rights.territory
            and places.product_id = rights.product_id
        left join mismatching on mismatching.licence_number = licences.licence_number
    ),
    requests as (
        select licensed.*, true as includes_owner
        from licensed
        union all
        select licensed.*, false as includes_owner
        from licensed
        where owner_since is not null
    )
select
    requests.licence_number,
    requests.context_group_number,
    requests.territory,
    requests.includes_owner,
    covering.candidate_number,
    covering.specificity + contexts_reached.reach_rank as specificity
from requests
inner join
    covering
    on covering.licence_number = requests.licence_number
    and (requests.includes_owner or covering.required_party <> 'owner')
left join
    contexts_reached
    on contexts_reached.context_number = requests.context_group_number
    and contexts_reached.reach_number = covering.reach_number
where covering.period_number is null or contexts_reached.reach_number is not null
