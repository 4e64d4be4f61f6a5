"""Release messages as tables. Other modules test hostile bytes and the rules about AI."""

import csv
import datetime as dt
import gzip
import hashlib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from linernotes.base.settings import PROJECT_ROOT
from linernotes.ingestion.ern import ErnMessage, parse_message
from linernotes.ingestion.ern_schemas import ERN_KEYS, ERN_SCHEMAS
from linernotes.ingestion.errors import IgnoredFile, IntakeError, RefusedFile
from tests.fixtures.ern_messages import (
    MESSAGE_OF_3_8,
    RECIPIENT,
    SENDER,
    contributor,
    message,
    recording,
)

SHARED = PROJECT_ROOT.parent / "shared" / "data"


def parse(text: str) -> ErnMessage:
    return parse_message(text.encode())


def rows(parsed: ErnMessage, table: str) -> list[dict[str, Any]]:
    return parsed.tables[f"raw_catalog__ern_{table}"].to_dicts()


def test_message_of_4_3_2_gives_every_table_with_its_schema() -> None:
    parsed = parse(message())

    assert {table: frame.schema for table, frame in parsed.tables.items()} == ERN_SCHEMAS


def test_message_header_is_kept_with_its_verdict() -> None:
    text = message()

    parsed = parse(text)

    [header] = rows(parsed, "messages")
    assert header["sender_dpid"] == parsed.sender_dpid == SENDER
    assert header["message_id"] == parsed.message_id == "QM-1"
    assert header["sha256"] == parsed.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert header["recorded_at"] == parsed.created_at == dt.datetime(2026, 5, 4, 8)
    assert header["recipient_dpids"] == [RECIPIENT]
    assert (header["version"], header["avs_version"], header["release_profile"]) == (
        "4.3.2",
        "9",
        "SimpleAudioSingle",
    )
    assert (header["encoding"], header["schema_verdict"]) == ("utf-8", "no_schema")
    assert parsed.warnings == []


@pytest.mark.parametrize(
    ("namespace", "version"),
    [
        ("382", "3.8.2"),
        ("383", "3.8.3"),
        ("41", "4.1"),
        ("411", "4.1.1"),
        ("42", "4.2"),
        ("43", "4.3"),
        ("431", "4.3.1"),
        ("432", "4.3.2"),
    ],
)
def test_message_of_each_listed_version_is_read(namespace: str, version: str) -> None:
    assert parse(message(version=namespace)).version == version


@pytest.mark.parametrize("namespace", ["36", "37", "381", "4", "433", "5", ""])
def test_message_of_another_version_is_refused_even_as_a_test_message(namespace: str) -> None:
    with pytest.raises(RefusedFile, match="version"):
        parse(message(version=namespace, control="TestMessage"))


def test_test_message_of_a_listed_version_is_ignored() -> None:
    with pytest.raises(IgnoredFile, match=r"4\.3\.2"):
        parse(message(control="TestMessage"))


def test_message_without_an_id_is_known_by_its_hash() -> None:
    text = message(message_id=" ")

    assert parse(text).message_id == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    "created", ["2026-05-04T10:00:00", "2026-05-04", "", "0001-01-01T00:00:00+09:00"]
)
def test_message_without_a_true_created_time_is_refused(created: str) -> None:
    with pytest.raises(RefusedFile, match="MessageCreatedDateTime"):
        parse(message(created=created))


@pytest.mark.parametrize("field", ["sender", "message_id"])
def test_message_with_an_endless_id_is_refused(field: str) -> None:
    with pytest.raises(RefusedFile, match="200"):
        parse(message(**{field: "x" * 201}))


def test_message_without_a_sender_is_refused() -> None:
    with pytest.raises(RefusedFile, match="sender"):
        parse(message(sender=""))


@pytest.mark.parametrize(
    ("sender", "warning"),
    [("PADPIDA111111111", "well-formed"), ("PADPIDA2026010101X", "check digit")],
)
def test_message_of_an_odd_sender_is_read_with_a_warning(sender: str, warning: str) -> None:
    parsed = parse(message(sender=sender))

    assert any(warning in text for text in parsed.warnings)


@pytest.mark.parametrize(
    "text",
    [
        "<catalogue/>",
        '<ern:CatalogListMessage xmlns:ern="http://ddex.net/xml/ern/383"/>',
        '<NewReleaseMessage xmlns="http://example.org/ern/43"/>',
    ],
)
def test_xml_that_is_no_release_message_is_refused(text: str) -> None:
    with pytest.raises(RefusedFile, match="not a DDEX release message"):
        parse(text)


