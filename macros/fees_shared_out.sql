{#- Common table expressions that share out the fees of rounding groups: from a relation
    `grouped` (rounding_group, fee_minor_units, weight_nano, usage_layer, line_key) to
    `rounded`, which adds `amount_minor_units`. Whole minor units by largest remainder,
    ties by line key, or by a column in the same order; the sign is applied afterwards,
    so that a reversal mirrors its original, E05 (docs/money.md, "Lines and rounding").
    -#}
{% macro fees_shared_out(tie="line_key") %}
    weighed as (
        select
            grouped.*,
            {{ wide("abs(fee_minor_units)") }} as total_units,
            {{ wide("abs(weight_nano)") }} as weight,
            {{ wide("sum(abs(weight_nano)) over (partition by rounding_group)") }}
            as group_weight
        from grouped
    ),
    -- For almost all lines the product fits the engine's widest number.
    sized as (
        select
            weighed.*,
            total_units < {{ pow10(17) }} and weight < {{ pow10(20) }} as is_small
        from weighed
    ),
    floors as (
        select
            sized.*,
            case
                when group_weight = 0
                then {{ wide("0") }}
                when is_small
                then {{ wide(int_div("total_units * weight", "group_weight")) }}
                else {{ mul_div_floor("total_units", "weight", "group_weight") }}
            end as floor_units,
            case
                when group_weight = 0
                then {{ wide("0") }}
                when is_small
                then total_units * weight % group_weight
                else {{ mul_div_rest("total_units", "weight", "group_weight") }}
            end as remainder
        from sized
    ),
    rounded as (
        select
            floors.*,
            case when fee_minor_units < 0 then -1 else 1 end
            * case when usage_layer = 'withdrawn' then -1 else 1 end
            * (
                {{
                    largest_remainder(
                        "total_units",
                        "floor_units",
                        "remainder",
                        ["rounding_group"],
                        [tie],
                    )
                }}
            ) as amount_minor_units
        from floors
    )
{%- endmacro %}
