"""The AI disclosure of a recording. `test_ern.py` tests the other contents of a message."""

from typing import Any

import pytest

from linernotes.ingestion.ern import ErnMessage, parse_message
from linernotes.ingestion.ern.disclosure import groups_of_role
from tests.fixtures.ern_messages import MESSAGE_OF_3_8, contributor, message, recording

NOTHING_SAID = {
    "ai_vocals": None,
    "ai_instruments": None,
    "ai_composition": None,
    "ai_lyrics": None,
    "ai_post_production": None,
}
ALL = dict.fromkeys(NOTHING_SAID, "all")
NONE = dict.fromkeys(NOTHING_SAID, "none")


def contains(value: str) -> str:
    return f"<ContainsAI>{value}</ContainsAI>"


def part(value: str) -> str:
    return f"<AiContribution>{value}</AiContribution>"


def parse(*inner: str, version: str = "432") -> ErnMessage:
    return parse_message(message(recording(*inner), version=version).encode())


def disclosed(parsed: ErnMessage) -> dict[str, Any]:
    [row] = parsed.tables["raw_catalog__ern_recordings"].to_dicts()
    return {column: row[column] for column in NOTHING_SAID}


def contains_ai(parsed: ErnMessage) -> str | None:
    return parsed.tables["raw_catalog__ern_recordings"]["contains_ai"].item()


@pytest.mark.parametrize(("sent", "code"), [("None", "none"), ("Partly", "partly"), ("All", "all")])
@pytest.mark.parametrize("version", ["43", "431", "432"])
def test_contains_ai_is_read_in_every_version_it_stands_in(
    sent: str, code: str, version: str
) -> None:
    assert contains_ai(parse(contains(sent), version=version)) == code


def test_recording_that_says_nothing_is_undeclared_not_none() -> None:
    parsed = parse()

    assert contains_ai(parsed) is None
    assert disclosed(parsed) == NOTHING_SAID


def test_recording_of_3_8_is_undeclared() -> None:
    parsed = parse_message(MESSAGE_OF_3_8.encode())

    assert contains_ai(parsed) is None
    assert disclosed(parsed) == NOTHING_SAID


def test_unknown_value_of_contains_ai_is_undeclared_with_a_warning() -> None:
    parsed = parse(contains("Mostly"))

    assert contains_ai(parsed) is None
    assert parsed.warnings == ["ContainsAI 'Mostly' is not a value of its list"]


@pytest.mark.parametrize(
    ("declared", "expected"), [("None", NONE), ("Partly", NOTHING_SAID), ("All", ALL)]
)
def test_recording_declared_as_a_whole_speaks_for_its_groups(
    declared: str, expected: dict[str, str | None]
) -> None:
    assert disclosed(parse(contains(declared))) == expected


def test_instrumental_declared_as_all_says_nothing_about_voices() -> None:
    parsed = parse(contains("All"), "<IsInstrumental>true</IsInstrumental>")

    assert disclosed(parsed) == ALL | {"ai_vocals": None, "ai_lyrics": None}


def test_generative_ai_in_a_role_counts_as_all_without_a_word() -> None:
    parsed = parse(contributor("LeadVocalist", party=""))

    assert disclosed(parsed) == NOTHING_SAID | {"ai_vocals": "all"}
    [row] = [
        row
        for row in parsed.tables["raw_catalog__ern_contributors"].to_dicts()
        if row["special_contributor"]
    ]
    assert (row["contributor_name"], row["ai_contribution"]) == ("GenerativeAI", None)
    assert row["effective_ai_contribution"] == "all"
    assert parsed.warnings == []


def test_generative_ai_beside_a_person_makes_the_group_partly() -> None:
    parsed = parse(contributor("LeadVocalist", party=""), contributor("BackgroundVocalist"))

    assert disclosed(parsed)["ai_vocals"] == "partly"


def test_person_with_a_part_of_ai_makes_the_group_partly() -> None:
    parsed = parse(
        contributor("ComposerLyricist", part("Partly")), contributor("MixingEngineer", part("None"))
    )

    assert disclosed(parsed) == NOTHING_SAID | {
        "ai_composition": "partly",
        "ai_lyrics": "partly",
        "ai_post_production": "none",
    }


def test_group_whose_contributors_do_not_all_say_none_is_undeclared() -> None:
    parsed = parse(contributor("Musician", part("None")), contributor("Soloist"))

    assert disclosed(parsed)["ai_instruments"] is None


def test_person_who_says_all_is_read_as_partly_with_a_warning() -> None:
    parsed = parse(contributor("Lyricist", part("All")))

    assert disclosed(parsed)["ai_lyrics"] == "partly"
    assert parsed.warnings == ["AiContribution All on a contributor that is not GenerativeAI"]


def test_all_with_a_person_among_the_contributors_is_warned_of() -> None:
    parsed = parse(contains("All"), contributor("Vocalist"), contributor("Composer", party=""))

    assert disclosed(parsed) == ALL
    assert parsed.warnings == ["A1: ContainsAI is All, but a contributor is not GenerativeAI"]


@pytest.mark.parametrize(
    "contradiction", [contributor("Vocalist", part("Partly")), contributor("Vocalist", party="")]
)
def test_none_with_a_part_of_ai_is_warned_of_and_does_not_hide_it(contradiction: str) -> None:
    parsed = parse(contains("None"), contradiction)

    assert disclosed(parsed)["ai_vocals"] in ("partly", "all")
    assert disclosed(parsed) | {"ai_vocals": "none"} == NONE
    assert parsed.warnings == ["A1: ContainsAI is None, but a contributor's part is AI"]


def test_instrument_says_what_a_general_role_leaves_open() -> None:
    played = contributor("", "<InstrumentType>Violin</InstrumentType>", party="")

    assert disclosed(parse(played))["ai_instruments"] == "all"


@pytest.mark.parametrize("composite", [True, False])
def test_role_is_read_as_text_and_as_composite(composite: bool) -> None:
    parsed = parse(contributor("Lyricist", part("Partly"), composite=composite))

    assert disclosed(parsed)["ai_lyrics"] == "partly"


def test_contributor_with_two_roles_is_one_row_per_role() -> None:
    two = "<Role><Value>Composer</Value></Role>"

    parsed = parse(contributor("Lyricist", two, part("Partly")))

    rows = parsed.tables["raw_catalog__ern_contributors"].to_dicts()
    assert [(row["role"], row["ai_groups"]) for row in rows if not row["is_display_artist"]] == [
        ("Lyricist", ["lyrics"]),
        ("Composer", ["composition"]),
    ]


def test_display_artist_that_is_generative_ai_is_a_main_artist_without_a_party() -> None:
    artist = (
        "<DisplayArtist SequenceNumber='2'><SpecialDisplayArtist>GenerativeAI"
        "</SpecialDisplayArtist><DisplayArtistRole>MainArtist</DisplayArtistRole></DisplayArtist>"
    )

    parsed = parse(artist)

    [row] = parsed.tables["raw_catalog__ern_recordings"].to_dicts()
    assert row["main_artist_names"] == ["Quiet Meadow", "GenerativeAI"]
    assert row["main_artist_ids"] == ["isni:0000000999999999"]


def test_role_outside_the_table_discloses_nothing() -> None:
    assert groups_of_role("Photographer", has_instrument=False) == ["other"]
