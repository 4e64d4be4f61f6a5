"""Writes a few ERN 4.3.2 messages that declare how much of a recording was made with AI.

They have only the elements that the sample needs; the intake reads such messages.
"""

from dataclasses import dataclass
from xml.sax.saxutils import escape

from sampleservice import codes
from sampleservice.catalog import Catalog
from sampleservice.files import Landing
from sampleservice.world import World

NAMESPACE = "http://ddex.net/xml/ern/432"


@dataclass(frozen=True)
class _Track:
    """One recording and the people, or the AI, that made it."""

    isrc: str
    title: str
    artist: str
    label: str
    contains_ai: str | None
    contributors: str
    share: str | None = None


def write_ern(world: World, catalog: Catalog, landing: Landing) -> dict[str, list[str]]:
    """Three live messages and a test message."""
    known = catalog.story("disclosed")
    owner = catalog.owners[int(catalog.recording_owner[known])]
    partly = _Track(
        str(catalog.recording_isrcs[known]), str(catalog.recording_titles[known]), "Paper Kites",
        owner.name, "Partly",
        _person("LeadVocalist", "Partly") + _machine("Vocalist"), share="100.00",
    )  # fmt: skip
    entirely = _Track(
        "QZXZZ2600001", "Machine Dawn", "Neon Static", "Hollow Signal Records", "All",
        _machine("Composer") + _machine("Vocalist"),
    )  # fmt: skip
    nothing = _Track(
        str(catalog.recording_isrcs[known + 1]), str(catalog.recording_titles[known + 1]),
        "Quiet Engines", owner.name, "None", _person("LeadVocalist", "None"),
    )  # fmt: skip
    for number, (track, control, name) in enumerate(
        (
            (partly, "LiveMessage", "partly_by_machine.xml"),
            (entirely, "LiveMessage", "all_by_machine.xml.gz"),
            (nothing, "LiveMessage", "none_by_machine.xml"),
            (partly, "TestMessage", "test_message.xml"),
        ),
        start=1,
    ):
        text = _message(f"LN-SAMPLE-{number:04d}", control, f"2026-01-{number + 4:02d}", track)
        landing.write_text("catalog/ern", name, text, 1)
    return {"ern_disclosures": [partly.isrc, entirely.isrc, nothing.isrc]}


def _person(role: str, degree: str) -> str:
    return f"""
        <Contributor SequenceNumber="1">
          <ContributorPartyReference>PARTIST</ContributorPartyReference>
          <Role><Value>{role}</Value></Role>
          <AiContribution>{degree}</AiContribution>
        </Contributor>"""


def _machine(role: str) -> str:
    return f"""
        <Contributor>
          <SpecialContributor>GenerativeAI</SpecialContributor>
          <Role><Value>{role}</Value></Role>
        </Contributor>"""


