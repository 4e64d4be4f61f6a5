-- One row per use context, side, attributed source, owner and period of time in which
-- the resolutions for plays of a paid generation do not change, and, after a
-- revocation, in which plays still run off or no longer do. Other uses have one row per
-- period of rights, with their generation's status.
-- A view, so that the rows are written only once, as int_consent__use_statuses.
{{ config(materialized="view") }}
with
    statuses as (
        select
            *,
            basis = 'plays'
            and coalesce(consent_status, '')
            in ('consented', 'contract_default', 'retro_revoked') as is_reassessed
        from {{ ref("int_consent__generation_statuses") }}
        where basis <> 'training'
    ),
    resolutions as (select * from {{ ref("int_consent__resolutions") }}),
    resolved as (
        select
            statuses.*,
            greatest(
                statuses.valid_from,
                coalesce(resolutions_at_use.valid_from, statuses.valid_from),
                coalesce(resolutions_at_freeze.valid_from, statuses.valid_from)
            ) as stands_from,
            least(
                statuses.valid_to,
                coalesce(resolutions_at_use.valid_to, statuses.valid_to),
                coalesce(resolutions_at_freeze.valid_to, statuses.valid_to)
            ) as stands_to,
            coalesce(resolutions_at_use.is_allowed, false) as is_resolved_at_use,
            {{
                is_over_limit(
                    "statuses.influence_nano",
                    "statuses.output_number",
                    "resolutions_at_use",
                )
            }} as is_over_limit_then,
            coalesce(resolutions_at_freeze.is_allowed, false) and not
            {{
                is_over_limit(
                    "statuses.influence_nano",
                    "statuses.output_number",
                    "resolutions_at_freeze",
                )
            }} as is_allowed_now,
            resolutions_at_use.is_contract_default as is_default_then,
            resolutions_at_use.proof_id as proof_then,
            resolutions_at_freeze.proof_id as proof_now,
            coalesce(resolutions_at_use.denied_by, 'unknown') as denied_by_then,
            resolutions_at_use.denial_id as denial_id_then,
            resolutions_at_use.revoked_from
            + statuses.run_off_days * interval '1' day as runs_off_until
        from statuses
        left join
            resolutions as resolutions_at_use
            on statuses.is_reassessed
            and resolutions_at_use.pattern_number = statuses.pattern_number
            and resolutions_at_use.as_of = 'use'
            and resolutions_at_use.valid_from < statuses.valid_to
            and resolutions_at_use.valid_to > statuses.valid_from
            and resolutions_at_use.valid_from <= statuses.last_judged_at
            and resolutions_at_use.valid_to > statuses.first_judged_at
        left join
            resolutions as resolutions_at_freeze
            on statuses.is_reassessed
            and statuses.is_new_owner
            and resolutions_at_freeze.pattern_number = statuses.pattern_number
            and resolutions_at_freeze.as_of = 'freeze'
            and resolutions_at_freeze.valid_from < statuses.valid_to
            and resolutions_at_freeze.valid_to > statuses.valid_from
            and resolutions_at_freeze.valid_from <= statuses.last_judged_at
            and resolutions_at_freeze.valid_to > statuses.first_judged_at
    ),
    -- An exceeded limit turns an allow into a deny; nothing ended, so nothing runs off.
    limited as (
        select
            resolved.*,
            is_resolved_at_use and not is_over_limit_then as is_allowed_then,
            case
                when is_new_owner or is_over_limit_then
                then stands_from
                else
                    least(
                        greatest(coalesce(runs_off_until, stands_from), stands_from),
                        stands_to
                    )
            end as turns_at
        from resolved
        where stands_from < stands_to
    ),
    parts as (
        select
            limited.*,
            true as is_in_run_off,
            stands_from as part_from,
            turns_at as part_to
        from limited
        where stands_from < turns_at
        union all
        select
            limited.*,
            false as is_in_run_off,
            turns_at as part_from,
            stands_to as part_to
        from limited
        where turns_at < stands_to
    )
select *
from parts
