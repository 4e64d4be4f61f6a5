"""Elements about AI, contributors, rights and dates are read, or reported as unread."""

import copy
import datetime as dt
import re
from typing import Any

import pytest
from lxml import etree  # ty: ignore[missing-module-member]

from linernotes.ingestion.ern import ErnMessage, parse_message
from linernotes.ingestion.errors import RefusedFile
from tests.fixtures.ern_messages import (
    EVERY_CREDIT_OF_4_3_2,
    MESSAGE_OF_3_8,
    SENDER,
    contributor,
    display_artist_3_8,
    message,
    message_3_8,
    recording,
    territory_3_8,
)

ISNI = "0000000999999999"
CREDIT_NOTES = {
    f"contributor: ResourceList/SoundRecording/Contributor/DisplayCredits/{name}": 1
    for name in ("DisplayCreditText", "DisplayCreditParty", "NameUsedInDisplayCredit")
}


def parse(text: str) -> ErnMessage:
    return parse_message(text.encode())


def rows(parsed: ErnMessage, table: str) -> list[dict[str, Any]]:
    return parsed.tables[f"raw_catalog__ern_{table}"].to_dicts()


def test_every_ai_and_contributor_element_of_4_3_2_is_kept_or_told() -> None:
    """Regression: AI vocals of an edition's contributor, and instruments in a role, were unread."""
    parsed = parse(EVERY_CREDIT_OF_4_3_2)

    assert parsed.unread == CREDIT_NOTES
    first, second, video = rows(parsed, "recordings")
    assert first["released_on"] == "2026-04-01"
    assert [
        (row["recording_id"], row["contains_ai"], row["ai_vocals"], row["ai_post_production"])
        for row in (first, second, video)
    ] == [
        ("isrc:QZABC2600001", "partly", "all", None),
        ("isrc:QZABC2600002", "partly", None, "partly"),
        ("isrc:QZABC2600003", "none", "none", "none"),
    ]
    assert [first["ai_lyrics"], first["ai_instruments"]] == ["partly", "partly"]
    credited = [row for row in rows(parsed, "contributors") if row["recording_id"][-1] == "1"]
    assert [
        (row["role"], row["special_contributor"], row["instrument_types"], row["ai_contribution"])
        for row in credited
    ] == [
        ("MainArtist", None, [], None),
        ("Pianist", None, ["Piano"], None),
        ("FeaturedArtist", "GenerativeAI", [], None),
        ("StudioPersonnel", None, ["Violin", "Flute"], "partly"),
        ("Lyricist", None, ["Flute"], "partly"),
        ("LeadVocalist", "GenerativeAI", [], None),
    ]
    [ada] = [row for row in credited if row["role"] == "Lyricist"]
    assert ada["is_credited"]
    assert ada["has_made_featured_contribution"]
    assert ada["has_made_contracted_contribution"]
    [release] = rows(parsed, "releases")
    assert (release["cover_contains_ai"], release["booklet_contains_ai"]) == ("all", "partly")
    assert release["contains_ai"] == "partly"
    assert release["display_artist_roles"] == ["MainArtist"]


@pytest.mark.parametrize("text", [EVERY_CREDIT_OF_4_3_2, MESSAGE_OF_3_8], ids=["4.3.2", "3.8.3"])
def test_any_element_of_those_parts_that_moves_to_a_new_place_is_told(text: str) -> None:
    """A list of paths does not cover other paths: an element moved by a schema would be lost."""
    subjects = re.compile(r"AI|Ai[A-Z]|Special|Contributor|Artist(?!Name)|Right|Date$|Instrument")
    root = etree.fromstring(text.encode())
    leaves = [
        leaf
        for leaf in root.iterdescendants()
        if not len(leaf)
        and any(subjects.search(one.tag) for one in (leaf, *leaf.iterancestors()))
        and "DisplayCredit" not in leaf.tag
        and leaf.getparent().tag != "MessageHeader"
    ]
    before = sum(parse(text).unread.values())
    untold = []
    for number in range(len(leaves)):
        changed = copy.deepcopy(root)
        path = root.getroottree().getpath(leaves[number])
        [leaf] = changed.xpath(path, namespaces={"ern": etree.QName(root).namespace})
        wrapper = etree.Element("NewPart")
        leaf.getparent().replace(leaf, wrapper)
        wrapper.append(leaf)
        if sum(parse_message(etree.tostring(changed)).unread.values()) <= before:
            untold.append(path)

    assert len(leaves) > 12
    assert not untold


