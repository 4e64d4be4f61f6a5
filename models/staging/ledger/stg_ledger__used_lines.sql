-- One row per line of an issued statement that uses contribute to, with their number
-- from the evidence of the issuance. They are counted here once, because the evidence
-- has a row per use and line.
{{ config(materialized="table") }}
select line_id, count(*) as use_count
from {{ source("raw", "raw_ledger__uses") }}
group by line_id
