-- One row per licence, group of contexts in which it was used, territory if it matters,
-- and whether its owner's consent is included: one request for consent. Requests with
-- one contract version, the same required parties and the same candidates have one
-- resolution; their pattern is the number of the first of them.
with
    listed as (
        select
            licence_number,
            context_group_number,
            territory,
            includes_owner,
            {{
                ordered_list(
                    "cast(candidate_number as "
                    ~ t_str()
                    ~ ") || ':' || coalesce(cast(specificity as "
                    ~ t_str()
                    ~ "), '')",
                    ",",
                )
            }} as candidate_list
        from {{ ref("int_consent__candidates") }}
        group by all
    ),
    numbered as (
        select
            listed.*,
            licences.contract_id,
            licences.contract_version,
            cast(
                row_number() over (
                    order by
                        listed.licence_number,
                        listed.context_group_number,
                        listed.territory nulls first,
                        listed.includes_owner
                ) as {{ t_bigint() }}
            ) as request_number
        from listed
        inner join
            {{ ref("int_consent__licences") }} as licences
            on licences.licence_number = listed.licence_number
    )
select
    request_number,
    licence_number,
    context_group_number,
    territory,
    includes_owner,
    contract_id,
    contract_version,
    min(request_number) over (
        partition by contract_id, contract_version, territory, candidate_list
    ) as pattern_number
from numbered
