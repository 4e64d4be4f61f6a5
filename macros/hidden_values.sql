{#- For totals whose parts are all hidden, the number of values that are possible for
    the part that the total reveals most. `rooms` has one row per month, recording,
    measure and territory, with the total as displayed (rounded_count) and the maximum
    of the part according to the other displayed figures (room_count). At least one part
    is under 10: the part itself, or another, which then takes less of the total. -#}
{% macro hidden_values(rooms) %}
    select
        month,
        recording_id,
        measure,
        min(small_value_count + large_value_count) as fewest_value_count
    from
        (
            select
                *,
                greatest(
                    0, least(9, highest_count) - greatest(0, lowest_count) + 1
                ) as small_value_count,
                greatest(
                    0,
                    highest_count
                    - greatest(10, lowest_count + least_other_count - 9)
                    + 1
                ) as large_value_count
            from
                (
                    select
                        *,
                        rounded_count
                        - 2
                        - (
                            sum(room_count) over (of_total) - room_count
                        ) as lowest_count,
                        least(room_count, rounded_count + 2) as highest_count,
                        case
                            when row_number() over (by_room) = 1
                            then lead(room_count) over (by_room)
                            else min(room_count) over (of_total)
                        end as least_other_count
                    from {{ rooms }}
                    window
                        of_total as (partition by month, recording_id, measure),
                        by_room as (
                            partition by month, recording_id, measure
                            order by room_count, territory
                        )
                ) as ranges
        ) as possibilities
    group by month, recording_id, measure
{% endmacro %}
