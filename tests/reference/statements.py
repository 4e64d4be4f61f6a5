"""The balance of one contract and report month, from its lines and all statements before.

Lines of usage, training and corrections are given; here follow the balance's own.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from tests.reference import clock, seeds
from tests.reference.model import (
    Guarantee,
    Line,
    Statement,
    Terms,
    Withholding,
    in_force,
    line_key,
)
from tests.reference.money import Rates, half_up, rate_day, spread
from tests.reference.penalties import Suspects

EARNED = frozenset({"USAGE", "TRAINING_FEE"})
CORRECTIONS = frozenset(
    {
        "LATE_USAGE", "LATE_CONSENT", "BACKPAY", "CONFLICT_RESOLUTION", "DISPUTE_RESOLUTION",
        "SPAM_ADJUSTMENT", "FRAUD_REDISTRIBUTION", "REVENUE_CORRECTION", "REATTRIBUTION",
        "TERMS_CORRECTION", "REVERSAL",
    }
)  # fmt: skip
SHARED = EARNED | CORRECTIONS
NOWHERE = frozenset({"", seeds.WORLD})


@dataclass
class Ledger:
    """What a contract has in its statements so far."""

    lines: list[Line] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)

    def copy(self) -> "Ledger":
        return Ledger([*self.lines], [*self.statements])

    @property
    def opening(self) -> int:
        return self.statements[-1].carried if self.statements else 0

    def posted(self, line_type: str) -> list[Line]:
        return [line for line in self.lines if line.line_type == line_type]


@dataclass(frozen=True)
class Terminology:
    """The terms of the contract that a statement needs.

    Attributes:
        now: The statement's own terms.
        versions: All versions, for advances.
        of_month: Terms of the statement of an earlier month, for reserves.
    """

    now: Terms
    versions: list[Terms]
    of_month: dict[str, Terms]


class StatementWriter:
    """Writes one statement.

    Args:
        terms: The terms it needs.
        report_month: Its month.
        shared: Its lines of usage, training fees and corrections, payable and held.
        ledger: The contract's statements before.
        suspects: By usage month, recordings with artificial plays.
        is_suspended: Whether the partner's account is suspended.
        rates: Exchange rates.
    """

    def __init__(
        self,
        terms: Terminology,
        report_month: str,
        shared: list[Line],
        ledger: Ledger,
        suspects: dict[str, Suspects],
        is_suspended: bool,
        rates: Rates,
    ) -> None:
        self.versions = terms.versions
        self.terms_of_month = terms.of_month
        self.terms = terms.now
        self.month = report_month
        self.shared = shared
        self.ledger = ledger
        self.suspects = suspects
        self.is_suspended = is_suspended
        self.rates = rates
        self.digits = seeds.minor_digits(self.terms.currency)
        self.payable = [line for line in shared if not line.hold_bucket]
        self.lines: list[Line] = []
        # Whether an account that is ended still needs statements.
        self.is_unsettled = False

    def write(self) -> tuple[Statement, list[Line]]:
        """The statement and its balance's own lines."""
        earned = _units(line for line in self.payable if line.line_type in EARNED)
        corrections = _units(line for line in self.payable if line.line_type in CORRECTIONS)
        base = earned + corrections
        fee = half_up(base * Fraction(self.terms.fee_rate))
        self._post_fee(fee, base)
        true_up = self._true_up()
        taken, released = self._reserve(base - fee)
        recouped = self._recoup(base - fee - taken + released)
        tax = self._withhold(base, fee, true_up, taken, released, recouped)
        penalties = self._penalise()
        opening = self.ledger.opening
        self._post("CARRY_FORWARD", opening)
        resumed = self._resume()
        closing = (
            opening + base - fee + true_up - taken + released - recouped - tax - penalties + resumed
        )
        suspended = max(0, closing) if self.is_suspended else 0
        self._post("CARRY_FORWARD", -suspended)
        self._post("CARRY_FORWARD", suspended, bucket="SUSPENDED")
        balance = closing - suspended
        minimum = half_up(self.terms.minimum_payout, self.digits)
        payable = balance if balance > 0 and balance >= minimum else 0
        statement = Statement(
            contract_id=self.terms.contract_id,
            report_month=self.month,
            currency=self.terms.currency,
            opening=opening,
            earned=earned,
            corrections=corrections,
            fee=fee,
            true_up=true_up,
            taken=taken,
            released=released,
            recouped=recouped,
            tax=tax,
            penalties=penalties,
            resumed=resumed,
            closing=closing,
            suspended=suspended,
            payable=payable,
            carried=balance - payable,
            held=_units(line for line in self.shared if line.hold_bucket),
        )
        return statement, self.lines

    def _line(
        self,
        line_type: str,
        units: int,
        usage_month: str = "",
        territory: str = "",
        object_id: str = "",
        owner: str = "",
        bucket: str = "",
        original: str = "",
    ) -> Line:
        terms, month = self.terms, usage_month or self.month
        return Line(
            report_month=self.month,
            line_type=line_type,
            line_key=line_key(
                month, territory, "", "", "", terms.contract_id, terms.version, object_id, owner,
                bucket, "", "",
            ),
            layer="",
            partner_id=terms.partner_id,
            contract_id=terms.contract_id,
            contract_version=terms.version,
            object_id=object_id,
            owner_party_id=owner,
            member_party_id=owner,
            usage_month=month,
            hold_bucket=bucket,
            consent_status="",
            consent_proof_id="",
            quantity=0,
            weight_nano=0,
            units=units,
            currency=terms.currency,
            territory=territory,
            original_key=original,
        )  # fmt: skip

    def _post(self, line_type: str, units: int, **more: str) -> None:
        """Adds a line, unless it is nothing."""
        if units:
            self.lines.append(self._line(line_type, units, **more))

    def _post_fee(self, fee: int, base: int) -> None:
        """The umbrella's fee, rounded on the total and spread over its members."""
        if not base or not fee:
            return
        sign = 1 if base > 0 else -1
        members: dict[str, int] = defaultdict(int)
        for line in self.payable:
            members[line.member_party_id] += line.units * sign
        names = sorted(members)
        parts = [divmod(abs(fee) * members[name], abs(base)) for name in names]
        units = [floor for floor, _ in parts]
        order = sorted(range(len(names)), key=lambda place: (-parts[place][1], names[place]))
        for place in order[: abs(fee) - sum(units)]:
            units[place] += 1
        for name, unit in zip(names, units, strict=True):
            self._post("FEE", -sign * unit, owner=name)

    def _true_up(self) -> int:
        """What all ended periods of the guarantee are short of it, less what was posted."""
        guarantee = self.terms.minimum_guarantee
        if guarantee is None:
            return 0
        shared = [
            line for line in self.ledger.lines if line.line_type in SHARED and not line.hold_bucket
        ]
        total, start = 0, guarantee.starts_on
        # The day after the contract's last: a period that it cuts is owed by days.
        end = max(_day_after(terms.valid_to) for terms in self.versions or [self.terms])
        while True:
            full_last = clock.add_months(start, guarantee.period_months - 1)
            first_day, full_end = clock.month_start(start).date(), clock.month_end(full_last).date()
            period_end = min(end, full_end)
            last = f"{period_end - timedelta(days=1):%Y-%m}"
            if last > self.month or first_day >= end:
                return total
            amount = half_up(self._guarantee_at(guarantee, period_end), self.digits)
            owed = half_up(
                Fraction((period_end - first_day).days, (full_end - first_day).days) * amount
            )
            within = [
                line for line in [*shared, *self.payable] if start <= line.usage_month <= last
            ]
            posted = [
                line
                for line in self.ledger.posted("MG_TRUE_UP")
                if start <= line.usage_month <= full_last
            ]
            due = max(0, owed - _units(within)) - _units(posted)
            self._spread_true_up(due, within, last)
            total += due
            start = clock.add_months(start, guarantee.period_months)

    def _guarantee_at(self, guarantee: Guarantee, period_end: date) -> Decimal:
        """What was agreed for a period: by the version on its last day, if it counts alike."""
        after = clock.midnight(period_end)
        agreed = [
            terms
            for terms in self.versions
            if terms.minimum_guarantee
            and replace(terms.minimum_guarantee, amount=guarantee.amount) == guarantee
            and terms.currency == self.terms.currency
            and terms.valid_from < after
            and terms.valid_to > after - timedelta(days=1)
        ]
        last = max(agreed, key=lambda terms: (terms.base, terms.version), default=self.terms)
        return (last.minimum_guarantee or guarantee).amount

    def _spread_true_up(self, due: int, within: list[Line], last: str) -> None:
        weights: dict[tuple[str, str], int] = defaultdict(int)
        for line in within:
            weights[line.object_id, line.owner_party_id] += line.weight_nano
        positive = sorted(key for key, weight in weights.items() if weight > 0)
        if not positive:
            self._post("MG_TRUE_UP", due, usage_month=last)
            return
        keys = [
            self._line("MG_TRUE_UP", 0, last, object_id=object_id, owner=owner).line_key
            for object_id, owner in positive
        ]
        units = spread(due, [weights[key] for key in positive], keys)
        for (object_id, owner), unit in zip(positive, units, strict=True):
            self._post("MG_TRUE_UP", unit, usage_month=last, object_id=object_id, owner=owner)

    def _reserve(self, after_fee: int) -> tuple[int, int]:
        """What is kept back of this month, and what earlier months kept that is now due."""
        reserve = self.terms.reserve
        taken = half_up(Fraction(reserve.rate) * max(0, after_fee)) if reserve else 0
        self._post("RESERVE_TAKE", -taken)
        done = {line.original_key for line in self.ledger.posted("RESERVE_RELEASE")}
        released = 0
        for take in self.ledger.posted("RESERVE_TAKE"):
            then = self.terms_of_month[take.report_month].reserve
            name = f"{take.report_month}/{take.line_key}"
            if then is None or name in done:
                continue
            if clock.add_months(take.report_month, then.release_after_months) <= self.month:
                released -= take.units
                self._post("RESERVE_RELEASE", -take.units, original=name)
        return taken, released

    def _recoup(self, available: int) -> int:
        advances: dict[date, Decimal] = {}
        for terms in sorted(in_force(self.versions), key=lambda terms: terms.version):
            if terms.advance and terms.advance.paid_on < clock.month_end(self.month).date():
                advances[terms.advance.paid_on] = terms.advance.amount
        pot = sum(half_up(amount, self.digits) for amount in advances.values())
        pot += _units(self.ledger.posted("ADVANCE_RECOUPMENT"))
        scope = self.terms.advance.product_ids if self.terms.advance else ()
        if scope and "*" not in scope:
            within = _units(line for line in self.payable if line.product_id in scope)
            available = min(available, within - half_up(within * Fraction(self.terms.fee_rate)))
        recouped = max(0, min(pot, available))
        kept = self.ledger.posted("RESERVE_TAKE") + self.ledger.posted("RESERVE_RELEASE")
        waiting = [line for line in self.ledger.lines if line.hold_bucket == "SUSPENDED"]
        self.is_unsettled = bool(pot > 0 or self.ledger.opening or _units(kept) or _units(waiting))
        self._post("ADVANCE_RECOUPMENT", -recouped)
        return recouped

    def _withhold(
        self, base: int, fee: int, true_up: int, taken: int, released: int, recouped: int
    ) -> int:
        """Tax by source territory: on earnings by usage month, on reserves as they are released.

        Neither what is kept back nor what goes to an advance is taxed, and tax takes no more than
        there is.
        """
        taxes: dict[tuple[str, str, str], int] = {}
        kept = max(0, base - taken - recouped)
        factor = Fraction(kept, base) if base > 0 else Fraction(1)
        sums: dict[tuple[str, str], int] = defaultdict(int)
        for line in self.payable:
            sums[line.territory, line.usage_month] += line.units
        for (territory, usage_month), units in sums.items():
            taxes[territory, usage_month, ""] = self._tax(territory, units * factor)
        from_released = max(0, recouped - max(0, base - taken))
        for release in [line for line in self.lines if line.line_type == "RESERVE_RELEASE"]:
            taken_in = release.original_key.split("/")[0]
            part = Fraction(release.units * (released - from_released), released)
            earned: dict[str, int] = defaultdict(int)
            for line in self.ledger.lines:
                is_earned = line.line_type in SHARED and not line.hold_bucket
                if is_earned and line.report_month == taken_in:
                    earned[line.territory] += line.units
            for territory, units in earned.items():
                tax = self._tax(territory, part * Fraction(units, sum(earned.values())))
                taxes[territory, taken_in, release.original_key] = tax
        taxes = {key: tax for key, tax in taxes.items() if tax}
        self._limit(taxes, max(0, base - fee + true_up - taken + released - recouped))
        for (territory, usage_month, original), tax in sorted(taxes.items()):
            self._post(
                "WITHHOLDING", -tax, usage_month=usage_month, territory=territory, original=original
            )
        return sum(taxes.values())

    def _tax(self, territory: str, amount: Fraction) -> int:
        row = self._tax_row(territory) if territory not in NOWHERE else None
        return half_up(Fraction(row.rate) * amount) if row else 0

    @staticmethod
    def _limit(taxes: dict[tuple[str, str, str], int], available: int) -> None:
        """Cuts taxes down to what is there and what the credits bring."""
        limit = available - sum(tax for tax in taxes.values() if tax < 0)
        places = sorted(key for key, tax in taxes.items() if tax > 0)
        if sum(taxes[place] for place in places) > limit:
            units = spread(limit, [taxes[place] for place in places], places)
            taxes.update(zip(places, units, strict=True))

    def _tax_row(self, territory: str) -> Withholding | None:
        paid_at = clock.midnight(clock.payment_day(self.month))
        valid = [
            row
            for row in self.terms.withholding
            if seeds.closeness(row.territory, territory)
            and row.valid_from <= paid_at < row.valid_to
        ]
        return max(
            valid,
            key=lambda row: (
                seeds.closeness(row.territory, territory),
                row.valid_from,
                row.valid_to != clock.FOREVER,
            ),
            default=None,
        )

    def _penalise(self) -> int:
        posted: dict[tuple[str, str], int] = defaultdict(int)
        for line in self.ledger.posted("PENALTY"):
            posted[line.usage_month, line.object_id] -= line.units
        targets: dict[tuple[str, str], int] = {}
        penalty = self.terms.fraud_penalty
        for usage_month, found in self.suspects.items():
            for recording_id, (share, contract_id) in found.items():
                if (
                    penalty is not None
                    and contract_id == self.terms.contract_id
                    and share > penalty.threshold
                ):
                    day = rate_day(self.terms, usage_month, self.month)
                    rate = self.rates.rate(penalty.currency, self.terms.currency, day)
                    amount = half_up(Fraction(penalty.amount) * rate, self.digits)
                    targets[usage_month, recording_id] = amount
        total = 0
        for usage_month, recording_id in sorted({*posted, *targets}):
            due = targets.get((usage_month, recording_id), 0) - posted[usage_month, recording_id]
            total += due
            self._post("PENALTY", -due, usage_month=usage_month, object_id=recording_id)
        return total

    def _resume(self) -> int:
        """What was suspended in earlier months, once the account no longer is."""
        if self.is_suspended:
            return 0
        waiting: dict[str, int] = defaultdict(int)
        names: dict[str, str] = {}
        for line in self.ledger.posted("CARRY_FORWARD"):
            if line.hold_bucket == "SUSPENDED":
                waiting[line.usage_month] += line.units
                names.setdefault(line.usage_month, f"{line.report_month}/{line.line_key}")
        for month in sorted(waiting):
            for units, bucket in ((waiting[month], ""), (-waiting[month], "SUSPENDED")):
                self._post(
                    "CARRY_FORWARD", units, usage_month=month, bucket=bucket, original=names[month]
                )
        return sum(waiting.values())


def _day_after(moment: datetime) -> date:
    """The first day that lies wholly after what ends at an instant."""
    if moment == clock.FOREVER or clock.midnight(moment.date()) == moment:
        return moment.date()
    return moment.date() + timedelta(days=1)


def _units(lines: Iterable[Line]) -> int:
    return sum(line.units for line in lines)
