-- The floor: the big joins and sums of the warehouse over the same files, and nothing else.
-- No history, no consent, no exact rounding, no checks: what is slower than this is the price of those.
create table generations as
select generation_id, product_id, use_type, territory, tier, derivative_id, occurred_at
from raw_ai_usage__generations
where status = 'completed' and not coalesce(is_test, false)
qualify row_number() over (partition by idempotency_key order by recorded_at desc, generation_id) = 1;

create table uses as
select
    generations.derivative_id,
    date_trunc('month', occurred_at)::date as usage_month,
    occurred_at as used_at,
    territory,
    tier,
    product_id,
    1::bigint as quantity
from generations
inner join raw_licensing__products as products using (product_id)
where products.weight_basis = 'generations'
union all
select
    plays.derivative_id,
    date_trunc('month', plays.play_date)::date,
    plays.play_date::timestamp,
    plays.territory,
    plays.tier,
    generations.product_id,
    plays.plays - coalesce(plays.artificial_plays, 0)
from raw_ai_usage__derivative_plays as plays
inner join raw_ai_usage__derivatives as derivatives using (derivative_id)
inner join generations on generations.generation_id = derivatives.generation_id
inner join raw_licensing__products as products on products.product_id = generations.product_id
where products.weight_basis = 'plays';

create table weights as
select derivative_id, side, source_object_id as object_id, weight
from raw_ai_usage__attributions
qualify attribution_version = last_value(attribution_version) over (
    partition by derivative_id, side
    order by recorded_at, attribution_version
    rows between unbounded preceding and unbounded following
);

create table source_uses as
select
    uses.usage_month,
    uses.territory,
    uses.product_id,
    uses.tier,
    weights.side,
    weights.object_id,
    ownership.party_id,
    uses.quantity,
    uses.quantity * weights.weight::double * ownership.share_pct::double as weight
from uses
inner join weights using (derivative_id)
inner join raw_catalog__ownership as ownership
    on ownership.object_id = weights.object_id
    and ownership.side = weights.side
    and ownership.territory in (uses.territory, 'WW')
    and ownership.valid_from <= uses.used_at
    and coalesce(ownership.valid_to > uses.used_at, true);

create table pools as
select usage_month, territory, product_id, tier, side, sum(weight) as weight, count(*) as use_count
from source_uses
group by all;

create table lines as
select
    source_uses.usage_month,
    source_uses.territory,
    source_uses.product_id,
    source_uses.tier,
    source_uses.side,
    source_uses.object_id,
    source_uses.party_id,
    sum(source_uses.quantity) as quantity,
    sum(source_uses.weight) as weight,
    any_value(revenue.gross::double) * sum(source_uses.weight) / any_value(pools.weight) as amount
from source_uses
inner join pools using (usage_month, territory, product_id, tier, side)
left join raw_finance__revenue as revenue
    on revenue.usage_month = strftime(source_uses.usage_month, '%Y-%m')
    and revenue.territory = source_uses.territory
    and revenue.product_id = source_uses.product_id
    and revenue.tier = source_uses.tier
group by all;

create table removals as
select
    date_trunc('month', applied_at)::date as removal_month,
    programme_reason,
    ai_status,
    source_type,
    count(*) as action_count,
    count(distinct recording_id) as recording_count,
    count(distinct uploader_party_id) as uploader_count
from raw_removals__actions
group by all;

create table recordings as
select recordings.recording_id, recordings.title, parties.name as label_name
from raw_catalog__recordings as recordings
left join raw_catalog__parties as parties on parties.party_id = recordings.label_party_id;
