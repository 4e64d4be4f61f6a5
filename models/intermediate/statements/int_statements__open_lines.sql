-- One row per line of any type of a statement that is not issued, in minor units.
{{ config(materialized="view") }}
{% for model in [
    "int_statements__earning_lines",
    "int_statements__fee_lines",
    "int_statements__true_up_lines",
    "int_statements__reserve_lines",
    "int_statements__withholding_lines",
    "int_statements__balance_lines",
] %}
    select *
    from {{ ref(model) }}
    {% if not loop.last %}
        union all
    {% endif %}
{% endfor %}
