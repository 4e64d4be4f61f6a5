{#- The measures of the promises, as fct_promise_measures sums them: its CTE, the measure, numerator and denominator. A count has none. -#}
{% macro promise_shares() %}
    {{
        return(
            [
                (
                    "use_sums",
                    "licensed_use_share",
                    "licensed_weight",
                    "licensable_weight",
                ),
                (
                    "line_sums",
                    "licensed_money_share",
                    "licensed_amount",
                    "licensable_amount",
                ),
                (
                    "line_sums",
                    "consented_use_share",
                    "consented_weight",
                    "judged_weight",
                ),
                ("line_sums", "paid_share", "paid_amount", "gross_amount"),
                ("long_holds", "held_long_share", "held_amount", "gross_amount"),
                (
                    "on_time",
                    "timely_statement_share",
                    "timely_count",
                    "statement_count",
                ),
                (
                    "credit_sums",
                    "credit_coverage",
                    "credited_count",
                    "derivative_count",
                ),
                (
                    "early_launches",
                    "unlicensed_launch_count",
                    "launch_count",
                    "null",
                ),
                ("trained", "unlicensed_training_count", "inclusion_count", "null"),
            ]
        )
    }}
{% endmacro %}
