-- One row per MG_TRUE_UP line: the true-up of a guarantee, spread over the objects and
-- owners of the period by weight, by largest remainder; on one line if the period has
-- no use (E94). The sign is restored afterwards.
with
    guarantees as (select * from {{ ref("int_statements__guarantees") }}),
    terms as (select * from {{ ref("int_statements__terms") }}),
    lines_to_date as (select * from {{ ref("int_statements__lines_to_date") }}),
    weights as (
        select
            guarantees.contract_id,
            guarantees.report_month,
            guarantees.starts_on,
            lines_to_date.object_id,
            lines_to_date.owner_party_id,
            lines_to_date.member_party_id,
            sum({{ wide("lines_to_date.weight_nano") }}) as weight
        from guarantees
        inner join
            lines_to_date
            on lines_to_date.contract_id = guarantees.contract_id
            and lines_to_date.usage_month >= guarantees.starts_on
            and lines_to_date.usage_month < guarantees.ends_before
            and lines_to_date.report_month <= guarantees.report_month
            and lines_to_date.hold_bucket is null
        group by all
        having sum({{ wide("lines_to_date.weight_nano") }}) > 0
    ),
    spread as (
        select
            guarantees.contract_id,
            guarantees.report_month,
            guarantees.starts_on,
            guarantees.true_up_units,
            cast(date_trunc('month', guarantees.ends_before - 1) as date) as last_month,
            {{ wide("abs(guarantees.true_up_units)") }} as total_units,
            weights.object_id,
            weights.owner_party_id,
            weights.member_party_id,
            coalesce(weights.weight, {{ wide("1") }}) as weight,
            coalesce(
                sum(weights.weight) over (
                    partition by
                        guarantees.contract_id,
                        guarantees.report_month,
                        guarantees.starts_on
                ),
                {{ wide("1") }}
            ) as all_weights
        from guarantees
        left join
            weights
            on weights.contract_id = guarantees.contract_id
            and weights.report_month = guarantees.report_month
            and weights.starts_on = guarantees.starts_on
    ),
    floors as (
        select
            spread.*,
            {{ wide(int_div("total_units * weight", wide("all_weights"))) }}
            as floor_units,
            (total_units * weight) % {{ wide("all_weights") }} as remainder
        from spread
    ),
    shared as (
        select
            floors.*,
            {{ sign_of("true_up_units") }} * (
                {{
                    largest_remainder(
                        "total_units",
                        "floor_units",
                        "remainder",
                        ["contract_id", "report_month", "starts_on"],
                        [
                            line_key(["object_id", "owner_party_id"]),
                            "coalesce(member_party_id, '')",
                        ],
                    )
                }}
            ) as amount_minor_units
        from floors
    )
select
    {{
        statement_line(
            {
                "line_type": "'MG_TRUE_UP'",
                "side": "terms.side",
                "partner_id": "terms.partner_id",
                "contract_id": "shared.contract_id",
                "contract_version": "terms.contract_version",
                "object_id": "shared.object_id",
                "owner_party_id": "shared.owner_party_id",
                "member_party_id": "shared.member_party_id",
                "amount_minor_units": "shared.amount_minor_units",
                "minor_unit_digits": "terms.minor_unit_digits",
                "currency_code": "terms.currency_code",
                "report_month": "shared.report_month",
                "usage_month": "shared.last_month",
            }
        )
    }}
from shared
inner join
    terms
    on terms.contract_id = shared.contract_id
    and terms.report_month = shared.report_month
where shared.amount_minor_units <> 0
