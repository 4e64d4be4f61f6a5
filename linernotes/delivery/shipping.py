"""Delivers packages to their partners: plan, attempts, flags, record, each step repeatable.

After an interruption, the next run resumes and ends in the same state.
"""

import logging
import uuid
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from threading import Event

from linernotes.agreements import Agreements, Target, load_agreements
from linernotes.base import durable, locks
from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.base.steps import add_facts, step
from linernotes.base.unforeseen import account_of, kind_of
from linernotes.delivery.attempts import RetryPolicy, tried
from linernotes.delivery.destination import Destination, described, open_destination
from linernotes.delivery.errors import Busy, ConnectionFault, ReleaseRefused
from linernotes.delivery.guards import require_issued, require_releasable
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
    present_text,
    record,
)
from linernotes.ledger.heads import LEDGER_HEAD
from linernotes.ledger.records import file_safe
from linernotes.packages import Package, read_manifest

StepProgress = Callable[[str, int, int, str], None]
# Number of partners served in parallel, so that an unreachable one does not delay the others.
SIDE_BY_SIDE = 4
LISTEN_SECONDS = 0.2
KILOBYTE = 1000


@step("deliver")
def deliver_packages(
    settings: Settings,
    packages: Sequence[Package],
    *,
    again: bool = False,
    retry_policy: RetryPolicy | None = None,
    on_progress: StepProgress | None = None,
) -> list[Shipment]:
    """Delivers packages to the targets that are agreed with their partners.

    Packages that have arrived are skipped. The shipment of a package has its failure or refusal,
    which does not affect other partners.

    Args:
        settings: The home.
        packages: What to deliver.
        again: Whether to send packages again that have arrived.
        retry_policy: How often to try an unreachable target.
        on_progress: Called with "Deliver" and the partner, kilobytes done, in all, and the file.

    Returns:
        One shipment per package, in their order.

    Raises:
        LinernotesError: if the agreements cannot be read.
    """
    by_partner: dict[str, list[Package]] = {}
    for package in packages:
        by_partner.setdefault(package.partner_id, []).append(package)
    agreements = load_agreements(settings)
    terms = _Terms(settings, agreements, again, retry_policy or RetryPolicy(), on_progress)

    def serve(group: list[Package]) -> dict[Package, Shipment]:
        return {package: _deliver(terms, package) for package in group}

    found: dict[Package, Shipment] = {}
    with ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="delivery") as threads:
        served = [threads.submit(serve, group) for group in by_partner.values()]
        try:
            # A wait without a timeout may miss Ctrl-C if a library has its own handler.
            while wait(served, LISTEN_SECONDS).not_done:
                continue
            for future in served:
                found |= future.result()
        except BaseException:
            # Running transfers end at their next bytes.
            terms.stop.set()
            raise
    troubles = sum(shipment.is_trouble for shipment in found.values())
    add_facts(packages=len(packages), troubles=troubles)
    return [found[package] for package in packages]