def _message(message_id: str, control: str, day: str, track: _Track) -> str:
    sender, recipient = codes.dpid(2_026_010_101), codes.dpid(2_026_010_102)
    title, artist, label = escape(track.title), escape(track.artist), escape(track.label)
    contains = f"<ContainsAI>{track.contains_ai}</ContainsAI>" if track.contains_ai else ""
    rights = (
        f"""
        <ResourceRightsController SequenceNumber="1">
          <RightsControllerPartyReference>PLABEL</RightsControllerPartyReference>
          <RightsControlType>RightsController</RightsControlType>
          <RightSharePercentage>{track.share}</RightSharePercentage>
        </ResourceRightsController>"""
        if track.share
        else ""
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<ern:NewReleaseMessage xmlns:ern="{NAMESPACE}" ReleaseProfileVersionId="SimpleAudioSingle" \
LanguageAndScriptCode="en" AvsVersionId="9">
  <MessageHeader>
    <MessageThreadId>{message_id}</MessageThreadId>
    <MessageId>{message_id}</MessageId>
    <MessageSender>
      <PartyId>{sender}</PartyId>
      <PartyName><FullName>Sample Sender</FullName></PartyName>
    </MessageSender>
    <MessageRecipient>
      <PartyId>{recipient}</PartyId>
      <PartyName><FullName>Sample Service</FullName></PartyName>
    </MessageRecipient>
    <MessageCreatedDateTime>{day}T09:00:00+00:00</MessageCreatedDateTime>
    <MessageControlType>{control}</MessageControlType>
  </MessageHeader>
  <PartyList>
    <Party>
      <PartyReference>PARTIST</PartyReference>
      <PartyName><FullName>{artist}</FullName></PartyName>
    </Party>
    <Party>
      <PartyReference>PLABEL</PartyReference>
      <PartyName><FullName>{label}</FullName></PartyName>
    </Party>
  </PartyList>
  <ResourceList>
    <SoundRecording>
      <ResourceReference>A1</ResourceReference>
      <Type>MusicalWorkSoundRecording</Type>
      <SoundRecordingEdition>
        <ResourceId><ISRC>{track.isrc}</ISRC></ResourceId>
        <PLine><Year>2026</Year><PLineText>2026 {label}</PLineText></PLine>
      </SoundRecordingEdition>
      <DisplayTitleText ApplicableTerritoryCode="Worldwide">{title}</DisplayTitleText>
      <DisplayTitle ApplicableTerritoryCode="Worldwide">
        <TitleText>{title}</TitleText>
      </DisplayTitle>
      <DisplayArtistName ApplicableTerritoryCode="Worldwide">{artist}</DisplayArtistName>
      <DisplayArtist SequenceNumber="1">
        <ArtistPartyReference>PARTIST</ArtistPartyReference>
        <DisplayArtistRole>MainArtist</DisplayArtistRole>
      </DisplayArtist>{track.contributors}{rights}
      <Duration>PT3M12S</Duration>
      <CompositeMusicalWorkType>NonMedley</CompositeMusicalWorkType>
      {contains}
      <ParentalWarningType>NotExplicit</ParentalWarningType>
    </SoundRecording>
  </ResourceList>
  <ReleaseList>
    <Release>
      <ReleaseReference>R0</ReleaseReference>
      <ReleaseType>Single</ReleaseType>
      <ReleaseId><ProprietaryId Namespace="{sender}">{message_id}</ProprietaryId></ReleaseId>
      <DisplayTitleText ApplicableTerritoryCode="Worldwide">{title}</DisplayTitleText>
      <DisplayTitle ApplicableTerritoryCode="Worldwide">
        <TitleText>{title}</TitleText>
      </DisplayTitle>
      <DisplayArtistName ApplicableTerritoryCode="Worldwide">{artist}</DisplayArtistName>
      <DisplayArtist SequenceNumber="1">
        <ArtistPartyReference>PARTIST</ArtistPartyReference>
        <DisplayArtistRole>MainArtist</DisplayArtistRole>
      </DisplayArtist>
      <ReleaseLabelReference ApplicableTerritoryCode="Worldwide">PLABEL</ReleaseLabelReference>
      <ResourceGroup>
        <ResourceGroupContentItem>
          <SequenceNumber>1</SequenceNumber>
          <ReleaseResourceReference>A1</ReleaseResourceReference>
        </ResourceGroupContentItem>
      </ResourceGroup>
    </Release>
  </ReleaseList>
  <DealList>
    <ReleaseDeal>
      <DealReleaseReference>R0</DealReleaseReference>
      <Deal>
        <DealTerms>
          <TerritoryCode>Worldwide</TerritoryCode>
          <ValidityPeriod><StartDate>2026-01-01</StartDate></ValidityPeriod>
          <CommercialModelType>SubscriptionModel</CommercialModelType>
          <UseType>OnDemandStream</UseType>
        </DealTerms>
      </Deal>
    </ReleaseDeal>
  </DealList>
</ern:NewReleaseMessage>
"""
