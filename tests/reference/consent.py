"""Whether a use was allowed: who is asked, what each answered, and what follows of it.

What a use is worth is not known here.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from tests.reference import clock, seeds
from tests.reference.model import Decision, Generation, Terms, World
from tests.reference.rights import Catalogue

PAID = frozenset({"consented", "contract_default", "retro_revoked", "run_off"})
BILLION = 10**9
OBJECT_RANKS = {
    "recording": 5, "work": 5, "likeness": 5, "release": 4, "artist": 3, "label": 2, "catalogue": 1,
}  # fmt: skip
VOICES = {
    "owner": ("owner",),
    "main_artist": ("artist",),
    "featured_artist": ("artist", "featured_artist"),
    "writer": ("writer",),
}

RecordedDecision = list[tuple[datetime, Decision | None]]
Rank = Callable[[Decision, str, str, Generation], int]


class Clause(NamedTuple):
    """What a contract version says about consent."""

    contract_id: str
    version: int
    silence: str
    silence_clause: str
    required_parties: tuple[str, ...]
    run_off_days: int

    @classmethod
    def of(cls, terms: Terms) -> "Clause":
        return cls(
            terms.contract_id,
            terms.version,
            terms.silence,
            terms.silence_clause,
            terms.required_parties,
            terms.run_off_days,
        )

    @property
    def proof(self) -> str:
        return f"{self.contract_id}@{self.version}#{self.silence_clause or 'silence'}"


class Scope(NamedTuple):
    """What is used, whose share of it, where and how."""

    object_id: str
    side: str
    owner: str
    owner_since: datetime | None
    territory: str
    product_id: str
    use_type: str
    model_version: str


class Question(NamedTuple):
    """Somebody who must be asked; nobody at all if the party is unknown."""

    role: str
    party_id: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question was answered, and if no, since when and until when that was not obeyed."""

    role: str
    is_allow: bool
    proof: str
    is_silent: bool
    moment: datetime
    denied_since: datetime | None = None
    enforced_at: datetime | None = None
    max_influence: Decimal | None = None
    is_over_limit: bool = False

    def allows(self, source_nano: int) -> bool:
        """Whether the answer is yes for a source of this weight."""
        if not self.is_allow or self.is_over_limit:
            return False
        return self.max_influence is None or source_nano <= self.max_influence * BILLION

    @property
    def is_leaking(self) -> bool:
        """Whether the use falls between a revocation and its enforcement."""
        return (
            not self.is_allow
            and self.denied_since is not None
            and self.enforced_at is not None
            and self.denied_since <= self.moment < self.enforced_at
        )


class Verdict(NamedTuple):
    status: str
    proof: str


