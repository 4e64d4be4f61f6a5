-- One row per line of an open statement from uses or training, including penalties: the
-- lines of months that are not issued yet, changes to the other months, and the effects
-- of issuing an open month on a later one.
with
    usage_lines as (select * from {{ ref("int_compensation__lines_calculated") }}),
    training_left as (select * from {{ ref("int_statements__training_lines_left") }}),
    corrections as (
        select *
        from {{ ref("int_statements__correction_lines") }}
        union all
        select *
        from {{ ref("int_statements__lines_released") }}
    ),
    issued as (select * from {{ ref("int_ledger__contracts_issued") }}),
    members as (select * from {{ ref("int_compensation__members") }}),
    open_usage as (
        select
            {{
                statement_line(
                    {
                        "line_type": usage_line_type("lines.usage_layer"),
                        "line_key": "lines.line_key",
                        "pool_id": "lines.pool_id",
                        "territory": "lines.territory",
                        "product_id": "lines.product_id",
                        "tier": "lines.tier",
                        "side": "lines.side",
                        "partner_id": "lines.partner_id",
                        "contract_id": "lines.contract_id",
                        "contract_version": "lines.contract_version",
                        "object_id": "lines.object_id",
                        "owner_party_id": "lines.owner_party_id",
                        "member_party_id": "members.member_party_id",
                        "hold_bucket": "lines.hold_bucket",
                        "consent_status": "lines.consent_status",
                        "consent_proof_id": "lines.consent_proof_id",
                        "usage_layer": "lines.usage_layer",
                        "quantity": "lines.quantity",
                        "weight_nano": "lines.weight_nano",
                        "amount_minor_units": "lines.amount_minor_units",
                        "minor_unit_digits": "lines.minor_unit_digits",
                        "currency_code": "lines.currency_code",
                        "report_month": "lines.usage_month",
                        "usage_month": "lines.usage_month",
                    }
                )
            }}
        from usage_lines as lines
        left join
            issued on issued.contract_id = coalesce(lines.contract_id, 'unallocated')
        left join
            members
            on members.owner_party_id = lines.owner_party_id
            and members.partner_id = lines.partner_id
            and members.usage_month = lines.usage_month
        where issued.contract_id is null or lines.usage_month > issued.last_report_month
    ),
    corrected as (
        select
            {{
                statement_line(
                    {
                        "line_type": "lines.line_type",
                        "line_key": "lines.line_key",
                        "pool_id": "lines.pool_id",
                        "territory": "lines.territory",
                        "product_id": "lines.product_id",
                        "tier": "lines.tier",
                        "side": "lines.side",
                        "partner_id": "lines.partner_id",
                        "contract_id": "lines.contract_id",
                        "contract_version": "lines.contract_version",
                        "object_id": "lines.object_id",
                        "owner_party_id": "lines.owner_party_id",
                        "member_party_id": "members.member_party_id",
                        "hold_bucket": "lines.hold_bucket",
                        "consent_status": "lines.consent_status",
                        "consent_proof_id": "lines.consent_proof_id",
                        "original_line_id": "lines.original_line_id",
                        "usage_layer": "lines.usage_layer",
                        "quantity": "lines.quantity",
                        "weight_nano": "lines.weight_nano",
                        "amount_minor_units": "lines.amount_minor_units",
                        "minor_unit_digits": "lines.minor_unit_digits",
                        "currency_code": "lines.currency_code",
                        "report_month": "lines.report_month",
                        "usage_month": "lines.usage_month",
                    }
                )
            }}
        from corrections as lines
        left join
            members
            on members.owner_party_id = lines.owner_party_id
            and members.partner_id = lines.partner_id
            and members.usage_month = lines.usage_month
    ),
    trained as (
        select
            {{
                statement_line(
                    {
                        "line_type": "'TRAINING_FEE'",
                        "line_key": "lines.line_key",
                        "territory": "'WW'",
                        "product_id": "lines.product_id",
                        "side": "lines.side",
                        "partner_id": "lines.partner_id",
                        "contract_id": "lines.contract_id",
                        "contract_version": "lines.contract_version",
                        "object_id": "lines.object_id",
                        "owner_party_id": "lines.owner_party_id",
                        "member_party_id": "members.member_party_id",
                        "hold_bucket": "lines.hold_bucket",
                        "consent_status": "lines.consent_status",
                        "consent_proof_id": "lines.consent_proof_id",
                        "weight_nano": "lines.weight_nano",
                        "amount_minor_units": "lines.amount_minor_units",
                        "minor_unit_digits": "lines.minor_unit_digits",
                        "currency_code": "lines.currency_code",
                        "report_month": "lines.report_month",
                        "usage_month": "lines.usage_month",
                    }
                )
            }}
        from training_left as lines
        left join
            members
            on members.owner_party_id = lines.owner_party_id
            and members.partner_id = lines.partner_id
            and members.usage_month = lines.usage_month
    )
select *
from open_usage
union all
select *
from corrected
union all
select *
from trained
