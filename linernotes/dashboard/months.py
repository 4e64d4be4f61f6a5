"""Whether a month is issued or an estimate, and as of when; said beside every figure.

Figures themselves are `figures`'.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from linernotes.dashboard.formats import instant_text, month_text, span_text
from linernotes.dashboard.parts import State


@dataclass(frozen=True)
class MonthState:
    """The statements of one month: how many, how many of them issued, and as known when."""

    month: date
    statement_count: int
    issued_count: int
    known_at: datetime

    @property
    def state(self) -> State:
        if self.issued_count == self.statement_count:
            return "issued"
        return "mixed" if self.issued_count else "estimate"


@dataclass(frozen=True)
class Months:
    """The chosen months.

    Attributes:
        all: In order, also those without a statement.
        states: Of those with statements.
        freeze: What the published file knows: whatever is no statement's amount is as of then.
    """

    all: Sequence[date]
    states: dict[date, MonthState]
    freeze: datetime

    @property
    def state(self) -> State | None:
        """Of all months together."""
        states = {self.states[month].state for month in self.all if month in self.states}
        if not states:
            return None
        return states.pop() if len(states) == 1 else "mixed"

    def is_estimate(self, month: date) -> bool:
        return month not in self.states or self.states[month].state != "issued"

    @property
    def period(self) -> str:
        """The months in words."""
        return span_text(self.all)

    def as_of(self, money: bool = False) -> str:
        """As of when figures are: the freeze of the published file, or that of the statements."""
        known = [self.states[month].known_at for month in self.all if month in self.states]
        return f"as known {instant_text(max(known) if money and known else self.freeze)}"

    def caption(self, money: bool = False) -> str:
        """Which months are issued, which are estimates, in a sentence for below a table."""
        found: dict[str, list[date]] = {}
        for month in self.all:
            state = self.states[month].state if month in self.states else None
            found.setdefault(_SAID[state], []).append(month)
        said = "; ".join(f"{span_text(months)}: {what}" for what, months in found.items())
        if not money:
            return f"{said}. As known {instant_text(self.freeze)}."
        known = [self.states[month] for month in self.all if month in self.states]
        last = f" {month_text(known[-1].month)} as known {instant_text(known[-1].known_at)}."
        return f"{said}.{last if known else ''}"


_SAID: dict[State | None, str] = {
    "issued": "issued",
    "estimate": "estimate, may still change",
    "mixed": "partly issued",
    None: "no statement yet",
}