def test_message_whose_children_have_the_namespace_is_read_the_same() -> None:
    text = message()
    spelled = text.replace("ern:New", "New").replace("xmlns:ern", "xmlns")

    assert rows(parse(spelled), "recordings") == rows(parse(text), "recordings")


def test_recording_of_4_3_carries_its_facts() -> None:
    extra = (
        "<IsCover>true</IsCover><HasVocalPerformance>true</HasVocalPerformance>"
        "<WorkId><ISWC>T0345246801</ISWC></WorkId>"
        "<FirstPublicationDate>2026-04</FirstPublicationDate>"
    )

    [row] = rows(parse(message(recording(extra), version="43")), "recordings")

    assert row["recording_id"] == "isrc:QZABC2600001"
    assert (row["isrc"], row["isrc_original"]) == ("QZABC2600001", "QZABC2600001")
    assert (row["title"], row["subtitle"]) == ("Low Tide", "Live")
    assert row["display_artist_names"] == row["main_artist_names"] == ["Quiet Meadow"]
    assert row["main_artist_references"] == ["P1"]
    assert row["main_artist_ids"] == ["isni:0000000999999999"]
    assert row["duration_ms"] == 206_200
    assert row["recording_type"] == "MusicalWorkSoundRecording"
    assert (row["is_cover"], row["has_vocal_performance"]) == (True, True)
    assert (row["iswcs"], row["released_on"]) == (["T0345246801"], "2026-04")
    assert row["contains_ai"] is None


def test_recording_of_4_2_has_its_ids_on_the_resource() -> None:
    line = "<PLine><PLineText>(P) 2026 Harbour Lamp</PLineText></PLine>"

    [row] = rows(parse(message(recording(line, edition=False), version="42")), "recordings")

    assert row["recording_id"] == "isrc:QZABC2600001"
    assert row["p_line"] == "(P) 2026 Harbour Lamp"


def test_recording_with_two_editions_is_two_recordings() -> None:
    second = (
        "<SoundRecordingEdition><ResourceId><ISRC>QZABC2600009</ISRC></ResourceId>"
        "</SoundRecordingEdition>"
    )

    parsed = parse(message(recording(second, contributor("Vocalist"))))

    assert [row["recording_id"] for row in rows(parsed, "recordings")] == [
        "isrc:QZABC2600001",
        "isrc:QZABC2600009",
    ]
    singers = [row for row in rows(parsed, "contributors") if row["role"] == "Vocalist"]
    assert [row["recording_id"] for row in singers] == ["isrc:QZABC2600001", "isrc:QZABC2600009"]


def test_recording_with_one_isrc_on_two_editions_is_one_recording() -> None:
    second = (
        "<SoundRecordingEdition><ResourceId><ISRC>QZABC2600001</ISRC></ResourceId>"
        "</SoundRecordingEdition>"
    )

    assert len(rows(parse(message(recording(second))), "recordings")) == 1


def test_recording_with_a_malformed_isrc_falls_back_to_the_senders_own_id() -> None:
    ids = (
        "<SoundRecordingEdition><ResourceId><ISRC>QZABC26</ISRC>"
        '<ProprietaryId Namespace="HL">77-1</ProprietaryId></ResourceId></SoundRecordingEdition>'
    )

    parsed = parse(message(recording(ids, isrc="", edition=False)))

    [row] = rows(parsed, "recordings")
    assert (row["recording_id"], row["isrc"], row["isrc_original"]) == (
        f"{SENDER}:77-1",
        None,
        "QZABC26",
    )
    assert row["proprietary_ids"] == ["HL:77-1"]
    assert any("QZABC26" in text for text in parsed.warnings)


def test_recording_without_any_id_is_kept_unnamed_with_a_warning() -> None:
    parsed = parse(message(recording(isrc="")))

    assert [row["recording_id"] for row in rows(parsed, "recordings")] == [None]
    assert any("names no recording" in text for text in parsed.warnings)


