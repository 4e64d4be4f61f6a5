"""Joins lines to their uses: the columns that both have, and uses of late consents."""

# Columns in which a line and its uses are equal.
KEYS = (
    "usage_month",
    "territory",
    "product_id",
    "tier",
    "side",
    "contract_id",
    "contract_version",
    "object_id",
    "owner_party_id",
    "hold_bucket",
    "consent_status",
    "consent_proof_id",
    "usage_layer",
)


def with_released(uses: str) -> str:
    """A relation of uses with the values that lines have.

    Uses with late consents are in it twice, as held and as paid, because a draft may release late
    consents of a month that is open itself. Unlicensed uses have no status.
    """
    return f"""(
            select * replace (nullif(consent_status, 'unlicensed') as consent_status) from {uses}
            union all
            select * replace (
                nullif(hold_bucket, 'CONSENT') as hold_bucket, late_proof_id as consent_proof_id
            )
            from {uses}
            where consent_status = 'late_consent' and late_proof_id is not null
        )"""
