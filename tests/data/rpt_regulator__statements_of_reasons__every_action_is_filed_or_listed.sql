-- Every action whose statement of reasons is due is either in the regulator's file or
-- in the list of those that cannot be filed, never in both; an action in neither is a
-- statement that is missing. Actions without a due statement are in neither.
with
    filings as (select puid, is_due from {{ ref("fct_regulator_filings") }}),
    in_file as (
        select platform_uid as puid
        from {{ ref("rpt_regulator__statements_of_reasons") }}
    ),
    listed as (select puid from {{ ref("rpt_regulator__unfiled_actions") }})
select filings.puid
from filings
left join in_file on in_file.puid = filings.puid
left join listed on listed.puid = filings.puid
where
    (filings.is_due and (in_file.puid is null) = (listed.puid is null))
    or (not filings.is_due and (in_file.puid is not null or listed.puid is not null))