class Judge:
    """Judges uses by the decisions as known at a freeze."""

    def __init__(
        self, world: World, catalogue: Catalogue, known_at: datetime, rank: Rank | None = None
    ) -> None:
        self.catalogue = catalogue
        self.known_at = known_at
        self.rank = rank
        self.decisions: dict[str, list[tuple[str, RecordedDecision]]] = defaultdict(list)
        self.mismatch_since: dict[str, datetime] = {}
        for decision_id, every in world.consents.of.items():
            versions = [version for version in every if version[0] <= known_at]
            for party in {decision.party_id for _, decision in versions if decision}:
                self.decisions[party].append((decision_id, versions))
            for recorded_at, decision in reversed(versions):
                if decision is None or not decision.is_mismatch:
                    break
                self.mismatch_since[decision_id] = recorded_at
        self._questions: dict[tuple, list[Question]] = {}
        self._candidates: dict[tuple, list[tuple[str, RecordedDecision]]] = {}
        self._judged: dict[tuple, tuple[list[Answer], list[Answer]]] = {}

    @cached_property
    def _merged_with(self) -> dict[str, set[str]]:
        """Of every party that was ever merged or merged into: all that may count as one with it."""
        groups: dict[str, set[str]] = {}
        for party, versions in self.catalogue.merges.items():
            for other in {party, *(into for _, into in versions if into)}:
                joined = groups.get(party, {party}) | groups.get(other, {other})
                for member in joined:
                    groups[member] = joined
        return groups

    def questions(self, scope: Scope, required: Iterable[str]) -> list[Question]:
        """Everybody whose answer a contract asks for."""
        required = tuple(required)
        key = (scope.object_id, scope.side, scope.owner, required)
        if key not in self._questions:
            asked: list[Question] = []
            for role in dict.fromkeys(required):
                parties = self._parties(role, scope)
                asked += [Question(role, party) for party in dict.fromkeys(parties)]
                if not parties and role != "featured_artist":
                    asked.append(Question(role, None))
            self._questions[key] = asked
        return self._questions[key]

    def _parties(self, role: str, scope: Scope) -> Sequence[str]:
        if role == "owner":
            return (scope.owner,)
        if role == "writer":
            return self.catalogue.writers(scope.side, scope.object_id)
        recording = (
            self.catalogue.recordings.get(scope.object_id) if scope.side == "MASTER" else None
        )
        if recording is None:
            return ()
        return recording.main_artists if role == "main_artist" else recording.featured_artists

    def _may_cover(self, decision: Decision, scope: Scope) -> bool:
        """Whether use type, territory, product and model version cover the use."""
        return (
            decision.use_type in ("*", scope.use_type)
            and decision.product_id in ("*", scope.product_id)
            and decision.model_version in ("", scope.model_version)
            and seeds.closeness(decision.territory, scope.territory) > 0
            and (decision.object_type != "likeness" or scope.use_type == "voice_clone")
        )

    def _ever_above(self, party: str) -> set[str]:
        """The party, what it was ever merged with, and all their parents at any time."""
        found, level = set(), {party}
        while level:
            level = {member for one in level for member in self._merged_with.get(one, {one})}
            found |= level
            level = {
                link.parent for child in level for link in self.catalogue.links_up.get(child, ())
            } - found
        return found

    def candidates(self, question: Question, scope: Scope) -> list[tuple[str, RecordedDecision]]:
        """Decisions that may answer a question at some instant."""
        if question.party_id is None:
            return []
        key = (question, scope)
        if key not in self._candidates:
            party = question.party_id
            parties = (
                self._ever_above(party)
                if question.role == "owner"
                else self._merged_with.get(party, {party})
            )
            voices = VOICES[question.role]
            found = {}
            for one in parties:
                for decision_id, versions in self.decisions.get(one, ()):
                    if any(
                        decision and decision.voice in voices and self._may_cover(decision, scope)
                        for _, decision in versions
                    ):
                        found[decision_id] = versions
            self._candidates[key] = sorted(found.items())
        return self._candidates[key]

    def _is_same(self, one: str, other: str, known_at: datetime) -> bool:
        return one == other or (
            bool(self.catalogue.merges)
            and self.catalogue.root(one, known_at) == self.catalogue.root(other, known_at)
        )

    def _covers_object(
        self, decision: Decision, question: Question, scope: Scope, known_at: datetime
    ) -> bool:
        """Whether the decision's object is what is used, or something that it belongs to."""
        kind, named = decision.object_type, decision.object_id
        is_master = scope.side == "MASTER"
        recording = self.catalogue.recordings.get(scope.object_id) if is_master else None
        if kind == "recording":
            return is_master and named == scope.object_id
        if kind == "work":
            if not is_master:
                return named == scope.object_id
            return question.role == "writer" and any(
                link.work_id == named for link in self.catalogue.works_of.get(scope.object_id, ())
            )
        if kind == "release":
            return bool(named) and recording is not None and recording.upc == named
        if kind == "catalogue":
            return not named or any(
                self._is_same(named, party, known_at) for party in (decision.party_id, scope.owner)
            )
        if kind == "label":
            labels = [scope.owner, recording.label] if recording else [scope.owner]
            return any(party and self._is_same(named, party, known_at) for party in labels)
        if kind == "likeness" and not named:
            return True
        people = [*self.catalogue.writers(scope.side, scope.object_id)]
        if recording:
            people += [*recording.main_artists, *recording.featured_artists]
        named = named or decision.party_id
        return any(self._is_same(named, person, known_at) for person in people)

    def _is_usable(self, decision: Decision, issued_at: datetime | None) -> bool:
        """Not by mismatching evidence, save in months that were issued before that was found."""
        found_at = self.mismatch_since.get(decision.decision_id)
        if found_at is not None:
            return issued_at is not None and issued_at < found_at
        return not decision.is_mismatch

    def answer(
        self,
        question: Question,
        scope: Scope,
        clause: Clause,
        moment: datetime,
        known_at: datetime,
        issued_at: datetime | None,
        generation: Generation | None,
    ) -> Answer:
        """What a question was answered at an instant, as recorded by another.

        Args:
            question: Who is asked.
            scope: What is used.
            clause: The contract's word on silence.
            moment: When the use was.
            known_at: What was recorded later does not count.
            issued_at: When the use's month was issued by the contract, if it was.
            generation: The generation, if the use is one: daily limits count generations.
        """
        party = question.party_id
        # Merged parties speak for each other from the merge on; before there were two.
        merged_by = min(known_at, moment)
        valid: list[tuple[tuple, Decision]] = []
        ended: list[tuple[tuple, Decision]] = []
        candidates = self.candidates(question, scope)
        if party is not None and candidates:
            speakers = {party}
            if question.role == "owner":
                for member in self._merged_with.get(party, {party}):
                    if self._is_same(member, party, merged_by):
                        speakers |= {member} | self.catalogue.parents(member, moment)
            voices = VOICES[question.role]
            for _, versions in candidates:
                decision = _latest(versions, known_at)
                if (
                    decision is None
                    or decision.valid_from > moment
                    or decision.voice not in voices
                    or not self._may_cover(decision, scope)
                    or not self._is_usable(decision, issued_at)
                    or not any(
                        self._is_same(decision.party_id, speaker, merged_by) for speaker in speakers
                    )
                    or (
                        question.role == "owner"
                        and scope.owner_since is not None
                        and decision.valid_from < scope.owner_since
                    )
                    or not self._covers_object(decision, question, scope, known_at)
                ):
                    continue
                entry = (_specificity(decision, scope), decision)
                (valid if moment < decision.valid_to else ended).append(entry)
        if valid:
            highest = max(specificity for specificity, _ in valid)
            best = [decision for specificity, decision in valid if specificity == highest]
            chosen = min(best, key=lambda decision: (decision.is_allow, decision.decision_id))
            if chosen.is_allow:
                return Answer(
                    question.role,
                    is_allow=True,
                    proof=chosen.decision_id,
                    is_silent=False,
                    moment=moment,
                    max_influence=chosen.max_influence,
                    is_over_limit=self._is_over_limit(chosen, scope, generation),
                )
            since, enforced_at = chosen.valid_from, chosen.enforced_at
            for specificity, decision in ended:
                if decision.is_allow and specificity > highest and decision.valid_to > since:
                    since, enforced_at = decision.valid_to, decision.enforced_at
            return Answer(
                question.role, is_allow=False, proof=chosen.decision_id, is_silent=False,
                moment=moment, denied_since=since, enforced_at=enforced_at,
            )  # fmt: skip
        is_allow = clause.silence == "allow"
        allows = [decision for _, decision in ended if decision.is_allow]
        last = max(
            allows, key=lambda decision: (decision.valid_to, decision.decision_id), default=None
        )
        return Answer(
            question.role,
            is_allow=is_allow,
            proof=clause.proof,
            is_silent=True,
            moment=moment,
            denied_since=last.valid_to if last and not is_allow else None,
            enforced_at=last.enforced_at if last and not is_allow else None,
        )

    def _is_over_limit(
        self, decision: Decision, scope: Scope, generation: Generation | None
    ) -> bool:
        if decision.daily_limit is None or generation is None or self.rank is None:
            return False
        rank = self.rank(decision, scope.object_id, scope.side, generation)
        return rank > decision.daily_limit

    def ask_twice(
        self,
        scope: Scope,
        clause: Clause,
        moment: datetime,
        issued_at: datetime | None,
        generation: Generation | None,
        required: tuple[str, ...] | None = None,
    ) -> tuple[list[Answer], list[Answer]]:
        """All answers as recorded by the instant of the use (then) and by the freeze (now)."""
        if required is None:
            required = clause.required_parties
        generation_id = generation.generation_id if generation else ""
        key = (scope, clause, moment, issued_at, generation_id, required)
        if key not in self._judged:
            questions = self.questions(scope, required)
            then, now = (
                [
                    self.answer(question, scope, clause, moment, known_at, issued_at, generation)
                    for question in questions
                ]
                for known_at in (min(moment, self.known_at), self.known_at)
            )
            self._judged[key] = then, now
        return self._judged[key]

    def judge_generation(
        self,
        scope: Scope,
        clause: Clause,
        moment: datetime,
        source_nano: int,
        issued_at: datetime | None,
        generation: Generation | None,
    ) -> Verdict:
        """The status of a generation (or an inclusion in training) and its proof."""
        then, now = self.ask_twice(scope, clause, moment, issued_at, generation)
        return verdict(then, now, source_nano, clause)

    def judge_plays(
        self,
        scope: Scope,
        clause: Clause,
        generation: Generation,
        made_in: tuple[Scope, Clause],
        source_nano: int,
        issued_at: datetime | None,
        start: datetime,
        end: datetime,
    ) -> Iterator[tuple[datetime, datetime, Verdict]]:
        """The status of a derivative's plays on the days from start to before end.

        Args:
            scope: Where it is played, and whose share it is then.
            clause: The contract's terms at the plays.
            generation: What made the derivative.
            made_in: Scope and terms under which the generation is judged.
            source_nano: The weight of the source in the derivative.
            issued_at: When the plays' month was issued by the contract, if it was.
            start: The first day.
            end: The day after the last.
        """
        is_before_owner = (
            scope.owner_since is not None and generation.occurred_at < scope.owner_since
        )
        made_scope, made_clause = made_in
        if is_before_owner:
            others = tuple(role for role in made_clause.required_parties if role != "owner")
            owner = tuple(role for role in clause.required_parties if role == "owner")
        else:
            others, owner = made_clause.required_parties, ()
        made_then, made_now = self.ask_twice(
            made_scope, made_clause, generation.occurred_at, issued_at, generation, others
        )
        fixed = None if owner else verdict(made_then, made_now, source_nano, made_clause)
        if fixed and fixed.status not in PAID:
            yield start, end, fixed
            return
        bounds = self._bounds(scope, clause, start, end)
        for place, first in enumerate(bounds[:-1]):
            after = bounds[place + 1]
            answers, answers_now = self.ask_twice(scope, clause, first, issued_at, None)
            basis = fixed
            if basis is None:
                basis = verdict(
                    [*made_then, *(one for one in answers if one.role == "owner")],
                    [*made_now, *(one for one in answers_now if one.role == "owner")],
                    source_nano,
                    clause,
                )
            yield from _followed(basis, answers, clause, source_nano, first, after)

    def _bounds(
        self, scope: Scope, clause: Clause, start: datetime, end: datetime
    ) -> list[datetime]:
        """The days between which all answers stay what they are."""
        instants: set[datetime] = set()
        for question in self.questions(scope, clause.required_parties):
            candidates = self.candidates(question, scope)
            if not candidates:
                continue
            for _, versions in candidates:
                for recorded_at, decision in versions:
                    instants.add(recorded_at)
                    if decision:
                        instants |= {decision.valid_from, decision.valid_to}
            if question.role == "owner":
                for party in self._ever_above(question.party_id or ""):
                    for link in self.catalogue.links_up.get(party, ()):
                        instants |= {link.valid_from, link.valid_to}
        for merges in self.catalogue.merges.values():
            instants.update(recorded_at for recorded_at, _ in merges)
        days = {_day_from(moment) for moment in instants if start < moment < end}
        return sorted({start, end} | {moment for moment in days if start < moment < end})


