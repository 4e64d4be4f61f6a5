-- One row per complete month and measure of agreements about use, launches or training:
-- the counted amount, and the total for its share.
with
    months as (
        select usage_month as report_month
        from {{ ref("fct_pools") }}
        where cast(usage_month + interval '1' month as {{ t_ts() }}) <= {{ known_at() }}
        group by usage_month
    ),
    use_groups as (select * from {{ ref("fct_use_groups") }}),
    launches as (select * from {{ ref("fct_launches") }}),
    training_uses as (select * from {{ ref("fct_training_uses") }}),
    -- The uses with known owners, and of these the uses that a contract covered.
    use_sums as (
        select
            usage_month as report_month,
            sum(
                case when contract_id is not null then weight_nano else 0 end
            ) as licensed_weight,
            sum(weight_nano) as licensable_weight
        from use_groups
        where
            exclusion_reason is null
            and (contract_id is not null or consent_status = 'unlicensed')
        group by usage_month
    ),
    -- A launch counts in each month with uses before the signature.
    early_launches as (
        select months.report_month, count(*) as launch_count
        from months
        inner join
            launches
            on launches.is_before_contract
            and launches.contract_id is not null
            and launches.first_used_at
            < cast(months.report_month + interval '1' month as {{ t_ts() }})
            and launches.signed_at > cast(months.report_month as {{ t_ts() }})
        group by months.report_month
    ),
    trained as (
        select
            {{ first_of_month("included_at") }} as report_month,
            count(*) as inclusion_count
        from training_uses
        where not is_licensed
        group by {{ first_of_month("included_at") }}
    ),
    {%- set shares = [
        (
            "use_sums",
            "licensed_use_share",
            "licensed_weight",
            "licensable_weight",
        ),
        (
            "early_launches",
            "unlicensed_launch_count",
            "launch_count",
            "null",
        ),
        ("trained", "unlicensed_training_count", "inclusion_count", "null"),
    ] %}
    figures as ({{ measures_of(shares) }})
select
    cast(figures.report_month as date) as report_month,
    cast(figures.measure_name as {{ t_str() }}) as measure_name,
    cast(figures.numerator as {{ t_dec(38, 6) }}) as numerator,
    cast(figures.denominator as {{ t_dec(38, 6) }}) as denominator
from figures
inner join months on months.report_month = figures.report_month
