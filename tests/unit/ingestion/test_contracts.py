"""The rules for single rows of each feed, on rows small enough to check by eye."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from linernotes.ingestion import columns
from linernotes.ingestion.checking import ADVICE, Checked, check
from linernotes.ingestion.contracts import Contract
from linernotes.ingestion.feeds import CONTRACTS
from linernotes.ingestion.readers import reader_for
from tests.fixtures.intake_home import RECORDED_AT, action, attribution, party, play

Held = Callable[..., Checked]


@pytest.fixture
def checked(tmp_path: Path) -> Held:
    """Check rows against the contract of a feed."""

    def hold(feed: str, *rows: dict) -> Checked:
        path = tmp_path / "rows.jsonl"
        path.write_text("\n".join(json.dumps({"recorded_at": RECORDED_AT} | row) for row in rows))
        (batch,) = reader_for(path, ".jsonl", CONTRACTS[feed]).batches()
        return check(batch, CONTRACTS[feed])

    return hold


def rules(found: Checked) -> list[str]:
    return sorted(found.faults["rule"])


def test_row_with_several_faults_breaks_every_rule_it_breaks(checked: Held) -> None:
    row = party(kind="band", name=None, party_id=" x", country="XX", valid_from="yesterday")

    found = checked("catalog/parties", row)

    assert rules(found) == [
        "country.closed_list",
        "kind.closed_list",
        "name.required",
        "party_id.blanks_around",
        "valid_from.not_a_time_with_offset",
    ]


def test_unreadable_required_cell_is_not_called_missing_too(checked: Held) -> None:
    assert rules(checked("catalog/parties", party(recorded_at="2026-01-05T06:00:00"))) == [
        "recorded_at.not_a_time_with_offset"
    ]


def test_fault_tells_the_value_and_what_to_do(checked: Held) -> None:
    found = checked("catalog/parties", party(kind="band"))

    assert found.faults["details"].to_list() == [
        f"kind is 'band': {ADVICE['closed_list']}; allowed: artist, writer, publisher, label,"
        " member, distributor, partner, uploader"
    ]


@pytest.mark.parametrize(
    ("row", "broken"),
    [
        ({"plays": -1}, ["plays.min"]),
        ({"plays": 5, "artificial_plays": 6}, ["artificial_plays_over_plays"]),
        ({"territory": "UK"}, ["territory.closed_list"]),
        ({"territory": "th"}, ["territory.closed_list"]),
        ({"territory": "NA"}, []),
        ({"territory": "WW"}, []),
        ({"territory": "EU"}, []),
        ({"tier": "free"}, ["tier.closed_list"]),
    ],
)
def test_play_keeps_its_ranges_and_lists(checked: Held, row: dict, broken: list[str]) -> None:
    assert rules(checked("ai_usage/derivative_plays", play(**row))) == broken


def test_play_without_optional_counts_has_zeros(checked: Held) -> None:
    row = checked("ai_usage/derivative_plays", play()).good.row(0, named=True)

    assert (row["short_plays"], row["artificial_plays"], row["listeners"]) == (0, 0, None)
    assert row["is_withdrawn"] is False


@pytest.mark.parametrize(("hours", "broken"), [(23, []), (49, ["play_date.in_the_future"])])
def test_e81_play_in_the_future_breaks_after_a_day(
    checked: Held,
    monkeypatch: pytest.MonkeyPatch,
    hours: int,
    broken: list[str],
) -> None:
    played = dt.datetime(2026, 1, 4)
    monkeypatch.setattr(columns, "exact_now", lambda: played - dt.timedelta(hours=hours))

    row = play(play_date="2026-01-04", recorded_at="2026-01-01T00:00:00Z")

    assert rules(checked("ai_usage/derivative_plays", row)) == broken


@pytest.mark.parametrize("feed", sorted(CONTRACTS))
def test_row_known_in_the_future_breaks_in_every_feed(checked: Held, feed: str) -> None:
    """Regression: a row recorded in 2062 was loaded, and no correction could replace it."""
    cells = dict.fromkeys(CONTRACTS[feed].feed_columns(), "x")

    found = rules(checked(feed, cells | {"recorded_at": "2062-01-01T00:00:00Z"}))

    assert "recorded_at.in_the_future" in found


@pytest.mark.parametrize(
    ("feed", "column", "row"),
    [
        ("removals/actions", "decided_at", action()),
        ("removals/actions", "applied_at", action()),
        (
            "ai_usage/derivatives",
            "published_at",
            {"derivative_id": "d"},
        ),
        (
            "removals/notices",
            "received_at",
            {"notice_id": "n", "notifier_kind": "user"},
        ),
        (
            "removals/appeals",
            "filed_at",
            {"appeal_id": "a", "puid": "p", "kind": "internal"},
        ),
    ],
)
def test_e81_event_in_the_future_breaks_its_row(
    checked: Held,
    feed: str,
    column: str,
    row: dict,
) -> None:
    assert f"{column}.in_the_future" in rules(checked(feed, row | {column: "2099-01-01T00:00:00Z"}))


def recording(**more: object) -> dict:
    return {"recording_id": "r", "title": "T", "main_artist_ids": ["a"]} | more


@pytest.mark.parametrize("isrc", ["us-abc-24-00001", "USABC2400001", "US-ABC-24-00001"])
def test_e65_isrc_of_any_spelling_is_the_same_recording(checked: Held, isrc: str) -> None:
    found = checked("catalog/recordings", recording(isrc=isrc))

    assert found.good["isrc"].to_list() == ["USABC2400001"]
    assert not found.warnings


def test_e65_malformed_isrc_loads_as_null_with_the_original_and_a_warning(checked: Held) -> None:
    found = checked("catalog/recordings", recording(isrc="USABC24-1"))

    assert found.good.select("isrc", "isrc_original").rows() == [(None, "USABC24-1")]
    assert sum(found.warnings.values()) == 1


def test_wrong_check_digit_warns_and_wrong_pattern_breaks(checked: Held) -> None:
    found = checked(
        "catalog/recordings", recording(upc="036000291453"), recording(upc="03600029145X")
    )

    assert found.warnings == {"upc: wrong check digit": 1}
    assert found.faults.select("row_number", "rule").rows() == [(2, "upc.pattern")]


@pytest.mark.parametrize(
    ("weight", "broken"),
    [
        ("1.000001", []),
        ("1.000002", ["weight.max"]),
        ("-0.1", ["weight.min"]),
        ("NaN", ["weight.not_an_exact_decimal"]),
    ],
)
def test_weight_is_zero_to_one_with_the_tolerance_of_sums_e46(
    checked: Held,
    weight: str,
    broken: list[str],
) -> None:
    assert rules(checked("ai_usage/attributions", attribution("d", "s", weight))) == broken


def test_derivative_that_is_its_own_parent_breaks(checked: Held) -> None:
    row = {"derivative_id": "d", "parent_derivative_id": "d"}

    assert rules(checked("ai_usage/derivatives", row)) == ["own_parent"]


@pytest.mark.parametrize(
    ("content_type", "broken"),
    [
        (["CONTENT_TYPE_AUDIO", "CONTENT_TYPE_SYNTHETIC_MEDIA"], []),
        (["CONTENT_TYPE_MUSIC"], ["content_type.closed_list"]),
        (["MUSIC"], ["content_type.closed_list"]),
        (["CONTENT_TYPE_AUDIO", ""], ["content_type.closed_list", "content_type.empty_item"]),
    ],
)
def test_e119_content_type_of_an_ai_song_is_audio_and_synthetic_media(
    checked: Held,
    content_type: list[str],
    broken: list[str],
) -> None:
    assert rules(checked("removals/actions", action(content_type=content_type))) == broken


@pytest.mark.parametrize(
    ("source_type", "kept"), [("SOURCE_VOLUNTARY", None), ("SOURCE_TRUSTED_FLAGGER", "Ann")]
)
def test_e120_identity_of_a_voluntary_source_is_dropped(
    checked: Held,
    source_type: str,
    kept: str | None,
) -> None:
    found = checked("removals/actions", action(source_type=source_type, source_identity="Ann"))

    assert found.good["source_identity"].to_list() == [kept]


def test_e120_illegal_content_without_legal_ground_breaks(checked: Held) -> None:
    ground = {"decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT"}

    found = checked(
        "removals/actions", action(**ground), action("action-2", legal_ground="a law", **ground)
    )

    assert found.faults.select("row_number", "rule").rows() == [(1, "legal_ground_missing")]


def test_e120_action_without_any_decision_breaks(checked: Held) -> None:
    rows = [
        action(decision_visibility=[]),
        action("action-2", decision_visibility=None, decision_account="DECISION_ACCOUNT_SUSPENDED"),
    ]

    found = checked("removals/actions", *rows)

    assert found.faults.select("row_number", "rule").rows() == [(1, "no_decision")]


@pytest.mark.parametrize(
    ("content_date", "broken"),
    [
        ("2026-01-04", []),
        (None, []),
        ("2026-01-05", ["content_date_after_application"]),
        ("1999-12-31", ["content_date_out_of_range"]),
    ],
)
def test_e122_content_date_is_not_after_application(
    checked: Held,
    content_date: str | None,
    broken: list[str],
) -> None:
    assert rules(checked("removals/actions", action(content_date=content_date))) == broken


@pytest.mark.parametrize(
    ("places", "broken"),
    [
        ({"territories": ["US", "EU", "WW"]}, []),
        ({"territories": None}, []),
        ({"territories": ["UK"]}, ["territories.closed_list"]),
        ({"territories": ["DE", ""]}, ["territories.closed_list", "territories.empty_item"]),
        ({"territorial_scope": ["US"]}, ["territorial_scope.closed_list"]),
    ],
)
def test_e112_action_holds_anywhere_and_the_eu_form_names_states_of_the_eea(
    checked: Held, places: dict[str, Any], broken: list[str]
) -> None:
    assert rules(checked("removals/actions", action(**places))) == broken


def test_action_keywords_are_open_ended_and_of_one_form(checked: Held) -> None:
    found = checked(
        "removals/actions",
        action(category_specification=["KEYWORD_ADULT_SEXUAL_MATERIAL"]),
        action("action-2", category_specification=["adult"]),
    )

    assert found.faults.select("row_number", "rule").rows() == [
        (2, "category_specification.pattern")
    ]


@pytest.mark.parametrize(("length", "broken"), [(5000, []), (5001, ["facts.too_long"])])
def test_action_facts_have_at_most_5000_characters(
    checked: Held,
    length: int,
    broken: list[str],
) -> None:
    assert rules(checked("removals/actions", action(facts="ä" * length))) == broken


def contract(**more: object) -> dict:
    return {
        "contract_id": "c",
        "version": 1,
        "partner_id": "p",
        "side": "MASTER",
        "product_ids": ["*"],
        "currency": "EUR",
        "silence": "deny",
        "required_parties": ["owner"],
        "model": "pro_rata",
        "revenue_share": "0.5",
        "fx_rule": "usage_month_end",
        "late_usage": "none",
        "signed_at": "2026-01-01T00:00:00Z",
        "valid_from": "2026-01-01T00:00:00Z",
    } | more


def test_contract_terms_are_laid_out_flat(checked: Held) -> None:
    terms = {
        "reserve": {"rate": 0.1, "release_after_months": 2},
        "advance": {"amount": 5000000, "paid_on": "2025-06-10", "product_ids": ["ai-remix"]},
        "withholding": [{"source_territory": "ID", "rate": 0.1}],
    }

    found = checked("licensing/contracts", contract(**terms))

    row = found.good.row(0, named=True)
    assert (str(row["reserve_rate"]), row["reserve_release_after_months"]) == ("0.100000000000", 2)
    assert row["advance_product_ids"] == ["ai-remix"]
    assert row["withholding"] == '[{"rate": "0.1", "source_territory": "ID"}]'


@pytest.mark.parametrize(
    ("terms", "broken"),
    [
        ({"reserve": 5}, ["reserve_rate.not_an_exact_decimal"]),
        ({"withholding": [{"source_territory": "ID", "rate": 2}]}, ["withholding.rate.max"]),
        (
            {"withholding": 1},
            ["withholding.rate.required", "withholding.source_territory.required"],
        ),
        (
            {"withholding": [{"source_territory": "ID", "rate": 0}] * 2},
            ["withholding.given_twice"],
        ),
        ({"rate": 0}, ["rate.min_exclusive"]),
    ],
)
def test_contract_with_a_bad_term_breaks(checked: Held, terms: dict, broken: list[str]) -> None:
    assert rules(checked("licensing/contracts", contract(**terms))) == broken


NOTHING = {"revenue_share": None}


@pytest.mark.parametrize(
    ("terms", "broken"),
    [
        (NOTHING, ["terms_of_model_missing"]),
        (NOTHING | {"is_withdrawn": True}, []),
        (NOTHING | {"model": "greater_of", "rate": "1"}, ["terms_of_model_missing"]),
        (NOTHING | {"model": "greater_of", "per_subscriber_minimum": "1"}, []),
        (NOTHING | {"model": "per_use"}, ["terms_of_model_missing"]),
        (NOTHING | {"model": "per_use", "rate": "1"}, []),
        (NOTHING | {"model": "per_use", "per_use_minimum": "1"}, []),
        (NOTHING | {"model": "equal_per_work"}, ["terms_of_model_missing"]),
        (NOTHING | {"model": "equal_per_work", "training_fee": {"amount": "1"}}, []),
        (NOTHING | {"model": "other"}, ["model.closed_list"]),
        ({"required_parties": []}, ["required_parties.required"]),
    ],
)
def test_contract_without_the_terms_of_its_model_breaks_alone(
    checked: Held, terms: dict, broken: list[str]
) -> None:
    """Regression: a blocking check stopped all statements because one contract had no share."""
    assert rules(checked("licensing/contracts", contract(**terms))) == broken


@pytest.mark.parametrize(("child", "broken"), [("a", ["own_member"]), ("b", [])])
def test_party_that_is_its_own_parent_breaks_alone(
    checked: Held, child: str, broken: list[str]
) -> None:
    row = {
        "parent_party_id": "a",
        "child_party_id": child,
        "role": "member_of",
        "valid_from": RECORDED_AT,
    }

    assert rules(checked("catalog/party_links", row)) == broken


@pytest.mark.parametrize("contract_class", CONTRACTS.values(), ids=lambda held: held.__name__)
def test_every_rule_of_every_contract_has_advice(contract_class: type[Contract]) -> None:
    found = {
        name.rpartition("|")[2].removeprefix("check__")
        for name in contract_class._validation_rules(with_cast=False)
    }
    known = {*ADVICE, *contract_class.ADVICE, "nullability", "regex"}

    assert found <= known


@pytest.mark.parametrize(("work", "broken"), [("0.4", []), ("0.400000000001", ["over"])])
def test_product_whose_sides_accrue_more_than_the_pool_breaks_alone(
    checked: Held, work: str, broken: list[str]
) -> None:
    """Regression: the intake loaded it, and then a blocking check stopped all statements."""
    row = {
        "product_id": "p",
        "name": "P",
        "kind": "remix",
        "launched_at": RECORDED_AT,
        "weight_basis": "plays",
        "default_share_master": "0.6",
        "default_share_work": work,
        "remainder_rule": "hold",
        "attribution_fallback": "hold",
    }

    found = rules(checked("licensing/products", row))

    assert found == ["default_shares_over_one" for _ in broken]
