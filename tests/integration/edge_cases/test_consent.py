"""Edge cases of consent at the instant of use (E25-E42)."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from tests.fixtures.worlds import FeedBuilder, Rows, case

Verdicts = Callable[..., dict[str, tuple]]
STRICT = {"silence": "deny", "required_parties": ["owner"]}
BOTH = {"silence": "deny", "required_parties": ["owner", "main_artist"]}


@pytest.fixture
def verdicts(rows: Rows) -> Verdicts:
    """(object or use, status, bucket, proof) of a product's source uses on the MASTER side."""

    def of(product_id: str, by: str = "object_id") -> dict[str, tuple]:
        found = rows(
            f"select {by}, consent_status, hold_bucket, consent_proof_id "
            f"from marts.fct_source_uses where product_id = '{product_id}' and side = 'MASTER'"
        )
        return {key: tuple(rest) for key, *rest in found}

    return of


@case
def e25_valid_from_is_inclusive(world: FeedBuilder) -> None:
    label = world.licensed("e25", **STRICT)
    world.product("e25")
    world.recording("e25-rec", owner=label)
    world.decision("e25-allow", label, "allow", valid_from="2026-03-01T00:00:00Z")
    for name, instant in (("before", "2026-02-28T23:59:59.999Z"), ("at", "2026-03-01T00:00:00Z")):
        world.generation(
            "e25",
            ["e25-rec"],
            generation_id=f"e25-{name}",
            occurred_at=instant,
            territory="GB",
            recorded_at="2026-03-01T01:00:00Z",
        )


def test_e25_an_allow_counts_from_its_first_instant(verdicts: Verdicts) -> None:
    assert verdicts("e25", by="generation_id") == {
        "e25-before": ("unconsented", "CONSENT", None),
        "e25-at": ("consented", None, "e25-allow"),
    }


@case
def e26_midnight_in_japan(world: FeedBuilder) -> None:
    label = world.licensed("e26", **STRICT)
    world.product("e26")
    world.recording("e26-rec", owner=label)
    world.decision(
        "e26-allow", label, "allow", territory="JP", valid_from="2026-03-01T00:00:00+09:00"
    )
    for name, instant in (("before", "2026-02-28T14:59:59Z"), ("at", "2026-02-28T15:00:00Z")):
        world.generation(
            "e26", ["e26-rec"], generation_id=f"e26-{name}", occurred_at=instant, territory="JP"
        )


def test_e26_a_local_day_is_an_instant_in_utc(verdicts: Verdicts) -> None:
    assert verdicts("e26", by="generation_id") == {
        "e26-before": ("unconsented", "CONSENT", None),
        "e26-at": ("consented", None, "e26-allow"),
    }


@case
def e27_label_denies(world: FeedBuilder) -> None:
    label = world.licensed("e27", **BOTH)
    world.product("e27")
    world.recording("e27-rec", owner=label, main_artist_ids=["e27-artist"])
    world.decision("e27-yes", "e27-artist", "allow", voice="artist")
    world.decision("e27-no", label, "deny")
    world.generation("e27", ["e27-rec"])


def test_e27_the_label_denies_and_the_reason_names_it(verdicts: Verdicts, rows: Rows) -> None:
    assert verdicts("e27") == {"e27-rec": ("unconsented", "CONSENT", None)}
    assert rows(
        "select distinct consent_denied_by from marts.fct_source_uses "
        "where product_id = 'e27' and side = 'MASTER'"
    ) == [("owner:e27-label",)]


@case
def e28_silence(world: FeedBuilder) -> None:
    for name, silence in (("e28-in", "deny"), ("e28-out", "allow")):
        label = world.licensed(name, **(BOTH | {"silence": silence, "silence_clause": "4.2"}))
        world.product(name)
        world.recording(f"{name}-rec", owner=label)
        world.decision(f"{name}-yes", label, "allow")
        world.generation(name, [f"{name}-rec"])


def test_e28_silence_is_resolved_by_the_contract(verdicts: Verdicts) -> None:
    assert verdicts("e28-in") == {"e28-in-rec": ("unconsented", "CONSENT", None)}
    assert verdicts("e28-out") == {
        "e28-out-rec": ("consented", None, "e28-out-contract@1#4.2+e28-out-yes")
    }


