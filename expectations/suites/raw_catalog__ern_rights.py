"""Expectations on delivered right shares in DDEX messages.

The intake checks single rows.
"""

from expectations.suite import Suite, expect

SUITE = Suite(
    table="raw_catalog__ern_rights",
    relied_on_by="Right shares named in DDEX messages are compared with the catalog's ownership.",
    expectations=(
        expect(
            "share_is_a_percentage",
            "ExpectColumnValuesToBeBetween",
            column="share_pct",
            min_value=0,
            strict_min=True,
            max_value=100,
            reason="Money is divided by shares, so each must be a percentage; blank means that"
            " the sender does not know it.",
        ),
    ),
)
