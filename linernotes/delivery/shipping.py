"""Brings packages to their partners: plan, tries, flags, record, each step safe to repeat.

Whatever a go leaves behind when it breaks off, the next one takes up and ends in the same state.
"""

import fcntl
import uuid
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, replace

from linernotes.agreements import Agreements, Target, load_agreements
from linernotes.delivery.attempts import ConnectionFault, Patience, tried
from linernotes.delivery.destination import Destination, described, open_destination
from linernotes.delivery.guards import MustStay, require_may_leave
from linernotes.delivery.outgoing import Plan, forget, plan_for, unfinished_plan
from linernotes.delivery.records import (
    AS_BEFORE,
    DELIVERED,
    FAILED,
    NO_TARGET,
    REFUSED,
    SentFile,
    Shipment,
    arrival,
    instant,
    record,
)
from linernotes.errors import LinernotesError
from linernotes.reporting import Package
from linernotes.settings import Settings
from linernotes.statements import file_safe

StepProgress = Callable[[str, int, int, str], None]
# Partners that are served side by side, so that one that does not answer holds up no other.
SIDE_BY_SIDE = 4
KILOBYTE = 1000


def deliver_packages(
    settings: Settings,
    packages: Sequence[Package],
    *,
    again: bool = False,
    patience: Patience | None = None,
    on_progress: StepProgress | None = None,
) -> list[Shipment]:
    """Brings packages to the targets that are agreed with their partners.

    What has arrived before is left alone. A package that fails or must stay is told in its
    shipment and holds up no other partner's.

    Args:
        settings: The home.
        packages: What to deliver.
        again: Whether to send once more what has arrived.
        patience: How often to try a target that cannot be reached.
        on_progress: Called with "Deliver" and the partner, kilobytes done, in all, and the file.

    Returns:
        One shipment per package, in their order.

    Raises:
        LinernotesError: if the agreements cannot be read.
    """
    agreements = load_agreements(settings)
    chosen = patience or Patience()
    by_partner: dict[str, list[Package]] = {}
    for package in packages:
        by_partner.setdefault(package.partner_id, []).append(package)

    def serve(group: list[Package]) -> dict[Package, Shipment]:
        return {
            package: _deliver(settings, agreements, package, again, chosen, on_progress)
            for package in group
        }

    found: dict[Package, Shipment] = {}
    with ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="delivery") as threads:
        for served in threads.map(serve, by_partner.values()):
            found |= served
    return [found[package] for package in packages]


def _deliver(
    settings: Settings,
    agreements: Agreements,
    package: Package,
    again: bool,
    patience: Patience,
    on_progress: StepProgress | None,
) -> Shipment:
    """One package's go, in which every foreseen trouble becomes a recorded outcome."""
    target = agreements.of(package.partner_id).target
    shipment = Shipment(
        partner_id=package.partner_id,
        report_month=package.report_month,
        version=package.version,
        manifest_sha256=package.manifest_sha256,
        shipment_id=uuid.uuid4().hex,
        target=described(target) if target else None,
        started_at=instant(),
    )
    if target is None:
        return replace(shipment, outcome=NO_TARGET)
    go = _Go(settings, package, shipment)
    try:
        with _alone(settings, package.partner_id):
            if not again and (earlier := go.earlier()):
                return replace(earlier, outcome=AS_BEFORE)
            agreement = agreements.of(package.partner_id)
            names = require_may_leave(package, agreement, agreements.sender)
            go.plan = plan_for(settings, package, agreement, names, again=again)
            go.send(target, patience, on_progress)
            go.end(DELIVERED)
            forget(settings, package)
    except MustStay as reason:
        go.end(REFUSED, str(reason))
    except (LinernotesError, ConnectionFault, OSError) as reason:
        go.end(FAILED, _in_words(reason, go.shipment))
    return go.shipment