@case
def e29_one_recording_denied(world: FeedBuilder) -> None:
    label = world.licensed("e29", **(STRICT | {"required_parties": ["main_artist"]}))
    world.product("e29")
    for name in ("a", "b"):
        world.recording(f"e29-{name}", owner=label, main_artist_ids=["e29-artist"])
    world.decision("e29-yes", "e29-artist", "allow", voice="artist")
    world.decision(
        "e29-no",
        "e29-artist",
        "deny",
        voice="artist",
        object_type="recording",
        object_id="e29-b",
    )
    world.generation("e29", ["e29-a", "e29-b"])


def test_e29_a_deny_on_a_recording_beats_an_allow_for_all(verdicts: Verdicts) -> None:
    assert verdicts("e29") == {
        "e29-a": ("consented", None, "e29-yes"),
        "e29-b": ("unconsented", "CONSENT", None),
    }


@case
def e30_writer_denies_the_work(world: FeedBuilder) -> None:
    label = world.licensed("e30", **(STRICT | {"required_parties": ["main_artist", "writer"]}))
    world.product("e30")
    world.add("catalog/works", work_id="e30-work", title="e30", writer_party_ids=["e30-writer"])
    world.add("catalog/works", work_id="e30-free", title="e30", writer_party_ids=["e30-writer"])
    world.decision("e30-writer-yes", "e30-writer", "allow", voice="writer")
    world.decision(
        "e30-no", "e30-writer", "deny", voice="writer", object_type="work", object_id="e30-work"
    )
    for name, work in (("a", "e30-work"), ("b", "e30-work"), ("c", "e30-free")):
        recording = world.recording(f"e30-{name}", owner=label, main_artist_ids=["e30-artist"])
        world.add("catalog/recording_works", recording_id=recording, work_id=work)
        world.generation("e30", [recording])
    world.decision("e30-yes", "e30-artist", "allow", voice="artist")


def test_e30_a_work_denied_by_its_writer_denies_every_recording_of_it(verdicts: Verdicts) -> None:
    assert verdicts("e30") == {
        "e30-a": ("unconsented", "CONSENT", None),
        "e30-b": ("unconsented", "CONSENT", None),
        "e30-c": ("consented", None, "e30-writer-yes+e30-yes"),
    }


@case
def e31_cloned_voice(world: FeedBuilder) -> None:
    label = world.licensed("e31", **(STRICT | {"required_parties": ["main_artist"]}))
    world.product("e31")
    world.recording("e31-rec", owner=label, main_artist_ids=["e31-artist"])
    world.decision("e31-remix", "e31-artist", "allow", voice="artist", use_type="remix")
    world.decision(
        "e31-voice",
        "e31-artist",
        "deny",
        voice="artist",
        object_type="likeness",
        object_id="e31-artist",
        use_type="voice_clone",
    )
    for use_type in ("remix", "voice_clone"):
        world.generation("e31", ["e31-rec"], use_type=use_type)


def test_e31_a_remix_may_be_allowed_and_the_cloned_voice_denied(verdicts: Verdicts) -> None:
    assert verdicts("e31", by="use_type") == {
        "remix": ("consented", None, "e31-remix"),
        "voice_clone": ("unconsented", "CONSENT", None),
    }


@case
def e32_country_beats_region(world: FeedBuilder) -> None:
    label = world.licensed("e32", **STRICT)
    world.product("e32")
    world.recording("e32-rec", owner=label)
    world.decision("e32-eu", label, "allow", territory="EU")
    world.decision("e32-de", label, "deny", territory="DE")
    for territory in ("DE", "FR", "US"):
        world.generation("e32", ["e32-rec"], generation_id=f"e32-{territory}", territory=territory)


def test_e32_an_allow_for_the_eu_is_beaten_by_a_deny_for_germany(verdicts: Verdicts) -> None:
    assert verdicts("e32", by="territory") == {
        "DE": ("unconsented", "CONSENT", None),
        "FR": ("consented", None, "e32-eu"),
        "US": ("unconsented", "CONSENT", None),
    }


@case
def e33_featured_artist_denies(world: FeedBuilder) -> None:
    parties = ["main_artist", "featured_artist"]
    label = world.licensed("e33", **(STRICT | {"required_parties": parties}))
    world.product("e33")
    world.recording(
        "e33-rec", owner=label, main_artist_ids=["e33-main"], featured_artist_ids=["e33-feat"]
    )
    world.decision("e33-yes", "e33-main", "allow", voice="artist")
    world.decision("e33-no", "e33-feat", "deny", voice="featured_artist")
    world.generation("e33", ["e33-rec"])


