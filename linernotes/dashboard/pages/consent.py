"""Consent and credit: whether use is licensed and consented, and creators credited.

Figures are metrics of the semantic layer, and reports on consent.
"""

from collections.abc import Iterator

from linernotes.dashboard import consent_blocks
from linernotes.dashboard.blocks import Block, Heading
from linernotes.dashboard.figures import Figures
from linernotes.dashboard.metric_blocks import cards, split, time_line

TITLE, PATH, FILTER_KINDS = "Consent and credit", "/consent", ("partner", "product", "period")
SUBTITLE = "Is our use licensed and consented, and are creators credited?"
CONSENT = (
    "explicit_consent_share",
    "consent_proof_rate",
    "opt_in_rate",
    "late_consent_rate",
    "unconsented_uses",
)
CREDIT = (
    "credit_coverage",
    "shown_credit_rate",
    "ai_disclosure_rate",
    "identifier_completeness",
)


def blocks(figures: Figures) -> Iterator[Block]:
    """The page, from top to bottom."""
    yield Heading("Agreements")
    yield cards(figures, "licensed_use_share", "consent_coverage", "weighted_opt_in_rate")
    yield from split(figures, "product_id", "licensed_use_share", descending=False)
    yield Heading("Consent")
    yield cards(figures, *CONSENT)
    yield from time_line(figures, *CONSENT[:4])
    yield Heading("Consent by partner")
    yield from split(
        figures,
        "partner_id",
        "explicit_consent_share",
        "consent_proof_rate",
        "opt_in_rate",
        "late_consent_rate",
        "unconsented_uses",
        descending=False,
    )
    yield Heading(
        "Use without consent, by cause",
        "Earnings are on hold, and released once every required party consents, including "
        "retroactively.",
    )
    yield from split(
        figures, "consent_status", "unconsented_uses", title="Use without consent by cause"
    )
    yield Heading("Expiring consents")
    yield from consent_blocks.expiring(figures)
    yield from consent_blocks.enforcement(figures)
    yield Heading("Credit")
    yield cards(figures, *CREDIT)
    yield from time_line(figures, *CREDIT[:2])
    yield Heading("Credit by product")
    yield from split(
        figures, "product_id", "credit_coverage", "shown_credit_rate", descending=False
    )
