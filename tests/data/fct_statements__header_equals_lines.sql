-- A statement's terms are the sums of its lines, its balance adds up, and it opens with
-- what the one before carried.
{%- set by_type = [
    ("earned_amount", earning_types("first"), "hold_bucket is null", ""),
    (
        "correction_amount",
        earning_types("corrections"),
        "hold_bucket is null",
        "",
    ),
    ("fee_amount", "('FEE')", "true", "- "),
    ("true_up_amount", "('MG_TRUE_UP')", "true", ""),
    ("reserve_taken_amount", "('RESERVE_TAKE')", "true", "- "),
    ("reserve_released_amount", "('RESERVE_RELEASE')", "true", ""),
    ("recouped_amount", "('ADVANCE_RECOUPMENT')", "true", "- "),
    ("tax_amount", "('WITHHOLDING')", "true", "- "),
    ("penalty_amount", "('PENALTY')", "true", "- "),
    ("held_amount", earning_types(), "hold_bucket is not null", ""),
] %}
with
    lines as (
        select
            contract_id,
            report_month,
            {% for term, types, condition, sign in by_type -%}
                {{ sign }}sum(
                    case
                        when line_type in {{ types }} and {{ condition }}
                        then amount
                        else 0
                    end
                ) as {{ term }},
            {% endfor -%}
            sum(case when hold_bucket is null then amount else 0 end) as balance_amount
        from {{ ref("fct_compensation_lines") }}
        where contract_id is not null
        group by all
    ),
    statements as (
        select
            statements.*,
            lag(carried_amount) over (
                partition by contract_id order by report_month
            ) as carried_before_amount
        from {{ ref("fct_statements") }} as statements
    )
select statements.statement_id
from statements
left join
    lines
    on lines.contract_id = statements.contract_id
    and lines.report_month = statements.report_month
where
    {% for term, types, condition, sign in by_type -%}
        statements.{{ term }} <> coalesce(lines.{{ term }}, 0) or
    {% endfor -%}
    statements.closing_amount - statements.suspended_amount
    <> coalesce(lines.balance_amount, 0)
    or statements.closing_amount
    <> statements.opening_amount
    + statements.earned_amount
    + statements.correction_amount
    - statements.fee_amount
    + statements.true_up_amount
    - statements.reserve_taken_amount
    + statements.reserve_released_amount
    - statements.recouped_amount
    - statements.tax_amount
    - statements.penalty_amount
    + statements.resumed_amount
    or statements.closing_amount
    <> statements.payable_amount
    + statements.carried_amount
    + statements.suspended_amount
    or statements.opening_amount <> coalesce(statements.carried_before_amount, 0)