def test_e33_a_required_featured_artist_can_deny(verdicts: Verdicts) -> None:
    assert verdicts("e33") == {"e33-rec": ("unconsented", "CONSENT", None)}


@case
def e34_leakage(world: FeedBuilder) -> None:
    label = world.licensed("e34", **STRICT)
    world.product("e34")
    world.recording("e34-rec", owner=label)
    world.decision("e34-allow", label, "allow")
    world.decision(
        "e34-deny",
        label,
        "deny",
        valid_from="2026-03-10T12:00:00Z",
        enforced_at="2026-03-10T12:00:40Z",
        recorded_at="2026-03-10T12:00:00Z",
    )
    for second in ("11:59:59", "12:00:20", "12:00:50"):
        world.generation(
            "e34",
            ["e34-rec"],
            generation_id=f"e34-{second}",
            occurred_at=f"2026-03-10T{second}Z",
        )


def test_e34_uses_between_revocation_and_enforcement_are_leakage(verdicts: Verdicts) -> None:
    assert verdicts("e34", by="generation_id") == {
        "e34-11:59:59": ("consented", None, "e34-allow"),
        "e34-12:00:20": ("leakage", "CONSENT", None),
        "e34-12:00:50": ("unconsented", "CONSENT", None),
    }


@case
def e35_run_off(world: FeedBuilder) -> None:
    label = world.licensed("e35", **STRICT)
    world.product("e35", basis="plays")
    world.recording("e35-rec", owner=label)
    world.decision("e35-allow", label, "allow")
    world.decision(
        "e35-deny",
        label,
        "deny",
        valid_from="2026-03-12T00:00:00Z",
        recorded_at="2026-03-12T00:00:00Z",
    )
    derivative = world.derivative("e35", ["e35-rec"])
    for day in ("11", "12", "18", "19"):
        world.plays(derivative, 10, play_date=f"2026-03-{day}")


def test_e35_plays_run_off_for_the_contracts_days_then_are_held(verdicts: Verdicts) -> None:
    assert verdicts("e35", by="cast(play_date as varchar)") == {
        "2026-03-11": ("consented", None, "e35-allow"),
        "2026-03-12": ("run_off", None, "e35-allow"),
        "2026-03-18": ("run_off", None, "e35-allow"),
        "2026-03-19": ("unconsented", "CONSENT", None),
    }


@case
def e36_late_consent(world: FeedBuilder) -> None:
    label = world.licensed("e36", **STRICT)
    world.product("e36")
    world.recording("e36-rec", owner=label)
    world.decision(
        "e36-allow",
        label,
        "allow",
        valid_from="2026-05-01T00:00:00Z",
        recorded_at="2026-05-20T00:00:00Z",
    )
    world.generation(
        "e36",
        ["e36-rec"],
        occurred_at="2026-05-10T12:00:00Z",
        recorded_at="2026-05-10T12:00:00Z",
    )


def test_e36_a_decision_recorded_after_the_use_is_late_and_held(verdicts: Verdicts) -> None:
    assert verdicts("e36") == {"e36-rec": ("late_consent", "CONSENT", None)}


@case
def e37_retroactive_revocation(world: FeedBuilder) -> None:
    label = world.licensed("e37", **STRICT)
    world.product("e37")
    world.recording("e37-rec", owner=label)
    world.decision("e37-allow", label, "allow")
    world.decision(
        "e37-deny",
        label,
        "deny",
        valid_from="2026-03-01T00:00:00Z",
        recorded_at="2026-03-20T00:00:00Z",
    )
    world.generation("e37", ["e37-rec"])


def test_e37_a_revocation_backwards_leaves_the_use_paid_and_marked(verdicts: Verdicts) -> None:
    assert verdicts("e37") == {"e37-rec": ("retro_revoked", None, "e37-allow")}


@case
def e38_mashup_without_one_consent(world: FeedBuilder) -> None:
    label = world.licensed("e38", **(STRICT | {"required_parties": ["main_artist"]}))
    world.product("e38")
    derivative = world.derivative("e38", ["e38-a", "e38-b", "e38-c"])
    for name, weight in (("a", "0.5"), ("b", "0.3"), ("c", "0.2")):
        world.recording(f"e38-{name}", owner=label)
        world.attribute(derivative, {f"e38-{name}": weight})
        if name != "c":
            world.decision(f"e38-{name}-yes", f"e38-{name}-artist", "allow", voice="artist")
    world.revenue("e38", "9.00")


