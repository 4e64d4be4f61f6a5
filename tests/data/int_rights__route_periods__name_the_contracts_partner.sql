-- A route leads to the partner of its contract: lines use the one, statements the
-- other. Correct the route.
select routes.owner_party_id, routes.contract_id, routes.partner_id
from {{ ref("int_rights__route_periods") }} as routes
inner join
    {{ ref("int_licensing__terms_effective") }} as contracts
    on contracts.contract_id = routes.contract_id
    and contracts.contract_version = routes.contract_version
where contracts.partner_id <> routes.partner_id
