"""Consent and credit: who has decided, what was used without a yes, who is named.

Every figure is a metric of the semantic layer.
"""

from collections.abc import Iterator

from linernotes.dashboard.figures import Figures
from linernotes.dashboard.metric_parts import by_month, cards, split
from linernotes.dashboard.parts import Heading, Part

TITLE, ADDRESS = "Consent and credit", "consent"
QUESTION = "Whether what is used may be used, and whether its makers are named."
CONSENT = (
    "consent_coverage",
    "opt_in_rate",
    "consent_proof_rate",
    "unconsented_uses",
    "unconsented_value",
    "leakage_value",
    "late_consent_rate",
    "consent_conflicts",
)
CREDIT = (
    "credit_coverage",
    "credit_lag_median",
    "ai_disclosure_rate",
    "identifier_completeness",
)


def parts(figures: Figures) -> Iterator[Part]:
    """The page, from top to bottom."""
    yield Heading("Consent")
    yield cards(figures, *CONSENT)
    yield Heading("Consent by month")
    yield from by_month(
        figures,
        "consent_coverage",
        "opt_in_rate",
        alt="Objects with a decision, and decisions that allow, by month.",
    )
    yield Heading("Consent by partner")
    yield from split(
        figures,
        "partner_id",
        "consent_coverage",
        "opt_in_rate",
        "consent_proof_rate",
        "late_consent_rate",
        descending=False,
    )
    yield Heading("Credit")
    yield cards(figures, *CREDIT)
    yield Heading("Credit by month")
    yield from by_month(
        figures, "credit_coverage", alt="Derivatives that show every credit, by month."
    )
    yield Heading("Credit by product")
    yield from split(
        figures,
        "product_id",
        "credit_coverage",
        alt="Derivatives that show every credit by product, the lowest first.",
        descending=False,
    )