def test_e38_the_part_without_consent_is_held_and_not_redistributed(rows: Rows) -> None:
    lines = rows(
        "select object_id, amount, hold_bucket from marts.fct_compensation_lines "
        "where product_id = 'e38' and side = 'MASTER' order by object_id"
    )

    assert lines == [
        ("e38-a", Decimal("4.500"), None),
        ("e38-b", Decimal("2.700"), None),
        ("e38-c", Decimal("1.800"), "CONSENT"),
    ]


@case
def e39_recording_sold(world: FeedBuilder) -> None:
    seller = world.licensed("e39-merlin", **STRICT)
    buyer = world.licensed("e39-umg", **STRICT)
    world.product("e39")
    world.recording("e39-rec")
    world.owns(seller, "e39-rec", valid_to="2026-04-15T00:00:00Z")
    world.owns(buyer, "e39-rec", valid_from="2026-04-15T00:00:00Z")
    world.decision("e39-seller-yes", seller, "allow", use_type="remix")
    world.decision("e39-buyer-old", buyer, "allow")
    world.decision(
        "e39-buyer-yes",
        buyer,
        "allow",
        valid_from="2026-04-20T00:00:00Z",
        recorded_at="2026-04-20T00:00:00Z",
    )
    for day in ("14", "15", "21"):
        world.generation(
            "e39",
            ["e39-rec"],
            generation_id=f"e39-{day}",
            occurred_at=f"2026-04-{day}T10:00:00Z",
            recorded_at="2026-04-22T00:00:00Z",
        )


def test_e39_a_sale_ends_the_sellers_decisions_and_the_buyer_starts_from_silence(
    rows: Rows,
) -> None:
    uses = rows(
        "select generation_id, partner_id, consent_status, consent_proof_id "
        "from marts.fct_source_uses where product_id = 'e39' and side = 'MASTER' "
        "order by generation_id"
    )

    assert uses == [
        ("e39-14", "e39-merlin-partner", "consented", "e39-seller-yes"),
        ("e39-15", "e39-umg-partner", "unconsented", None),
        ("e39-21", "e39-umg-partner", "consented", "e39-buyer-yes"),
    ]


@case
def e40_model_bound_decision(world: FeedBuilder) -> None:
    label = world.licensed("e40", **STRICT)
    world.product("e40")
    world.recording("e40-rec", owner=label)
    world.decision("e40-v1", label, "allow", model_version="v1")
    for version in ("v1", "v2"):
        world.generation("e40", ["e40-rec"], generation_id=f"e40-{version}", model_version=version)


def test_e40_a_decision_for_one_model_version_does_not_cover_the_next(verdicts: Verdicts) -> None:
    assert verdicts("e40", by="generation_id") == {
        "e40-v1": ("consented", None, "e40-v1"),
        "e40-v2": ("unconsented", "CONSENT", None),
    }


@case
def e41_daily_limit(world: FeedBuilder) -> None:
    label = world.licensed("e41", **STRICT)
    world.product("e41")
    world.recording("e41-rec", owner=label)
    world.decision("e41-allow", label, "allow", daily_limit=2)
    for number in (1, 2, 3):
        world.generation(
            "e41",
            ["e41-rec"],
            generation_id=f"e41-{number}",
            occurred_at=f"2026-03-10T0{number}:00:00Z",
        )


def test_e41_an_output_over_the_daily_limit_is_unconsented(verdicts: Verdicts) -> None:
    assert verdicts("e41", by="generation_id") == {
        "e41-1": ("consented", None, "e41-allow"),
        "e41-2": ("consented", None, "e41-allow"),
        "e41-3": ("unconsented", "CONSENT", None),
    }


@case
def e41_limits_then_and_now(world: FeedBuilder) -> None:
    for name, silence in (("late", "deny"), ("retro", "allow")):
        label = world.licensed(f"e41c-{name}", silence=silence, required_parties=["owner"])
        world.product(f"e41c-{name}")
        for limit, more in (
            ("influence", {"max_influence": "0.4"}),
            ("daily", {"daily_limit": 1}),
            ("kept", {"max_influence": "0.5", "daily_limit": 2}),
        ):
            recording = world.recording(f"e41c-{name}-{limit}", owner=label)
            world.recording(f"{recording}-other", owner=label)
            world.decision(
                recording, label, "allow", object_type="recording", object_id=recording,
                valid_from="2026-03-01T00:00:00Z", recorded_at="2026-04-02T00:00:00Z", **more,
            )  # fmt: skip
            for number in (1, 2):
                world.generation(
                    f"e41c-{name}", [recording, f"{recording}-other"],
                    generation_id=f"{recording}-{number}",
                    occurred_at=f"2026-03-10T0{number}:00:00Z",
                )  # fmt: skip


