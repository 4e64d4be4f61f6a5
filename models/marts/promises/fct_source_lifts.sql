-- One row per month: plays of originals after their first derivative, over those of
-- matched controls, less 1, with the 95 % interval of that ratio over recordings and
-- territories.
with
    signals as (select * from {{ ref("fct_fan_connection") }}),
    sums as (
        select
            month as report_month,
            sum(source_play_28_days_count) as play_count,
            sum(expected_source_play_28_days_count) as expected_play_count,
            count(*) as pair_count
        from signals
        group by month
    ),
    ratios as (
        select *, {{ div_round("play_count", "expected_play_count", 6) }} as lift_ratio
        from sums
        where expected_play_count > 0
    ),
    residuals as (
        select
            ratios.report_month,
            cast(
                signals.source_play_28_days_count
                - signals.expected_source_play_28_days_count
                * cast(ratios.lift_ratio as {{ t_dec(12, 6) }}) as {{ t_dec(18, 2) }}
            ) as residual
        from signals
        inner join ratios on ratios.report_month = signals.month
    ),
    spreads as (
        select report_month, sum(residual * residual) as residual_squares
        from residuals
        group by report_month
    )
select
    cast(ratios.report_month as date) as report_month,
    cast(ratios.play_count as {{ t_bigint() }}) as play_count,
    cast(ratios.expected_play_count as {{ t_bigint() }}) as expected_play_count,
    cast(ratios.pair_count as {{ t_bigint() }}) as pair_count,
    cast(ratios.lift_ratio - 1 as {{ t_dec(18, 6) }}) as lift_rate,
    -- 1.96 standard errors of a ratio.
    cast(
        {{
            div_round(
                "cast(1.96 * sqrt(spreads.residual_squares) as decimal(28, 6))",
                "ratios.expected_play_count",
                6,
            )
        }} as {{ t_dec(18, 6) }}
    ) as interval_rate
from ratios
inner join spreads on spreads.report_month = ratios.report_month
