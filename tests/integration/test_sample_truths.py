"""The demonstration's figures, compared with the facts planted in its sample world.

The demonstration is made once, and takes minutes. Its packages are checked without a home.
"""

import json
import re
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from linernotes.base.settings import PROJECT_ROOT, Settings
from linernotes.cli.demo import TRUTHS, run_demo
from linernotes.packages import read_package_csv, verify_package

pytestmark = pytest.mark.slow

# The source uses of a story on the recordings' side: status, and bucket.
STATUSES = {
    "chain": {("consented", None)},
    "evidence_mismatch_use": {("unconsented", "CONSENT")},
    "late_consent_use": {("late_consent", "CONSENT"), ("late_consent", None)},
    "leakage": {("consented", None), ("leakage", "CONSENT")},
    "mashup_with_one_silent_artist": {("consented", None), ("unconsented", "CONSENT")},
    "member_without_deal_use": {("unlicensed", "UNROUTED")},
    "out_of_programme_use": {("unlicensed", "UNROUTED")},
    "over_the_limit": {("consented", None), ("unconsented", "CONSENT")},
    "retroactive_use": {("retro_revoked", None)},
    "run_off": {("consented", None), ("run_off", None), ("unconsented", "CONSENT")},
    "sold_use": {("consented", None), ("unconsented", "CONSENT")},
    "territory_bound_use": {("unconsented", "CONSENT")},
    "unknown_source_use": {(None, "UNMATCHED")},
    "viral": {("consented", None)},
}
# The number of tracks in a sweep.
SWEPT = 45
QUESTIONS = re.findall(
    r"```sql\n(.+?)```",
    (PROJECT_ROOT / "docs" / "analysts.md").read_text(encoding="utf-8").split("## SQL cookbook")[1],
    re.DOTALL,
)


