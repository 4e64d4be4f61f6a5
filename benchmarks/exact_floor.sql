-- The second floor, over the tables of the first: rights, consent at two times, and rounding to the
-- minor unit, exact, in as little SQL as they need. No history of versions, no corrections, no fees
-- other than a share of revenue, no statements, no checks.
create table sources as
select derivative_id, side, object_id, cast(cast(weight as decimal(30, 12)) * 1000000000 as bigint) as weight_nano
from weights;

-- Whose decisions count for an object.
create table deciders as
select distinct object_id, side, party_id, 'owner' as voice
from raw_catalog__ownership
union
select recording_id, 'MASTER', unnest(main_artist_ids), 'artist'
from raw_catalog__recordings;

-- Uses of a derivative between two of these instants have the same owners and decisions.
create table cuts as
with changes as (
    select object_id, side, unnest([valid_from, valid_to]) as cut_at
    from raw_catalog__ownership
    union
    select deciders.object_id, deciders.side, unnest([valid_from, valid_to, recorded_at])
    from deciders
    inner join raw_licensing__consents using (party_id, voice)
    union
    select deciders.object_id, deciders.side, unnest([valid_from, valid_to])
    from deciders
    inner join raw_catalog__routes using (party_id)
)
select distinct sources.derivative_id, changes.cut_at
from sources
inner join changes using (object_id, side)
where changes.cut_at is not null;

create table batches as
select
    uses.derivative_id, uses.usage_month, uses.territory, uses.tier, uses.product_id, cuts.cut_at,
    sum(uses.quantity) as quantity,
    min(uses.used_at) as first_used_at
from uses
asof left join cuts on cuts.derivative_id = uses.derivative_id and cuts.cut_at <= uses.used_at
group by all;

create table shares as
select
    batches.*,
    sources.side,
    sources.object_id,
    sources.weight_nano,
    ownership.party_id,
    cast(cast(ownership.share_pct as decimal(24, 12)) * 1000000000000 as hugeint) as share,
    routes.contract_id,
    contracts.version,
    contracts.silence,
    contracts.revenue_share
from batches
inner join sources using (derivative_id)
inner join raw_catalog__ownership as ownership
    on ownership.object_id = sources.object_id
    and ownership.side = sources.side
    and ownership.territory in (batches.territory, 'WW')
    and ownership.valid_from <= batches.first_used_at
    and coalesce(ownership.valid_to > batches.first_used_at, true)
left join raw_catalog__routes as routes
    on routes.party_id = ownership.party_id
    and routes.side = sources.side
    and routes.territory in (batches.territory, 'WW')
    and routes.product_id in (batches.product_id, '*')
    and routes.valid_from <= batches.first_used_at
    and coalesce(routes.valid_to > batches.first_used_at, true)
left join raw_licensing__contracts as contracts
    on contracts.contract_id = routes.contract_id
    and contracts.valid_from <= batches.first_used_at
    and coalesce(contracts.valid_to > batches.first_used_at, true)
qualify
    row_number() over (
        partition by
            batches.derivative_id, batches.usage_month, batches.territory, batches.tier,
            batches.cut_at, sources.side, sources.object_id, ownership.party_id
        order by routes.territory = 'WW', routes.product_id = '*', contracts.version desc
    ) = 1;