class _Go:
    """One go at delivering one package."""

    def __init__(self, settings: Settings, package: Package, shipment: Shipment) -> None:
        self.settings = settings
        self.package = package
        self.shipment = shipment
        self.plan: Plan | None = None
        self._was_there: set[str] = set()
        self._sent: set[str] = set()

    def earlier(self) -> Shipment | None:
        """The record that the package arrived, unless sending it again has begun since."""
        found = arrival(self.settings, self.package)
        begun = unfinished_plan(self.settings, self.package)
        if found and begun and begun.shipment_id != found.shipment_id:
            return None
        if found:
            # It may have died after the record and before the tidying up.
            forget(self.settings, self.package)
        return found

    def send(self, target: Target, patience: Patience, on_progress: StepProgress | None) -> None:
        plan = self.plan
        assert plan
        self.shipment = replace(
            self.shipment,
            shipment_id=plan.shipment_id,
            certificate=plan.certificate,
            is_again=plan.is_again,
        )

        def attempt() -> None:
            self.shipment = replace(self.shipment, attempts=self.shipment.attempts + 1)
            with open_destination(target) as destination:
                self._bring(destination, plan, on_progress)

        def note(fault: str) -> None:
            self.shipment = replace(self.shipment, faults=(*self.shipment.faults, fault))

        tried(attempt, patience, note)

    def _bring(
        self, destination: Destination, plan: Plan, on_progress: StepProgress | None
    ) -> None:
        """Brings what is not there yet; flags stand only while every file does."""
        for file in plan.files:
            is_due = plan.is_again and file.sent_name not in plan.arrived
            if is_due or file.sent_name in self._sent:
                continue
            name = plan.remote(file.sent_name)
            held = destination.holding(name, file.sent_bytes, file.sent_sha256)
            if held:
                plan.note(file, held)
                self._sent.add(file.sent_name)
                self._was_there.add(file.sent_name)
        missing = [file for file in plan.files if file.sent_name not in self._sent]
        if missing or plan.is_again:
            for flag in plan.flags:
                destination.withdraw(flag)
        total = sum(file.sent_bytes for file in plan.files)
        done = total - sum(file.sent_bytes for file in missing)
        for file in missing:

            def tell(there: int, before: int = done, name: str = file.sent_name) -> None:
                if on_progress:
                    step = f"Deliver {self.package.partner_id} (kB)"
                    on_progress(step, (before + there) // KILOBYTE, total // KILOBYTE, name)

            name = plan.remote(file.sent_name)
            plan.note(file, destination.put(plan.path(file), name, file.sent_sha256, tell))
            self._sent.add(file.sent_name)
            done += file.sent_bytes
        for flag in plan.flags:
            destination.flag(flag)

    def end(self, outcome: str, reason: str = "") -> None:
        """Records what has become of it."""
        plan = self.plan
        files = plan.files if plan else ()
        self.shipment = record(
            self.settings,
            replace(
                self.shipment,
                outcome=outcome,
                reason=reason,
                flags=plan.flags if plan and outcome == DELIVERED else (),
                files=tuple(
                    SentFile(
                        **asdict(file),
                        was_there=file.sent_name in self._was_there,
                        acknowledgement=plan.arrived[file.sent_name],
                    )
                    for file in files
                    if plan and file.sent_name in self._sent
                ),
            ),
        )


def _in_words(reason: Exception, shipment: Shipment) -> str:
    if isinstance(reason, LinernotesError):
        return str(reason)
    if isinstance(reason, ConnectionFault):
        return (
            f"{reason} (tried {shipment.attempts} times). Check the line and the agreement; then "
            "deliver again, which goes on where this stopped."
        )
    return f"{reason}. Check the file and who may use it; then deliver again."


@contextmanager
def _alone(settings: Settings, partner_id: str) -> Generator[None]:
    """Holds the way to a partner: two goes at once would write into each other's uploads."""
    path = settings.delivery_root / f"{file_safe(partner_id)}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise LinernotesError(
                f"Another delivery to {partner_id} is under way; wait for it to end, then deliver "
                "again."
            ) from None
        yield
