"""Consent and credit: who has decided, what was used without a yes, who is named.

Every figure is a metric of the semantic layer.
"""

from collections.abc import Iterator

from linernotes.dashboard.figures import Figures
from linernotes.dashboard.metric_parts import by_month, cards, money_cards, split
from linernotes.dashboard.parts import Heading, Part

TITLE, ADDRESS = "Consent and credit", "consent"
QUESTION = "Whether what is used may be used, and whether its makers are named."
CONSENT = (
    "consent_proof_rate",
    "explicit_consent_share",
    "unconsented_uses",
    "opt_in_rate",
    "late_consent_rate",
)
CREDIT = (
    "credit_coverage",
    "shown_credit_rate",
    "ai_disclosure_rate",
    "identifier_completeness",
)


def parts(figures: Figures) -> Iterator[Part]:
    """The page, from top to bottom."""
    yield Heading("Consent")
    yield cards(figures, *CONSENT)
    yield Heading(
        "What uses without consent have earned",
        "It is held, and released only where everybody required allows the use, also looking back.",
    )
    yield money_cards(figures, "unconsented_value")
    yield Heading("Consent by month")
    yield from by_month(
        figures,
        "consent_proof_rate",
        "explicit_consent_share",
        "opt_in_rate",
        alt="Lines paid with proof, uses that are explicitly allowed, and decisions that allow.",
    )
    yield Heading("Consent by partner")
    yield from split(
        figures,
        "partner_id",
        "explicit_consent_share",
        "consent_proof_rate",
        "unconsented_uses",
        "opt_in_rate",
        "late_consent_rate",
        descending=False,
    )
    yield Heading("Uses without consent, by what is missing")
    yield from split(
        figures,
        "consent_status",
        "unconsented_uses",
        alt="Uses without consent by what is missing, the most first.",
    )
    yield Heading("Credit")
    yield cards(figures, *CREDIT)
    yield Heading("Credit by month")
    yield from by_month(
        figures,
        "credit_coverage",
        "shown_credit_rate",
        alt="Derivatives that show every credit, and credits that are shown, by month.",
    )
    yield Heading("Credit by product")
    yield from split(
        figures,
        "product_id",
        "credit_coverage",
        alt="Derivatives that show every credit by product, the lowest first.",
        descending=False,
    )
