"""Writes packages and delivers them, partner by partner, for the command line.

`linernotes.delivery` delivers them; `packages.py` prints the result.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.delivery import Shipment, deliver_packages, unknown_partners
from linernotes.packages import Package, write_packages
from linernotes.statements import current_statements

UNKNOWN = (
    "The agreements name this partner, but no such partner is published, so the intended partner "
    "has no target. Correct the id in the agreements."
)
StepProgress = Callable[[str, int, int, str], None]


@dataclass(frozen=True)
class DeliveryRun:
    """The result of writing and delivering packages.

    Attributes:
        packages: The packages that were written or kept.
        shipments: One per package, in their order.
        unwritten: Partner, month and reason of each package that could not be written.
        unknown: Partners in the agreements that are not published.
    """

    packages: list[Package]
    shipments: list[Shipment]
    unwritten: list[tuple[str, str, str]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    @property
    def troubles(self) -> list[tuple[str, str, str]]:
        """Partner, month and reason of every failure."""
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
    """Writes packages and delivers them; a failure for one partner does not stop the others.

    Args:
        settings: The home.
        month: Report month, `YYYY-MM`; every month with statements when left out.
        partner: Partner id; every partner when left out.
        again: Whether to send packages again that have arrived.
        on_progress: Called with the step, units done, units in all, and the unit's name.
        rewrite: Whether issued packages get a new version, under the present agreements.

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
    """All packages together, or one by one if one of them cannot be written."""

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
