"""The parties and objects that a decision covers: ISRCs, GTINs, merged parties, parents."""

from collections.abc import Callable
from pathlib import Path

import pytest

from linernotes.base.settings import Settings
from linernotes.warehouse.shortfalls import shortfalls
from tests.fixtures.worlds import FeedBuilder, Rows, case

Statuses = Callable[..., dict[str, str]]
OPEN = {"silence": "allow", "required_parties": ["owner"]}


@pytest.fixture
def statuses(rows: Rows) -> Statuses:
    """The consent status of a product's source uses on the MASTER side, by object or use."""

    def of(product_id: str, by: str = "object_id") -> dict[str, str]:
        return dict(
            rows(
                f"select {by}, consent_status from marts.fct_source_uses "
                f"where product_id = '{product_id}' and side = 'MASTER'"
            )
        )

    return of


def reported(home: Path) -> dict[str, str]:
    """The build's messages on the checks that failed."""
    return {one.node: one.status for one in shortfalls(Settings(home=home))}


def merge(
    world: FeedBuilder, party_id: str, into: str, recorded_at: str = "2026-01-05T00:00:00Z"
) -> str:
    world.party(party_id, kind="artist")
    world.party(party_id, kind="artist", merged_into_party_id=into, recorded_at=recorded_at)
    return party_id


def link(world: FeedBuilder, child: str, parent: str, **more: object) -> None:
    defaults = {"role": "label_of", "valid_from": "2020-01-01T00:00:00Z"}
    row = {"parent_party_id": parent, "child_party_id": child}
    world.add("catalog/party_links", **(row | defaults | more))


@case
def e65_one_isrc_two_ids(world: FeedBuilder) -> None:
    label = world.licensed("e65c", **OPEN)
    world.product("e65c")
    isrcs = {
        "e65c-album": "USE652600001", "e65c-hits": "us-e65-26-00001", "e65c-other": "USE652600002",
        "e65c-named": "USE652600003", "e65c-tied": "USE652600004", "e65c-tied2": "USE652600004",
        "e65c-bare": None,
    }  # fmt: skip
    for recording, isrc in isrcs.items():
        world.recording(recording, owner=label, isrc=isrc)
        world.generation("e65c", [recording])
    on = {"object_type": "recording"}
    world.decision("e65c-no", label, "deny", **on, object_id="e65c-album")
    world.decision("e65c-isrc-no", label, "deny", **on, object_id="US-E65-26-00003")
    world.decision("e65c-tied-yes", label, "allow", **on, object_id="e65c-tied2")
    world.decision("e65c-tied-no", label, "deny", **on, object_id="e65c-tied")


def test_e65_a_deny_on_one_recording_of_an_isrc_speaks_for_all_of_them(statuses: Statuses) -> None:
    """Regression: with a deny on the album's id, the compilation's id was paid."""
    assert statuses("e65c") == {
        "e65c-album": "unconsented",
        "e65c-hits": "unconsented",
        "e65c-other": "contract_default",
        "e65c-named": "unconsented",
        "e65c-tied": "unconsented",
        "e65c-tied2": "unconsented",
        "e65c-bare": "contract_default",
    }


@case
def e65_daily_limit_of_one_isrc(world: FeedBuilder) -> None:
    label = world.licensed("e41b", **OPEN)
    world.product("e41b")
    for recording in ("e41b-album", "e41b-hits"):
        world.recording(recording, owner=label, isrc="USE412600001")
    world.decision("e41b-two", label, "allow", daily_limit=2, max_influence="0.6")
    for hour, sources in enumerate((["e41b-album"], ["e41b-hits"], ["e41b-album"]), 1):
        derivative = world.derivative(
            "e41b", [*sources, "e41b-x"], generation_id=f"e41b-{hour}",
            occurred_at=f"2026-03-10T0{hour}:00:00Z",
        )  # fmt: skip
        world.attribute(derivative, {sources[0]: "0.5", "e41b-x": "0.5"})
    both = world.derivative(
        "e41b", ["e41b-album", "e41b-hits"], generation_id="e41b-both",
        occurred_at="2026-03-11T01:00:00Z",
    )  # fmt: skip
    world.attribute(both, {"e41b-album": "0.5", "e41b-hits": "0.5"})


