"""Statements within the limits of the regulator's database, and a list of the others."""

from typing import Any

from tests.fixtures.worlds import FeedBuilder, Rows, case

APPLIED_AT = "2026-03-05T00:00:00Z"
ILLEGAL = "DECISION_GROUND_ILLEGAL_CONTENT"
# Action -> its special values, besides the fields of every action, and why it cannot be filed.
ACTIONS: dict[str, tuple[dict[str, Any], str | None]] = {
    "filed-plain": ({}, None),
    "filed-facts-2000": ({"facts": "ä" * 2000}, None),
    "filed-facts-2001": ({"facts": "ä" * 2000 + "z"}, None),
    "filed-facts-5000": ({"facts": "👻" * 5000}, None),
    "filed-illegal": (
        {"facts": "x" * 2500, "decision_ground": ILLEGAL, "legal_ground": "l" * 500},
        None,
    ),
    "filed-voluntary-identity": ({"source_identity": "n" * 501}, None),
    "filed-ended": ({"ended_at": "2038-01-01T12:00:00Z"}, None),
    "filed-keyword": ({"category_specification": ["KEYWORD_HATE_SPEECH"]}, None),
    "unfiled-undated": ({"content_date": None}, "no_content_date"),
    "unfiled-2019": (
        {"applied_at": "2019-12-31T12:00:00Z", "content_date": "2019-12-01"},
        "application_date_out_of_range",
    ),
    "unfiled-9999": ({"ended_at": "9999-12-30T00:00:00Z"}, "end_date_out_of_range"),
    "unfiled-law": (
        {"decision_ground": ILLEGAL, "legal_ground": "l" * 501},
        "legal_ground_too_long",
    ),
    "unfiled-clause": ({"legal_ground": "l" * 501}, "contractual_ground_too_long"),
    "unfiled-identity": (
        {"source_type": "SOURCE_TRUSTED_FLAGGER", "source_identity": "n" * 501},
        "source_identity_too_long",
    ),
    "unfiled-keyword": (
        {"category_specification": ["KEYWORD_NO_SUCH"], "ended_at": "2040-01-01T00:00:00Z"},
        "end_date_out_of_range, unknown_keyword",
    ),
}


@case
def actions_at_the_limits_of_the_regulators_database(world: FeedBuilder) -> None:
    for puid, (fields, _) in ACTIONS.items():
        world.removal(puid, **({"applied_at": APPLIED_AT} | fields))


def test_actions_beyond_the_databases_limits_are_listed_with_every_reason(rows: Rows) -> None:
    """Regression: the file contained all of them, but one bad statement rejects its whole batch."""
    unfiled = rows(
        "select puid, unfiled_reason from reports.rpt_regulator__unfiled_actions "
        "where puid like '%filed-%' order by puid"
    )
    filed = rows(
        "select platform_uid from reports.rpt_regulator__statements_of_reasons "
        "where platform_uid like '%filed-%' order by all"
    )

    assert unfiled == sorted((puid, reason) for puid, (_, reason) in ACTIONS.items() if reason)
    assert filed == sorted((puid,) for puid, (_, reason) in ACTIONS.items() if not reason)


def test_facts_over_2000_characters_are_whole_and_explain_with_their_first_2000(
    rows: Rows,
) -> None:
    assert rows(
        "select platform_uid, length(decision_facts), length(coalesce(illegal_content_explanation, "
        "incompatible_content_explanation)), right(incompatible_content_explanation, 1) "
        "from reports.rpt_regulator__statements_of_reasons "
        "where platform_uid like 'filed-%' and length(decision_facts) >= 2000 order by 1"
    ) == [
        ("filed-facts-2000", 2000, 2000, "ä"),
        ("filed-facts-2001", 2001, 2000, "ä"),
        ("filed-facts-5000", 5000, 2000, "👻"),
        ("filed-illegal", 2500, 2000, None),
    ]
