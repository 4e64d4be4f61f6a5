"""Suggestions of listed values for a value that is not on its closed list."""

import pytest

from linernotes.ingestion import vocabulary

TIERS = ("paid_addon", "free_allowance", "ad_supported")


@pytest.mark.parametrize(
    ("value", "allowed", "reported"),
    [
        ("PAID_ADDON", TIERS, "send paid_addon"),
        ("free", TIERS, "allowed: paid_addon, free_allowance, ad_supported"),
        ("UK", vocabulary.territories(), "send GB"),
        ("de", vocabulary.territories(), "send DE"),
        ("Germany", vocabulary.territories(), "send DE"),
        ("worldwide", vocabulary.territories(), "send WW"),
        ("Euro", vocabulary.currencies(), "send EUR"),
        (
            "STATEMENT_CATEGORY_SCAM_AND_FRAUD",
            vocabulary.removal_codes("category"),
            "nearest: STATEMENT_CATEGORY_SCAMS_AND_FRAUD, ",
        ),
        ("123456", vocabulary.currencies(), "nothing on it is near"),
    ],
)
def test_nearest_names_the_value_that_is_meant(
    value: str, allowed: tuple[str, ...], reported: str
) -> None:
    assert vocabulary.nearest(value, allowed).startswith(reported)


def test_world_is_meant_only_where_the_list_has_it() -> None:
    assert vocabulary.nearest("worldwide", vocabulary.countries()) == "nothing on it is near"
