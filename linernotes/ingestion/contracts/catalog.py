"""Contracts of the catalog feeds: parties, recordings, works, ownership, routes and credits.

`linernotes/ingestion/ern` reads DDEX messages, which also fill the catalog.
"""

from typing import Any, ClassVar

import dataframely as dy
import polars as pl

from linernotes.ingestion import columns as col
from linernotes.ingestion import vocabulary
from linernotes.ingestion.contracts.base import SIDES, Contract, Period

AI_SHARES = ("none", "partly", "all")
VALID_FROM = "Start of validity, inclusive."
VALID_TO = "End of validity, exclusive; absent if it is open."


class Parties(Period):
    """A person or an organisation in the music industry. One row per party and version."""

    TABLE = "raw_catalog__parties"
    KEY = ("party_id",)
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "party_id": "artist-1",
        "kind": "artist",
        "name": "Ada Lind",
        "country": "SE",
        "isni": "0000000121032683",
        "recorded_at": "2026-01-05T06:00:00Z",
    }

    party_id = col.identifier("The party.", required=True)
    kind = col.code(
        "The kind of party.",
        ("artist", "writer", "publisher", "label", "member", "distributor", "partner", "uploader"),
        required=True,
    )
    name = col.text("Its name, as credited.", required=True)
    country = col.code("The country where it is based.", vocabulary.countries)
    isni = col.standard("Its ISNI, 16 characters; blocks of four are accepted.", "isni")
    isni_original = col.original_value()
    ipi = col.standard("Its IPI name number, 11 digits; leading zeros may be missing.", "ipi")
    ipi_original = col.original_value()
    dpid = col.standard("Its DDEX party id.", "dpid")
    merged_into_party_id = col.identifier(
        "The party of which this one is a duplicate; it takes over everything of this one."
    )
    valid_from = col.time(VALID_FROM)
    valid_to = col.time(VALID_TO)


class PartyLinks(Period):
    """A relationship between two parties. One row per parent, child, role, start and version."""

    TABLE = "raw_catalog__party_links"
    KEY = ("parent_party_id", "child_party_id", "role", "valid_from")
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "parent_party_id": "label-1",
        "child_party_id": "artist-1",
        "role": "signed_to",
        "valid_from": "2024-01-01T00:00:00Z",
        "recorded_at": "2026-01-05T06:00:00Z",
    }
    ADVICE: ClassVar[dict[str, str]] = {
        "own_member": "a party cannot be its own parent; correct parent_party_id or child_party_id",
    }

    parent_party_id = col.identifier("The parent party.", required=True)
    child_party_id = col.identifier("The child party.", required=True)
    role = col.code(
        "The child's relationship to the parent.",
        ("member_of", "label_of", "division_of", "signed_to"),
        required=True,
    )
    fee_rate = col.share("The parent's commission on payments to the child.")
    valid_from = col.time(VALID_FROM, required=True)
    valid_to = col.time(VALID_TO)

    @dy.rule()
    def own_member(cls) -> pl.Expr:
        """Following such a link would be an endless loop."""
        return pl.col("is_withdrawn") | (pl.col("parent_party_id") != pl.col("child_party_id"))


class Recordings(Contract):
    """A sound recording with its commercial data. One row per recording and version."""

    TABLE = "raw_catalog__recordings"
    KEY = ("recording_id",)
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "recording_id": "recording-1",
        "isrc": "SEABC2600001",
        "title": "Northern Light",
        "main_artist_ids": ["artist-1"],
        "label_party_id": "label-1",
        "duration_ms": 187000,
        "released_on": "2026-01-02",
        "ai_vocals": "none",
        "recorded_at": "2026-01-05T06:00:00Z",
    }

    recording_id = col.identifier("The recording.", required=True)
    isrc = col.isrc("Its ISRC; a malformed one is loaded as absent, with a warning.")
    isrc_original = col.original_value()
    title = col.text("Its title.", required=True)
    main_artist_ids = col.identifiers("The parties billed as main artists.", required=True)
    featured_artist_ids = col.identifiers("The parties billed as featured artists.")
    label_party_id = col.identifier("The label that released it.")
    uploader_party_id = col.identifier("The party that uploaded it.")
    upc = col.standard("The UPC or EAN of its release.", "upc")
    duration_ms = col.count("Its length in milliseconds.")
    released_on = col.partial_date("When it was first released; a year or a month is enough.")
    is_functional_noise = col.boolean("Whether it is noise, such as rain, rather than music.")
    ai_vocals = col.code(
        "How much of the vocals was made with AI; absent if undeclared.", AI_SHARES
    )
    ai_instruments = col.code(
        "How much of the instruments was made with AI; absent if undeclared.", AI_SHARES
    )
    ai_composition = col.code(
        "How much of the composition was made with AI; absent if undeclared.", AI_SHARES
    )
    ai_lyrics = col.code(
        "How much of the lyrics was made with AI; absent if undeclared.", AI_SHARES
    )
    ai_post_production = col.code(
        "How much of mixing and mastering was done with AI; absent if undeclared.", AI_SHARES
    )
    ai_detected_score = col.score("A detector's confidence that the recording was made with AI.")
    delivered_at = col.time("When the recording was delivered to the service.")


