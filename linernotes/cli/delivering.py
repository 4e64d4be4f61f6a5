"""Packages written and then delivered, partner by partner, as the command line does it.

What leaves, and how, is in `linernotes.delivery`; how it is shown is decided in `cli.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.delivery import Shipment, deliver_packages, unknown_partners
from linernotes.packages import Package, write_packages
from linernotes.statements import current_statements

UNKNOWN = (
    "The agreements name it, but it is no partner: whoever is meant has no target there. Correct "
    "its id in the agreements."
)
StepProgress = Callable[[str, int, int, str], None]


@dataclass(frozen=True)
class DeliveryRun:
    """What came of writing and delivering.

    Attributes:
        packages: What was written, or kept.
        shipments: One per package, in their order.
        unwritten: Partner, month and reason of each package that could not be written.
        unknown: Whom the agreements name, and what is published does not know.
    """

    packages: list[Package]
    shipments: list[Shipment]
    unwritten: list[tuple[str, str, str]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    @property
    def troubles(self) -> list[tuple[str, str, str]]:
        """Partner, month and reason of everything that somebody has to look at."""
        return [
            *self.unwritten,
            *((name, "", UNKNOWN) for name in self.unknown),
            *(
                (one.partner_id, one.report_month, one.reason)
                for one in self.shipments
                if one.is_trouble
            ),
        ]


def report_and_deliver(
    settings: Settings,
    month: str | None,
    partner: str | None,
    *,
    again: bool,
    on_progress: StepProgress,
    rewrite: bool = False,
) -> DeliveryRun:
    """Writes packages and delivers them; a partner whose package says no holds up no other.

    Args:
        settings: The home.
        month: Report month, `YYYY-MM`; every month with statements when left out.
        partner: Partner id; every partner when left out.
        again: Whether to send once more what has arrived.
        on_progress: Called with the step, units done, units in all, and the unit's name.
        rewrite: Whether what is issued gets a new version, as is agreed now.

    Raises:
        LinernotesError: if nothing could be written, or the agreements cannot be read.
    """
    packages, unwritten = _written(settings, month, partner, on_progress, rewrite)
    shipments = deliver_packages(settings, packages, again=again, on_progress=on_progress)
    return DeliveryRun(packages, shipments, unwritten, unknown_partners(settings))


def _written(
    settings: Settings,
    month: str | None,
    partner: str | None,
    on_progress: StepProgress,
    rewrite: bool,
) -> tuple[list[Package], list[tuple[str, str, str]]]:
    """Every package at once, or one by one where one of them cannot be written."""

    def write(month: str | None, partner: str | None) -> list[Package]:
        return write_packages(
            settings, month, partner, lambda *unit: on_progress("Packages", *unit), rewrite=rewrite
        )

    try:
        return write(month, partner), []
    except LinernotesError:
        statements = current_statements(settings, month, partner)
        each = sorted({(one.partner_id, one.report_month) for one in statements})
        if len(each) < 2:
            raise
    packages, unwritten = [], []
    for partner_id, report_month in each:
        try:
            packages += write(report_month, partner_id)
        except LinernotesError as reason:
            unwritten.append((partner_id, report_month, str(reason)))
    return packages, unwritten