def test_e41_a_late_consent_with_an_exceeded_limit_stays_unconsented(rows: Rows) -> None:
    """Regression: limits were only checked at the use, and the late consent was paid."""
    assert of_recordings(rows, "e41c-late") == {
        "e41c-late-influence-1": "unconsented",
        "e41c-late-influence-2": "unconsented",
        "e41c-late-daily-1": "late_consent",
        "e41c-late-daily-2": "unconsented",
        "e41c-late-kept-1": "late_consent",
        "e41c-late-kept-2": "late_consent",
    }


def test_e41_a_default_that_is_now_a_decision_with_an_exceeded_limit_is_retro_revoked(
    rows: Rows,
) -> None:
    assert of_recordings(rows, "e41c-retro") == {
        "e41c-retro-influence-1": "retro_revoked",
        "e41c-retro-influence-2": "retro_revoked",
        "e41c-retro-daily-1": "contract_default",
        "e41c-retro-daily-2": "retro_revoked",
        "e41c-retro-kept-1": "contract_default",
        "e41c-retro-kept-2": "contract_default",
    }


def of_recordings(rows: Rows, product_id: str) -> dict[str, str]:
    """Status by generation, of the recording that it is named after."""
    return dict(
        rows(
            "select generation_id, consent_status from marts.fct_source_uses "
            f"where product_id = '{product_id}' and side = 'MASTER' "
            "and starts_with(generation_id, object_id)"
        )
    )


@case
def e41_limit_that_was_lifted(world: FeedBuilder) -> None:
    label = world.licensed("e41d", **STRICT)
    world.product("e41d")
    world.recording("e41d-rec", owner=label)
    world.decision("e41d-allow", label, "allow", max_influence="0.9")
    world.decision("e41d-allow", label, "allow", recorded_at="2026-04-02T00:00:00Z")
    world.generation("e41d", ["e41d-rec"])


def test_e41_a_use_over_a_limit_that_was_lifted_since_is_late_consent(verdicts: Verdicts) -> None:
    """Regression: it stayed unconsented for ever, although the later result is an allow."""
    assert verdicts("e41d") == {"e41d-rec": ("late_consent", "CONSENT", None)}


@case
def e41_limits_of_a_new_owner(world: FeedBuilder) -> None:
    old, new = world.licensed("e41e"), world.licensed("e41e-new", **STRICT)
    world.product("e41e", basis="plays")
    for limit, more in (
        ("influence", {"max_influence": "0.4"}),
        ("daily", {"daily_limit": 1}),
        ("kept", {"max_influence": "0.5", "daily_limit": 2}),
    ):
        recording = world.recording(f"e41e-{limit}")
        world.recording(f"{recording}-other", owner=old)
        world.owns(old, recording, valid_to="2026-03-12T00:00:00Z")
        world.owns(new, recording, valid_from="2026-03-12T00:00:00Z")
        world.decision(
            recording, new, "allow", object_type="recording", object_id=recording,
            valid_from="2026-03-13T00:00:00Z", recorded_at="2026-03-13T00:00:00Z", **more,
        )  # fmt: skip
        for number in (1, 2):
            derivative = world.derivative(
                "e41e", [recording, f"{recording}-other"],
                generation_id=f"{recording}-{number}", derivative_id=f"{recording}-{number}-drv",
                occurred_at=f"2026-03-10T0{number}:00:00Z",
            )  # fmt: skip
            world.plays(derivative, 10, play_date="2026-03-15")


def test_e41_plays_under_a_new_owner_are_held_to_both_limits(rows: Rows) -> None:
    """Regression: the second output of a day was paid, although the new owner allows only one."""
    assert of_recordings(rows, "e41e") == {
        "e41e-influence-1": "unconsented",
        "e41e-influence-2": "unconsented",
        "e41e-daily-1": "consented",
        "e41e-daily-2": "unconsented",
        "e41e-kept-1": "consented",
        "e41e-kept-2": "consented",
    }


