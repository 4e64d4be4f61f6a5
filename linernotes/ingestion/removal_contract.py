"""What the removals feed promises: an action with the EU's statement of reasons.

The rest of the feeds is in `contracts.py`; that a puid is never used again, which needs older
rows, is in `screening.py`.
"""

import datetime as dt
from collections.abc import Callable
from functools import partial

import dataframely as dy
import polars as pl

from linernotes.ingestion import columns as col
from linernotes.ingestion import vocabulary
from linernotes.ingestion.contracts import Contract

FIRST_CONTENT_DATE = dt.date(2000, 1, 1)
LAST_CONTENT_DATE = dt.date(2038, 1, 1)


def _codes(field: str) -> Callable[[], tuple[str, ...]]:
    return partial(vocabulary.removal_codes, field)


class Actions(Contract):
    TABLE = "raw_removals__actions"
    KEY = ("puid",)

    puid = col.identifier(required=True, length=500, pattern=r"^[A-Za-z0-9_-]+$")
    case_id = col.identifier()
    recording_id = col.identifier()
    derivative_id = col.identifier()
    isrc = col.isrc()
    isrc_original = col.kept_original()
    title = col.text()
    # Where the action holds; absent is the world. The EU's form has territorial_scope of its own.
    territories = col.codes(vocabulary.territories)
    uploader_party_id = col.identifier()
    affected_party_id = col.identifier()
    programme_reason = col.code(_codes("programme_reason"), required=True)
    ai_status = col.code(_codes("ai_status"))
    detected_at = col.time()
    decided_at = col.time(required=True, event=True)
    applied_at = col.time(required=True, event=True)
    ended_at = col.time()
    content_date = col.date()
    plays_before = col.count()
    decision_visibility = col.codes(_codes("decision_visibility"))
    decision_monetary = col.code(_codes("decision_monetary"))
    decision_provision = col.code(_codes("decision_provision"))
    decision_account = col.code(_codes("decision_account"))
    decision_ground = col.code(_codes("decision_ground"), required=True)
    legal_ground = col.text()
    category = col.code(_codes("category"), required=True)
    category_specification = col.patterned(vocabulary.CATEGORY_SPECIFICATION_PATTERN)
    content_type = col.codes(_codes("content_type"), required=True)
    territorial_scope = col.codes(_codes("territorial_scope"))
    source_type = col.code(_codes("source_type"), required=True)
    source_identity = col.text()
    automated_detection = col.boolean(required=True)
    automated_decision = col.code(_codes("automated_decision"), required=True)
    facts = col.text(required=True, length=5000)

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


class Filings(Contract):
    """What the EU's database answered on a statement of reasons; `regulator record` writes it."""

    TABLE = "raw_removals__filings"
    KEY = ("batch_id", "puid")

    batch_id = col.identifier(required=True)
    puid = col.identifier(required=True, length=500)
    outcome = col.code(("accepted", "rejected", "duplicate", "not_taken"), required=True)
    statement_uuid = col.identifier()
    message = col.text()
    exported_at = col.time(event=True)
    answered_at = col.time(required=True, event=True)

    @dy.rule()
    def accepted_without_uuid(cls) -> pl.Expr:
        return (pl.col("outcome") != "accepted") | pl.col("statement_uuid").is_not_null()


def without_volunteered_identity(rows: pl.DataFrame) -> pl.DataFrame:
    """Drop the identity of whoever told, where nobody told: the EU's rule for own initiative."""
    return rows.with_columns(
        source_identity=pl.when(pl.col("source_type") != "SOURCE_VOLUNTARY").then(
            pl.col("source_identity")
        )
    )