def test_message_of_3_8_gives_the_same_tables() -> None:
    parsed = parse(MESSAGE_OF_3_8)

    [row] = rows(parsed, "recordings")
    assert (row["recording_id"], row["isrc_original"]) == ("isrc:QZABC2600002", "QZ-ABC-26-00002")
    assert (row["title"], row["released_on"], row["duration_ms"]) == (
        "Salt Road",
        "2026-04",
        120_000,
    )
    assert row["main_artist_names"] == ["Quiet Meadow"]
    assert row["featured_artist_names"] == ["Ada Fen"]
    assert row["main_artist_ids"] == ["isni:0000000999999999"]
    assert row["display_artist_names"] == ["Quiet Meadow", "Ada Fen"]
    assert row["p_line"] == "(P) 2026 Harbour Lamp"
    assert [one["full_name"] for one in rows(parsed, "parties")] == [
        "Quiet Meadow",
        "Ada Fen",
        "Bo Reed",
        "Lampe du Port",
    ]
    assert [(one["contributor_name"], one["role"]) for one in rows(parsed, "contributors")] == [
        ("Quiet Meadow", "MainArtist"),
        ("Ada Fen", "FeaturedArtist"),
        ("Ada Fen", "Vocalist"),
        ("Bo Reed", "Composer"),
    ]
    [right] = rows(parsed, "rights")
    assert (right["territory"], right["share_pct"]) == ("FR", Decimal(40))
    [release] = rows(parsed, "releases")
    assert (release["icpn"], release["label_names"]) == ("999999000019", ["Harbour Lamp"])
    assert release["resource_references"] == ["A1"]
    [deal] = rows(parsed, "deals")
    assert (deal["use_type"], deal["territory"]) == ("OnDemandStream", "WW")
    assert rows(parsed, "messages")[0]["update_indicator"] == "OriginalMessage"


def test_party_carries_its_ids_and_one_id_of_its_own() -> None:
    everything = """
    <Party><PartyReference>P1</PartyReference>
      <PartyName><FullName>Quiet Meadow</FullName></PartyName>
      <PartyName LanguageAndScriptCode="ja"><FullName>静かな牧草地</FullName></PartyName>
      <PartyId><ISNI>0000000999999999</ISNI><DPID>PADPIDA2026010102L</DPID>
        <IpiNameNumber>99999999919</IpiNameNumber><IPN>IPN-1</IPN>
        <CisacSocietyId>999</CisacSocietyId>
        <ProprietaryId Namespace="HL">77</ProprietaryId></PartyId></Party>"""

    parsed = parse(message(parties=everything))

    [party] = rows(parsed, "parties")
    assert party["party_id"] == "isni:0000000999999999"
    assert party["names"] == ["Quiet Meadow", "静かな牧草地"]
    assert (party["dpid"], party["ipi"], party["ipn"], party["cisac_society_id"]) == (
        "PADPIDA2026010102L",
        "99999999919",
        "IPN-1",
        "999",
    )
    assert party["proprietary_ids"] == ["HL:77"]
    assert parsed.warnings == []


@pytest.mark.parametrize(
    ("isni", "kept", "warning"),
    [
        ("0000 0009 9999 9999", None, "malformed ISNI"),
        ("0000000999999998", "0000000999999998", "check digit"),
    ],
)
def test_party_with_a_faulty_isni_is_warned_of(isni: str, kept: str | None, warning: str) -> None:
    faulty = (
        "<Party><PartyReference>P1</PartyReference><PartyName><FullName>Quiet Meadow</FullName>"
        f"</PartyName><PartyId><ISNI>{isni}</ISNI></PartyId></Party>"
    )

    parsed = parse(message(parties=faulty))

    assert rows(parsed, "parties")[0]["isni"] == kept
    assert any(warning in text for text in parsed.warnings)


def test_party_reference_to_nobody_is_warned_of() -> None:
    parsed = parse(message(recording(contributor("Vocalist", party="P9"))))

    assert "party reference P9 names no party of the message" in parsed.warnings


def test_right_is_one_row_per_territory_with_its_exact_share() -> None:
    right = """<ResourceRightsController>
      <RightsControllerPartyReference>P3</RightsControllerPartyReference>
      <RightsControlType>RightsController</RightsControlType>
      <RightSharePercentage>33.333333333333</RightSharePercentage>
      <DelegatedUsageRights><UseType>OnDemandStream</UseType>
        <PeriodOfRightsDelegation><StartDate>2026-01-01</StartDate></PeriodOfRightsDelegation>
        <TerritoryOfRightsDelegation>DE</TerritoryOfRightsDelegation>
        <TerritoryOfRightsDelegation>Worldwide</TerritoryOfRightsDelegation>
      </DelegatedUsageRights></ResourceRightsController>"""

    found = rows(parse(message(recording(right))), "rights")

    assert [row["territory"] for row in found] == ["DE", "WW"]
    assert found[0]["share_pct"] == Decimal("33.333333333333")
    assert (found[0]["side"], found[0]["controller_name"], found[0]["roles"]) == (
        "MASTER",
        "Harbour Lamp Records",
        ["RightsController"],
    )
    assert found[0]["start_date"] == dt.date(2026, 1, 1)


