-- One row per side, object, territory, period of time and owner, with the owner's
-- share. All rows that cover the territory count; of one party's rows, the most
-- specific. If the shares sum to less than 100 %, the rest is UNCLAIMED; over 100 % the
-- whole is DISPUTE (E61, E62). A sum within a millionth of a percent of 100 counts as
-- 100: the shares are normalised.
with
    objects_used as (
        select distinct side, object_id, territory
        from {{ ref("int_rights__objects_used") }}
        where is_known
    ),
    ownership as (
        select *, coalesce(valid_to, {{ always_to() }}) as ends_at
        from {{ ref("stg_catalog__ownership") }}
        where object_type = case when side = 'MASTER' then 'recording' else 'work' end
    ),
    regions as (select * from {{ ref("regions") }}),
    claims as (
        select
            objects_used.side,
            objects_used.object_id,
            objects_used.territory,
            ownership.party_id,
            ownership.share_pct,
            ownership.territory as claimed_territory,
            ownership.valid_from,
            ownership.ends_at as valid_to,
            {{
                territory_rank(
                    "ownership.territory",
                    "objects_used.territory",
                    "regions.region_code",
                )
            }} as territory_rank
        from objects_used
        inner join
            ownership
            on ownership.side = objects_used.side
            and ownership.object_id = objects_used.object_id
        left join
            regions
            on regions.region_code = ownership.territory
            and regions.territory = objects_used.territory
        where
            ownership.valid_from < ownership.ends_at
            and (
                ownership.territory in (objects_used.territory, 'WW')
                or regions.region_code is not null
            )
    ),
    bounds as (
        select side, object_id, territory, {{ always_from() }} as bound
        from objects_used
        union
        select side, object_id, territory, valid_from as bound
        from claims
        union
        select side, object_id, territory, valid_to as bound
        from claims
    ),
    periods as (
        select
            side,
            object_id,
            territory,
            bound as valid_from,
            coalesce(
                lead(bound) over (
                    partition by side, object_id, territory order by bound
                ),
                {{ always_to() }}
            ) as valid_to
        from bounds
    ),
    owners as (
        select
            periods.side,
            periods.object_id,
            periods.territory,
            periods.valid_from,
            periods.valid_to,
            claims.party_id,
            {{ scaled("claims.share_pct", 12) }} as share_units
        from periods
        left join
            claims
            on claims.side = periods.side
            and claims.object_id = periods.object_id
            and claims.territory = periods.territory
            and claims.valid_from <= periods.valid_from
            and claims.valid_to >= periods.valid_to
        where periods.valid_from < periods.valid_to
        qualify
            row_number() over (
                partition by
                    periods.side,
                    periods.object_id,
                    periods.territory,
                    periods.valid_from,
                    claims.party_id
                order by
                    claims.territory_rank desc,
                    claims.valid_from desc,
                    claims.claimed_territory
            )
            = 1
    ),
    totals as (
        select
            owners.*,
            {{
                wide(
                    "sum(coalesce(share_units, 0)) over (partition by side, object_id, territory, valid_from)"
                )
            }}
            as total_units,
            row_number() over (
                partition by side, object_id, territory, valid_from
                order by party_id nulls first
            ) as owner_number
        from owners
    ),
    -- In 10^-12 of a percent.
    classified as (
        select
            totals.*,
            case
                when total_units > {{ pow10(14) }} + {{ pow10(6) }}
                then 'over'
                when total_units < {{ pow10(14) }} - {{ pow10(6) }}
                then 'under'
                else 'whole'
            end as coverage
        from totals
    ),
    floors as (
        select
            classified.*,
            {{ wide(int_div("share_units * " ~ pow10(14), "total_units")) }}
            as floor_units,
            (share_units * {{ pow10(14) }}) % total_units as remainder
        from classified
        where coverage <> 'over' and party_id is not null
    ),
    shares as (
        select
            side,
            object_id,
            territory,
            valid_from,
            valid_to,
            party_id as owner_party_id,
            case
                when coverage = 'under'
                then share_units
                else
                    {{
                        largest_remainder(
                            pow10(14),
                            "floor_units",
                            "remainder",
                            ["side", "object_id", "territory", "valid_from"],
                            ["party_id"],
                        )
                    }}
            end as share_units,
            cast(null as {{ t_str() }}) as rights_bucket
        from floors
        union all
        select
            side,
            object_id,
            territory,
            valid_from,
            valid_to,
            cast(null as {{ t_str() }}) as owner_party_id,
            case
                when coverage = 'over'
                then {{ pow10(14) }}
                else {{ pow10(14) }} - total_units
            end as share_units,
            case
                when coverage = 'over' then 'DISPUTE' else 'UNCLAIMED'
            end as rights_bucket
        from classified
        where owner_number = 1 and coverage <> 'whole'
    )
select
    side,
    object_id,
    territory,
    valid_from,
    valid_to,
    owner_party_id,
    cast(
        cast(share_units as {{ t_dec(15, 0) }})
        * cast('0.00000000000001' as {{ t_dec(15, 14) }}) as {{ t_dec(15, 14) }}
    ) as ownership_share,
    rights_bucket
from shares