def test_e41_recordings_of_one_isrc_count_as_one_for_both_limits(statuses: Statuses) -> None:
    """Regression: two ids of one recording had two daily limits, and half of the influence each."""
    assert {
        use: status for use, status in statuses("e41b", by="generation_id || object_id").items()
        if "-x" not in use
    } == {
        "e41b-1e41b-album": "consented",
        "e41b-2e41b-hits": "consented",
        "e41b-3e41b-album": "unconsented",
        "e41b-bothe41b-album": "unconsented",
        "e41b-bothe41b-hits": "unconsented",
    }  # fmt: skip


@case
def release_by_its_gtin(world: FeedBuilder) -> None:
    label = world.licensed("gtin", **OPEN)
    world.product("gtin")
    forms = {
        "gtin-12": ("036000291412", "036000291412"),
        "gtin-13": ("036000291413", "0036000291413"),
        "gtin-14": ("00036000291414", "036000291414"),
        "gtin-bare": ("036000291415", "36000291415"),
        "gtin-printed": ("036000291416", "0 36000-29141 6"),
    }
    for recording, (delivered, named) in forms.items():
        world.recording(recording, owner=label, upc=delivered)
        world.decision(
            f"{recording}-no", label, "deny", object_type="release", object_id=named
        )  # fmt: skip
    world.recording("gtin-none", owner=label)
    world.recording("gtin-zeros", owner=label, upc="000000000000")
    world.recording("gtin-other", owner=label, upc="360002914120")
    world.decision("gtin-zero-no", label, "deny", object_type="release", object_id="0")
    for recording in (*forms, "gtin-none", "gtin-zeros", "gtin-other"):
        world.generation("gtin", [recording])


def test_e65_a_release_is_its_gtin_whatever_its_leading_zeros(statuses: Statuses) -> None:
    """Regression: a deny with 13 or 14 digits did not cover the release with 12."""
    assert statuses("gtin") == {
        "gtin-12": "unconsented",
        "gtin-13": "unconsented",
        "gtin-14": "unconsented",
        "gtin-bare": "unconsented",
        "gtin-printed": "unconsented",
        "gtin-none": "contract_default",
        "gtin-zeros": "contract_default",
        "gtin-other": "contract_default",
    }


@case
def e44_long_chain_of_merges(world: FeedBuilder) -> None:
    label = world.licensed("e44c", silence="allow", required_parties=["main_artist"])
    world.product("e44c")
    world.party("e44c-0", kind="artist")
    for number in range(1, 41):
        merge(world, f"e44c-{number}", f"e44c-{number - 1}")
    for name, number in (("end", 0), ("middle", 20), ("same", 40)):
        world.recording(f"e44c-{name}", owner=label, main_artist_ids=[f"e44c-{number}"])
        world.generation("e44c", [f"e44c-{name}"])
    world.decision("e44c-no", "e44c-40", "deny", voice="artist")


def test_e44_a_deny_speaks_over_forty_merges(statuses: Statuses) -> None:
    """Regression: the seventeenth merge was silently dropped, and the use was paid."""
    assert set(statuses("e44c").values()) == {"unconsented"}


@case
def e44_merges_known_one_after_the_other(world: FeedBuilder) -> None:
    label = world.licensed("e44d", silence="allow", required_parties=["main_artist"])
    world.product("e44d")
    world.party("e44d-c", kind="artist")
    merge(world, "e44d-b", "e44d-c", "2026-03-20T00:00:00Z")
    merge(world, "e44d-a", "e44d-b", "2026-03-05T00:00:00Z")
    world.decision("e44d-no", "e44d-a", "deny", voice="artist")
    for artist in ("b", "c"):
        recording = world.recording(
            f"e44d-{artist}", owner=label, main_artist_ids=[f"e44d-{artist}"]
        )
        for day in ("04", "10", "21"):
            world.generation(
                "e44d", [recording], generation_id=f"e44d-{artist}-{day}",
                occurred_at=f"2026-03-{day}T12:00:00Z",
            )  # fmt: skip


def test_e44_each_merge_of_a_chain_counts_from_when_it_is_known(statuses: Statuses) -> None:
    """Regression: a merge of 5 March counted only from 20 March, from the next one in the chain."""
    assert statuses("e44d", by="generation_id") == {
        "e44d-b-04": "contract_default",
        "e44d-b-10": "unconsented",
        "e44d-b-21": "unconsented",
        "e44d-c-04": "contract_default",
        "e44d-c-10": "contract_default",
        "e44d-c-21": "unconsented",
    }


