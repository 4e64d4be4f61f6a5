-- One row per owner, side, territory, product and period: route, contract and version,
-- or what is missing (E72). The most specific route applies, by territory, then by
-- product (E71); of overlapping versions the higher, also for what it does not name.
with
    objects_used as (select * from {{ ref("int_rights__objects_used") }}),
    ownership as (select * from {{ ref("int_rights__ownership_periods") }}),
    recordings as (select * from {{ ref("stg_catalog__recordings") }}),
    routes as (
        select *, coalesce(valid_to, {{ always_to() }}) as ends_at
        from {{ ref("stg_catalog__routes") }}
    ),
    terms as (
        select *, coalesce(valid_to, {{ always_to() }}) as ends_at
        from {{ ref("int_licensing__terms_effective") }}
        where valid_from < coalesce(valid_to, {{ always_to() }})
    ),
    regions as (select * from {{ ref("regions") }}),
    needed as (
        select distinct
            ownership.owner_party_id,
            ownership.side,
            ownership.territory,
            objects_used.product_id
        from ownership
        inner join
            objects_used
            on objects_used.side = ownership.side
            and objects_used.object_id = ownership.object_id
            and objects_used.territory = ownership.territory
        where ownership.owner_party_id is not null
        union
        -- A penalty uses the route of the party that delivered the recording (E105).
        select
            recordings.label_party_id as owner_party_id,
            objects_used.side,
            objects_used.territory,
            objects_used.product_id
        from objects_used
        inner join recordings on recordings.recording_id = objects_used.object_id
        where objects_used.side = 'MASTER' and recordings.label_party_id is not null
    ),
    candidates as (
        select
            needed.owner_party_id,
            needed.side,
            needed.territory,
            needed.product_id,
            routes.partner_id,
            routes.contract_id,
            routes.valid_from,
            routes.ends_at,
            {{
                territory_rank(
                    "routes.territory", "needed.territory", "regions.region_code"
                )
            }} as territory_rank,
            case
                when routes.product_id = needed.product_id then 2 else 1
            end as product_rank
        from needed
        inner join
            routes
            on routes.party_id = needed.owner_party_id
            and routes.side = needed.side
            and routes.product_id in (needed.product_id, '*')
        left join
            regions
            on regions.region_code = routes.territory
            and regions.territory = needed.territory
        where
            routes.valid_from < routes.ends_at
            and (
                routes.territory in (needed.territory, 'WW')
                or regions.region_code is not null
            )
    ),
    bounds as (
        select owner_party_id, side, territory, product_id, {{ always_from() }} as bound
        from needed
        union
        select owner_party_id, side, territory, product_id, valid_from as bound
        from candidates
        union
        select owner_party_id, side, territory, product_id, ends_at as bound
        from candidates
        union
        select
            candidates.owner_party_id,
            candidates.side,
            candidates.territory,
            candidates.product_id,
            terms.valid_from as bound
        from candidates
        inner join terms on terms.contract_id = candidates.contract_id
        union
        select
            candidates.owner_party_id,
            candidates.side,
            candidates.territory,
            candidates.product_id,
            terms.ends_at as bound
        from candidates
        inner join terms on terms.contract_id = candidates.contract_id
    ),
    periods as (
        select
            owner_party_id,
            side,
            territory,
            product_id,
            bound as valid_from,
            coalesce(
                lead(bound) over (
                    partition by owner_party_id, side, territory, product_id
                    order by bound
                ),
                {{ always_to() }}
            ) as valid_to
        from bounds
    ),
    routed as (
        select periods.*, candidates.partner_id, candidates.contract_id
        from periods
        left join
            candidates
            on candidates.owner_party_id = periods.owner_party_id
            and candidates.side = periods.side
            and candidates.territory = periods.territory
            and candidates.product_id = periods.product_id
            and candidates.valid_from <= periods.valid_from
            and candidates.ends_at >= periods.valid_to
        where periods.valid_from < periods.valid_to
        qualify
            row_number() over (
                partition by
                    periods.owner_party_id,
                    periods.side,
                    periods.territory,
                    periods.product_id,
                    periods.valid_from
                order by
                    candidates.territory_rank desc,
                    candidates.product_rank desc,
                    candidates.valid_from desc,
                    candidates.contract_id,
                    candidates.partner_id
            )
            = 1
    ),
    ruled as (
        select
            routed.*,
            terms.contract_version,
            terms.side = routed.side
            and (
                array_contains(terms.product_ids, routed.product_id)
                or array_contains(terms.product_ids, '*')
            ) as is_covered
        from routed
        left join
            terms
            on terms.contract_id = routed.contract_id
            and terms.valid_from <= routed.valid_from
            and terms.ends_at >= routed.valid_to
        qualify
            row_number() over (
                partition by
                    routed.owner_party_id,
                    routed.side,
                    routed.territory,
                    routed.product_id,
                    routed.valid_from
                order by
                    terms.base_contract_version desc nulls last,
                    terms.contract_version desc nulls last
            )
            = 1
    )
select
    owner_party_id,
    side,
    territory,
    product_id,
    valid_from,
    valid_to,
    case when is_covered then partner_id end as partner_id,
    case when is_covered then contract_id end as contract_id,
    case when is_covered then contract_version end as contract_version,
    case
        when is_covered
        then null
        when contract_id is null
        then 'no_route'
        when contract_version is null
        then 'no_contract_in_force'
        else 'not_covered'
    end as gap_reason,
    partner_id as routed_partner_id,
    contract_id as routed_contract_id
from ruled
