-- One row per removal action for which a statement of reasons is due: an action that
-- applies everywhere or in a state of the EEA. Actions only outside of the EEA are not
-- due to the EU's database.
with
    actions as (select * from {{ ref("stg_removals__actions") }}),
    scoped as (select * from {{ ref("int_usage__removals_scoped") }}),
    eea_states as (
        select code from {{ ref("removal_codes") }} where field = 'territorial_scope'
    ),
    places as (
        select
            scoped.puid,
            bool_or(scoped.territory = 'WW') as is_everywhere,
            {{ ordered_list("eea_states.code", '","') }} as eea_codes
        from scoped
        left join eea_states on eea_states.code = scoped.territory
        group by all
    )
select actions.puid, places.is_everywhere, places.eea_codes
from actions
inner join places on places.puid = actions.puid
where
    places.is_everywhere
    or places.eea_codes is not null
    or {{ join_list("actions.territorial_scope", "|") }} is not null