@case
def e41_limit_lowered_after_the_generation(world: FeedBuilder) -> None:
    label = world.licensed("e41f", **STRICT)
    world.product("e41f", basis="plays")
    world.recording("e41f-rec", owner=label)
    world.decision("e41f-allow", label, "allow", valid_to="2026-03-12T00:00:00Z")
    world.decision(
        "e41f-part", label, "allow", max_influence="0.5", valid_from="2026-03-12T00:00:00Z"
    )
    derivative = world.derivative("e41f", ["e41f-rec"])
    for day in ("11", "13"):
        world.plays(derivative, 10, play_date=f"2026-03-{day}")


def test_e41_plays_over_a_limit_of_their_day_are_unconsented(rows: Rows) -> None:
    """A limit is a deny, but not a revocation: nothing runs off."""
    assert rows(
        "select play_date, consent_status from marts.fct_source_uses "
        "where product_id = 'e41f' and side = 'MASTER' order by all"
    ) == [(date(2026, 3, 11), "consented"), (date(2026, 3, 13), "unconsented")]


@case
def e34_leakage_of_one_of_two(world: FeedBuilder) -> None:
    label = world.licensed("e34b", **BOTH)
    world.product("e34b")
    for name, artist_allows in (("both", True), ("one", False)):
        recording = world.recording(f"e34b-{name}", owner=label)
        on = {"object_type": "recording", "object_id": recording}
        world.decision(
            f"{recording}-label", label, "allow", **on, valid_to="2026-03-10T11:00:00Z",
            enforced_at="2026-03-10T13:00:00Z",
        )  # fmt: skip
        if artist_allows:
            world.decision(
                f"{recording}-artist", f"{recording}-artist", "allow", voice="artist", **on
            )
        world.generation("e34b", [recording])


def test_e34_of_two_denials_the_one_that_is_no_leakage_names_the_status(verdicts: Verdicts) -> None:
    """Regression: the denial of an artist who never agreed counted as an unenforced revocation."""
    assert verdicts("e34b") == {
        "e34b-both": ("leakage", "CONSENT", None),
        "e34b-one": ("unconsented", "CONSENT", None),
    }


@case
def e35_run_off_of_one_of_two(world: FeedBuilder) -> None:
    label = world.licensed("e35b", **BOTH)
    world.product("e35b", basis="plays")
    for name, artist_until in (("same", "2026-03-12"), ("later", "2026-03-16")):
        recording = world.recording(f"e35b-{name}", owner=label)
        on = {"object_type": "recording", "object_id": recording}
        world.decision(
            f"{recording}-label", label, "allow", **on, valid_to="2026-03-12T00:00:00Z"
        )  # fmt: skip
        world.decision(
            f"{recording}-artist", f"{recording}-artist", "allow", voice="artist", **on,
            valid_to=f"{artist_until}T00:00:00Z",
        )  # fmt: skip
        world.decision(
            f"{recording}-again", label, "allow", **on, valid_from="2026-03-18T00:00:00Z"
        )  # fmt: skip
        derivative = world.derivative("e35b", [recording])
        for day in ("15", "18", "22", "23"):
            world.plays(
                derivative, 10, play_date=f"2026-03-{day}", recorded_at="2026-03-24T00:00:00Z"
            )


def test_e35_each_denial_runs_off_from_its_own_revocation(rows: Rows) -> None:
    """The artist's revocation of the 16th runs off until the 23rd, once the label allows again."""
    assert rows(
        "select object_id, day(play_date), consent_status from marts.fct_source_uses "
        "where product_id = 'e35b' and side = 'MASTER' order by all"
    ) == [
        ("e35b-later", 15, "run_off"),
        ("e35b-later", 18, "run_off"),
        ("e35b-later", 22, "run_off"),
        ("e35b-later", 23, "unconsented"),
        ("e35b-same", 15, "run_off"),
        ("e35b-same", 18, "run_off"),
        ("e35b-same", 22, "unconsented"),
        ("e35b-same", 23, "unconsented"),
    ]


@case
def e42_contradiction(world: FeedBuilder) -> None:
    label = world.licensed("e42", **STRICT)
    world.product("e42")
    world.recording("e42-rec", owner=label)
    world.decision("e42-yes", label, "allow")
    world.decision("e42-no", label, "deny")
    world.generation("e42", ["e42-rec"])


