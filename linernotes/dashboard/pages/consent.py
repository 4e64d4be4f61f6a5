"""Consent and credit: whether use is consented, and creators credited.

Every figure is a metric of the semantic layer.
"""

from collections.abc import Iterator

from linernotes.dashboard.blocks import Block, Column, Heading, Link, Note, Table
from linernotes.dashboard.drill import trace_href
from linernotes.dashboard.figures import Figures
from linernotes.dashboard.metric_blocks import cards, split, time_line

TITLE, PATH, KNOWS = "Consent and credit", "/consent", ("partner", "product", "period")
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
    yield from _expiring(figures)
    yield Heading("Credit")
    yield cards(figures, *CREDIT)
    yield from time_line(figures, *CREDIT[:2])
    yield Heading("Credit by product")
    yield from split(
        figures, "product_id", "credit_coverage", "shown_credit_rate", descending=False
    )


def _expiring(figures: Figures) -> Iterator[Block]:
    """Consents that end within 30, 60 and 90 days of the data's cut-off."""
    partners = figures.selection.partner
    rows = figures.view.rows(
        "select decision_id, party_id, object_id, use_type, cast(valid_to as date) "
        "from published.marts.fct_consent_versions where is_usable and decision = 'allow' "
        "and valid_to > $1 and valid_to <= $1 + interval 90 day "
        + (
            "and decision_id in (select decision_id from published.marts.fct_consent_partners "
            "where list_contains($2, partner_id)) "
            if partners
            else ""
        )
        + "order by valid_to, decision_id limit 200",
        (figures.view.known_at, partners) if partners else (figures.view.known_at,),
    )
    if not rows:
        yield Note("No consent ends within 90 days.", "good")
        return
    yield Table(
        "expiring-consents",
        "Consents that end within 90 days",
        [
            Column("Decision"),
            Column("Party"),
            Column("Recording or work"),
            Column("Use"),
            Column("Ends", "date"),
        ],
        [[Link(row[0], trace_href("decision", row[0])), *row[1:]] for row in rows],
    )
