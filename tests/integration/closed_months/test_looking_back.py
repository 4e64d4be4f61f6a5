"""From a line to its events and back, an earlier state of a report, and other terms for a month."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.ledger.verification import verify_ledger
from linernotes.lookback import as_known, simulate, trace_event, trace_line
from tests.conftest import LAST_KNOWN_AT
from tests.fixtures.worlds import FeedBuilder, Rows, closed_case

JANUARY = datetime(2026, 1, 1).date()
MARCH = datetime(2026, 3, 1).date()


@pytest.fixture
def settings(closed_home: Path) -> Settings:
    return Settings(home=closed_home)


@closed_case
def traced(world: FeedBuilder) -> None:
    label = world.licensed("traced", silence="deny", revenue_share="0.5")
    world.product("traced")
    world.recording("traced-rec", owner=label)
    world.decision("traced-yes", label, "allow")
    for number in (1, 2):
        world.generation(
            "traced",
            ["traced-rec"],
            generation_id=f"traced-{number}",
            occurred_at="2026-01-05T12:00:00Z",
            recorded_at="2026-01-05T12:01:00Z",
        )
    world.generation(
        "traced",
        ["traced-rec"],
        generation_id="traced-blocked",
        status="blocked",
        block_reason="LIMIT",
        occurred_at="2026-01-05T12:00:00Z",
        recorded_at="2026-01-05T12:01:00Z",
    )
    world.revenue("traced", "30.00", usage_month="2026-01", recorded_at="2026-02-05T06:00:00Z")


def line_id(rows: Rows, condition: str) -> str:
    [(found,)] = rows(f"select line_id from marts.fct_compensation_lines where {condition}")
    return found


def test_ledger_of_the_closed_months_holds_in_every_figure(settings: Settings) -> None:
    """The checks of a ledger must also hold for corrections, reserves and suspensions."""
    assert [str(problem) for problem in verify_ledger(settings)] == []


def test_trace_of_issued_line_leads_to_events_terms_revenue_and_decision(
    settings: Settings, closed_rows: Rows
) -> None:
    wanted = line_id(closed_rows, "product_id = 'traced' and side = 'MASTER'")

    trace = trace_line(settings, wanted)

    assert trace.line["state"] == "issued"
    assert trace.line["amount"] == Decimal("15.000")
    assert [use["generation_id"] for use in trace.uses] == ["traced-1", "traced-2"]
    assert sum(use["weight_nano"] for use in trace.uses) == trace.line["weight_nano"]
    assert [row["revenue_share"] for row in trace.contract] == [Decimal("0.5")]
    assert [row["gross"] for row in trace.revenue] == [Decimal("30.00")]
    assert [row["decision_id"] for row in trace.decisions] == ["traced-yes"]
    assert [row["fee_payout_amount"] for row in trace.pool] == [Decimal("15.000")]
    assert [row["statement_id"] for row in trace.statement] == ["traced-contract|2026-01"]


def test_trace_of_correction_leads_to_the_line_that_it_corrects(
    settings: Settings, closed_rows: Rows
) -> None:
    wanted = line_id(
        closed_rows, "product_id = 'e101' and line_type = 'SPAM_ADJUSTMENT' and amount < 0"
    )

    trace = trace_line(settings, wanted)

    related = [(row["line_type"], row["amount"]) for row in trace.related]
    assert related == [("USAGE", Decimal("90.000")), ("SPAM_ADJUSTMENT", Decimal("90.000"))]


def test_trace_of_event_leads_to_its_line_and_back(settings: Settings) -> None:
    trace = trace_event(settings, "traced-1")

    lines = {line["line_id"] for line in trace.lines if line["side"] == "MASTER"}
    [found] = [trace_line(settings, one) for one in lines]
    assert "traced-1" in {use["generation_id"] for use in found.uses}


@closed_case
def e127_erased(world: FeedBuilder) -> None:
    label = world.licensed("e127")
    world.product("e127")
    world.recording("e127-rec", owner=label)
    for key, recorded_at in (
        ("e127-pseudonym", "2026-01-05T12:01:00Z"),
        ("e127-erased", "2026-03-20T00:00:00Z"),
    ):
        world.generation(
            "e127",
            ["e127-rec"],
            generation_id="e127-1",
            user_key=key,
            occurred_at="2026-01-05T12:00:00Z",
            recorded_at=recorded_at,
        )
    world.revenue("e127", "30.00", usage_month="2026-01", recorded_at="2026-02-05T06:00:00Z")


def test_e127_erasure_after_issue_moves_no_money_and_the_trace_ends_at_the_anonymous_event(
    settings: Settings, closed_rows: Rows
) -> None:
    wanted = line_id(closed_rows, "product_id = 'e127' and side = 'MASTER'")
    event, line = trace_event(settings, "e127-1"), trace_line(settings, wanted)

    # No line of a later month corrects the issued one, so no hash changes.
    lines = closed_rows(
        "select strftime(report_month, '%m'), line_type, quantity, amount "
        "from marts.fct_compensation_lines where product_id = 'e127' and side = 'MASTER'"
    )
    assert lines == [("01", "USAGE", 1, Decimal("30.000"))]
    assert [use["generation_id"] for use in line.uses] == ["e127-1"]
    assert "e127-pseudonym" not in f"{event} {line}"
    assert "e127-erased" not in f"{event} {line}"


@pytest.mark.parametrize("wanted", ["line", "event"])
def test_trace_of_what_nobody_knows_says_what_to_do(settings: Settings, wanted: str) -> None:
    with pytest.raises(LinernotesError, match="nobody-knows"):
        (trace_line if wanted == "line" else trace_event)(settings, "nobody-knows")


def test_every_paid_cent_of_the_ledger_leads_to_a_use(closed_rows: Rows, closed_home: Path) -> None:
    files = f"{closed_home}/ledger/issued/*/"
    untraced = closed_rows(
        f"select lines.line_id from read_parquet('{files}lines.parquet') as lines "
        f"left join read_parquet('{files}uses.parquet') as uses using (line_id) "
        "where lines.line_type = 'USAGE' and lines.quantity > 0 and uses.line_id is null"
    )
    off = closed_rows(
        "select line_id from (select line_id, sum(weight_nano) as weight from "
        f"read_parquet('{files}uses.parquet') group by all) as uses "
        f"inner join read_parquet('{files}lines.parquet') as lines using (line_id) "
        "where lines.line_type = 'USAGE' and round(weight) <> lines.weight_nano"
    )

    assert untraced == []
    assert off == []


def test_every_correction_in_the_ledger_leads_to_uses_of_its_own_or_of_the_line_it_corrects(
    closed_rows: Rows, closed_home: Path
) -> None:
    """Regression: a month-end calculated only open months, so corrections of pools named no use."""
    files = f"{closed_home}/ledger/issued/*/"
    counts = closed_rows(
        "with used as (select distinct line_id from "
        f"read_parquet('{files}uses.parquet')), "
        f"lines as (from read_parquet('{files}lines.parquet')) "
        "select count(*), count(own.line_id), count(coalesce(own.line_id, original.line_id)) "
        "from lines "
        "left join used as own on own.line_id = lines.line_id "
        "left join used as original on original.line_id = lines.original_line_id "
        "where lines.pool_id is not null and lines.line_type <> 'USAGE' "
        "and lines.contract_id is not null"
    )

    [(corrections, with_own_uses, traced)] = counts
    assert corrections > 20
    assert with_own_uses > corrections // 2
    assert traced == corrections


def test_e76_january_as_known_in_february_is_the_issued_statement_and_later_lines_explain_now(
    settings: Settings, closed_rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linernotes.lookback.history.now", lambda: LAST_KNOWN_AT)

    history = as_known(
        settings,
        datetime(2026, 2, 16),
        "rpt_partner__compensation_lines",
        partner="e101-partner",
        month="2026-01",
    )

    position = history.columns.index("amount")
    assert sorted(row[position] for row in history.rows) == [
        Decimal("90.000"),
        Decimal("270.000"),
        Decimal("540.000"),
    ]
    later = closed_rows(
        "select line_id, amount from marts.fct_compensation_lines where product_id = 'e101' "
        "and partner_id is not null and report_month > date '2026-01-01' order by 1"
    )
    explained = {change.key["line_id"]: change.differences["amount"] for change in history.changes}
    assert {change.kind for change in history.changes} == {"added"}
    assert explained == dict(later)
    assert sum(explained.values()) == history.totals.get(("amount", "EUR"), 0) == 0


def test_report_without_a_partner_or_month_is_not_searched_for_one(settings: Settings) -> None:
    report = "rpt_regulator__transparency_counts"

    with pytest.raises(LinernotesError, match=r"has no month to choose: leave out --month"):
        as_known(settings, LAST_KNOWN_AT, report, month="2026-01")
    with pytest.raises(LinernotesError, match=r"has no partner to choose: leave out --partner"):
        as_known(settings, LAST_KNOWN_AT, report, partner="e101-partner")


def test_simulation_of_a_better_share_shows_gains_and_the_clause_it_sets_off(
    settings: Settings,
) -> None:
    before = {path: path.stat().st_mtime_ns for path in settings.home.rglob("*") if path.is_file()}

    found = simulate(settings, JANUARY, revenue_shares={"e99-other-contract": Decimal("0.70")})

    gains = {gain.contract_id: gain.difference for gain in found.gains if gain.line_type == "USAGE"}
    assert gains["e99-other-contract"] == Decimal("10.000")
    assert gains["e99-linked-contract"] == Decimal("10.000")
    assert ("e99-linked-contract", Decimal("10.000")) in {
        (one.contract_id, one.cost) for one in found.triggered
    }
    after = {path: path.stat().st_mtime_ns for path in settings.home.rglob("*") if path.is_file()}
    assert after == before


def test_simulation_e99_of_a_clause_that_is_followed_already_tells_what_it_costs(
    settings: Settings,
) -> None:
    """Regression: the clause named the same contract before and after, so nothing was reported."""
    found = simulate(settings, MARCH, revenue_shares={"e99-other-contract": Decimal("0.90")})

    # Of 100.00 it had 62.00 under the clause, and would have 90.00.
    assert ("e99-linked-contract", Decimal("28.000")) in {
        (one.contract_id, one.cost) for one in found.triggered
    }


@closed_case
def two_versions_of_attribution(world: FeedBuilder) -> None:
    world.product("versions", basis="plays")
    for key in "ab":
        label = world.licensed(f"versions-{key}")
        world.recording(f"versions-rec-{key}", owner=label)
    derivative = world.played("versions", "versions-rec-a", 10)
    for version, weights, recorded in (
        ("versions-old", ("0.5", "0.5"), "2026-01-02T00:00:00Z"),
        ("versions-new", ("0.8", "0.2"), "2026-01-03T00:00:00Z"),
    ):
        sources = dict(zip(("versions-rec-a", "versions-rec-b"), weights, strict=True))
        world.attribute(derivative, sources, attribution_version=version, recorded_at=recorded)
    world.revenue("versions", "100.00", usage_month="2026-01", recorded_at="2026-02-05T06:00:00Z")


def test_simulation_of_an_attribution_version_moves_money_between_contracts(
    settings: Settings,
) -> None:
    found = simulate(settings, JANUARY, attribution_version="versions-old")

    gains = {gain.contract_id: gain.difference for gain in found.gains}
    assert gains == {
        "versions-a-contract": Decimal("-30.000"),
        "versions-b-contract": Decimal("30.000"),
    }


def test_simulation_of_an_attribution_version_that_nobody_delivered_is_refused(
    settings: Settings,
) -> None:
    with pytest.raises(LinernotesError, match="No attribution has the version"):
        simulate(settings, JANUARY, attribution_version="none")


def test_simulation_of_a_planned_contract_goes_through_the_intake(
    settings: Settings, tmp_path: Path
) -> None:
    planned = FeedBuilder()
    planned.contract(
        "traced-contract", "traced-partner", version=2, silence="deny", revenue_share="0.6"
    )
    planned.write(tmp_path)

    found = simulate(
        settings, JANUARY, contract_file=tmp_path / "licensing" / "contracts" / "world.jsonl"
    )

    gains = [
        gain.difference
        for gain in found.gains
        if gain.contract_id == "traced-contract" and gain.line_type == "USAGE"
    ]
    assert sum(gains) == Decimal("3.000")


def test_simulation_of_a_contract_that_the_intake_rejects_says_why(
    settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "planned.jsonl"
    file.write_text('{"contract_id": "x"}\n')

    with pytest.raises(LinernotesError, match="not a contract that the intake accepts"):
        simulate(settings, JANUARY, contract_file=file)