@pytest.mark.parametrize("share", ["0", "100.5", "-1", "half", "1.1234567890123"])
def test_right_with_a_share_out_of_range_is_left_without_it(share: str) -> None:
    right = (
        "<ResourceRightsController><RightSharePercentage>"
        f"{share}</RightSharePercentage></ResourceRightsController>"
    )

    parsed = parse(message(recording(right)))

    assert rows(parsed, "rights")[0]["share_pct"] is None
    assert any("right share" in text for text in parsed.warnings)


def test_rights_over_the_whole_are_warned_of() -> None:
    right = (
        "<ResourceRightsController><RightSharePercentage>60</RightSharePercentage>"
        "</ResourceRightsController>"
    )

    parsed = parse(message(recording(right, right)))

    assert "A1: MASTER shares in WW add up to 120, over 100" in parsed.warnings


def test_related_recording_is_found_inside_and_outside_the_message() -> None:
    inside = (
        "<RelatedResource><ResourceRelationshipType>HasContentFrom</ResourceRelationshipType>"
        "<ResourceRelatedResourceReference>A2</ResourceRelatedResourceReference></RelatedResource>"
    )
    outside = (
        "<RelatedResource><ResourceRelationshipType>IsCoverOf</ResourceRelationshipType>"
        "<ResourceId><ISRC>QZABC2500001</ISRC></ResourceId></RelatedResource>"
    )
    other = recording(reference="A2", isrc="QZABC2600002")

    parsed = parse(message(recording(inside, outside), other))

    assert [
        (row["relationship_type"], row["related_recording_id"])
        for row in rows(parsed, "related_recordings")
    ] == [("HasContentFrom", "isrc:QZABC2600002"), ("IsCoverOf", "isrc:QZABC2500001")]
    assert parsed.warnings == []


def test_release_lists_its_resources_in_track_order_with_the_cover() -> None:
    image = (
        "<Image><ResourceReference>A9</ResourceReference><ContainsAI>Partly</ContainsAI></Image>"
    )
    release = """<Release><ReleaseReference>R0</ReleaseReference>
      <ReleaseType>Single</ReleaseType>
      <ReleaseId><GRid>A1ZZZZZ0000000001R</GRid><ICPN>999999000019</ICPN></ReleaseId>
      <DisplayTitle><TitleText>Tides</TitleText></DisplayTitle>
      <ReleaseLabelReference>P3</ReleaseLabelReference>
      <DisplayGenre><GenreText>Folk</GenreText></DisplayGenre>
      <OriginalReleaseDate>2026-04-01</OriginalReleaseDate><ContainsAI>None</ContainsAI>
      <ResourceGroup><ResourceGroup><ResourceGroupContentItem>
        <ReleaseResourceReference>A2</ReleaseResourceReference></ResourceGroupContentItem>
        <ResourceGroupContentItem><ReleaseResourceReference>A1</ReleaseResourceReference>
        </ResourceGroupContentItem></ResourceGroup>
        <LinkedReleaseResourceReference>A9</LinkedReleaseResourceReference></ResourceGroup>
      </Release>
      <TrackRelease><ReleaseReference>R1</ReleaseReference>
        <ReleaseResourceReference>A1</ReleaseResourceReference></TrackRelease>"""
    second = recording(reference="A2", isrc="QZABC2600002")

    parsed = parse(message(recording(), second, image, releases=release))

    whole, track = rows(parsed, "releases")
    assert whole["resource_references"] == ["A2", "A1"]
    assert (whole["grid"], whole["icpn"]) == ("A1ZZZZZ0000000001R", "999999000019")
    assert (whole["label_names"], whole["genres"]) == (["Harbour Lamp Records"], ["Folk"])
    assert whole["released_on"] == "2026-04-01"
    assert (whole["contains_ai"], whole["cover_contains_ai"]) == ("none", "partly")
    assert (track["release_kind"], track["resource_references"]) == ("track_release", ["A1"])
    assert parsed.warnings == []


def deal(*terms: str) -> str:
    return (
        "<ReleaseDeal><DealReleaseReference>R0</DealReleaseReference>"
        f"<Deal><DealTerms>{''.join(terms)}</DealTerms></Deal></ReleaseDeal>"
    )


RELEASE = "<Release><ReleaseReference>R0</ReleaseReference></Release>"


