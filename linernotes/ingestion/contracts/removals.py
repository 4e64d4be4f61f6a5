"""Contracts of the removals feeds: actions with the EU's statement of reasons, notices, appeals.

`screening.py` checks that a puid keeps its identity, because this needs older rows.
"""

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

import dataframely as dy
import polars as pl

from linernotes.ingestion import columns as col
from linernotes.ingestion import vocabulary
from linernotes.ingestion.contracts.base import Contract

FIRST_CONTENT_DATE = dt.date(2000, 1, 1)
LAST_CONTENT_DATE = dt.date(2038, 1, 1)
# The responses of the EU's database to a filing.
FILING_OUTCOMES = ("accepted", "rejected", "duplicate", "not_taken")


def _codes(field: str) -> Callable[[], tuple[str, ...]]:
    return partial(vocabulary.removal_codes, field)


class Actions(Contract):
    """A removal or another restriction, with the EU's statement of reasons.

    One row per action and version. A later version may change the end, the AI status, the plays
    before the action and the facts; another recording, reason or time needs another puid.
    """

    TABLE = "raw_removals__actions"
    KEY = ("puid",)
    FIXED = ("recording_id", "programme_reason", "applied_at")
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "puid": "action-1",
        "case_id": "case-1",
        "recording_id": "recording-9",
        "title": "Northern Light (fake)",
        "affected_party_id": "artist-1",
        "programme_reason": "impersonation_voice",
        "ai_status": "detected",
        "decided_at": "2026-01-04T10:00:00Z",
        "applied_at": "2026-01-04T11:00:00Z",
        "content_date": "2026-01-02",
        "plays_before": 1500,
        "decision_visibility": ["DECISION_VISIBILITY_CONTENT_REMOVED"],
        "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
        "category": "STATEMENT_CATEGORY_OTHER_VIOLATION_TC",
        "content_type": ["CONTENT_TYPE_AUDIO", "CONTENT_TYPE_SYNTHETIC_MEDIA"],
        "source_type": "SOURCE_VOLUNTARY",
        "automated_detection": "Yes",
        "automated_decision": "AUTOMATED_DECISION_NOT_AUTOMATED",
        "facts": "The recording imitates the voice of the artist without consent.",
        "recorded_at": "2026-01-05T06:00:00Z",
    }
    ADVICE: ClassVar[dict[str, str]] = {
        "no_decision": "all four decision groups are empty; give at least one",
        "legal_ground_missing": "ILLEGAL_CONTENT needs legal_ground; name the law",
        "content_date_out_of_range": "content_date is not in 2000-01-01 to 2038-01-01; correct it",
        "content_date_after_application": "content_date is after applied_at; correct one of them",
    }

    puid = col.identifier(
        "The action's id at the platform; it must never be reused.",
        required=True,
        length=500,
        pattern=r"^[A-Za-z0-9_-]+$",
    )
    case_id = col.identifier("The case that it belongs to.")
    recording_id = col.identifier("The recording that was restricted.")
    derivative_id = col.identifier("The derivative that was restricted.")
    isrc = col.isrc("Its ISRC; a malformed one is loaded as absent, with a warning.")
    isrc_original = col.original_value()
    title = col.text("Its title.")
    # The EU's form has a separate territorial_scope.
    territories = col.codes(
        "Where the action applies; absent for the world.", vocabulary.territories
    )
    uploader_party_id = col.identifier("The party that uploaded it.")
    affected_party_id = col.identifier("The party whose catalogue or name was harmed.")
    programme_reason = col.code(
        "The reason, by the programme's codes.", _codes("programme_reason"), required=True
    )
    ai_status = col.code("Whether it was made with AI; absent if unknown.", _codes("ai_status"))
    detected_at = col.time("When it was detected.")
    decided_at = col.time("When the action was decided.", required=True, event=True)
    applied_at = col.time("When the action was applied.", required=True, event=True)
    ended_at = col.time("When the action ended.")
    content_date = col.date(
        "When the content was uploaded; without it the action cannot be filed with the regulator."
    )
    plays_before = col.count("Plays before the action.")
    decision_visibility = col.codes(
        "EU statement: restrictions of visibility.", _codes("decision_visibility")
    )
    decision_monetary = col.code(
        "EU statement: restriction of payments.", _codes("decision_monetary")
    )
    decision_provision = col.code(
        "EU statement: restriction of the service.", _codes("decision_provision")
    )
    decision_account = col.code(
        "EU statement: restriction of the account.", _codes("decision_account")
    )
    decision_ground = col.code(
        "EU statement: illegal, or in breach of the terms.",
        _codes("decision_ground"),
        required=True,
    )
    legal_ground = col.text("EU statement: the law, for illegal content.")
    category = col.code("EU statement: category.", _codes("category"), required=True)
    category_specification = col.patterned(
        "EU statement: keywords of the category.", vocabulary.CATEGORY_SPECIFICATION_PATTERN
    )
    content_type = col.codes(
        "EU statement: types of the content.", _codes("content_type"), required=True
    )
    territorial_scope = col.codes(
        "EU statement: states of the EEA where it applies.", _codes("territorial_scope")
    )
    source_type = col.code(
        "EU statement: what led to the action.", _codes("source_type"), required=True
    )
    source_identity = col.text(
        "EU statement: the notifier; left out if the platform acted on its own initiative."
    )
    automated_detection = col.boolean(
        "EU statement: whether detection was automated.", required=True
    )
    automated_decision = col.code(
        "EU statement: how far the decision was automated.",
        _codes("automated_decision"),
        required=True,
    )
    facts = col.text("EU statement: facts and circumstances.", required=True, length=5000)

    @classmethod
    def completed(cls, rows: pl.DataFrame) -> pl.DataFrame:
        """Drop the notifier's identity for actions on own initiative, as the EU requires."""
        return rows.with_columns(
            source_identity=pl.when(pl.col("source_type") != "SOURCE_VOLUNTARY").then(
                pl.col("source_identity")
            )
        )

    @dy.rule()
    def no_decision(cls) -> pl.Expr:
        return pl.any_horizontal(
            pl.col(
                "decision_visibility", "decision_monetary", "decision_provision", "decision_account"
            ).is_not_null()
        )

    @dy.rule()
    def legal_ground_missing(cls) -> pl.Expr:
        is_illegal = pl.col("decision_ground") == "DECISION_GROUND_ILLEGAL_CONTENT"
        return ~is_illegal | pl.col("legal_ground").is_not_null()

    @dy.rule()
    def content_date_out_of_range(cls) -> pl.Expr:
        return pl.col("content_date").is_between(FIRST_CONTENT_DATE, LAST_CONTENT_DATE)

    @dy.rule()
    def content_date_after_application(cls) -> pl.Expr:
        return pl.col("content_date") <= pl.col("applied_at").dt.date()


