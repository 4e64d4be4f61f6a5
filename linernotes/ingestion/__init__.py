"""The intake: accepts and rejects deliveries, and stores accepted rows in the lake.

It is independent of models, statements and reports.
"""

import linernotes.ingestion.plain_dataframely  # noqa: F401
from linernotes.ingestion.again import last_read_again, read_again
from linernotes.ingestion.cadence import CADENCES, Cadence
from linernotes.ingestion.contracts.removals import FILING_OUTCOMES
from linernotes.ingestion.coverage import SUBJECTS, Coverage, coverages
from linernotes.ingestion.datasets import lake_dataset
from linernotes.ingestion.descriptions import FeedDescription, describe
from linernotes.ingestion.errors import (
    BusyIntake,
    DamagedLake,
    NewerLake,
    NoLandingZone,
    RefusedFile,
)
from linernotes.ingestion.feed_pages import markdown, page, template
from linernotes.ingestion.feeds import FEEDS
from linernotes.ingestion.home_lake import alone, lake_damage, open_lake
from linernotes.ingestion.intake import admit_landing, open_intake
from linernotes.ingestion.integrity import is_table_of_feed
from linernotes.ingestion.lake import Lake
from linernotes.ingestion.lake_tables import CHECK_RESULTS, DELIVERIES, SCHEMAS
from linernotes.ingestion.landing import list_landing
from linernotes.ingestion.load_reports import LoadReport
from linernotes.ingestion.register import DeliveryOutcome, delivery_of
from linernotes.ingestion.repair import repair
from linernotes.ingestion.retry import (
    quarantine_close,
    quarantine_list,
    quarantine_retry,
    quarantine_show,
)
from linernotes.ingestion.schemas import json_schema, table_schema
from linernotes.ingestion.trying import Trial, try_file

__all__ = [
    "CADENCES",
    "CHECK_RESULTS",
    "DELIVERIES",
    "FEEDS",
    "FILING_OUTCOMES",
    "SCHEMAS",
    "SUBJECTS",
    "BusyIntake",
    "Cadence",
    "Coverage",
    "DamagedLake",
    "DeliveryOutcome",
    "FeedDescription",
    "Lake",
    "LoadReport",
    "NewerLake",
    "NoLandingZone",
    "RefusedFile",
    "Trial",
    "admit_landing",
    "alone",
    "coverages",
    "delivery_of",
    "describe",
    "is_table_of_feed",
    "json_schema",
    "lake_damage",
    "lake_dataset",
    "last_read_again",
    "list_landing",
    "markdown",
    "open_intake",
    "open_lake",
    "page",
    "quarantine_close",
    "quarantine_list",
    "quarantine_retry",
    "quarantine_show",
    "read_again",
    "repair",
    "table_schema",
    "template",
    "try_file",
]
