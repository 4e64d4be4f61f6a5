"""Overview: the four principles, the money, and what needs a decision.

Figures are metrics and the executives' waterfall; what needs a decision is their risk register.
"""

from collections.abc import Iterator

from linernotes.dashboard.figures import Figures
from linernotes.dashboard.metric_parts import by_month, cards
from linernotes.dashboard.parts import Heading, Part
from linernotes.dashboard.views import compensation

TITLE, ADDRESS = "Overview", ""
QUESTION = "How the four principles stand, what money moves, and what needs a decision."
# A principle, what it asks, and the figures that answer.
PRINCIPLES = (
    (
        "Consent",
        "Nothing is used without a yes.",
        ("consent_coverage", "consent_proof_rate", "unconsented_uses"),
    ),
    (
        "Credit",
        "Whoever is used is named.",
        ("credit_coverage", "ai_disclosure_rate", "identifier_completeness"),
    ),
    (
        "Compensation",
        "Whoever is used is paid, and every cent can be traced.",
        ("trace_completeness", "statement_timeliness", "match_rate"),
    ),
    (
        "Connection",
        "Derivatives lead listeners to the artists.",
        ("derivative_to_source_conversion", "new_fan_rate", "source_lift"),
    ),
)


def parts(figures: Figures) -> Iterator[Part]:
    """The page, from top to bottom."""
    for principle, asks, names in PRINCIPLES:
        yield Heading(principle, asks)
        yield cards(figures, *names)
    yield Heading("Money")
    yield compensation.totals(figures)
    yield Heading("Trend")
    yield from by_month(figures, "ai_generations", alt="Completed generations by month.")
