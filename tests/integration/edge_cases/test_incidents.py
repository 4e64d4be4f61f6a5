"""Edge cases in the register of incidents: violations of the rules, by id."""

from decimal import Decimal

import pytest

from tests.fixtures.worlds import FeedBuilder, Rows, case


@case
def unlicensed_training(world: FeedBuilder) -> None:
    """The contract of one recording covers the training, that of the other another product."""
    world.product("inc-train")
    for name, products in (("yes", ["inc-train"]), ("no", ["another"])):
        label = world.licensed(f"inc-train-{name}", product_ids=products)
        world.recording(f"inc-train-{name}-rec", owner=label)
        world.add(
            "ai_usage/training_inclusions",
            model_version="inc-m1",
            product_id="inc-train",
            side="MASTER",
            object_id=f"inc-train-{name}-rec",
            included_at="2026-03-02T00:00:00Z",
        )


@case
def product_used_before_the_signature(world: FeedBuilder) -> None:
    """The contract is valid from long before, and was signed between two uses."""
    label = world.licensed("inc-signed", signed_at="2026-03-10T00:00:00Z")
    world.product("inc-signed")
    world.recording("inc-signed-rec", owner=label)
    for day in ("09", "11"):
        world.generation("inc-signed", ["inc-signed-rec"], occurred_at=f"2026-03-{day}T12:00:00Z")


@case
def derivative_played_after_its_removal(world: FeedBuilder) -> None:
    """Removed in Germany on the 12th; played there before and after, and elsewhere."""
    label = world.licensed("inc-removed")
    world.product("inc-removed", basis="plays")
    world.recording("inc-removed-rec", owner=label)
    derivative = world.derivative("inc-removed", ["inc-removed-rec"], derivative_id="inc-removed")
    world.removal(
        "inc-removed", "2026-03-12T10:00:00Z", derivative_id=derivative, territories=["DE"]
    )
    for day, territory in (("11", "DE"), ("13", "DE"), ("13", "FR")):
        world.plays(derivative, 10, play_date=f"2026-03-{day}", territory=territory)


def of_product(rows: Rows, product_id: str) -> list[tuple]:
    return rows(
        "select incident_kind, severity, object_id, item_count from marts.fct_incidents "
        f"where product_id = '{product_id}' and coalesce(side, 'MASTER') = 'MASTER' order by all"
    )


@pytest.mark.parametrize(
    ("product_id", "expected"),
    [
        pytest.param(
            "e34",
            [
                ("leakage", "high", "e34-rec", 1),
                ("use_after_enforcement", "critical", "e34-rec", 1),
            ],
            id="use after enforcement is critical, leakage an incident of its own, e34",
        ),
        pytest.param(
            "e35",
            [("play_after_run_off", "critical", "e35-rec", 1)],
            id="plays after the run-off, e35",
        ),
        pytest.param("e36", [], id="a late consent is held and released, e36"),
        pytest.param("e37", [], id="a revocation backwards, e37"),
        pytest.param(
            "e38", [("unconsented_use", "high", "e38-c", 1)], id="served without consent, e38"
        ),
        pytest.param("e41", [("over_limit", "high", "e41-rec", 1)], id="over the limit, e41"),
        pytest.param(
            "e72", [("unlicensed_use", "high", None, 1)], id="no contract in the territory, e72"
        ),
        pytest.param(
            "inc-train", [("training_without_licence", "high", None, 1)], id="unlicensed training"
        ),
        pytest.param(
            "inc-signed", [("launch_before_contract", "high", None, 1)], id="used before signature"
        ),
        pytest.param(
            "inc-removed",
            [("removed_derivative_played", "critical", None, 10)],
            id="played after its removal",
        ),
    ],
)
def test_case_opens_its_incident(rows: Rows, product_id: str, expected: list[tuple]) -> None:
    assert of_product(rows, product_id) == expected


def test_e42_contradiction_of_one_party_is_a_conflict(rows: Rows) -> None:
    found = rows(
        "select conflict_kind, count(*) from marts.fct_consent_conflicts "
        "where starts_with(allow_decision_id, 'e42') group by all"
    )

    assert found == [("same_party", 1)]


def test_e43_decision_with_mismatching_evidence_is_an_incident(rows: Rows) -> None:
    found = rows(
        "select decision_id, severity from marts.fct_incidents "
        "where incident_kind = 'evidence_mismatch' and starts_with(decision_id, 'e43')"
    )

    assert {severity for _, severity in found} == {"high"}


def test_e38_money_of_incidents_is_what_is_on_hold(rows: Rows) -> None:
    """Incidents include all money on hold for consent and for contracts, to the minor unit."""
    of_incidents = rows(
        "select currency_code, sum(held_amount) from marts.fct_incident_amounts "
        "where held_amount <> 0 group by all order by all"
    )
    of_lines = rows(
        "select currency_code, sum(amount) from marts.fct_compensation_lines "
        "where hold_bucket = 'UNROUTED' and contract_id is null "
        "or hold_bucket = 'CONSENT' and consent_status <> 'late_consent' "
        "group by all having sum(amount) <> 0 order by all"
    )

    assert of_incidents == of_lines
    assert dict(of_lines)["EUR"] > Decimal(1)


def test_e34_revocation_took_40_seconds_to_be_obeyed(rows: Rows) -> None:
    found = rows(
        "select seconds_to_enforcement, leaked_use_count, refused_use_count "
        "from marts.fct_consent_decisions where decision_id = 'e34-deny'"
    )

    assert found == [(40, 1, 2)]


def test_package_of_every_case_holds_the_proofs_of_its_lines(rows: Rows) -> None:
    [(named, known)] = rows(
        """
        with
            named as (
                select distinct
                    partner_id, report_month,
                    unnest(string_split(consent_proof_id, '+')) as proof_id
                from reports.rpt_partner__compensation_lines
                where consent_proof_id is not null
            )
        select count(*), count(*) filter ((partner_id, report_month, proof_id) in (
            select (partner_id, report_month, proof_id) from reports.rpt_partner__consents
            where is_cited
        ))
        from named
        """
    )

    assert named == known > 50