@case
def e44_circle_of_merges(world: FeedBuilder) -> None:
    label = world.licensed("e44e", silence="allow", required_parties=["main_artist"])
    world.product("e44e")
    merge(world, "e44e-a", "e44e-b")
    merge(world, "e44e-b", "e44e-a")
    world.recording("e44e-rec", owner=label, main_artist_ids=["e44e-a"])
    world.generation("e44e", ["e44e-rec"])
    world.decision("e44e-no", "e44e-b", "deny", voice="artist")


def test_e44_parties_merged_into_each_other_speak_for_each_other_and_are_told(
    statuses: Statuses, case_home: Path
) -> None:
    assert statuses("e44e") == {"e44e-rec": "unconsented"}
    assert reported(case_home)["stg_catalog__party_merges__lead_in_no_circle"] == "warn"


@case
def e44_parents_of_a_merged_id(world: FeedBuilder) -> None:
    label = world.licensed("e44f", **OPEN)
    world.product("e44f")
    for name in ("e44f-parent", "e44f-high"):
        world.party(name)
    merge(world, "e44f-old", label, "2026-03-05T00:00:00Z")
    link(world, "e44f-old", "e44f-parent")
    # The parent itself was merged, and its other id has another parent.
    world.party("e44f-twin")
    world.party("e44f-twin", merged_into_party_id="e44f-parent", recorded_at="2026-03-15T00:00:00Z")
    link(world, "e44f-twin", "e44f-high")
    world.recording("e44f-low", owner=label)
    world.recording("e44f-top", owner=label)
    on = {"object_type": "recording"}
    world.decision("e44f-no", "e44f-parent", "deny", **on, object_id="e44f-low")
    world.decision("e44f-high-no", "e44f-high", "deny", **on, object_id="e44f-top")
    for recording in ("low", "top"):
        for day in ("04", "10", "20"):
            world.generation(
                "e44f", [f"e44f-{recording}"], generation_id=f"e44f-{recording}-{day}",
                occurred_at=f"2026-03-{day}T12:00:00Z",
            )  # fmt: skip


def test_e44_parents_of_a_merged_in_id_speak_from_the_merge_on(statuses: Statuses) -> None:
    """Regression: only the parents of the id in the claim were considered."""
    assert statuses("e44f", by="generation_id") == {
        "e44f-low-04": "contract_default",
        "e44f-low-10": "unconsented",
        "e44f-low-20": "unconsented",
        "e44f-top-04": "contract_default",
        "e44f-top-10": "contract_default",
        "e44f-top-20": "unconsented",
    }


@case
def long_chain_of_parents(world: FeedBuilder) -> None:
    label = world.licensed("tall", **OPEN)
    world.product("tall")
    for number in range(30):
        world.party(f"tall-{number}")
        # Two links to each parent: the number of paths must not multiply.
        link(world, f"tall-{number - 1}" if number else label, f"tall-{number}")
        link(world, f"tall-{number - 1}" if number else label, f"tall-{number}", role="member_of")
    link(world, "tall-29", "tall-3")
    world.recording("tall-rec", owner=label)
    world.generation("tall", ["tall-rec"])
    world.decision("tall-no", "tall-29", "deny")


def test_e27_a_parent_thirty_links_up_denies_also_through_a_circle(
    statuses: Statuses, case_home: Path
) -> None:
    """Regression: the seventh parent was silently dropped, and the use was paid."""
    assert statuses("tall") == {"tall-rec": "unconsented"}
    assert reported(case_home)["int_rights__parents_reached__lead_in_no_circle"] == "warn"


@case
def owner_under_two_ids(world: FeedBuilder) -> None:
    label = world.licensed("e39b", **OPEN)
    world.product("e39b")
    world.party("e39b-old")
    world.party("e39b-old", merged_into_party_id=label, recorded_at="2026-01-05T00:00:00Z")
    world.recording("e39b-rec")
    world.owns("e39b-old", "e39b-rec", valid_to="2026-02-01T00:00:00Z")
    world.owns(label, "e39b-rec", valid_from="2026-02-01T00:00:00Z")
    world.decision("e39b-no", "e39b-old", "deny")
    world.generation("e39b", ["e39b-rec"])


