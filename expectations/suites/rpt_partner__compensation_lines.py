"""What is expected of compensation lines before publication.

How a figure comes about is tested beside its model.
"""

from expectations.suite import (
    Suite,
    expect,
    expect_no_personal_columns,
    expect_no_rows,
    expect_rows,
    expect_unique,
)

SUITE = Suite(
    table="rpt_partner__compensation_lines",
    relied_on_by="Partners book it line by line, and every statement is its sum.",
    expectations=(
        expect_unique(
            "has_one_row_per_line",
            ["line_id"],
            reason="A line twice is paid twice.",
        ),
        expect_rows(
            reason="Without lines there is nothing to pay: look at what is excluded, and why."
        ),
        expect(
            "partner_is_named",
            "ExpectColumnValuesToNotBeNull",
            column="partner_id",
            reason="A line without a partner would be on nobody's statement, or on everybody's.",
        ),
        expect_no_rows(
            "hold_bucket_is_listed",
            "select line_id from {batch}"
            " where hold_bucket not in (select hold_bucket from hold_buckets)",
            reason="Money held for an unlisted reason is followed up by nobody.",
        ),
        expect_no_rows(
            "every_paid_use_names_its_proof",
            "select line_id from {batch}"
            " where line_type = 'USAGE' and hold_bucket is null and consent_proof_id is null",
            reason="Nothing is paid without the decision or clause that allowed it.",
        ),
        expect_no_rows(
            "no_paid_use_lacks_consent",
            "select line_id from {batch} where line_type = 'USAGE' and hold_bucket is null"
            " and consent_status in (select consent_status from consent_statuses where not"
            " is_paid)",
            reason="Uses without consent at the time are held: the consent models have let one"
            " through.",
        ),
        expect_no_rows(
            "uses_never_cost_the_partner",
            "select line_id from {batch}"
            " where line_type = 'USAGE' and (amount < 0 or quantity < 0 or weight_nano < 0)",
            reason="A use earns or is held; only corrections take away.",
        ),
        expect_no_rows(
            "usage_lines_sum_to_the_fee",
            "select pool_id, contract_id, contract_version from ("
            " select pool_id, contract_id, contract_version, sum(amount) as amount from {batch}"
            " where line_type = 'USAGE' group by all) as lines"
            " full join (select pool_id, contract_id, contract_version, fee_payout_amount"
            " from rpt_partner__pool_totals) as fees using (pool_id, contract_id, contract_version)"
            " where amount is distinct from fee_payout_amount",
            reason="Conservation: what a contract earns in a pool is on its lines to the last"
            " minor unit.",
        ),
        expect_no_rows(
            "statement_is_there",
            "select distinct statement_id from {batch} anti join"
            " (select statement_id from rpt_partner__compensation_statement) as statements using"
            " (statement_id)",
            reason="Lines without a statement are never paid.",
        ),
        expect_no_personal_columns(),
    ),
)