def test_e42_at_equal_scope_deny_beats_allow(verdicts: Verdicts) -> None:
    assert verdicts("e42") == {"e42-rec": ("unconsented", "CONSENT", None)}


@case
def e43_evidence_mismatch(world: FeedBuilder) -> None:
    label = world.licensed("e43", **STRICT)
    world.product("e43")
    world.recording("e43-rec", owner=label)
    world.decision("e43-allow", label, "allow")
    world.decision(
        "e43-allow",
        label,
        "allow",
        evidence_state="mismatch",
        recorded_at="2026-04-01T00:00:00Z",
    )
    world.generation("e43", ["e43-rec"])


def test_e43_a_decision_with_mismatching_evidence_is_no_proof(verdicts: Verdicts) -> None:
    assert verdicts("e43") == {"e43-rec": ("unconsented", "CONSENT", None)}


@case
def e44_merged_artist(world: FeedBuilder) -> None:
    terms = {"silence": "allow", "required_parties": ["main_artist"]}
    label = world.licensed("e44", **terms)
    world.product("e44")
    world.party("e44-kept", kind="artist")
    world.party("e44-old", kind="artist")
    world.party(
        "e44-old",
        kind="artist",
        merged_into_party_id="e44-kept",
        recorded_at="2026-03-05T00:00:00Z",
    )
    world.recording("e44-rec", owner=label, main_artist_ids=["e44-kept"])
    world.decision("e44-no", "e44-old", "deny", voice="artist")
    for day in ("04", "06"):
        world.generation(
            "e44",
            ["e44-rec"],
            generation_id=f"e44-{day}",
            occurred_at=f"2026-03-{day}T12:00:00Z",
        )


def test_e44_decisions_of_merged_artists_speak_for_each_other_after_the_merge(
    verdicts: Verdicts,
) -> None:
    assert verdicts("e44", by="generation_id") == {
        "e44-04": ("contract_default", None, "e44-contract@1#7.1"),
        "e44-06": ("unconsented", "CONSENT", None),
    }


@case
def e33_featured_artist_as_artist(world: FeedBuilder) -> None:
    label = world.licensed("e33b", **(STRICT | {"required_parties": ["featured_artist"]}))
    world.product("e33b")
    world.recording("e33b-rec", owner=label, featured_artist_ids=["e33b-feat"])
    world.decision("e33b-yes", "e33b-feat", "allow", voice="featured_artist")
    world.decision("e33b-no", "e33b-feat", "deny", voice="artist")
    world.recording("e33b-silent", owner=label, featured_artist_ids=["e33b-artist"])
    world.decision("e33b-artist-no", "e33b-artist", "deny", voice="artist")
    world.generation("e33b", ["e33b-rec"])
    world.generation("e33b", ["e33b-silent"])


def test_e33_of_a_featured_artists_two_voices_the_featured_one_is_more_specific(
    verdicts: Verdicts,
) -> None:
    assert verdicts("e33b") == {
        "e33b-rec": ("consented", None, "e33b-yes"),
        "e33b-silent": ("unconsented", "CONSENT", None),
    }


@case
def consent_where_it_was_generated(world: FeedBuilder) -> None:
    label = world.licensed("e32b", **STRICT)
    world.product("e32b", basis="plays")
    world.recording("e32b-rec", owner=label)
    world.decision("e32b-ww", label, "allow")
    world.decision("e32b-de", label, "deny", territory="DE")
    derivative = world.derivative("e32b", ["e32b-rec"], territory="DE")
    world.plays(derivative, 10, territory="FR")


def test_e32_plays_elsewhere_of_a_generation_that_was_denied_are_held(verdicts: Verdicts) -> None:
    assert verdicts("e32b") == {"e32b-rec": ("unconsented", "CONSENT", None)}


@case
def consent_under_the_terms_of_its_time(world: FeedBuilder) -> None:
    label = world.licensed("e77", **STRICT, valid_to="2026-03-12T00:00:00Z")
    world.contract("e77-contract", "e77-partner", version=2, valid_from="2026-03-12T00:00:00Z")
    world.product("e77", basis="plays")
    derivative = world.derivative("e77", [world.recording("e77-rec", owner=label)])
    world.plays(derivative, 10, play_date="2026-03-15")


def test_e77_looser_terms_do_not_clear_a_generation_of_before(verdicts: Verdicts) -> None:
    assert verdicts("e77") == {"e77-rec": ("unconsented", "CONSENT", None)}
