-- A contract's balance is carried from version to version, so all versions pay in one
-- currency to one partner. Another currency needs a separate contract: ask for one.
select contract_id
from {{ ref("stg_licensing__contracts") }}
group by contract_id
having
    count(distinct payout_currency_code) > 1
    or count(distinct partner_id) > 1
    or count(distinct side) > 1