def test_unread_elements_are_counted_by_path_and_told_in_the_message_row() -> None:
    singer = contributor("Vocalist", "<Nationality>FI</Nationality>")

    parsed = parse(message(recording(*[singer] * 3)))

    path = "contributor: ResourceList/SoundRecording/Contributor/Nationality"
    assert parsed.unread == {path: 3}
    [row] = rows(parsed, "messages")
    assert row["unread_elements"] == [f"{path} (3)"]
    assert row["unread_element_count"] == 3
    assert parsed.warnings == []


def test_unread_paths_without_end_are_counted_together() -> None:
    many = "".join(f"<Artist{number}>x</Artist{number}>" for number in range(200))

    parsed = parse(message(recording(many)))

    assert len(parsed.unread) == 50
    assert parsed.unread["elements of further paths"] == 151
    assert sum(parsed.unread.values()) == 200


@pytest.mark.parametrize(
    ("details", "released_on"),
    [
        (
            territory_3_8("Worldwide", "<ReleaseDate>2026-05-01</ReleaseDate>", of="Release"),
            "2026-05-01",
        ),
        (
            territory_3_8("FR", "<ReleaseDate>2026-04-03</ReleaseDate>", of="Release")
            + territory_3_8("DE", "<ReleaseDate>2026-04-02</ReleaseDate>", of="Release")
            + territory_3_8("JP", "<ReleaseDate>2026-04</ReleaseDate>", of="Release"),
            "2026-04-03",
        ),
        (
            territory_3_8("FR", "<ReleaseDate>2026-04-02</ReleaseDate>", of="Release")
            + territory_3_8(
                "Worldwide",
                "<OriginalReleaseDate>2024</OriginalReleaseDate>",
                "<ReleaseDate>2026-05-01</ReleaseDate>",
                of="Release",
            ),
            "2024",
        ),
    ],
)
def test_release_date_inside_the_details_by_territory_is_read(
    details: str, released_on: str
) -> None:
    """Regression: only dates of the release itself were read, which 3.8 does not have."""
    parsed = parse(message_3_8(release_details=details))

    assert rows(parsed, "releases")[0]["released_on"] == released_on
    assert parsed.unread == {}


@pytest.mark.parametrize(
    ("sent", "released_on"),
    [
        ("2026-04-01", "2026-04-01"),
        ("<FulfillmentDate>2026-04</FulfillmentDate>", "2026-04"),
        ("<FulfillmentDate>2026-04-01T00:00:00+02:00</FulfillmentDate>", "2026-04-01"),
        ("<FulfillmentDate>soon</FulfillmentDate>", None),
    ],
)
def test_first_publication_is_a_date_or_holds_one(sent: str, released_on: str | None) -> None:
    parsed = parse(message(recording(f"<FirstPublicationDate>{sent}</FirstPublicationDate>")))

    assert rows(parsed, "recordings")[0]["released_on"] == released_on
    assert bool(parsed.warnings) == (released_on is None)
    assert parsed.unread == {}