def verdict(then: list[Answer], now: list[Answer], source_nano: int, clause: Clause) -> Verdict:
    """The table of the rules: allowed then, allowed now.

    Where nobody had to be asked, the contract's clause is the proof.
    """
    allowed_then = all(answer.allows(source_nano) for answer in then)
    allowed_now = all(answer.allows(source_nano) for answer in now)
    if allowed_then and allowed_now:
        is_default = all(answer.is_silent for answer in then)
        return Verdict("contract_default" if is_default else "consented", _proof(then, clause))
    if allowed_then:
        return Verdict("retro_revoked", _proof(then, clause))
    if allowed_now:
        return Verdict("late_consent", _proof(now, clause))
    is_leakage = any(answer.is_leaking for answer in now)
    return Verdict("leakage" if is_leakage else "unconsented", "")


def _followed(
    basis: Verdict,
    answers: list[Answer],
    clause: Clause,
    source_nano: int,
    start: datetime,
    end: datetime,
) -> Iterator[tuple[datetime, datetime, Verdict]]:
    """What plays of a day make of the status of their generation."""
    if basis.status not in PAID:
        yield start, end, basis
        return
    if all(answer.allows(source_nano) for answer in answers):
        yield start, end, Verdict(basis.status, _proof(answers, clause))
        return
    unconsented = Verdict("unconsented", "")
    revocations = [answer.denied_since for answer in answers if not answer.is_allow]
    known = [moment for moment in revocations if moment is not None]
    if not known or len(known) < len(revocations):
        yield start, end, unconsented
        return
    over = _day_from(min(known) + timedelta(days=clause.run_off_days))
    if over > start:
        yield start, min(over, end), Verdict("run_off", basis.proof)
    if over < end:
        yield max(over, start), end, unconsented


def _day_from(moment: datetime) -> datetime:
    """The first midnight at or after an instant."""
    start = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return start if start == moment else start + clock.DAY


def _latest(versions: RecordedDecision, known_at: datetime) -> Decision | None:
    for recorded_at, decision in reversed(versions):
        if recorded_at <= known_at:
            return decision
    return None


def _specificity(decision: Decision, scope: Scope) -> tuple[int, bool, int, bool, bool]:
    return (
        OBJECT_RANKS[decision.object_type],
        decision.use_type != "*",
        seeds.closeness(decision.territory, scope.territory),
        decision.product_id != "*",
        decision.model_version != "",
    )


def _proof(answers: list[Answer], clause: Clause) -> str:
    return "+".join(sorted({answer.proof for answer in answers} or {clause.proof}))
