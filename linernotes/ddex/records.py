"""The records of our DSR profiles: their cells, and their order in a file.

The tables are DDEX's: Part 8 for the cells, Part 9 for the profile of record companies, and the
schema of the UGC profile. `financial` and `items` fill the cells; `checking` checks that they
agree.
"""

from dataclasses import dataclass

TEXT, INTEGER, DECIMAL, BOOLEAN = "text", "integer", "decimal", "boolean"
DATE, DATE_TIME, DURATION = "date", "date-time", "duration"
DPID, ISRC, ISWC, NAMESPACED = "DPID", "ISRC", "ISWC", "namespaced id"
# A text that names a service; it may not contain blanks or underscores.
SERVICE = "service"


@dataclass(frozen=True)
class Cell:
    """One cell of a record.

    Attributes:
        kind: One of the kinds above, or the name of a closed list in `allowed_values`.
        required: Whether it must not be empty.
        many: Whether it may have several values, separated by `|`.
    """

    name: str
    kind: str = TEXT
    required: bool = False
    many: bool = False


@dataclass(frozen=True)
class Profile:
    """One profile: its name in the header, and the structure of its files.

    Attributes:
        order: The order of records as a regular expression over their letters.
        letters: One letter per record type.
        summaries: The record types that the footer counts as summaries.
        footer: The record type of the footer.
    """

    name: str
    version: str
    order: str
    letters: dict[str, str]
    summaries: frozenset[str]
    footer: str

    @property
    def is_one_file(self) -> bool:
        """Whether a report must be one file: single-record profiles count only one file."""
        return self.footer == "SRFO"


def cells_of(text: str) -> tuple[Cell, ...]:
    """Parses a table of cells: name, kind, then `M` if required and `*` if several values."""
    cells = []
    for line in text.strip().splitlines():
        name, kind, *marks = (part.strip() for part in line.split(","))
        cells.append(Cell(name, kind or TEXT, "M" in marks, "*" in marks))
    return tuple(cells)


def _in_both_currencies(name: str, *marks: str) -> str:
    tail = "".join(f", {mark}" for mark in marks)
    return (
        f"{name}InCurrencyOfTransaction, decimal{tail}\n{name}InCurrencyOfAccounting, decimal{tail}"
    )


