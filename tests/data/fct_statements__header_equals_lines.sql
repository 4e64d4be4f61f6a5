-- A statement's terms are the sums of its lines, its balance adds up, and it opens with
-- the amount that the previous one carried.
{%- set by_type = [
    (
        "earned_amount",
        "is_earning and not is_correction",
        "hold_bucket is null",
        "",
    ),
    ("correction_amount", "is_correction", "hold_bucket is null", ""),
    ("fee_amount", "lines.line_type = 'FEE'", "true", "- "),
    ("true_up_amount", "lines.line_type = 'MG_TRUE_UP'", "true", ""),
    (
        "reserve_taken_amount",
        "lines.line_type = 'RESERVE_TAKE'",
        "true",
        "- ",
    ),
    (
        "reserve_released_amount",
        "lines.line_type = 'RESERVE_RELEASE'",
        "true",
        "",
    ),
    (
        "recouped_amount",
        "lines.line_type = 'ADVANCE_RECOUPMENT'",
        "true",
        "- ",
    ),
    ("tax_amount", "lines.line_type = 'WITHHOLDING'", "true", "- "),
    ("penalty_amount", "lines.line_type = 'PENALTY'", "true", "- "),
    ("held_amount", "is_earning", "hold_bucket is not null", ""),
] %}
with
    lines as (
        select
            contract_id,
            report_month,
            {% for term, types, condition, sign in by_type -%}
                {{ sign }}sum(
                    case when {{ types }} and {{ condition }} then amount else 0 end
                ) as {{ term }},
            {% endfor -%}
            sum(case when hold_bucket is null then amount else 0 end) as balance_amount
        from {{ ref("fct_compensation_lines") }} as lines
        inner join
            {{ ref("line_types") }} as line_types
            on line_types.line_type = lines.line_type
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
