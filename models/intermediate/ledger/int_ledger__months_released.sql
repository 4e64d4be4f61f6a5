-- One row per contract and usage month whose statement was issued before the freeze:
-- its late consents, held in that statement, are released (E36).
select distinct contract_id, report_month as usage_month
from {{ ref("stg_ledger__statements") }}
where known_at < {{ known_at("consent") }}