HEAD = cells_of("""
    RecordType, , M
    MessageVersion, , M
    Profile, , M
    ProfileVersion, , M
    MessageId, , M
    MessageCreatedDateTime, date-time, M
    FileNumber, integer, M
    NumberOfFiles, integer, M
    UsageStartDate, date, M
    UsageEndDate, date, M
    SenderPartyId, DPID, M
    SenderName, , M
    ServiceDescription, service, M
    RecipientPartyId, DPID, M
    RecipientName, , M
    RepresentedRepertoire, , *
""")
SRFO = cells_of("""
    RecordType, , M
    NumberOfLinesInReport, integer, M
    NumberOfSummaryRecords, integer, M
""")
FOOT = cells_of("""
    RecordType, , M
    NumberOfLinesInFile, integer, M
    NumberOfLinesInReport, integer, M
    NumberOfSummaryRecords, integer, M
    NumberOfBlocksInFile, integer, M
    NumberOfBlocksInReport, integer, M
""")
SY10 = cells_of(f"""
    RecordType, , M
    SummaryRecordId, , M
    DistributionChannelName,
    DistributionChannelDPID, DPID
    CommercialModel, commercial model, M
    UseType, use type, M
    ReportingPeriodStartDate, date, M
    ReportingPeriodEndDate, date, M
    SubscriberType,
    Subscribers, decimal
    ActiveSubscribers, decimal
    PromotionalActivity,
    Territory, territory, M
    ServiceDescription, service
    OfferType,
    Quality,
    Usages, decimal, M
    AllocatedUsages, decimal, M
    Returns, decimal, M
    MusicUsageRatio, decimal, M
    CurrencyOfTransaction, currency, M
    CurrencyOfAccounting, currency, M
    ExchangeRate, decimal, M
    ExchangeRateSource,
    DateOfCurrencyExchange, date-time
    {_in_both_currencies("GrossRevenue")}
    CalculationType, , *
    CalculationValue, decimal, *
    DeductionType, , *
    {_in_both_currencies("Deductions", "M", "*")}
    {_in_both_currencies("NetRevenue", "M")}
    {_in_both_currencies("AllocatedRevenue", "M")}
    {_in_both_currencies("AllocatedNetRevenue", "M")}
    RightsControllerMarketShare, decimal
    SubscriptionFeeInCurrencyOfTransaction, decimal
    SubscriptionFeeInCurrencyOfAccounting, decimal, M
    UsageIndependentFeeType, , *
    {_in_both_currencies("UsageIndependentFee", "*")}
    {_in_both_currencies("FinalTotalAmount", "M")}
""")
SR08 = cells_of(f"""
    RecordType, , M
    SalesTransactionId, , M
    ReleaseGRid,
    ReleaseICPN,
    DspReleaseId, , M
    LabelReleaseId,
    ProprietaryReleaseId, namespaced id, *
    ReleaseContextReleaseGRid,
    ReleaseType,
    ReleaseTitle,
    ReleaseSubTitle,
    ReleaseDisplayArtistName,
    ReleaseDisplayArtistPartyId, namespaced id
    ResourceISRC, ISRC
    ResourceISAN,
    DspResourceId, , M
    LabelResourceId,
    ProprietaryResourceId, namespaced id, *
    ResourceContextReleaseGRid,
    ResourceType, resource type
    ResourceTitle,
    ResourceSubTitle,
    ResourceDisplayArtistName,
    ResourceDisplayArtistPartyId, namespaced id
    SummaryRecordId, , M
    SalesTransactionDate, date, M
    TotalUsages, decimal, M
    Returns, integer, M
    NetUsage, decimal, M
    {_in_both_currencies("WholesalePrice")}
    {_in_both_currencies("SuggestedConsumerPrice")}
    PriceType,
    PriceRangeType,
    {_in_both_currencies("PriceConsumerPaidExcSalesTax")}
    DeductionType, , *
    {_in_both_currencies("Deductions", "*")}
    RightSharePercentage, decimal, M
    {_in_both_currencies("CalculatedUnitPrice", "M")}
    {_in_both_currencies("AllocatedRevenue", "M")}
    {_in_both_currencies("AllocatedNetRevenue", "M")}
    CopyrightObligationWithDSP, boolean, M
""")
# The agreed cells of the deal-specific row after each line of AI use.
DE01 = cells_of("""
    RecordType, , M
    FormatVersion, , M
    DerivativeKind,
    ToolVersion,
    Generations, integer
    Plays, integer
    AttributionShare, decimal
    AttributionMethod,
    ConsentId,
    RemovalFlag, boolean, M
    ConsentStatus,
    HoldBucket,
    LineType, , M
    OriginalLineId,
    Side, , M
""")
# The records of the UGC profile: what users made, from which recording, and the owners' shares.
SY0202 = cells_of("""
    RecordType, , M
    SummaryRecordId, , M
    DistributionChannel,
    DistributionChannelDPID, DPID
    CommercialModel, commercial model, M
    UseType, use type, M
    Territory, territory, M
    ServiceDescription, service, M
    Usages, integer, M
    Users, integer
    CurrencyOfReporting, currency, M
    NetRevenue, decimal, M
    RightsController,
    RightsControllerPartyId, namespaced id
    AllocatedUsages, decimal, *
    AllocatedRevenue, decimal, *
    AllocatedNetRevenue, decimal
    RightsType,
    ContentCategory, , M
    CurrencyOfTransaction, currency
    ExchangeRate, decimal
    RightsTypePercentage, decimal
""")
AS0202 = cells_of("""
    RecordType, , M
    BlockId, , M
    ResourceReference, , M
    DspResourceId, , M
    ISRC, ISRC, *
    Title, , M
    SubTitle,
    DisplayArtistName, , M
    DisplayArtistPartyId, namespaced id
    Duration, duration
    ResourceType, resource type, M
    ISWC, ISWC
    ComposerAuthor, , *
    ComposerAuthorPartyId, namespaced id, *
    Arranger, , *
    ArrangerPartyId, namespaced id, *
    MusicPublisher, , *
    MusicPublisherPartyId, namespaced id, *
    WorkContributor, , *
    WorkContributorPartyId, namespaced id, *
    ProprietaryWorkId, namespaced id
    IsMasterRecording, boolean
""")
RU0101 = cells_of("""
    RecordType, , M
    BlockId, , M
    SummaryRecordId, , M
    DspReleaseId, , M, *
    Usages, integer, M, *
    ContentCategory, , M
""")
SU0302 = cells_of("""
    RecordType, , M
    BlockId, , M
    SalesTransactionId, , M
    SummaryRecordId,
    DspResourceId, , M
    Usages, decimal, M
    NetRevenue, decimal, M
    ValidityPeriodStart, date
    ValidityPeriodEnd, date
    ContentCategory,
    IsRoyaltyBearing, boolean
""")
LI0102 = cells_of("""
    RecordType, , M
    BlockId, , M
    SummaryRecordId,
    RightsController, , M
    RightsControllerPartyId, namespaced id
    RightsControllerWorkId,
    RightSharePercentage, decimal, M
    RightsType,
    AllocatedNetRevenue, decimal, M
    AllocatedAmount, decimal, M
    AllocatedUsages, decimal
""")

RECORDS = {
    "HEAD": HEAD,
    "SY10": SY10,
    "SR08": SR08,
    "DE01": DE01,
    "SRFO": SRFO,
    "FOOT": FOOT,
    "SY02.02": SY0202,
    "AS02.02": AS0202,
    "RU01.01": RU0101,
    "SU03.02": SU0302,
    "LI01.02": LI0102,
}
FINANCIAL = Profile(
    name="FinancialReportingToRecordCompaniesProfileSRB",
    version="1.0",
    order="Hs+(rd?)*f",
    letters={"HEAD": "H", "SY10": "s", "SR08": "r", "DE01": "d", "SRFO": "f"},
    summaries=frozenset({"SY10"}),
    footer="SRFO",
)
ITEM_LEVEL = Profile(
    name="UGCProfile",
    version="1.2",
    order="Hs+(au*(wl+)+)*f",
    letters={
        "HEAD": "H",
        "SY02.02": "s",
        "AS02.02": "a",
        "RU01.01": "u",
        "SU03.02": "w",
        "LI01.02": "l",
        "FOOT": "f",
    },
    summaries=frozenset({"SY02.02"}),
    footer="FOOT",
)
PROFILES = {profile.name: profile for profile in (FINANCIAL, ITEM_LEVEL)}