class Works(Contract):
    """A musical work. One row per work and version."""

    TABLE = "raw_catalog__works"
    KEY = ("work_id",)
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "work_id": "work-1",
        "iswc": "T-034.524.680-1",
        "title": "Northern Light",
        "writer_party_ids": ["writer-1", "writer-2"],
        "recorded_at": "2026-01-05T06:00:00Z",
    }

    work_id = col.identifier("The work.", required=True)
    iswc = col.standard("Its ISWC, plain or as printed.", "iswc")
    iswc_original = col.original_value()
    title = col.text("Its title.", required=True)
    writer_party_ids = col.identifiers("The writers.")


class RecordingWorks(Period):
    """A work that a recording embodies. One row per recording, work, start and version."""

    TABLE = "raw_catalog__recording_works"
    KEY = ("recording_id", "work_id", "valid_from")
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "recording_id": "recording-1",
        "work_id": "work-1",
        "share": "1",
        "recorded_at": "2026-01-05T06:00:00Z",
    }

    recording_id = col.identifier("The recording.", required=True)
    work_id = col.identifier("The work.", required=True)
    share = col.share("The work's share of the recording.", default=1)
    valid_from = col.time(VALID_FROM)
    valid_to = col.time(VALID_TO)


class Ownership(Period):
    """A claim to a share of a recording or a work.

    One row per object, side, party, territory, start and version.
    """

    TABLE = "raw_catalog__ownership"
    KEY = ("object_type", "object_id", "side", "party_id", "territory", "valid_from")
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "object_type": "recording",
        "object_id": "recording-1",
        "side": "MASTER",
        "party_id": "label-1",
        "territory": "WW",
        "share_pct": "100",
        "valid_from": "2026-01-01T00:00:00Z",
        "recorded_at": "2026-01-05T06:00:00Z",
    }

    object_type = col.code(
        "The kind of object that is owned.", ("recording", "work"), required=True
    )
    object_id = col.identifier("The recording or the work.", required=True)
    side = col.code("Master rights or rights in the work.", SIDES, required=True)
    party_id = col.identifier("The owner.", required=True)
    territory = col.territory("The territory of the claim.")
    share_pct = col.percent("The owner's share in percent.")
    valid_from = col.time(VALID_FROM, required=True)
    valid_to = col.time(VALID_TO)


class Routes(Period):
    """The partner and the contract through which an owner is paid; the most specific row applies.

    One row per owner, side, territory, product, start and version.
    """

    TABLE = "raw_catalog__routes"
    KEY = ("party_id", "side", "territory", "product_id", "valid_from")
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "party_id": "label-1",
        "side": "MASTER",
        "territory": "WW",
        "product_id": "*",
        "partner_id": "partner-1",
        "contract_id": "contract-1",
        "valid_from": "2026-01-01T00:00:00Z",
        "recorded_at": "2026-01-05T06:00:00Z",
    }

    party_id = col.identifier("The owner.", required=True)
    side = col.code("Master rights or rights in the work.", SIDES, required=True)
    territory = col.territory(
        "The territory of the route; a country precedes a region, and a region WW."
    )
    product_id = col.identifier("The product, or * for all.", required=True)
    partner_id = col.identifier("The partner that is paid.", required=True)
    contract_id = col.identifier("The contract under which the partner is paid.", required=True)
    valid_from = col.time(VALID_FROM, required=True)
    valid_to = col.time(VALID_TO)


class Credits(Contract):
    """A credit that a derivative shows. One row per derivative, object, party, role and version."""

    TABLE = "raw_catalog__credits"
    KEY = ("derivative_id", "object_id", "party_id", "role")
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "derivative_id": "derivative-1",
        "object_id": "recording-1",
        "party_id": "artist-1",
        "role": "main_artist",
        "displayed_from": "2026-01-04T12:00:00Z",
        "recorded_at": "2026-01-05T06:00:00Z",
    }

    derivative_id = col.identifier("The derivative that shows the credit.", required=True)
    object_id = col.identifier("The source recording or work.", required=True)
    party_id = col.identifier("The credited party.", required=True)
    role = col.identifier("The role in which it is credited.", required=True)
    displayed_from = col.time("When the credit was first shown.", required=True)
