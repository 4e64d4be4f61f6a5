"""Closes months in order and drafts the open ones: which lines stand in which statement.

The arithmetic is in the modules that this one calls.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from tests.reference import clock, seeds
from tests.reference.corrections import corrections, releases, residuals
from tests.reference.model import Feeds, Line, Result, Statement, Terms, World, read_world
from tests.reference.penalties import suspects
from tests.reference.pools import TIMELY, Books, Calculation, Entry, Freezes, MonthValuer, Value
from tests.reference.seeds import time_zone
from tests.reference.statements import Ledger, StatementWriter, Terminology
from tests.reference.training import training_fees

ORDER = {line_type: place for place, line_type in enumerate(seeds.line_types())}
Typed = tuple[Entry, str, Value]


def compute(rows: Feeds, closings: Sequence[tuple[str, datetime]], freeze: datetime) -> Result:
    """All statements: those of the closings as issued, then drafts of the open months.

    Args:
        rows: Rows by feed, as the feeds describe them; all count as accepted by the intake.
        closings: The months closed, in order, each with its freeze.
        freeze: The freeze of the drafts.
    """
    house = House(read_world(rows, time_zone))
    result = Result([], [])
    for month, known_at in closings:
        house.close(month, clock.since(known_at), result)
    house.draft(clock.since(freeze), result)
    return result


class House:
    """The world with what has been issued so far."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.books = Books(world)
        self.closed = ""
        self.first_issued: dict[str, datetime] = {}
        self.issued: dict[tuple[str, str], datetime] = {}
        self.last_issued: dict[str, tuple[str, datetime]] = {}
        self.ledgers: dict[str, Ledger] = defaultdict(Ledger)
        self.terms_used: dict[str, dict[str, Terms]] = defaultdict(dict)

    def close(self, month: str, known_at: datetime, result: Result) -> None:
        """Issues every statement up to a month that was not issued yet."""
        self._run(month, known_at, result, self.ledgers)
        contracts = {
            contract
            for contract, ledger in self.ledgers.items()
            if any(one.report_month == month for one in ledger.statements)
        }
        first = min([month, *self._months(known_at)])
        for contract_id in {"", *contracts}:
            self.last_issued[contract_id] = (month, known_at)
        for one in clock.months_between(first, month):
            self.first_issued.setdefault(one, known_at)
            for contract_id in {"", *contracts}:
                self.issued.setdefault((contract_id, one), known_at)
        self.closed = month

    def draft(self, known_at: datetime, result: Result) -> None:
        """Drafts the open months, and at least one after the last closed."""
        months = self._months(known_at)
        if self.closed:
            months.append(clock.add_months(self.closed, 1))
        if months:
            ledgers = defaultdict(Ledger, {name: one.copy() for name, one in self.ledgers.items()})
            self._run(max(months), known_at, result, ledgers)

    def _months(self, known_at: datetime) -> list[str]:
        """Months with uses, revenue or a training fee."""
        found = {
            month
            for month, table in self.world.plays.items()
            if any(row[0][0] <= known_at for row in table.of.values())
        }
        found |= set(self.books.usage(known_at).counted_by_month)
        found |= {month for month, *_ in self.world.revenue.known(known_at)}
        found |= {
            terms.training_fee.usage_month
            for terms in self.world.contracts.known(known_at).values()
            if terms.training_fee
        }
        return sorted(found)

    def _run(
        self, last: str, known_at: datetime, result: Result, ledgers: dict[str, Ledger]
    ) -> None:
        """Works out all statements up to a month at a freeze."""
        keep = {known_at, *self.first_issued.values(), *self.issued.values()}
        keep |= {freeze for _, freeze in self.last_issued.values()}
        self.books.forget(keep)
        typed = self._typed_lines(last, known_at)
        licence = self.books.licence(known_at)
        removals = self.books.removals(known_at)
        rates = self.books.rates(known_at)
        contracts = sorted({*licence.versions, *ledgers} - {""})
        first = min([last, *self._months(known_at), *self.first_issued])
        months = clock.months_between(first, last)
        for month in months:
            unallocated = [_line(month, *one) for one in typed["", month]]
            ledgers[""].lines += unallocated
            result.lines.extend(_ordered(unallocated))
        found = {month: suspects(self.books, known_at, month) for month in months}
        for month in months:
            for contract_id in contracts:
                if (contract_id, month) in self.issued:
                    continue
                ledger = ledgers[contract_id]
                shared = [_line(month, *one) for one in typed[contract_id, month]]
                shared += self._training(contract_id, month, known_at, ledger)
                shared = [self._of_member(line, known_at) for line in shared]
                versions = licence.versions.get(contract_id, [])
                terms = licence.statement_terms(contract_id, month)
                is_valid = terms is not None
                if terms is None:
                    earlier = self.terms_used[contract_id].values()
                    known = [*earlier, *versions]
                    terms = max(known, key=lambda one: (one.base, one.version), default=None)
                if terms is None:
                    continue
                of_month = self.terms_used[contract_id]
                writer = StatementWriter(
                    Terminology(terms, versions, of_month),
                    month,
                    shared,
                    ledger,
                    {one: of for one, of in found.items() if one <= month},
                    removals.suspends(terms.partner_id),
                    rates,
                )
                begun = ledger.statements or is_valid or shared
                if not begun:
                    continue
                statement, balance = writer.write()
                if not (is_valid or shared or balance or writer.is_unsettled):
                    continue
                of_month[month] = terms
                self._enter(ledger, result, statement, [*shared, *balance])

    def _of_member(self, line: Line, known_at: datetime) -> Line:
        member = self.books.catalogue(known_at).member(
            line.owner_party_id, line.partner_id, line.usage_month
        )
        return replace(line, member_party_id=member)

    @staticmethod
    def _enter(ledger: Ledger, result: Result, statement: Statement, lines: list[Line]) -> None:
        ordered = _ordered(lines)
        ledger.lines += ordered
        ledger.statements.append(statement)
        result.lines.extend(ordered)
        result.statements.append(statement)

    def _typed_lines(self, last: str, known_at: datetime) -> dict[tuple[str, str], list[Typed]]:
        """Lines of usage and corrections by contract and report month."""
        typed: dict[tuple[str, str], list[Typed]] = defaultdict(list)
        months = clock.months_between(
            min([last, *self._months(known_at), *self.first_issued]), last
        )
        freezes = {freeze for _, freeze in self.last_issued.values()}
        for month in months:
            valued = self._value(month, Freezes.all_at(known_at), known_at)
            changes: list[Typed] = []
            every: list[MonthValuer] = []
            # Each contract's months are corrected from the freeze of its own last statement.
            for freeze in sorted(freezes) if month <= self.closed else ():
                valuers: list[MonthValuer] = []

                def recalculate(
                    at: Freezes, month: str = month, valuers: list[MonthValuer] = valuers
                ) -> Calculation:
                    valuers.append(self._valuer(month, at, known_at))
                    return valuers[-1].value()

                found, _ = corrections(recalculate, freeze, known_at)
                found = [one for one in found if self._last_issued(one[0].contract_id)[1] == freeze]
                changes += found
                every += valuers
            changes += residuals(changes, every)
            for entry, line_type, change in changes:
                if (entry.contract_id, month) in self.issued:
                    following = self._following(entry.contract_id, known_at)
                    typed[entry.contract_id, following].append((entry, line_type, change))
            for entry, value in valued.items():
                if (entry.contract_id, month) not in self.issued:
                    line_type = _open_type(entry)
                    typed[entry.contract_id, month].append((entry, line_type, value))
            if not any(entry.status == "late_consent" for entry in valued):
                continue
            # What issuing the month brings stands in the next statement, open as it is too.
            released = self._valuer(month, Freezes.all_at(known_at), known_at, True).value()
            for entry, line_type, change in releases(valued, released):
                if (entry.contract_id, month) not in self.issued:
                    following = self._month_after(entry.contract_id, month, known_at)
                    if following <= last:
                        typed[entry.contract_id, following].append((entry, line_type, change))
        return typed

    def _last_issued(self, contract_id: str) -> tuple[str, datetime | None]:
        return self.last_issued.get(contract_id, ("", None))

    def _following(self, contract_id: str, known_at: datetime) -> str:
        """The month of a contract's next statement; an ended one has it with the others."""
        return self._month_after(contract_id, self._last_issued(contract_id)[0], known_at)

    def _month_after(self, contract_id: str, month: str, known_at: datetime) -> str:
        own = clock.add_months(month, 1)
        versions = self.books.licence(known_at).versions.get(contract_id, [])
        ends_at = max((one.valid_to for one in versions), default=clock.FOREVER)
        if ends_at > clock.month_start(own) or not self.closed:
            return own
        return max(own, clock.add_months(self.closed, 1))

    def _is_released(self, contract_id: str, month: str, known_at: datetime) -> bool:
        """Whether late consents of a month have left their hold, as known at a freeze."""
        return any(
            contract_id == of and month <= report_month and issued_at < known_at
            for (of, report_month), issued_at in self.issued.items()
        )

    def _value(self, month: str, at: Freezes, known_at: datetime) -> Calculation:
        return self._valuer(month, at, known_at).value()

    def _valuer(
        self, month: str, at: Freezes, known_at: datetime, is_as_if_issued: bool = False
    ) -> MonthValuer:
        def issued_at(contract_id: str) -> datetime | None:
            return self.issued.get((contract_id, month))

        def report_month(contract_id: str) -> str:
            is_issued = (contract_id, month) in self.issued
            return self._following(contract_id, known_at) if is_issued else month

        def is_released(contract_id: str, consent_known_at: datetime) -> bool:
            is_open = (contract_id, month) not in self.issued
            if is_as_if_issued and is_open:
                return True
            return self._is_released(contract_id, month, consent_known_at)

        return MonthValuer(
            self.books,
            month,
            at,
            self.first_issued.get(month),
            issued_at,
            is_released,
            self.books.rates(known_at),
            report_month,
        )

    def _training(
        self, contract_id: str, month: str, known_at: datetime, ledger: Ledger
    ) -> list[Line]:
        """What the training fees are now, less what was posted of them."""

        def is_released(usage_month: str) -> bool:
            if (contract_id, usage_month) in self.issued:
                return self._is_released(contract_id, usage_month, known_at)
            return self._month_after(contract_id, usage_month, known_at) <= month

        due = training_fees(
            self.books,
            known_at,
            contract_id,
            month,
            lambda usage_month: self.issued.get((contract_id, usage_month)),
            is_released,
        )
        lines = {entry.line_key: _line(month, entry, "TRAINING_FEE", due[entry]) for entry in due}
        sums: dict[str, Value] = defaultdict(lambda: Value(0, 0, 0))
        models: dict[str, Line] = {}
        for line in ledger.posted("TRAINING_FEE"):
            old = sums[line.line_key]
            models[line.line_key] = line
            sums[line.line_key] = Value(
                old.quantity + line.quantity,
                old.weight_nano + line.weight_nano,
                old.units + line.units,
            )
        result = []
        for key in sorted({*lines, *sums}):
            line, posted = lines.get(key), sums[key]
            model = line or models[key]
            change = Value(
                (line.quantity if line else 0) - posted.quantity,
                (line.weight_nano if line else 0) - posted.weight_nano,
                (line.units if line else 0) - posted.units,
            )
            if any(change):
                result.append(_changed(model, month, change))
        return result


