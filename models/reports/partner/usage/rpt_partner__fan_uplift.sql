-- One row per partner and month with plays of its recordings after derivatives: the
-- uplift over matched controls, with its interval and whether it is conclusive, for the
-- recordings of which the partner is shown all plays.
with
    effects as (
        select *
        from {{ ref("fct_fan_effects") }}
        where scope_kind = 'partner' and figure_name = 'source_lift'
    )
select
    scope_id as partner_id,
    month as report_month,
    unit_count as recording_count,
    numerator_count as source_play_28_days_count,
    denominator_count as expected_source_play_28_days_count,
    effect_rate as uplift_rate,
    lower_rate as lower_uplift_rate,
    upper_rate as upper_uplift_rate,
    detectable_rate as detectable_uplift_rate,
    verdict
from effects
