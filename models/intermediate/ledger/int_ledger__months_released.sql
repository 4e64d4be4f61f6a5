-- One row per contract with a statement that was issued before the freeze. Late
-- consents of months up to its last one, held in their own month's statement, are
-- released (E36); so are those of a month before its first statement, which had none of
-- its own.
select contract_id, max(report_month) as last_usage_month
from {{ ref("stg_ledger__statements") }}
where known_at < {{ known_at("consent") }}
group by contract_id
