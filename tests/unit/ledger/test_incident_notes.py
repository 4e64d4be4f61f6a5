"""Closing an incident: the ledger keeps the person and reason, and detects every change."""

from pathlib import Path

import duckdb
import pytest

from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.ledger.incident_notes import close_incident, incident_notes
from linernotes.ledger.incidents import critical_incidents, incident_facts, incidents
from linernotes.ledger.verification import verify_ledger
from tests.fixtures.published_warehouse import Line, Statement, publish

REASON = "Settled with the label in June"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A published file with a critical incident in two currencies, a leakage and a closed one."""
    settings = Settings(home=tmp_path)
    publish(settings, Statement("tune", "tune-master", [Line("a", "1.00")]))
    with duckdb.connect(str(settings.published_file)) as connection:
        connection.execute(
            """
            create table reports.rpt_executive__incidents as
            select
                * replace (opened_at::timestamp as opened_at, last_seen_at::timestamp as
                last_seen_at, due_date::date as due_date, report_month::date as report_month,
                held_amount::decimal(24, 3) as held_amount),
                null::varchar as product_name, null::varchar as object_name,
                null::varchar as derivative_id, null::varchar as model_version,
                null::varchar as decision_id, null::varchar as case_id,
                null::varchar as contract_id, 7 as item_count
            from (values
                ('leakage-1', 'leakage', 'high', 'Leakage', 'open', true, '2026-05-01', 'tune',
                 '2026-05-10', '2026-05-11', '2026-05-24', 'product', 'A Label', 5, 'EUR'),
                ('enforced-1', 'use_after_enforcement', 'critical', 'Enforced', 'open', false,
                 '2026-06-01', 'wave', '2026-06-10', '2026-06-11', '2026-06-13', 'product',
                 'B Label', 5, 'EUR'),
                ('enforced-1', 'use_after_enforcement', 'critical', 'Enforced', 'open', false,
                 '2026-06-01', 'wave', '2026-06-10', '2026-06-11', '2026-06-13', 'product',
                 'B Label', 6, 'USD'),
                ('closed-1', 'leakage', 'high', 'Leakage', 'closed', false, '2026-04-01', 'tune',
                 '2026-04-10', '2026-04-11', '2026-04-24', 'product', 'A Label', null, null)
            ) as listed (
                incident_id, incident_kind, severity, label, incident_status, is_overdue,
                report_month, partner_id, opened_at, last_seen_at, due_date, next_action_by,
                owner_name, held_amount, currency_code
            )
            """
        )
        connection.execute(
            """
            create table marts.fct_incidents as
            select distinct
                incident_id, incident_kind, report_month as usage_month,
                null::varchar as product_id, null::varchar as side, null::varchar as object_id,
                owner_name as owner_party_id, partner_id, null::varchar as contract_id,
                null::varchar as decision_id, null::varchar as model_version,
                null::varchar as derivative_id, null::varchar as case_id,
                null::varchar as denied_by, null::varchar as consent_status, opened_at,
                incident_status, last_seen_at
            from reports.rpt_executive__incidents
            """
        )
    return settings


def test_incidents_come_gravest_first_with_money_per_currency(settings: Settings) -> None:
    found = incidents(settings)

    assert [one.incident_id for one in found] == ["enforced-1", "leakage-1"]
    assert found[0].held == ["5.000 EUR", "6.000 USD"]
    assert found[1].due == "2026-05-24 overdue"
    assert [one.incident_id for one in critical_incidents(settings)] == ["enforced-1"]
    assert len(incident_facts(settings, "enforced-1")) == 2


def test_incidents_are_narrowed_by_kind_month_and_partner(settings: Settings) -> None:
    def ids(*filters: str | None, only_open: bool = False) -> list[str]:
        return [one.incident_id for one in incidents(settings, *filters, only_open=only_open)]

    assert ids("leakage") == ["closed-1", "leakage-1"]
    assert ids(None, "2026-06") == ["enforced-1"]
    assert ids(None, None, "tune", only_open=True) == ["leakage-1"]


def test_closing_is_in_the_ledger_and_shown_before_the_next_build(settings: Settings) -> None:
    note = close_incident(settings, "leakage-1", f"  {REASON}\n", by=" Ada ")

    [kept] = incident_notes(settings)
    assert kept == note
    assert (kept.sequence, kept.because, kept.noted_by) == (1, REASON, "Ada")
    assert kept.facts["opened_at"] == "2026-05-10T00:00:00Z"
    assert [one.incident_id for one in incidents(settings)] == ["enforced-1"]
    assert verify_ledger(settings) == []


@pytest.mark.parametrize(
    ("incident_id", "because", "by", "reported"),
    [
        ("leakage-9", REASON, "Ada", "No incident leakage-9 is published"),
        ("leakage-1", "Done now", "Ada", "Give the reason"),
        ("leakage-1", REASON, " ", "Give the name"),
        ("closed-1", REASON, "Ada", "closed-1 is closed already"),
    ],
)
def test_closing_without_incident_reason_or_person_is_refused(
    settings: Settings, incident_id: str, because: str, by: str, reported: str
) -> None:
    with pytest.raises(LinernotesError, match=reported):
        close_incident(settings, incident_id, because, by)

    assert incident_notes(settings) == []


def test_closing_twice_is_refused(settings: Settings) -> None:
    close_incident(settings, "leakage-1", REASON, by="Ada")

    with pytest.raises(LinernotesError, match="closed already"):
        close_incident(settings, "leakage-1", REASON, by="Ben")


@pytest.mark.parametrize("name", ["entry.json", "entry.sha256", "head.json", "note.parquet"])
def test_changed_note_is_found_and_stops_further_notes(settings: Settings, name: str) -> None:
    close_incident(settings, "leakage-1", REASON, by="Ada")
    path = settings.ledger_root / "incidents" / "000001" / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)

    assert {problem.file.split("/")[1] for problem in verify_ledger(settings)} == {"000001"}
    with pytest.raises(LinernotesError, match="were changed"):
        close_incident(settings, "enforced-1", REASON, by="Ada")


def test_note_that_is_taken_out_of_the_chain_is_found(settings: Settings) -> None:
    close_incident(settings, "leakage-1", REASON, by="Ada")
    close_incident(settings, "enforced-1", REASON, by="Ada")
    first = settings.ledger_root / "incidents" / "000001"
    for path in first.iterdir():
        path.unlink()
    first.rmdir()

    assert verify_ledger(settings)