-- The most specific decision of each party at the use: as known then, and as known now.
create table answers as
with requests as (
    select distinct
        shares.object_id, shares.side, shares.territory, shares.product_id, shares.first_used_at,
        deciders.party_id, deciders.voice
    from shares
    inner join deciders using (object_id, side)
    where deciders.voice <> 'owner' or deciders.party_id = shares.party_id
),
ranked as (
    select
        requests.*,
        decisions.decision,
        decisions.recorded_at,
        decisions.object_type in ('recording', 'work') as is_named,
        decisions.territory <> 'WW' as is_local,
        decisions.product_id <> '*' as is_of_product
    from requests
    inner join raw_licensing__consents as decisions
        on decisions.party_id = requests.party_id
        and decisions.voice = requests.voice
        and (
            decisions.object_id = requests.object_id
            or decisions.object_type in ('artist', 'catalogue')
        )
        and decisions.territory in (requests.territory, 'WW')
        and decisions.product_id in (requests.product_id, '*')
        and decisions.valid_from <= requests.first_used_at
        and coalesce(decisions.valid_to > requests.first_used_at, true)
)
select
    object_id, side, territory, product_id, first_used_at, party_id, voice,
    max_by(decision, (is_named, is_local, is_of_product, decision)) filter (
        where recorded_at <= first_used_at
    ) as decided_then,
    max_by(decision, (is_named, is_local, is_of_product, decision)) as decided_now
from ranked
group by all;

create table exact_lines as
with judged as (
    select
        shares.*,
        coalesce(bool_or(answers.decided_then = 'deny'), false) as is_denied_then,
        coalesce(bool_or(answers.decided_now = 'deny'), false) as is_denied_now,
        count(answers.decided_now) as answer_count
    from shares
    left join answers
        on answers.object_id = shares.object_id
        and answers.side = shares.side
        and answers.territory = shares.territory
        and answers.product_id = shares.product_id
        and answers.first_used_at = shares.first_used_at
        and (answers.voice <> 'owner' or answers.party_id = shares.party_id)
    group by all
)
select
    usage_month, territory, product_id, tier, side, contract_id, version, revenue_share, object_id,
    party_id,
    is_denied_then or is_denied_now or answer_count = 0 and silence = 'deny' as is_held,
    sum(quantity) as quantity,
    sum(cast(quantity as hugeint) * weight_nano * share) as weight
from judged
group by all;

-- Each contract's fee in whole minor units, shared out by largest remainder.
create table exact_amounts as
with pools as (
    select usage_month, territory, tier, product_id, sum(quantity) as total_quantity
    from batches
    group by all
),
revenue as (
    select *
    from raw_finance__revenue
    qualify
        row_number() over (
            partition by usage_month, territory, product_id, tier order by recorded_at desc
        ) = 1
),
fees as (
    select
        lines.*,
        sum(weight) over contract_of_pool as contract_weight,
        cast(cast(revenue.gross as decimal(24, 12)) * 100 as hugeint)
        * cast(cast(lines.revenue_share as decimal(24, 12)) * 1000000 as hugeint) as shared,
        pools.total_quantity
    from exact_lines as lines
    inner join pools using (usage_month, territory, tier, product_id)
    inner join revenue
        on revenue.usage_month = strftime(lines.usage_month, '%Y-%m')
        and revenue.territory = lines.territory
        and revenue.product_id = lines.product_id
        and revenue.tier = lines.tier
    where lines.contract_id is not null
    window contract_of_pool as (
        partition by
            lines.usage_month, lines.territory, lines.product_id, lines.tier, lines.side,
            contract_id, version
    )
),
rounded as (
    select
        *,
        -- Weights are in 10^-23 uses: a nano-use, times a share of 10^14.
        shared * (contract_weight // 100000000000000) // (
            cast(total_quantity as hugeint) * 1000000000 * 1000000
        ) as fee
    from fees
),
floored as (
    select
        *,
        fee * (weight // 100000000000000) // greatest(contract_weight // 100000000000000, 1) as units,
        fee * (weight // 100000000000000) % greatest(contract_weight // 100000000000000, 1) as rest
    from rounded
)
select
    * exclude (units, rest),
    units + cast(
        row_number() over (contract_of_pool order by rest desc, object_id, party_id, is_held)
        <= fee - sum(units) over contract_of_pool as integer
    ) as amount_minor_units
from floored
window contract_of_pool as (
    partition by usage_month, territory, product_id, tier, side, contract_id, version
);
