-- The values of a breakdown add up to the figure, except for restrictions, of which an
-- action may have several; the halves of a year add up to the year. A missing value
-- would be in no report.
with
    counts as (select * from {{ ref("rpt_regulator__transparency_counts") }}),
    wholes as (
        select period_name, figure_name, item_count from counts where split_by = 'all'
    ),
    splits as (
        select period_name, figure_name, split_by, sum(item_count) as item_count
        from counts
        where split_by <> 'restriction'
        group by period_name, figure_name, split_by
    ),
    years as (
        select
            figure_name,
            split_by,
            split_value,
            substr(period_name, 1, 4) as year_text,
            sum(
                case when length(period_name) = 4 then item_count else - item_count end
            ) as surplus_count
        from counts
        group by figure_name, split_by, split_value, substr(period_name, 1, 4)
    )
select splits.figure_name, splits.period_name, splits.split_by
from splits
inner join
    wholes
    on wholes.period_name = splits.period_name
    and wholes.figure_name = splits.figure_name
where splits.item_count <> wholes.item_count
union all
select figure_name, year_text, split_by
from years
where surplus_count <> 0
