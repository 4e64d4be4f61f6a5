"""Chains of ten party links: no party in them is missed.

A party directly under a partner has a sub-statement, and decisions far below it are shown.
"""

from itertools import pairwise

from tests.fixtures.worlds import LONG_AGO, FeedBuilder, Rows, closed_case
from tests.integration.closed_months.test_statements import earning

STEPS = 10


def link_up(world: FeedBuilder, *chain: str) -> None:
    for child, parent in pairwise(chain):
        world.add(
            "catalog/party_links",
            parent_party_id=parent,
            child_party_id=child,
            role="label_of",
            valid_from=LONG_AGO,
        )


@closed_case
def e68_an_owner_ten_steps_below_its_umbrella(world: FeedBuilder) -> None:
    label = earning(world, "chain", {"01": "10.00"})
    above = [f"chain-above-{number}" for number in range(1, STEPS)]
    link_up(world, label, *above, "chain-partner")
    below = [f"chain-below-{number}" for number in range(STEPS, 0, -1)]
    link_up(world, *below, label)
    world.party("chain-below-10")
    world.decision("chain-far", "chain-below-10", "allow")


def test_e68_an_owner_ten_steps_below_its_umbrella_is_with_the_member_on_top(
    closed_rows: Rows,
) -> None:
    """Regression: beyond six links the line had no member, so sub-statements did not sum up."""
    found = closed_rows(
        "select distinct owner_party_id, member_party_id from marts.fct_compensation_lines "
        "where contract_id = 'chain-contract' and line_type = 'USAGE'"
    )

    assert found == [("chain-label", "chain-above-9")]


def test_a_decision_ten_steps_below_an_owner_is_in_the_ledger_of_its_partner(
    closed_rows: Rows,
) -> None:
    """Regression: beyond four links the decision was not shown to anybody."""
    found = closed_rows(
        "select partner_id from reports.rpt_partner__consent_ledger where decision_id = 'chain-far'"
    )

    assert found == [("chain-partner",)]