@dataclass(frozen=True)
class _Terms:
    """Parameters of one call for all its packages; `stop` is set when it has to end."""

    settings: Settings
    agreements: Agreements
    again: bool
    retry_policy: RetryPolicy
    on_progress: StepProgress | None
    stop: Event = field(default_factory=Event)

    def require_going(self) -> None:
        if self.stop.is_set():
            raise LinernotesError("Interrupted; deliver again, which resumes from there.")

    def report_progress(self, step: str, done: int, total: int, unit: str) -> None:
        self.require_going()
        if self.on_progress:
            self.on_progress(step, done // KILOBYTE, total // KILOBYTE, unit)


def _deliver(terms: _Terms, package: Package) -> Shipment:
    """The delivery of one package, in which every expected fault becomes a recorded outcome."""
    agreement = terms.agreements.of(package.partner_id)
    target = agreement.target
    go = _Attempt(terms, package)
    if target is None:
        return replace(go.shipment, outcome=NO_TARGET)
    try:
        with _alone(terms.settings, package.partner_id):
            earlier = go.earlier()
            if earlier and not terms.again:
                return replace(earlier, outcome=AS_BEFORE)
            names = require_releasable(package, agreement, terms.agreements.sender)
            require_issued(terms.settings, package)
            plan = plan_for(terms.settings, package, agreement, names, again=terms.again)
            go.send(plan, target)
            go.end(DELIVERED)
            # It has arrived; the next run removes what is left here.
            with suppress(OSError):
                forget(terms.settings, package)
    except Busy as reason:
        # The other run records the outcome of the package.
        return replace(go.shipment, outcome=FAILED, reason=str(reason))
    except ReleaseRefused as reason:
        go.end(REFUSED, str(reason))
    except (LinernotesError, ConnectionFault, OSError) as reason:
        go.end(FAILED, _in_words(reason, go.shipment))
    except (
        Exception
    ) as unforeseen:  # a fault with one partner must not end the deliveries to others
        logging.getLogger(__name__).error(
            "A delivery failed with an unexpected error.\n%s", account_of(unforeseen)
        )
        fault = kind_of(unforeseen)
        go.end(FAILED, f"{fault}. Check the agreement with the partner; then deliver again.")
    return go.shipment


class _Attempt:
    """One run that delivers one package."""

    def __init__(self, terms: _Terms, package: Package) -> None:
        target = terms.agreements.of(package.partner_id).target
        self.terms = terms
        self.package = package
        self.plan: Plan | None = None
        self.shipment = Shipment(
            partner_id=package.partner_id,
            report_month=package.report_month,
            version=package.version,
            manifest_sha256=package.manifest_sha256,
            shipment_id=uuid.uuid4().hex,
            target=described(target) if target else None,
            started_at=present_text(),
        )
        self._was_there: set[str] = set()
        self._sent: set[str] = set()

    def earlier(self) -> Shipment | None:
        """The record that the package arrived, unless sending it again has begun since."""
        found = arrival(self.terms.settings, self.package)
        begun = unfinished_plan(self.terms.settings, self.package)
        if found and begun and begun.shipment_id != found.shipment_id:
            return None
        if found:
            # It may have been killed after the record and before the cleanup.
            forget(self.terms.settings, self.package)
        return found

    def send(self, plan: Plan, target: Target) -> None:
        """Delivers the files of the plan, within the permitted number of attempts."""
        self.plan = plan
        self.shipment = replace(
            self.shipment,
            shipment_id=plan.shipment_id,
            certificate=plan.certificate,
            is_again=plan.is_again,
            ledger_head=read_manifest(self.package.path).get(LEDGER_HEAD),
        )

        def attempt() -> None:
            self.terms.require_going()
            self.shipment = replace(self.shipment, attempts=self.shipment.attempts + 1)
            with open_destination(target) as destination:
                self._bring(destination, plan)

        def note(fault: str) -> None:
            self.shipment = replace(self.shipment, faults=(*self.shipment.faults, fault))

        tried(attempt, self.terms.retry_policy, note, self.terms.stop.wait)

    def _bring(self, destination: Destination, plan: Plan) -> None:
        """Delivers missing files; flags exist only while every file does."""
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

            def on_bytes(there: int, before: int = done, name: str = file.sent_name) -> None:
                step = f"Deliver {self.package.partner_id} (kB)"
                self.terms.report_progress(step, before + there, total, name)

            name = plan.remote(file.sent_name)
            plan.note(file, destination.put(plan.path(file), name, file.sent_sha256, on_bytes))
            self._sent.add(file.sent_name)
            done += file.sent_bytes
        for flag in plan.flags:
            destination.flag(flag)

    def end(self, outcome: str, reason: str = "") -> None:
        """Records the outcome."""
        ended = replace(self.shipment, outcome=outcome, reason=reason)
        if plan := self.plan:
            files = tuple(
                SentFile(
                    **asdict(file),
                    was_there=file.sent_name in self._was_there,
                    acknowledgement=plan.arrived[file.sent_name],
                )
                for file in plan.files
                if file.sent_name in self._sent
            )
            flags = plan.flags if outcome == DELIVERED else ()
            ended = replace(ended, files=files, flags=flags)
        self.shipment = record(self.terms.settings, ended)


def _in_words(reason: Exception, shipment: Shipment) -> str:
    if isinstance(reason, LinernotesError):
        return str(reason)
    if isinstance(reason, ConnectionFault):
        return (
            f"{reason} (tried {shipment.attempts} times). Check the connection and the "
            "agreement; then deliver again, which resumes this delivery."
        )
    return f"{reason}. Check the file and its permissions; then deliver again."


@contextmanager
def _alone(settings: Settings, partner_id: str) -> Generator[None]:
    """Locks deliveries to a partner: two at once would write into each other's uploads."""
    path = settings.delivery_root / file_safe(partner_id, ".lock")
    durable.make_folder(path.parent)
    busy = Busy(
        f"Another delivery to {partner_id} is running; wait for it to end, then deliver again."
    )
    with locks.holding(path, busy):
        for kept in settings.delivery_root.iterdir():
            durable.clear_unfinished(kept / file_safe(partner_id), is_deep=True)
        yield