def test_deal_is_one_row_per_territory_model_use_and_period() -> None:
    terms = (
        "<TerritoryCode>DE</TerritoryCode><TerritoryCode>FR</TerritoryCode>"
        "<ValidityPeriod><StartDate>2026-05-01</StartDate><EndDate>2026-05-31</EndDate>"
        "</ValidityPeriod><CommercialModelType>SubscriptionModel</CommercialModelType>"
        '<CommercialModelType Namespace="HL" UserDefinedValue="FanClub">UserDefined'
        "</CommercialModelType><UseType>OnDemandStream</UseType><UseType>Download</UseType>"
        "<RightsClaimPolicy><RightsClaimPolicyType>Monetize</RightsClaimPolicyType>"
        "</RightsClaimPolicy>"
    )

    found = rows(parse(message(releases=RELEASE, deals=deal(terms))), "deals")

    assert len(found) == 8
    assert {row["commercial_model"] for row in found} == {"SubscriptionModel", "FanClub"}
    assert found[0]["release_references"] == ["R0"]
    assert (found[0]["start_date"], found[0]["end_date"]) == (
        dt.date(2026, 5, 1),
        dt.date(2026, 5, 31),
    )
    assert {row["rights_claim_policy"] for row in found} == {"Monetize"}


def test_deal_of_exclusions_is_the_world_without_them() -> None:
    terms = "<ExcludedTerritoryCode>US</ExcludedTerritoryCode><UseType>OnDemandStream</UseType>"

    [row] = rows(parse(message(releases=RELEASE, deals=deal(terms))), "deals")

    assert (row["territory"], row["excluded_territories"]) == ("WW", ["US"])


def test_deal_that_ends_before_it_starts_is_warned_of() -> None:
    terms = (
        "<ValidityPeriod><StartDate>2026-06-01</StartDate><EndDate>2026-05-01</EndDate>"
        "</ValidityPeriod>"
    )

    parsed = parse(message(releases=RELEASE, deals=deal(terms)))

    assert any("before it starts" in text for text in parsed.warnings)


def test_deal_and_release_with_references_to_nothing_are_warned_of() -> None:
    release = (
        "<Release><ReleaseReference>R7</ReleaseReference><ResourceGroup><ResourceGroupContentItem>"
        "<ReleaseResourceReference>A8</ReleaseResourceReference></ResourceGroupContentItem>"
        "</ResourceGroup></Release>"
    )

    parsed = parse(message(releases=release, deals=deal()))

    assert parsed.warnings == [
        "release resource A8 is not in the message",
        "deal release R0 is not in the message",
    ]


def test_deals_that_spell_out_without_measure_refuse_the_message() -> None:
    territories = "".join(f"<TerritoryCode>T{n}</TerritoryCode>" for n in range(1500))
    uses = "".join(f"<UseType>U{n}</UseType>" for n in range(1500))

    with pytest.raises(RefusedFile, match="deals"):
        parse(message(releases=RELEASE, deals=deal(territories, uses)))


def test_references_that_stand_twice_keep_every_row_with_a_key_of_its_own() -> None:
    party = "<Party><PartyReference>P1</PartyReference></Party>"

    parsed = parse(message(recording(), recording(), parties=party * 2, releases=RELEASE * 2))

    for table, key in ERN_KEYS.items():
        frame = parsed.tables[table]
        assert frame.select(key).n_unique() == frame.height
    assert len(rows(parsed, "recordings")) == 2
    assert sum("missing or repeated" in text for text in parsed.warnings) == 3


def test_purge_message_names_the_release_that_goes() -> None:
    text = (
        message()
        .replace("NewReleaseMessage", "PurgeReleaseMessage")
        .replace(
            "<PartyList>",
            "<PurgedRelease><ReleaseId><ICPN>999999000019</ICPN></ReleaseId></PurgedRelease>"
            "<PartyList>",
        )
    )

    parsed = parse(text)

    assert rows(parsed, "messages")[0]["message_type"] == "PurgeReleaseMessage"
    assert [(row["release_kind"], row["icpn"]) for row in rows(parsed, "releases")] == [
        ("purged_release", "999999000019")
    ]


def expected_outcomes() -> list[Any]:
    if not SHARED.exists():
        return [pytest.param(Path(), "", marks=pytest.mark.skip("the shared data is not here"))]
    outcomes = []
    for folder, listing in (("landing", "landing_expected.csv"), ("dirty", "dirty/expected.csv")):
        with (SHARED / listing).open(encoding="utf-8", newline="") as lines:
            outcomes += [
                pytest.param(SHARED / folder / row["file"], row["expected"], id=row["file"])
                for row in csv.DictReader(lines)
                if row["feed"] == "catalog/ern" and "used" not in row["why"]
            ]
    return outcomes


@pytest.mark.parametrize(("path", "expected"), expected_outcomes())
def test_real_message_meets_the_expected_outcome(path: Path, expected: str) -> None:
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)

    try:
        outcome = "loaded" if parse_message(data).tables else ""
    except IntakeError as error:
        outcome = "ignored" if isinstance(error, IgnoredFile) else "refused"

    assert outcome == expected
