-- One row per use scope, side, attributed source, owner and stretch of time in which
-- the same answers stand for the plays of a paid generation, and, where somebody has
-- revoked, in which plays run off or no longer do. Other uses have one row per stretch
-- of rights: they have their generation's verdict.
-- A view, so that the rows are written once, as int_consent__uses_judged.
{{ config(materialized="view") }}
with
    judged as (
        select
            *,
            basis = 'plays'
            and coalesce(consent_status, '')
            in ('consented', 'contract_default', 'retro_revoked') as is_judged_again
        from {{ ref("int_consent__generations_judged") }}
        where basis <> 'training'
    ),
    answers as (select * from {{ ref("int_consent__answers") }}),
    answered as (
        select
            judged.*,
            greatest(
                judged.valid_from,
                coalesce(then_answers.valid_from, judged.valid_from),
                coalesce(now_answers.valid_from, judged.valid_from)
            ) as stands_from,
            least(
                judged.valid_to,
                coalesce(then_answers.valid_to, judged.valid_to),
                coalesce(now_answers.valid_to, judged.valid_to)
            ) as stands_to,
            coalesce(then_answers.is_allowed, false) as is_answered_then,
            {{
                is_over_limit(
                    "judged.influence_nano", "judged.output_number", "then_answers"
                )
            }} as is_over_limit_then,
            coalesce(now_answers.is_allowed, false) and not
            {{
                is_over_limit(
                    "judged.influence_nano", "judged.output_number", "now_answers"
                )
            }} as is_allowed_now,
            then_answers.is_contract_default as is_default_then,
            then_answers.proof_id as proof_then,
            now_answers.proof_id as proof_now,
            coalesce(then_answers.denied_by, 'unknown') as denied_by_then,
            then_answers.denial_id as denial_id_then,
            then_answers.revoked_from
            + judged.run_off_days * interval '1' day as runs_off_until
        from judged
        left join
            answers as then_answers
            on judged.is_judged_again
            and then_answers.pattern_number = judged.pattern_number
            and then_answers.clock = 'then'
            and then_answers.valid_from < judged.valid_to
            and then_answers.valid_to > judged.valid_from
            and then_answers.valid_from <= judged.last_judged_at
            and then_answers.valid_to > judged.first_judged_at
        left join
            answers as now_answers
            on judged.is_judged_again
            and judged.is_new_owner
            and now_answers.pattern_number = judged.pattern_number
            and now_answers.clock = 'now'
            and now_answers.valid_from < judged.valid_to
            and now_answers.valid_to > judged.valid_from
            and now_answers.valid_from <= judged.last_judged_at
            and now_answers.valid_to > judged.first_judged_at
    ),
    -- A limit that is exceeded makes of an allow a deny; nothing ended, so nothing runs
    -- off.
    limited as (
        select
            answered.*,
            is_answered_then and not is_over_limit_then as is_allowed_then,
            case
                when is_new_owner or is_over_limit_then
                then stands_from
                else
                    least(
                        greatest(coalesce(runs_off_until, stands_from), stands_from),
                        stands_to
                    )
            end as turns_at
        from answered
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