def _open_type(entry: Entry) -> str:
    if entry.layer == TIMELY:
        return "USAGE"
    return "REVERSAL" if entry.layer == "late-" else "LATE_USAGE"


def _line(report_month: str, entry: Entry, line_type: str, value: Value) -> Line:
    return Line(
        report_month=report_month,
        line_type=line_type,
        line_key=entry.line_key,
        layer=entry.layer,
        partner_id=entry.partner_id,
        contract_id=entry.contract_id,
        contract_version=entry.contract_version,
        object_id=entry.object_id,
        owner_party_id=entry.owner,
        member_party_id=entry.owner,
        usage_month=entry.usage_month,
        hold_bucket=entry.bucket,
        consent_status=entry.status,
        consent_proof_id=entry.proof,
        quantity=value.quantity,
        weight_nano=value.weight_nano,
        units=value.units,
        currency=entry.currency,
        territory=entry.territory,
        product_id=entry.product_id,
        tier=entry.tier,
        side=entry.side,
    )


def _changed(line: Line, report_month: str, change: Value) -> Line:
    return replace(
        line,
        report_month=report_month,
        quantity=change.quantity,
        weight_nano=change.weight_nano,
        units=change.units,
    )


def _ordered(lines: list[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: (ORDER[line.line_type], line.line_key, line.layer))