class Notices(Contract):
    """A notice about content. One row per notice and version."""

    TABLE = "raw_removals__notices"
    KEY = ("notice_id",)
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "notice_id": "notice-1",
        "puid": "action-1",
        "notifier_kind": "artist",
        "notifier_party_id": "artist-1",
        "received_at": "2026-01-03T08:00:00Z",
        "is_valid": True,
        "recorded_at": "2026-01-05T06:00:00Z",
    }

    notice_id = col.identifier("The notice.", required=True)
    puid = col.identifier("The resulting action; absent if there is none yet.", length=500)
    notifier_kind = col.code(
        "The kind of sender.",
        ("partner", "artist", "trusted_flagger", "user", "authority"),
        required=True,
    )
    notifier_party_id = col.identifier("The party that sent it.")
    received_at = col.time("When it was received.", required=True, event=True)
    is_valid = col.boolean("Whether it was found valid; absent until decided.")
    withdrawn_at = col.time("When its sender withdrew it; absent otherwise.")


class Appeals(Contract):
    """An appeal against an action. One row per appeal and version."""

    TABLE = "raw_removals__appeals"
    KEY = ("appeal_id",)
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "appeal_id": "appeal-1",
        "puid": "action-1",
        "kind": "internal",
        "filed_at": "2026-01-04T20:00:00Z",
        "recorded_at": "2026-01-05T06:00:00Z",
    }

    appeal_id = col.identifier("The appeal.", required=True)
    puid = col.identifier("The contested action.", required=True, length=500)
    kind = col.code(
        "The kind of appeal.",
        ("internal", "counter_notice", "out_of_court", "authorised_later"),
        required=True,
    )
    filed_at = col.time("When it was filed.", required=True, event=True)
    decided_at = col.time("When it was decided.", event=True)
    outcome = col.code("The decision.", ("upheld", "overturned", "reinstated_authorised"))
    reinstated_at = col.time("When the content was reinstated.")
    suit_filed_at = col.time(
        "When the notifier sued, which keeps the content down despite a counter notice.",
        event=True,
    )


class Filings(Contract):
    """The response of the EU's database to a statement of reasons.

    One row per batch, statement of reasons and version. `linernotes regulator record` writes it.
    """

    TABLE = "raw_removals__filings"
    KEY = ("batch_id", "puid")
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "batch_id": "batch-1",
        "puid": "action-1",
        "outcome": "accepted",
        "statement_uuid": "6f1c1f9e-0d0a-4c55-9d1c-2f0f5a3c9f11",
        "answered_at": "2026-01-05T05:00:00Z",
        "recorded_at": "2026-01-05T06:00:00Z",
    }
    ADVICE: ClassVar[dict[str, str]] = {
        "accepted_without_uuid": "what is accepted has an id of the database; give statement_uuid",
    }

    batch_id = col.identifier("The batch in which it was sent.", required=True)
    puid = col.identifier("The action.", required=True, length=500)
    outcome = col.code(
        "The database's response.",
        FILING_OUTCOMES,
        required=True,
    )
    statement_uuid = col.identifier("The id that the database assigned.")
    message = col.text("The database's message.")
    exported_at = col.time("When the batch was written.", event=True)
    answered_at = col.time("When the response was received.", required=True, event=True)

    @dy.rule()
    def accepted_without_uuid(cls) -> pl.Expr:
        return (pl.col("outcome") != "accepted") | pl.col("statement_uuid").is_not_null()