class Demonstration:
    """The published file of a demonstration, and the facts planted in it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.truths: dict[str, list[str]] = json.loads((home / TRUTHS).read_text())
        self._connection = duckdb.connect(str(Settings(home=home).published_file), read_only=True)

    def rows(self, sql: str, *values: Any) -> list[tuple]:
        return self._connection.execute(sql, values).fetchall()

    def answer(self, table: str) -> list[dict[str, Any]]:
        """The result of the only query in `docs/analysts.md` on this table."""
        [sql] = [one for one in QUESTIONS if re.search(rf"(from|join) {table}\b", one)]
        found = self._connection.execute(sql)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    home = tmp_path_factory.mktemp("demo") / "home"
    run_demo(home, scale=0.1, seed=1)
    return Demonstration(home)


@pytest.mark.parametrize("story", STATUSES)
def test_uses_of_a_story_have_the_status_that_was_planted(demo: Demonstration, story: str) -> None:
    found = demo.rows(
        "select consent_status, hold_bucket, count(distinct generation_id) "
        "from marts.fct_source_uses where side = 'MASTER' and exclusion_reason is null "
        "and list_contains(?, generation_id) group by all",
        demo.truths[story],
    )

    assert {(status, bucket) for status, bucket, _ in found} == STATUSES[story]
    assert sum(count for *_, count in found) >= len(demo.truths[story])


def test_each_planted_break_of_consent_is_one_incident(demo: Demonstration) -> None:
    """The leaked use, the one over the limit and the one on false evidence."""
    found = demo.rows(
        "select incident_kind, object_id, item_count from marts.fct_incidents "
        "where incident_kind in ('leakage', 'over_limit', 'evidence_mismatch') order by all"
    )

    assert found == [
        # A decision about the artist's whole catalogue.
        ("evidence_mismatch", demo.truths["consent_mismatch"][0], 1),
        ("leakage", demo.truths["consent_revoked"][1], 1),
        ("over_limit", demo.truths["consent_limited"][1], 1),
    ]


def test_contract_signed_late_is_a_launch_before_its_contract(demo: Demonstration) -> None:
    contract, signed_at = demo.truths["used_before_signature"]

    launches = demo.rows(
        "select contract_id, strftime(max(signed_at), '%Y-%m-%dT%H:%M:%SZ'), "
        "sum(unsigned_weight_nano) > 0, bool_and(first_used_at < signed_at) "
        "from marts.fct_launches where is_before_contract and contract_id is not null group by 1"
    )
    incidents = demo.rows(
        "select distinct contract_id from marts.fct_incidents "
        "where incident_kind = 'launch_before_contract'"
    )

    assert launches == [(contract, signed_at, True, True)]
    assert incidents == [(contract,)]


def test_derivatives_in_a_circle_are_in_no_pool(demo: Demonstration) -> None:
    found = demo.rows(
        "select count(distinct derivative_id) from marts.fct_exclusions "
        "where exclusion_reason = 'cycle'"
    )

    assert found == [(len(demo.truths["cycle"]),)]


def test_refunds_over_sales_leave_a_pool_of_nothing_and_a_deficit(demo: Demonstration) -> None:
    found = demo.rows(
        "select count(*), max(net_amount), max(deficit_amount) < 0 from marts.fct_pools where "
        "strftime(usage_month, '%Y-%m') = ? and territory = ? and product_id = ? and tier = ?",
        *demo.truths["refunds_over_sales"],
    )

    assert found == [(2, 0, True)]


def test_corrections_are_those_of_what_came_late(demo: Demonstration) -> None:
    month, territory, product, _ = demo.truths["revenue_correction"]

    found = demo.rows(
        "select distinct strftime(usage_month, '%Y-%m'), territory, product_id "
        "from marts.fct_compensation_lines where line_type = 'REVENUE_CORRECTION'"
    )
    [(spam,)] = demo.rows(
        "select sum(amount) from marts.fct_compensation_lines "
        "where line_type = 'SPAM_ADJUSTMENT' and strftime(usage_month, '%Y-%m') = ?",
        demo.truths["fraud_found_late"][1],
    )

    assert found == [(month, territory, product)]
    assert spam < 0


def test_disclosures_of_releases_are_some_all_and_none(demo: Demonstration) -> None:
    found = demo.rows(
        "select isrc, ai_disclosure from marts.dim_recordings where list_contains(?, isrc)",
        demo.truths["ern_disclosures"],
    )

    assert dict(found) == dict(
        zip(demo.truths["ern_disclosures"], ["some", "all", "none"], strict=True)
    )


def test_models_were_trained_on_more_than_the_one_licence(demo: Demonstration) -> None:
    planted = [*demo.truths["training_m1"], *demo.truths["training_m2"]]

    licensed = demo.rows(
        "select count(distinct object_id), bool_and(is_licensed) from marts.fct_training_uses "
        "where list_contains(?, object_id)",
        planted,
    )
    unlicensed = demo.rows(
        "select (select count(*) from marts.fct_training_uses where not is_licensed), "
        "(select sum(item_count) from marts.fct_incidents "
        "where incident_kind = 'training_without_licence')"
    )

    assert licensed == [(len(planted), True)]
    assert unlicensed[0][0] == unlicensed[0][1] > 0


def test_derivative_played_after_its_removal_is_an_incident(demo: Demonstration) -> None:
    found = demo.rows(
        "select derivative_id, sum(item_count) > 0 from marts.fct_incidents "
        "where incident_kind = 'removed_derivative_played' group by 1"
    )

    assert found == [(demo.truths["played_after_removal"][0], True)]


def test_suit_of_the_notifier_keeps_the_content_down(demo: Demonstration) -> None:
    found = demo.rows(
        "select puid, restore_state, reinstated_at from marts.fct_appeals "
        "where suit_filed_at is not null"
    )

    assert found == [(demo.truths["notifier_sued"][0], "suit_filed", None)]


def test_action_outside_of_the_eea_has_no_statement_of_reasons_e112(demo: Demonstration) -> None:
    found = demo.rows(
        "select actions.territories, count(*) > 0, count(*) filter (filings.is_due) "
        "from marts.fct_removal_actions as actions "
        "left join marts.fct_regulator_filings as filings using (puid) "
        "where actions.territories in ('US', 'GB, JP') group by 1"
    )

    assert found
    assert all(due == 0 for *_, due in found)


def test_appeals_end_as_they_were_planted_e123(demo: Demonstration) -> None:
    outcomes = demo.rows(
        "select puid, appeal_outcome from marts.fct_appeals where list_contains(?, puid)",
        demo.truths["appeals"],
    )

    assert dict(outcomes) == dict(
        zip(demo.truths["appeals"], ["overturned", "upheld", "reinstated_authorised"], strict=True)
    )


def test_sweep_is_one_case_of_one_uploader_e113(demo: Demonstration) -> None:
    case, uploader, *_ = demo.truths["mass_upload_attack"]

    found = demo.rows(
        "select case_id, owner_party_id, item_count from marts.fct_incidents "
        "where incident_kind = 'removal_sweep'"
    )

    assert found == [(case, uploader, SWEPT)]


def test_recording_removed_twice_is_two_actions_e110(demo: Demonstration) -> None:
    found = demo.rows(
        "select count(*), count(distinct object_id) from marts.fct_removal_actions "
        "where list_contains(?, puid)",
        demo.truths["removed_twice"],
    )

    assert found == [(2, 1)]


def test_audiences_of_several_territories_have_a_hidden_one_e125(demo: Demonstration) -> None:
    [[tables, hidden_territories, shown_totals]] = demo.rows(
        "select count(*), sum(hidden_count), sum(total_count) from ("
        "select count(*) filter (territory <> 'WW' and derivative_listener_count is null)"
        " as hidden_count, "
        "count(*) filter (territory = 'WW' and derivative_listener_count is not null)"
        " as total_count from reports.rpt_partner__fan_connection "
        "group by partner_id, report_month, recording_id having count(*) > 2)"
    )

    assert tables > 0
    assert hidden_territories > 0
    assert shown_totals > 0


def test_every_package_proves_itself_where_no_home_is(demo: Demonstration, tmp_path: Path) -> None:
    """Each proof of every paid line is in its own package, and allows."""
    shutil.copytree(Settings(home=demo.home).outbox_root, tmp_path / "received")
    folders = [path.parent for path in sorted(tmp_path.rglob("manifest.json"))]

    problems = {str(folder): found for folder in folders if (found := verify_package(folder))}

    assert len(folders) >= len({folder.parts[-3] for folder in folders}) * 5
    assert problems == {}
    paid, unproven = 0, []
    for folder in folders:
        proofs = {row["proof_id"] for row in read_package_csv(folder / "consents.csv")}
        for line in read_package_csv(folder / "compensation_lines.csv"):
            if line["hold_bucket"] is None and line["consent_proof_id"]:
                paid += 1
                if not set(line["consent_proof_id"].split("+")) <= proofs:
                    unproven.append(line["line_id"])
    assert paid > 10_000
    assert unproven == []


def test_documented_query_answers_which_uses_had_no_contract(demo: Demonstration) -> None:
    answer = demo.answer("marts.fct_unlicensed_uses")

    uses: dict[tuple[str, str], int] = {}
    for row in answer:
        key = (row["owner_party_id"], row["side"])
        uses[key] = uses.get(key, 0) + row["use_count"]
    assert uses == {
        (owner, side): count
        for owner, side, count in demo.rows(
            "select owner_party_id, side, count(distinct use_id) from marts.fct_source_uses "
            "where consent_status = 'unlicensed' group by all"
        )
    }
    assert uses[demo.truths["member_without_deal"][0], "MASTER"] > 0


def test_documented_query_answers_how_long_a_revocation_took_and_what_leaked(
    demo: Demonstration,
) -> None:
    """All decisions cover all products; one use leaked, 20 s after its revocation."""
    month = date.fromisoformat(f"{demo.truths['consent_revoked'][2]}-01")

    took = demo.answer("reports.rpt_executive__consent_enforcement")
    leaked = demo.answer("reports.rpt_executive__consent_leakage")

    assert {(row["product_id"], row["median_seconds"]) for row in took} == {("*", 40)}
    assert [row["report_month"] for row in took if row["leaked_use_count"]] == [month]
    assert [
        (row["report_month"], row["leaked_use_count"], row["leakage_seconds"]) for row in leaked
    ] == [(month, 1, 40)]
    assert leaked[0]["held_amount"] > 0


def test_documented_query_answers_which_decisions_end_and_what_they_earned(
    demo: Demonstration,
) -> None:
    answer = demo.answer("reports.rpt_executive__consent_expiries")

    [(ending,)] = demo.rows(
        "select list(distinct decision_id order by decision_id) from marts.fct_consent_versions "
        "where valid_to between (select max(known_at) from quality.publications) "
        "and (select max(known_at) from quality.publications) + interval 90 day"
    )
    assert sorted({row["decision_id"] for row in answer}) == (ending or [])


def test_documented_query_answers_which_derivatives_lack_whose_name(demo: Demonstration) -> None:
    answer = demo.answer("marts.fct_credit_gaps")

    missing = demo.rows(
        "select derivative_id, object_id, party_id from marts.fct_credits where not is_shown "
        "and published_at < (select max(report_month) + interval 1 month from marts.fct_statements)"
        " and coalesce(disabled_at > (select max(report_month) from marts.fct_statements), true)"
    )
    found = {(row["derivative_id"], row["object_id"], row["party_id"]) for row in answer}
    assert found == set(missing)
    assert len(found) > 100


def test_documented_query_answers_who_offends_most(demo: Demonstration) -> None:
    """A sweep is one offence."""
    first, *others = demo.answer("reports.rpt_executive__repeat_offenders")

    assert first["uploader_party_id"] == demo.truths["mass_upload_attack"][1]
    assert first["action_count"] - first["offence_count"] == SWEPT - 1
    assert len(others) == 9
    assert all(row["offence_count"] <= first["offence_count"] for row in others)


def test_documented_query_answers_what_was_paid_on_reinstatement(demo: Demonstration) -> None:
    answer = demo.answer("marts.fct_removal_money")

    paid = sum(row["amount"] for row in answer if row["movement"] == "paid_on_reinstatement")
    [(lines,)] = demo.rows(
        "select coalesce(sum(amount), 0) from marts.fct_compensation_lines "
        "where line_type = 'DISPUTE_RESOLUTION' and hold_bucket is null"
    )
    held = [row["amount"] for row in answer if row["movement"] == "held"]
    assert paid == lines
    assert sum(held) > 0


def test_documented_query_answers_which_statements_of_reasons_are_overdue(
    demo: Demonstration,
) -> None:
    answer = demo.answer("marts.fct_regulator_filings")

    overdue = demo.rows(
        "select puid from marts.fct_regulator_filings where is_due and filing_state <> 'accepted' "
        "and due_at < (select max(known_at) from quality.publications)"
    )
    assert {(row["puid"],) for row in answer} == set(overdue)
    assert {row["filing_state"] for row in answer} >= {"to_file", "rejected"}


def test_documented_query_answers_what_an_artist_earned_on_which_consent(
    demo: Demonstration,
) -> None:
    artist, recording = demo.truths["consent_run_off"][:2]
    [(name, title)] = demo.rows(
        "select party_name, title from marts.dim_parties, marts.dim_recordings "
        "where party_id = ? and recording_id = ?",
        artist,
        recording,
    )

    rows = [
        row
        for row in demo.answer("marts.dim_line_types")
        if (row["party_name"], row["title"], row["side"]) == (name, title, "MASTER")
    ]

    [(paid, held)] = demo.rows(
        "select sum(amount) filter (hold_bucket is null), sum(amount) filter (hold_bucket is not "
        "null) from marts.fct_compensation_lines where object_id = ? and partner_id is not null",
        recording,
    )
    assert {row["consent_status"] for row in rows} == {"consented", "run_off", "unconsented"}
    assert all(row["consent_proof_id"] for row in rows if row["paid_amount"])
    assert sum((row["paid_amount"] or Decimal(0)) for row in rows) == paid > 0
    assert sum((row["held_amount"] or Decimal(0)) for row in rows) == held > 0
