"""What counts as a use, how much of it was known in time, and what removals do to plays.

Whose recordings were used is a matter of attribution, not of this module.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from itertools import accumulate
from typing import Any

from tests.reference import clock, seeds
from tests.reference.model import Derivative, Generation, World

APPEAL_WINDOW = timedelta(days=180)
EXCLUDED = "removed"


class Usage:
    """Generations and derivatives as known at a freeze."""

    def __init__(self, world: World, known_at: datetime) -> None:
        self.generations: dict[str, Generation] = world.generations.known(known_at)
        self.derivatives: dict[str, Derivative] = world.derivatives.known(known_at)

    @cached_property
    def counted(self) -> dict[str, Generation]:
        """Completed, real generations, of retries the last."""
        by_key: dict[str, Generation] = {}
        for generation in self.generations.values():
            if generation.status != "completed" or generation.is_test:
                continue
            other = by_key.get(generation.idempotency_key)
            if other is None or _later(generation) > _later(other):
                by_key[generation.idempotency_key] = generation
        return {generation.generation_id: generation for generation in by_key.values()}

    @cached_property
    def counted_by_month(self) -> dict[str, list[Generation]]:
        months: dict[str, list[Generation]] = defaultdict(list)
        for generation in self.counted.values():
            months[generation.month].append(generation)
        return months

    @cached_property
    def _derivative_of(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for derivative in self.derivatives.values():
            if derivative.generation_id:
                other = found.get(derivative.generation_id, derivative.derivative_id)
                found[derivative.generation_id] = min(other, derivative.derivative_id)
        return found

    def derivative_of(self, generation: Generation) -> str:
        """The derivative that a generation made, if any."""
        return generation.derivative_id or self._derivative_of.get(generation.generation_id, "")

    def generation_of(self, derivative_id: str) -> Generation | None:
        """The generation that made a derivative, whatever became of it."""
        derivative = self.derivatives.get(derivative_id)
        return self.generations.get(derivative.generation_id) if derivative else None


def _later(generation: Generation) -> tuple[datetime, datetime, str]:
    return generation.recorded_at, generation.occurred_at, generation.generation_id


@dataclass(frozen=True)
class GenerationUse:
    """A generation in a month: 1 if it was known in time, and what came late or was undone."""

    generation: Generation
    timely: int
    late: int


def generation_uses(month: str, usage: Usage, first: Usage | None) -> list[GenerationUse]:
    """The generations of a month; `first` is what was known when the month was first issued.

    One that has other attributes since is undone as it was, and comes late as it is.
    """
    now = usage.counted_by_month.get(month, ())
    if first is None:
        return [GenerationUse(generation, 1, 0) for generation in now]
    then = {_as_used(generation) for generation in first.counted_by_month.get(month, ())}
    uses = [
        GenerationUse(generation, *((1, 0) if _as_used(generation) in then else (0, 1)))
        for generation in now
    ]
    still = {_as_used(generation) for generation in now}
    return uses + [
        GenerationUse(generation, 1, -1)
        for generation in first.counted_by_month.get(month, ())
        if _as_used(generation) not in still
    ]


def _as_used(generation: Generation) -> tuple[object, ...]:
    """What makes a generation a use of its pool."""
    return (
        generation.generation_id,
        generation.derivative_id,
        generation.occurred_at,
        generation.territory,
        generation.product_id,
        generation.tier,
        generation.use_type,
        generation.model_version,
    )


@dataclass
class PlayedDays:
    """The plays of a derivative in a territory and tier, day by day."""

    days: list[datetime] = field(default_factory=list)
    timely: list[int] = field(default_factory=list)
    late: list[int] = field(default_factory=list)

    def close(self) -> None:
        """Puts the days in order and sums them up, so that stretches can be read off."""
        order = sorted(range(len(self.days)), key=self.days.__getitem__)
        self.days = [self.days[place] for place in order]
        self.timely = [0, *accumulate(self.timely[place] for place in order)]
        self.late = [0, *accumulate(self.late[place] for place in order)]

    def between(self, start: datetime, end: datetime) -> tuple[int, int]:
        """Timely and late plays of the days from start to before end."""
        first, last = bisect_left(self.days, start), bisect_left(self.days, end)
        return self.timely[last] - self.timely[first], self.late[last] - self.late[first]


PlayGroups = dict[tuple[str, str, str], PlayedDays]


def played_days(
    world: World,
    month: str,
    usage_at: datetime,
    fraud_at: datetime,
    first_at: datetime | None,
    first: Usage | None,
) -> PlayGroups:
    """Plays less artificial plays by derivative, territory and tier.

    Args:
        world: All versions of all feeds.
        month: The month of the play dates.
        usage_at: The freeze of the plays.
        fraud_at: The freeze of what is artificial about them.
        first_at: When the month was first issued by anybody, if it was.
        first: Generations and derivatives as known then.
    """
    table = world.plays.get(month)
    if table is None:
        return {}
    in_time = table.known(first_at) if first_at else {}
    today = table.known(usage_at)
    groups: PlayGroups = {}
    for key in today.keys() | in_time.keys():
        played, derivative_id, territory, tier = key
        artificial = _artificial(table.of[key], fraud_at)
        total = max(0, today[key].plays - artificial) if key in today else 0
        timely = total
        if first_at is not None and first is not None:
            early = in_time.get(key)
            is_known = early is not None and first.generation_of(derivative_id) is not None
            timely = max(0, early.plays - artificial) if early and is_known else 0
        days = groups.setdefault((derivative_id, territory, tier), PlayedDays())
        days.days.append(clock.midnight(played))
        days.timely.append(timely)
        days.late.append(total - timely)
    for days in groups.values():
        days.close()
    return groups


def _artificial(versions: Sequence[tuple[datetime, Any]], fraud_at: datetime) -> int:
    """What was found artificial by an instant, or first; taking a row back is no finding."""
    found = [(recorded_at, row.artificial) for recorded_at, row in versions if row]
    reviewed = [artificial for recorded_at, artificial in found if recorded_at <= fraud_at]
    return reviewed[-1] if reviewed else found[0][1]


class Removals:
    """What removal actions do to plays, as things stand at a freeze."""

    def __init__(self, world: World, known_at: datetime) -> None:
        self.known_at = known_at
        self.actions = world.actions.known(known_at)
        self.appeals = defaultdict(list)
        for appeal in world.appeals.known(known_at).values():
            self.appeals[appeal.puid].append(appeal)
        self.states: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        for puid in sorted(self.actions):
            action = self.actions[puid]
            if action.derivative_id and action.touches_plays and not self._is_undone(puid):
                state = self._state(puid)
                self.states[action.derivative_id].append((action.territories, state))

    def _is_undone(self, puid: str) -> bool:
        return self.actions[puid].ended_at <= self.known_at or any(
            appeal.decided_at <= self.known_at
            and appeal.outcome in ("overturned", "reinstated_authorised")
            for appeal in self.appeals[puid]
        )

    def _state(self, puid: str) -> str:
        action = self.actions[puid]
        is_open = any(
            appeal.filed_at <= self.known_at < appeal.decided_at for appeal in self.appeals[puid]
        )
        if self.known_at >= action.applied_at + APPEAL_WINDOW and not is_open:
            return EXCLUDED
        return "FRAUD" if action.is_fraud else "REMOVAL"

    def state_of(self, derivative_id: str, territory: str) -> str:
        """`removed`, the bucket in which the plays are held, or nothing."""
        found = {
            state
            for territories, state in self.states.get(derivative_id, ())
            if not territories or any(seeds.closeness(named, territory) for named in territories)
        }
        for state in (EXCLUDED, "FRAUD", "REMOVAL"):
            if state in found:
                return state
        return ""

    def suspends(self, partner_id: str) -> bool:
        """Whether a partner's account is suspended."""
        return any(
            action.suspends_account and action.uploader == partner_id and not self._is_undone(puid)
            for puid, action in self.actions.items()
        )