@pytest.mark.parametrize(
    ("details", "main", "featured"),
    [
        # In only one territory.
        (territory_3_8("FR", display_artist_3_8("Ada Fen")), ["Ada Fen"], []),
        # Another artist in one territory.
        (
            territory_3_8("Worldwide", display_artist_3_8("Quiet Meadow"))
            + territory_3_8(
                "FR",
                display_artist_3_8("Quiet Meadow"),
                display_artist_3_8("Ada Fen", role="FeaturedArtist", place=2),
            ),
            ["Quiet Meadow"],
            ["Ada Fen"],
        ),
        # The same artist in another script: same position in the billing, no id.
        (
            territory_3_8("Worldwide", display_artist_3_8("Quiet Meadow", isni=ISNI))
            + territory_3_8("JP", display_artist_3_8("静かな牧草地")),
            ["Quiet Meadow"],
            [],
        ),
        # Another artist in that position, according to the id.
        (
            territory_3_8("Worldwide", display_artist_3_8("Quiet Meadow"))
            + territory_3_8("JP", display_artist_3_8("Ada Fen", isni=ISNI)),
            ["Quiet Meadow", "Ada Fen"],
            [],
        ),
    ],
)
def test_artist_billed_in_one_territory_alone_is_an_artist_of_the_recording(
    details: str, main: list[str], featured: list[str]
) -> None:
    parsed = parse(message_3_8(details))

    [row] = rows(parsed, "recordings")
    assert (row["main_artist_names"], row["featured_artist_names"]) == (main, featured)
    assert parsed.unread == {}


def test_credit_of_several_territories_is_one_with_all_of_them() -> None:
    singer = (
        "<ResourceContributor><PartyName><FullName>Ada Fen</FullName></PartyName>"
        "<ResourceContributorRole>Vocalist</ResourceContributorRole>"
        "<IsFeaturedArtist>true</IsFeaturedArtist></ResourceContributor>"
    )

    parsed = parse(message_3_8(territory_3_8("FR", singer), territory_3_8("DE", singer)))

    [row] = rows(parsed, "contributors")
    assert (row["role"], row["territories"]) == ("Vocalist", ["FR", "DE"])
    assert row["has_made_featured_contribution"]


def test_ai_of_a_cover_that_no_release_links_is_told() -> None:
    image = "<Image><ResourceReference>A9</ResourceReference><ContainsAI>All</ContainsAI></Image>"

    parsed = parse(message(recording(), image))

    assert parsed.warnings == ["A9 declares AI, and no release of the message links it"]


def test_times_without_an_offset_are_read_with_the_one_that_is_set_for_their_sender() -> None:
    release = "<Release><ReleaseReference>R0</ReleaseReference></Release>"
    deal = (
        "<ReleaseDeal><DealReleaseReference>R0</DealReleaseReference><Deal><DealTerms>"
        "<ValidityPeriod><StartDateTime>2026-05-01T00:00:00</StartDateTime></ValidityPeriod>"
        "</DealTerms></Deal></ReleaseDeal>"
    )
    text = message(created="2026-05-04T10:00:00", releases=release, deals=deal)

    with pytest.raises(RefusedFile, match="LINERNOTES_ERN_OFFSETS"):
        parse_message(text.encode(), {"PADPIDA2026010102L": "+09:00"})
    parsed = parse_message(text.encode(), {SENDER: "+09:00"})

    assert parsed.created_at == dt.datetime(2026, 5, 4, 1)
    assert rows(parsed, "deals")[0]["start_at"] == dt.datetime(2026, 4, 30, 15)
    assert parsed.warnings == [
        "times without an offset are read with +09:00, as set for the sender"
    ]


def test_offset_that_a_sender_writes_wins_over_the_one_that_is_set() -> None:
    parsed = parse_message(message(created="2026-05-04T10:00:00Z").encode(), {SENDER: "+09:00"})

    assert parsed.created_at == dt.datetime(2026, 5, 4, 10)
    assert parsed.warnings == []


def test_deal_whose_start_cannot_be_read_is_warned_of() -> None:
    release = "<Release><ReleaseReference>R0</ReleaseReference></Release>"
    deal = (
        "<ReleaseDeal><DealReleaseReference>R0</DealReleaseReference><Deal><DealTerms>"
        "<ValidityPeriod><StartDate>1 May</StartDate></ValidityPeriod></DealTerms></Deal>"
        "</ReleaseDeal>"
    )

    parsed = parse(message(releases=release, deals=deal))

    assert parsed.warnings == ["StartDate '1 May' is not a date; left out"]
