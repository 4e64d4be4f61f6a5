"""Whole loads into a real lake: versions, duplicates, sets, puids, the register.

`tests/unit/ingestion/test_contracts.py` tests the rules for single rows.
"""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from pydantic import ValidationError

from linernotes.base.settings import Settings
from linernotes.ingestion import admission, lake
from linernotes.ingestion.errors import BusyIntake
from linernotes.ingestion.intake import open_intake
from linernotes.ingestion.lake_tables import SCHEMAS
from tests.fixtures.ern_messages import SENDER, contributor, message, recording
from tests.fixtures.intake_home import IntakeHome, action, attribution, party, play

LATER = "2026-02-01T00:00:00Z"


@pytest.fixture
def intake_home(tmp_path: Path) -> IntakeHome:
    return IntakeHome(tmp_path)


def test_lake_before_any_load_has_every_table_empty_and_typed(intake_home: IntakeHome) -> None:
    tables = intake_home.lake

    tables.ensure_tables()

    for table in tables.tables():
        assert tables.row_count(table) == 0
        (file,) = tables.active_files(table)
        assert pl.read_parquet_schema(file) == SCHEMAS[table]


def test_lake_of_an_older_contract_gets_the_columns_that_its_tables_lack(
    intake_home: IntakeHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Regression: in a home with removals, a new column of that feed stopped loads and builds."""
    table = "raw_removals__actions"
    older = {name: kind for name, kind in SCHEMAS[table].items() if name != "territories"}
    intake_home.put_rows("removals/actions/1.jsonl", action())
    with monkeypatch.context() as patch:
        patch.setitem(SCHEMAS, table, pl.Schema(older))
        intake_home.load()
    assert "territories" not in intake_home.table(table).columns
    intake_home.put_rows(
        "removals/actions/2.jsonl", action(), action("action-2", territories=["US"])
    )

    outcome = intake_home.outcome()

    assert (outcome.rows_loaded, outcome.rows_duplicate) == (1, 1)
    rows = intake_home.table(table).sort("puid")
    assert rows.schema == SCHEMAS[table]
    assert rows["territories"].to_list() == [None, ["US"]]
    assert {
        pl.read_parquet_schema(file) == SCHEMAS[table]
        for file in intake_home.lake.active_files(table)
    } == {True}


def test_loaded_row_has_the_types_of_the_lake(intake_home: IntakeHome) -> None:
    intake_home.put_rows("ai_usage/attributions/a.jsonl", attribution("d", "s", "0.5"))

    intake_home.load()

    rows = intake_home.table("raw_ai_usage__attributions")
    assert rows.schema == SCHEMAS["raw_ai_usage__attributions"]
    assert rows["weight"].to_list() == [Decimal("0.5")]
    assert rows["recorded_at"].to_list() == [dt.datetime(2026, 1, 5, 6)]


def test_e79_file_delivered_again_with_one_changed_row_gives_one_new_version(
    intake_home: IntakeHome,
) -> None:
    intake_home.put_rows("catalog/parties/1.jsonl", party(1), party(2), party(3))
    intake_home.load()
    changed = party(2, name="Renamed", recorded_at=LATER)
    intake_home.put_rows("catalog/parties/2.jsonl", party(1), changed, party(3))

    outcome = intake_home.outcome()

    assert (outcome.rows_loaded, outcome.rows_duplicate) == (1, 2)
    versions = intake_home.table("raw_catalog__parties").filter(pl.col("party_id") == "party-2")
    assert sorted(versions["name"]) == ["Party 2", "Renamed"]


def test_e80_withdrawn_row_is_a_version_and_negative_quantity_is_turned_away(
    intake_home: IntakeHome,
) -> None:
    intake_home.put_rows("ai_usage/derivative_plays/1.jsonl", play(plays=10))
    intake_home.put_rows(
        "ai_usage/derivative_plays/2.jsonl",
        play(plays=10, is_withdrawn=True, recorded_at=LATER),
        play(2, plays=-10),
    )

    intake_home.load()

    rows = intake_home.table("raw_ai_usage__derivative_plays").sort("recorded_at")
    assert rows.select("plays", "is_withdrawn").rows() == [(10, False), (10, True)]
    assert intake_home.broken_rules() == [(2, ["plays.min"])]


def test_older_version_that_arrives_last_stays_beside_the_newer(intake_home: IntakeHome) -> None:
    intake_home.put_rows("catalog/parties/1.jsonl", party(recorded_at=LATER))
    intake_home.put_rows("catalog/parties/2.jsonl", party(name="Before"))

    intake_home.load()

    names = intake_home.table("raw_catalog__parties").sort("recorded_at")["name"].to_list()
    assert names == ["Before", "Party 1"]


def test_conflicting_versions_in_one_file_are_all_quarantined(intake_home: IntakeHome) -> None:
    intake_home.put_rows(
        "catalog/parties/1.jsonl", party(1), party(1), party(1, name="B"), party(2)
    )

    outcome = intake_home.outcome()

    assert (outcome.rows_loaded, outcome.rows_quarantined, outcome.rows_duplicate) == (1, 3, 0)
    rows = intake_home.table("raw_door__quarantined_rows")
    assert rows["broken_rules"].to_list() == [["conflicting_version"]] * 3
    assert json.loads(rows["original_text"][0])["party_id"] == "party-1"


def test_conflict_between_deliveries_leaves_the_first_by_name_standing(
    intake_home: IntakeHome,
) -> None:
    intake_home.put_rows("catalog/parties/b.jsonl", party(name="Second"))
    intake_home.put_rows("catalog/parties/a.jsonl", party(name="First"))

    intake_home.load()

    assert intake_home.table("raw_catalog__parties")["name"].to_list() == ["First"]
    assert intake_home.broken_rules() == [(1, ["conflicting_version"])]


def test_key_with_an_absent_part_is_still_a_key(intake_home: IntakeHome) -> None:
    link = {"recording_id": "r", "work_id": "w"}
    intake_home.put_rows("catalog/recording_works/1.jsonl", link, link)
    intake_home.put_rows("catalog/recording_works/2.jsonl", link, link | {"share": "0.5"})

    first, second = intake_home.load().deliveries

    assert (first.rows_loaded, first.rows_duplicate) == (1, 1)
    assert (second.rows_loaded, second.rows_quarantined) == (0, 2)


def test_same_value_in_other_spelling_is_a_duplicate(intake_home: IntakeHome) -> None:
    intake_home.put_rows("ai_usage/derivative_plays/1.jsonl", play(plays=10))
    intake_home.put_rows(
        "ai_usage/derivative_plays/2.jsonl",
        play(plays="1e1", short_plays=0, recorded_at="2026-01-05T13:00:00+07:00"),
    )

    _, second = intake_home.load().deliveries

    assert (second.rows_loaded, second.rows_duplicate) == (0, 1)


def test_e121_puid_used_before_is_turned_away_with_the_first_action_named(
    intake_home: IntakeHome,
) -> None:
    intake_home.put_rows("removals/actions/1.jsonl", action("p1"), action("p2"))
    (first,) = intake_home.load().deliveries
    intake_home.put_rows(
        "removals/actions/2.jsonl",
        action("p1", recording_id="recording-2", recorded_at=LATER),
        action("p2", ended_at=LATER, facts="Other words.", recorded_at=LATER),
    )

    outcome = intake_home.outcome()

    assert (outcome.rows_loaded, outcome.rows_quarantined) == (1, 1)
    assert intake_home.broken_rules() == [(1, ["puid_reused"])]
    details = intake_home.table("raw_door__quarantined_rows")["details"][0]
    assert "first used with recording_id recording-1" in details
    assert first.delivery_id in details


def test_e121_puid_used_twice_in_one_file_keeps_the_first_recorded(intake_home: IntakeHome) -> None:
    intake_home.put_rows(
        "removals/actions/1.jsonl",
        action("p", programme_reason="copyright", recorded_at=LATER),
        action("p"),
    )

    intake_home.load()

    assert intake_home.broken_rules() == [(1, ["puid_reused"])]


@pytest.mark.parametrize(
    ("weights", "turned_away"),
    [
        (["0.6", "0.4"], []),
        (["0.6", "0.400001"], []),
        (["0.6", "0.400002"], [1, 2]),
        (["0.62", "0.40"], [1, 2]),
        (["0.5", "-0.1"], [1, 2]),
        (["0.5", "NaN"], [1, 2]),
        (["0.5", "0.47"], []),
    ],
)
def test_weights_of_one_set_load_or_go_together(
    intake_home: IntakeHome, weights: list[str], turned_away: list[int]
) -> None:
    rows = [attribution("d", f"s{number}", weight) for number, weight in enumerate(weights)]
    intake_home.put_rows("ai_usage/attributions/1.jsonl", *rows, attribution("other", "s", "1"))

    intake_home.load()

    assert [number for number, _ in intake_home.broken_rules()] == turned_away
    loaded = intake_home.table("raw_ai_usage__attributions")
    assert loaded.height == 3 - len(turned_away)


def test_weights_are_summed_in_their_latest_version(intake_home: IntakeHome) -> None:
    intake_home.put_rows(
        "ai_usage/attributions/1.jsonl",
        attribution("d", "s1", "0.6"),
        attribution("d", "s2", "0.4"),
        attribution("d", "s1", "0.5", recorded_at=LATER),
        attribution("d", "s2", "0.5", recorded_at=LATER),
    )

    assert intake_home.outcome().rows_loaded == 4


def test_weights_over_one_together_with_the_lake_are_turned_away_e46(
    intake_home: IntakeHome,
) -> None:
    intake_home.put_rows("ai_usage/attributions/1.jsonl", attribution("d", "s1", "0.6"))
    intake_home.put_rows("ai_usage/attributions/2.jsonl", attribution("d", "s2", "0.5"))

    _, second = intake_home.load().deliveries

    assert (second.rows_loaded, second.rows_quarantined) == (0, 1)


@pytest.mark.parametrize(("bad", "state"), [(5, "loaded"), (6, "refused")])
def test_more_than_five_percent_bad_rows_refuse_a_file_of_100(
    intake_home: IntakeHome, bad: int, state: str
) -> None:
    rows = [party(number, kind="band" if number < bad else "label") for number in range(100)]
    intake_home.put_rows("catalog/parties/1.jsonl", *rows)

    outcome = intake_home.outcome()

    assert outcome.state == state
    assert intake_home.lake.row_count("raw_catalog__parties") == (95 if state == "loaded" else 0)
    if state == "refused":
        assert "6 of 100 rows are bad, more than 5 %: kind.closed_list (6)" in str(outcome.reason)
        assert "'" not in str(outcome.reason), "a value of the file stands in a public reason"


def test_same_bytes_under_another_name_load_nothing(intake_home: IntakeHome) -> None:
    intake_home.put_rows("catalog/parties/1.jsonl", party())
    intake_home.put_rows("catalog/parties/2.jsonl", party())

    first, second = intake_home.load().deliveries

    assert second.state == "duplicate"
    assert second.reason == f"duplicate of {first.delivery_id} (catalog/parties/1.jsonl)"
    assert intake_home.load().deliveries == []


def test_bytes_that_were_refused_are_tried_again(
    intake_home: IntakeHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [party(number, kind="band" if number < 6 else "label") for number in range(100)]
    intake_home.put_rows("catalog/parties/1.jsonl", *rows)
    assert intake_home.outcome().state == "refused"
    assert intake_home.outcome().state == "refused"

    monkeypatch.setattr(admission, "LIMIT_HOLDS_FROM_ROWS", 101)

    assert intake_home.outcome().state == "loaded"
    register = intake_home.table("raw_door__deliveries").sort("registered_at")
    assert register["state"].to_list() == ["refused", "loaded"]
    assert register["delivery_id"].n_unique() == 2


def test_file_of_a_name_that_was_loaded_loads_again_when_its_bytes_are_new(
    intake_home: IntakeHome,
) -> None:
    intake_home.put_rows("catalog/parties/1.jsonl", party(1))
    intake_home.load()
    intake_home.put_rows("catalog/parties/1.jsonl", party(2))

    assert intake_home.outcome().rows_loaded == 1
    assert intake_home.lake.row_count("raw_catalog__parties") == 2


@pytest.mark.parametrize(
    ("manifest", "reason"),
    [
        ({"rows": 1}, None),
        ({"rows": "1"}, None),
        ({"made_by": "me"}, None),
        ({"rows": 2}, "the manifest says 2 rows, the file has 1"),
        ({"sha256": "0" * 64}, "the manifest says sha256 0000"),
        ([], "is not a JSON object"),
    ],
)
def test_manifest_that_disagrees_refuses_the_file(
    intake_home: IntakeHome, manifest: object, reason: str | None
) -> None:
    intake_home.put_rows("catalog/parties/1.jsonl", party())
    intake_home.put("catalog/parties/1.jsonl.manifest.json", json.dumps(manifest))

    outcome = intake_home.outcome()

    assert outcome.state == ("refused" if reason else "loaded")
    assert reason is None or reason in str(outcome.reason)


def test_files_that_are_no_deliveries_are_told_and_not_registered(intake_home: IntakeHome) -> None:
    names = [
        "catalog/parties/a.csv.part",
        "catalog/parties/b.tmp",
        "catalog/parties/.c.csv",
        "catalog/parties/d.txt",
        "catalog/parties/e.csv.manifest.json",
        "catalog/unknown/f.csv",
        "finance/ecb/g.jsonl",
    ]
    for name in names:
        intake_home.put(name, "x")

    report = intake_home.load()

    assert sorted(report.ignored_files) == sorted(names)
    assert report.deliveries == []
    assert intake_home.lake.row_count("raw_door__deliveries") == 0


def test_load_of_one_feed_leaves_the_others_alone(intake_home: IntakeHome) -> None:
    from linernotes.ingestion import admit_landing

    intake_home.put_rows("catalog/parties/1.jsonl", party())
    intake_home.put_rows("ai_usage/derivative_plays/1.jsonl", play())
    met: list[str] = []

    admit_landing(
        intake_home.settings, ["catalog/parties"], lambda outcome: met.append(outcome.name)
    )

    assert met == ["catalog/parties/1.jsonl"]
    with pytest.raises(ValueError, match="no such feed: catalog/partys"):
        admit_landing(intake_home.settings, ["catalog/partys"])


@pytest.mark.parametrize("name", ["a b", "é", "a#b", "a&b=c", "ü\u0301 x", "a:b", "~"])
def test_home_under_any_name_is_read_back_and_its_tables_rewritten(
    tmp_path: Path, name: str
) -> None:
    """Regression: a lake in a folder with a space or an accent could be written, but not read."""
    intake_home = IntakeHome(tmp_path / name / "home")
    for number in (1, 2):
        intake_home.put_rows(f"catalog/parties/{number}.jsonl", party(number))
        intake_home.load()

    intake_home.lake.compact("raw_door__deliveries")

    assert intake_home.table("raw_catalog__parties")["party_id"].sort().to_list() == [
        "party-1",
        "party-2",
    ]
    assert intake_home.load().deliveries == []
    assert len(intake_home.lake.active_files("raw_door__deliveries")) == 1


def test_second_load_into_one_home_at_a_time_is_turned_away(intake_home: IntakeHome) -> None:
    intake_home.put_rows("catalog/parties/1.jsonl", party(1))
    with open_intake(intake_home.settings), pytest.raises(BusyIntake, match="another load"):
        intake_home.load()


def test_withholdings_of_a_contract_load_as_rows_of_their_own(intake_home: IntakeHome) -> None:
    intake_home.put(
        "licensing/contracts/1.jsonl",
        '{"contract_id":"c","version":2,"partner_id":"p","side":"MASTER","product_ids":["*"],'
        '"currency":"EUR","silence":"deny","required_parties":["owner"],"model":"pro_rata","revenue_share":0.5,'
        '"fx_rule":"usage_month_end","late_usage":"none","signed_at":"2026-01-01T00:00:00Z",'
        '"valid_from":"2026-01-01T00:00:00Z","recorded_at":"2026-01-01T00:00:00Z","withholding":'
        '[{"source_territory":"ID","rate":0.1},{"source_territory":"TH","rate":0.05}]}\n',
    )

    intake_home.load()

    rows = intake_home.table("raw_licensing__contract_withholdings").sort("source_territory")
    assert rows.select("contract_id", "version", "source_territory", "rate").rows() == [
        ("c", 2, "ID", Decimal("0.1")),
        ("c", 2, "TH", Decimal("0.05")),
    ]


def test_ecb_file_delivered_again_loads_only_what_is_new(intake_home: IntakeHome) -> None:
    days = ["2026-01-05,1.1,150,", "2026-01-02,1.2,151,"]
    intake_home.put("finance/ecb/1.csv", "\n".join(["Date,USD,JPY,", *days, ""]))
    intake_home.load()
    days = ["2026-01-06,1.3,N/A,", days[0], "2026-01-02,1.25,151,"]
    intake_home.put("finance/ecb/2.csv", "\n".join(["Date,USD,JPY,", *days, ""]))

    outcome = intake_home.outcome()

    assert outcome.rows_read == 3
    assert (outcome.rows_loaded, outcome.rows_quarantined, outcome.rows_duplicate) == (1, 1, 1)
    assert intake_home.broken_rules() == [(3, ["conflicting_version"])]
    rates = intake_home.table("raw_finance__ecb_rates").sort("rate_date", "quote_currency")
    assert rates.select("quote_currency", "rate").rows() == [
        ("JPY", Decimal(151)),
        ("USD", Decimal("1.2")),
        ("JPY", Decimal(150)),
        ("USD", Decimal("1.1")),
        ("USD", Decimal("1.3")),
    ]


def test_compacted_table_keeps_its_rows_and_knows_its_deliveries(intake_home: IntakeHome) -> None:
    intake_home.put_rows("catalog/parties/1.jsonl", party(1))
    intake_home.put_rows("catalog/parties/2.jsonl", party(2))
    intake_home.load()
    tables = intake_home.lake

    tables.compact("raw_catalog__parties")

    assert len(tables.active_files("raw_catalog__parties")) == 1
    intake_home.put_rows("catalog/parties/3.jsonl", party(1), party(3))
    outcome = intake_home.outcome()
    assert (outcome.rows_loaded, outcome.rows_duplicate) == (1, 1)


def test_file_that_changes_while_it_is_read_is_left_for_the_next_load(
    intake_home: IntakeHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = intake_home.put_rows("catalog/parties/1.jsonl", party(1))
    check = admission.check

    def write_more(*args: object) -> object:
        path.write_text(path.read_text() + "\n")
        return check(*args)  # ty: ignore[invalid-argument-type]

    with monkeypatch.context() as patch:
        patch.setattr(admission, "check", write_more)
        report = intake_home.load()

    assert report.deliveries == []
    assert "changed while it was read" in report.ignored_files["catalog/parties/1.jsonl"]
    assert intake_home.outcome().rows_loaded == 1


def test_parquet_in_the_types_of_other_tools_loads_exactly(intake_home: IntakeHome) -> None:
    frame = pl.DataFrame(
        {
            "play_date": [dt.date(2026, 1, 4)],
            "derivative_id": ["d"],
            "territory": pl.Series(["TH"], dtype=pl.Categorical),
            "tier": pl.Series(["paid_addon"], dtype=pl.Enum(["paid_addon"])),
            "plays": [12.0],
            "listeners": pl.Series([None], dtype=pl.Float64),
            "recorded_at": pl.Series([dt.datetime(2026, 1, 5)]).dt.replace_time_zone("Asia/Tokyo"),
        }
    )
    intake_home.put_parquet("ai_usage/derivative_plays/1.parquet", frame)

    outcome = intake_home.outcome()

    assert outcome.rows_loaded == 1
    row = intake_home.table("raw_ai_usage__derivative_plays").row(0, named=True)
    assert (row["territory"], row["plays"], row["listeners"]) == ("TH", 12, None)
    assert row["recorded_at"] == dt.datetime(2026, 1, 4, 15)


def test_parquet_floats_for_money_refuse_and_for_scores_do_not(intake_home: IntakeHome) -> None:
    row = {"recorded_at": pl.Series([dt.datetime(2026, 1, 5)]).dt.replace_time_zone("UTC")}
    revenue = {
        "usage_month": ["2026-01"],
        "territory": ["TH"],
        "product_id": ["p"],
        "tier": ["paid_addon"],
        "currency": ["THB"],
        "gross": [1.5],
    }
    recording = {
        "recording_id": ["r"],
        "title": ["T"],
        "main_artist_ids": [["a"]],
        "ai_detected_score": [0.1],
    }
    intake_home.put_parquet("catalog/recordings/1.parquet", pl.DataFrame(recording | row))
    intake_home.put_parquet("finance/revenue/1.parquet", pl.DataFrame(revenue | row))

    scored, paid = intake_home.load().deliveries

    assert (scored.state, paid.state) == ("loaded", "refused")
    assert "binary floats where exact decimals belong: gross" in str(paid.reason)
    scores = intake_home.table("raw_catalog__recordings")["ai_detected_score"].to_list()
    assert scores == [Decimal("0.1")]


def test_many_small_deliveries_end_in_few_files(
    intake_home: IntakeHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lake, "_MANY_FILES", 3)
    for number in range(4):
        intake_home.put_rows(f"catalog/parties/{number}.jsonl", party(number))

    intake_home.load()

    assert len(intake_home.lake.active_files("raw_catalog__parties")) == 1
    assert intake_home.lake.row_count("raw_catalog__parties") == 4
    assert intake_home.load().deliveries == []


def test_message_whose_elements_are_not_all_read_says_so_in_register_and_lake(
    intake_home: IntakeHome,
) -> None:
    """Regression: unread elements were not reported, so nobody could count them."""
    singer = contributor("Vocalist", "<Nationality>FI</Nationality>")
    intake_home.put("catalog/ern/message.xml", message(recording(singer, singer)))

    outcome = intake_home.outcome()

    path = "contributor: ResourceList/SoundRecording/Contributor/Nationality"
    assert outcome.warnings == {f"not read, {path}": 2}
    assert intake_home.table("raw_door__deliveries")["warnings"].to_list() == [
        f"not read, {path} (2)"
    ]
    [row] = intake_home.table("raw_catalog__ern_messages").to_dicts()
    assert (row["unread_elements"], row["unread_element_count"]) == ([f"{path} (2)"], 2)


def test_message_of_a_sender_without_offsets_loads_once_one_is_set(
    intake_home: IntakeHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake_home.put("catalog/ern/message.xml", message(created="2026-05-04T10:00:00"))
    refused = intake_home.outcome()

    monkeypatch.setenv("LINERNOTES_ERN_OFFSETS", json.dumps({SENDER: "+02:00"}))
    loaded = intake_home.outcome()

    assert (refused.state, loaded.state) == ("refused", "loaded")
    assert "LINERNOTES_ERN_OFFSETS" in (refused.reason or "")
    [recorded_at] = intake_home.table("raw_catalog__ern_messages")["recorded_at"]
    assert recorded_at == dt.datetime(2026, 5, 4, 8)


@pytest.mark.parametrize("offset", ["CET", "+1:00", "+25:00", "01:00", ""])
def test_offset_of_a_sender_that_is_none_is_refused_by_the_settings(
    offset: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINERNOTES_ERN_OFFSETS", json.dumps({SENDER: offset}))

    with pytest.raises(ValidationError, match="not an offset from UTC"):
        Settings()


def test_stopped_load_is_finished_after_the_same_file_came_under_another_name(
    intake_home: IntakeHome,
) -> None:
    """Its rows are in the lake, and an entry `duplicate` would leave them to no delivery."""
    path = intake_home.put_rows("removals/actions/a.jsonl", action())
    intake_home.load()
    intake_home.lake.delete("raw_door__deliveries", "name = 'removals/actions/a.jsonl'")
    (path.parent / "0.jsonl").write_bytes(path.read_bytes())

    intake_home.load()

    register = intake_home.table("raw_door__deliveries").sort("name")
    assert register.select("name", "state", "rows_loaded", "rows_duplicate").rows() == [
        ("removals/actions/0.jsonl", "loaded", 0, 1),
        ("removals/actions/a.jsonl", "loaded", 1, 0),
    ]
    actions = intake_home.table("raw_removals__actions")
    assert actions["delivery_id"].to_list() == [register["delivery_id"][1]]


def test_snapshot_has_files_and_transactions_of_one_version(intake_home: IntakeHome) -> None:
    intake_home.put_rows("removals/actions/1.jsonl", action())
    first = intake_home.outcome()
    intake_home.put_rows("removals/actions/2.jsonl", action("action-2"))
    second = intake_home.outcome()

    files, transactions = intake_home.lake.snapshot("raw_removals__actions")

    assert len(files) == 2
    assert transactions == {first.transaction_id, second.transaction_id}
