-- One row per line of an issued statement that uses weigh in, as the evidence of the
-- issue has it: how many. Counted once, since the evidence has a row per use and line.
{{ config(materialized="table") }}
select line_id, count(*) as use_count
from {{ source("raw", "raw_ledger__uses") }}
group by line_id
