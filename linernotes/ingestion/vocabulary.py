"""The closed lists that a row alone can be held against: places, currencies, EU codes.

Places and currencies are read from the seeds, so that the door and the models share one list.
Lists of one feed alone stand in that feed's contract.
"""

import csv
from functools import cache

from linernotes.settings import PROJECT_ROOT

WORLD = "WW"


def _seed(name: str, column: str) -> tuple[str, ...]:
    with (PROJECT_ROOT / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return tuple(sorted({row[column] for row in csv.DictReader(lines)}))


@cache
def countries() -> tuple[str, ...]:
    """ISO 3166-1 alpha-2 codes."""
    return _seed("territories", "territory")


@cache
def territories() -> tuple[str, ...]:
    """Countries, the world, and the regions that the seeds name."""
    return tuple(sorted({*countries(), WORLD, *_seed("regions", "region_code")}))


@cache
def currencies() -> tuple[str, ...]:
    """ISO 4217 codes."""
    return _seed("currencies", "currency_code")


def _prefixed(prefix: str, names: str) -> tuple[str, ...]:
    return tuple(prefix + name for name in names.split())


DECISION_VISIBILITY = _prefixed(
    "DECISION_VISIBILITY_",
    "CONTENT_REMOVED CONTENT_DISABLED CONTENT_DEMOTED CONTENT_AGE_RESTRICTED"
    " CONTENT_INTERACTION_RESTRICTED CONTENT_LABELLED OTHER",
)
DECISION_MONETARY = _prefixed("DECISION_MONETARY_", "SUSPENSION TERMINATION OTHER")
DECISION_PROVISION = _prefixed(
    "DECISION_PROVISION_",
    "PARTIAL_SUSPENSION TOTAL_SUSPENSION PARTIAL_TERMINATION TOTAL_TERMINATION",
)
DECISION_ACCOUNT = _prefixed("DECISION_ACCOUNT_", "SUSPENDED TERMINATED")
DECISION_GROUND = _prefixed("DECISION_GROUND_", "ILLEGAL_CONTENT INCOMPATIBLE_CONTENT")
SOURCE_TYPE = _prefixed("SOURCE_", "ARTICLE_16 TRUSTED_FLAGGER TYPE_OTHER_NOTIFICATION VOLUNTARY")
AUTOMATED_DECISION = _prefixed("AUTOMATED_DECISION_", "FULLY PARTIALLY NOT_AUTOMATED")
CONTENT_TYPE = _prefixed(
    "CONTENT_TYPE_", "AUDIO SYNTHETIC_MEDIA IMAGE TEXT VIDEO APP PRODUCT OTHER"
)
CATEGORY = _prefixed(
    "STATEMENT_CATEGORY_",
    "ANIMAL_WELFARE CONSUMER_INFORMATION CYBER_VIOLENCE CYBER_VIOLENCE_AGAINST_WOMEN"
    " DATA_PROTECTION_AND_PRIVACY_VIOLATIONS ILLEGAL_OR_HARMFUL_SPEECH"
    " INTELLECTUAL_PROPERTY_INFRINGEMENTS NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS"
    " NOT_SPECIFIED_NOTICE OTHER_VIOLATION_TC PROTECTION_OF_MINORS RISK_FOR_PUBLIC_SECURITY"
    " SCAMS_AND_FRAUD SELF_HARM UNSAFE_AND_PROHIBITED_PRODUCTS VIOLENCE",
)
# The EU adds keywords without notice, and its public file carries many that are not about music.
CATEGORY_SPECIFICATION_PATTERN = r"^KEYWORD_[A-Z0-9_]+$"
TERRITORIAL_SCOPE = _prefixed(
    "",
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK",
)
