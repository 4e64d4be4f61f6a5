-- One row per year or half-year, article of the Digital Services Act, figure, and value
-- of the figure's breakdown: the counts of the transparency reports (articles 15 and
-- 24) that the feeds contain, with the median time if there is one.
{%- set figures = [
    ("orders", "15(1)(a)", "orders_of_authorities", ["all"]),
    (
        "notified",
        "15(1)(b)",
        "notices",
        ["all", "notifier_kind", "category"],
    ),
    (
        "acted",
        "15(1)(b)",
        "notices_acted_on",
        ["ground", "automated_decision"],
    ),
    ("own", "15(1)(c)", "own_initiative", ["all", "category", "detection"]),
    ("restricted", "15(1)(c)", "own_initiative", ["restriction"]),
    ("complaints", "15(1)(d)", "complaints", ["all", "outcome"]),
    ("automated", "15(1)(e)", "automated_decisions", ["overturned"]),
    ("disputes", "24(1)(a)", "disputes", ["all", "outcome"]),
    ("suspended", "24(1)(b)", "account_suspensions", ["programme_reason"]),
] %}
with
    notices as (select * from {{ ref("fct_notices") }}),
    removal_actions as (
        select
            *,
            applied_at as happened_at,
            seconds_to_action as item_seconds,
            case
                when is_detected_automatically then 'automated' else 'not_automated'
            end as detection,
            case when is_overturned then 'overturned' else 'standing' end as overturned
        from {{ ref("fct_removal_actions") }}
    ),
    appeals as (
        select
            *,
            filed_at as happened_at,
            seconds_to_decision as item_seconds,
            appeal_outcome as outcome
        from {{ ref("fct_appeals") }}
    ),
    codes as (
        select *
        from {{ ref("dim_removal_codes") }}
        where
            field in (
                'decision_visibility',
                'decision_monetary',
                'decision_provision',
                'decision_account'
            )
    ),
    decided as (
        select
            notices.notifier_kind,
            notices.received_at as happened_at,
            notices.seconds_to_action as item_seconds,
            removal_actions.puid,
            removal_actions.decision_ground as ground,
            removal_actions.automated_decision,
            coalesce(removal_actions.category, 'no_action') as category
        from notices
        left join removal_actions on removal_actions.puid = notices.puid
    ),
    orders as (select * from decided where notifier_kind = 'authority'),
    notified as (select * from decided where notifier_kind <> 'authority'),
    acted as (select * from notified where puid is not null),
    own as (select * from removal_actions where source_type = 'SOURCE_VOLUNTARY'),
    restricted as (
        select own.*, codes.code as restriction
        from own
        inner join
            codes
            on ', ' || concat_ws(
                ', ',
                own.decision_visibility,
                own.decision_monetary,
                own.decision_provision,
                own.decision_account
            )
            || ','
            like '%, ' || codes.code || ',%'
    ),
    complaints as (select * from appeals where appeal_kind = 'internal'),
    disputes as (select * from appeals where appeal_kind = 'out_of_court'),
    automated as (
        select *
        from removal_actions
        where automated_decision = 'AUTOMATED_DECISION_FULLY'
    ),
    suspended as (select * from removal_actions where decision_account is not null),
    items as (
        {%- for source, article, figure_name, splits in figures %}
            {%- set last_figure = loop.last %}
            {%- for split_by in splits %}
                select
                    '{{ article }}' as article,
                    '{{ figure_name }}' as figure_name,
                    '{{ split_by }}' as split_by,
                    {{ "'all'" if split_by == "all" else split_by }} as split_value,
                    happened_at,
                    item_seconds
                from {{ source }} {{ "union all" if not (loop.last and last_figure) }}
            {%- endfor %}
        {%- endfor %}
    ),
    dated as (
        select
            *,
            substr(cast(happened_at as {{ t_str() }}), 1, 4) as year_text,
            case
                when extract(month from happened_at) <= 6 then '-H1' else '-H2'
            end as half_text
        from items
    ),
    periods as (
        select *, year_text as period_name
        from dated
        union all
        select *, year_text || half_text as period_name
        from dated
    ),
    counted as (
        select
            period_name,
            article,
            figure_name,
            split_by,
            split_value,
            count(*) as item_count,
            count(item_seconds) as timed_count,
            {{ quantile("item_seconds", 0.5) }} as median_seconds
        from periods
        group by all
    )
select
    cast(period_name as {{ t_str() }}) as period_name,
    cast(article as {{ t_str() }}) as article,
    cast(figure_name as {{ t_str() }}) as figure_name,
    cast(split_by as {{ t_str() }}) as split_by,
    cast(split_value as {{ t_str() }}) as split_value,
    cast(item_count as {{ t_bigint() }}) as item_count,
    cast(timed_count as {{ t_bigint() }}) as timed_item_count,
    cast(
        {{ div_round("median_seconds", "3600", 2) }} as {{ t_dec(18, 2) }}
    ) as median_hours
from counted