def test_e39_a_claim_that_moves_between_merged_ids_is_no_change_of_owner(
    statuses: Statuses,
) -> None:
    """Regression: the owner's deny ended with its old id, and the contract's default paid."""
    assert statuses("e39b") == {"e39b-rec": "unconsented"}


@case
def work_denied_by_another_voice(world: FeedBuilder) -> None:
    label = world.licensed("e30b", silence="allow", required_parties=["owner", "writer"])
    world.product("e30b")
    for name, voice in (("owner", "owner"), ("writer", "writer")):
        world.recording(f"e30b-{name}", owner=label)
        world.add(
            "catalog/works", work_id=f"e30b-{name}-work", title=name,
            writer_party_ids=["e30b-writer-party"],
        )  # fmt: skip
        world.add(
            "catalog/recording_works", recording_id=f"e30b-{name}", work_id=f"e30b-{name}-work",
            share="1", valid_from="2020-01-01T00:00:00Z",
        )  # fmt: skip
        world.decision(
            f"e30b-{name}-no", label if voice == "owner" else "e30b-writer-party", "deny",
            voice=voice, object_type="work", object_id=f"e30b-{name}-work",
        )  # fmt: skip
        world.generation("e30b", [f"e30b-{name}"])


def test_e30_a_work_denied_counts_for_its_recording_in_the_writers_voice_alone(
    statuses: Statuses,
) -> None:
    assert statuses("e30b") == {"e30b-owner": "contract_default", "e30b-writer": "unconsented"}


@case
def writers_of_one_work_unknown(world: FeedBuilder) -> None:
    label = world.licensed("e30c", silence="deny", required_parties=["writer"])
    world.product("e30c")
    world.recording("e30c-rec", owner=label)
    world.decision("e30c-yes", "e30c-writer", "allow", voice="writer")
    for name, writers in (("known", ["e30c-writer"]), ("unknown", None)):
        world.add(
            "catalog/works", work_id=f"e30c-{name}", title=name, writer_party_ids=writers
        )  # fmt: skip
        world.add(
            "catalog/recording_works", recording_id="e30c-rec", work_id=f"e30c-{name}",
            share="0.5", valid_from="2020-01-01T00:00:00Z",
        )  # fmt: skip
    world.generation("e30c", ["e30c-rec"])


def test_e30_unknown_writers_of_one_of_two_works_are_silence(statuses: Statuses) -> None:
    """Regression: the writers of the known work decided for both."""
    assert statuses("e30c") == {"e30c-rec": "unconsented"}


@case
def decisions_about_nothing(world: FeedBuilder) -> None:
    label = world.licensed("lost", **OPEN)
    world.recording("lost-rec", owner=label, upc="036000291499", isrc="USLST2600001")
    things = {
        "lost-recording": ("recording", "lost-typo"),
        "lost-release": ("release", "036000291498"),
        "lost-work": ("work", "lost-rec"),
        "lost-artist": ("artist", "lost-nobody"),
        "lost-label": ("label", "lost-nobody"),
        "found-recording": ("recording", "lost-rec"),
        "found-isrc": ("recording", "us-lst-26-00001"),
        "found-release": ("release", "00036000291499"),
        "found-artist": ("artist", "lost-rec-artist"),
        "found-label": ("label", label),
        "found-catalogue": ("catalogue", None),
    }
    for decision, (kind, thing) in things.items():
        world.decision(decision, label, "allow", object_type=kind, object_id=thing)
    world.decision("lost-catalogue", "lost-nobody", "deny")


def test_e42_a_decision_that_matches_nothing_is_reported(rows: Rows, case_home: Path) -> None:
    """Regression: a refusal with a typing error did not prevent a use, and was not reported."""
    assert rows(
        "select decision_id from quality.unmatched_decisions "
        "where decision_id like 'lost-%' or decision_id like 'found-%' order by all"
    ) == [
        ("lost-artist",), ("lost-catalogue",), ("lost-label",), ("lost-recording",),
        ("lost-release",), ("lost-work",),
    ]  # fmt: skip
    assert reported(case_home)["unmatched_decisions__is_empty"] == "warn"
