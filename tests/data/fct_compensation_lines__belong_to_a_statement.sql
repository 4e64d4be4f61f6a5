-- No line of a contract is outside of the statements: it would be earned and never
-- paid.
select lines.line_id
from {{ ref("fct_compensation_lines") }} as lines
left join
    {{ ref("fct_statements") }} as statements
    on statements.contract_id = lines.contract_id
    and statements.report_month = lines.report_month
where lines.contract_id is not null and statements.statement_id is null
