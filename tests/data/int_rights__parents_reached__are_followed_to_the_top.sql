-- A parent of a parent is also a parent of the party: a chain of more than 65 links is
-- cut off, and decisions beyond it do not count. Correct the links, or raise the rounds
-- of closed_paths.
select reached.party_id, links.parent_party_id
from {{ ref("int_rights__parents_reached") }} as reached
inner join
    {{ ref("stg_catalog__party_links") }} as links
    on links.child_party_id = reached.parent_party_id
    and links.valid_from < reached.valid_to
    and coalesce(links.valid_to, {{ always_to() }}) > reached.valid_from
    and links.valid_from < coalesce(links.valid_to, {{ always_to() }})
left join
    {{ ref("int_rights__parents_reached") }} as known
    on known.party_id = reached.party_id
    and known.parent_party_id = links.parent_party_id
where known.party_id is null
