"""Whether a use was allowed: who is asked, what each answered, and what follows of it.

What a use is worth is not known here.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple, Protocol

from tests.reference import clock, seeds
from tests.reference.model import Decision, Generation, Terms, World
from tests.reference.rights import Catalogue, plain_gtin, plain_isrc

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


class Outputs(Protocol):
    """What the limits of decisions count."""

    def rank(self, object_ids: Iterable[str], side: str, generation: Generation) -> int:
        """The place of a generation among those of its UTC day that draw on an object."""

    def influence(self, object_ids: Iterable[str], side: str, generation: Generation) -> int:
        """The weight of an object in what a generation made, in billionths."""


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
        self, world: World, catalogue: Catalogue, known_at: datetime, outputs: Outputs
    ) -> None:
        self.catalogue = catalogue
        self.known_at = known_at
        self.outputs = outputs
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
        self._changes: dict[Question, frozenset[datetime]] = {}
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
            requested: list[Question] = []
            for role in dict.fromkeys(required):
                parties = self._parties(role, scope)
                requested += [Question(role, party) for party in dict.fromkeys(parties)]
                if self._is_somebody_unknown(role, scope, parties):
                    requested.append(Question(role, None))
            self._questions[key] = requested
        return self._questions[key]

    def _is_somebody_unknown(self, role: str, scope: Scope, parties: Sequence[str]) -> bool:
        """Whether a required party has no id; of a recording the writers of any of its works."""
        if role == "writer" and scope.side == "MASTER":
            links = self.catalogue.works_of.get(scope.object_id, ())
            return not links or not all(self.catalogue.works.get(link.work_id) for link in links)
        return not parties and role != "featured_artist"

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
        return one == other or other in self.catalogue.same(one, known_at)

    def _covers_object(
        self, decision: Decision, question: Question, scope: Scope, known_at: datetime
    ) -> bool:
        """Whether the decision's object is what is used, or something that it belongs to."""
        kind, named = decision.object_type, decision.object_id
        is_master = scope.side == "MASTER"
        recording = self.catalogue.recordings.get(scope.object_id) if is_master else None
        if kind == "recording":
            if recording is None:
                return False
            if named in self.catalogue.recordings:
                return scope.object_id in self.catalogue.twins(named)
            return plain_isrc(named) == plain_isrc(recording.isrc) != ""
        if kind == "work":
            if not is_master:
                return named == scope.object_id
            return question.role == "writer" and any(
                link.work_id == named for link in self.catalogue.works_of.get(scope.object_id, ())
            )
        if kind == "release":
            return recording is not None and plain_gtin(named) == plain_gtin(recording.upc) != ""
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
        chosen = self._deciding(question, scope, moment, known_at, issued_at)
        if chosen and chosen.is_allow:
            return Answer(
                question.role,
                is_allow=True,
                proof=chosen.decision_id,
                is_silent=False,
                moment=moment,
                max_influence=chosen.max_influence,
                is_over_limit=self._is_over_limit(chosen, scope, generation),
            )
        is_allow = chosen is None and clause.silence == "allow"
        answer = Answer(
            question.role,
            is_allow=is_allow,
            proof=chosen.decision_id if chosen else clause.proof,
            is_silent=chosen is None,
            moment=moment,
        )
        if is_allow:
            return answer
        since, ended_at = self._denied_since(question, scope, clause, moment, known_at, issued_at)
        enforced_at = chosen.enforced_at if chosen else None
        if enforced_at is None:
            obeyed = [
                decision.enforced_at
                for decision in self._covering(question, scope, ended_at, known_at, issued_at)
                if decision.is_allow and decision.valid_to == ended_at and decision.enforced_at
            ]
            enforced_at = max(obeyed, default=None)
        return replace(answer, denied_since=since, enforced_at=enforced_at)

    def _deciding(
        self,
        question: Question,
        scope: Scope,
        moment: datetime,
        known_at: datetime,
        issued_at: datetime | None,
    ) -> Decision | None:
        """The decision that answers a question at an instant: the most specific, a deny first."""
        valid = [
            (_specificity(decision, scope), decision)
            for decision in self._covering(question, scope, moment, known_at, issued_at)
            if moment < decision.valid_to
        ]
        highest = max((specificity for specificity, _ in valid), default=None)
        best = [decision for specificity, decision in valid if specificity == highest]
        return min(
            best, key=lambda decision: (decision.is_allow, decision.decision_id), default=None
        )

    def _covering(
        self,
        question: Question,
        scope: Scope,
        moment: datetime,
        known_at: datetime,
        issued_at: datetime | None,
    ) -> list[Decision]:
        """Decisions that cover a question and had begun by an instant, ended ones included."""
        party, candidates = question.party_id, self.candidates(question, scope)
        if party is None or not candidates:
            return []
        # Merged parties speak for each other from the merge on; before there were two.
        merged_by = min(known_at, moment)
        speakers = set(self.catalogue.same(party, merged_by))
        if question.role == "owner":
            speakers |= self.catalogue.parents(party, merged_by)
        voices = VOICES[question.role]
        found = []
        for _, versions in candidates:
            decision = _latest(versions, known_at)
            if (
                decision is not None
                and decision.valid_from <= moment
                and decision.voice in voices
                and decision.party_id in speakers
                and self._may_cover(decision, scope)
                and self._is_usable(decision, issued_at)
                and not (
                    question.role == "owner"
                    and scope.owner_since is not None
                    and decision.valid_from < scope.owner_since
                )
                and self._covers_object(decision, question, scope, merged_by)
            ):
                found.append(decision)
        return found

    def _denied_since(
        self,
        question: Question,
        scope: Scope,
        clause: Clause,
        moment: datetime,
        known_at: datetime,
        issued_at: datetime | None,
    ) -> tuple[datetime, datetime]:
        """Since when a party denies without a break, and when its answer turned.

        The one is earlier than the other where the decision is older than its effect here.
        """
        turned, since = moment, moment
        for instant in sorted(self._instants(question, scope), reverse=True):
            if instant > moment:
                continue
            chosen = self._deciding(question, scope, instant, known_at, issued_at)
            if chosen.is_allow if chosen else clause.silence == "allow":
                return min(since, turned), turned
            turned = instant
            if chosen:
                since = min(since, chosen.valid_from)
        return clock.LONG_AGO, clock.LONG_AGO

    def _is_over_limit(
        self, decision: Decision, scope: Scope, generation: Generation | None
    ) -> bool:
        if decision.daily_limit is None or generation is None:
            return False
        same = self._same_objects(scope)
        return self.outputs.rank(same, scope.side, generation) > decision.daily_limit

    def _same_objects(self, scope: Scope) -> list[str]:
        """The ids under which an object is known: recordings with one ISRC are one."""
        if scope.side == "MASTER":
            return self.catalogue.twins(scope.object_id)
        return [scope.object_id]

    def _influence(self, scope: Scope, source_nano: int, generation: Generation | None) -> int:
        same = self._same_objects(scope)
        if generation is None or len(same) == 1:
            return source_nano
        return self.outputs.influence(same, scope.side, generation)

    def _is_limited(self, scope: Scope, required: Iterable[str]) -> bool:
        """Whether an answer may depend on how many outputs a day had."""
        return any(
            decision and decision.daily_limit is not None
            for question in self.questions(scope, required)
            for _, versions in self.candidates(question, scope)
            for _, decision in versions
        )

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
        if not self._is_limited(scope, required):
            generation = None
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
        return verdict(then, now, self._influence(scope, source_nano, generation), clause)

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
        source_nano = self._influence(scope, source_nano, generation)
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
            answers, answers_now = self.ask_twice(scope, clause, first, issued_at, generation)
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
            instants |= self._instants(question, scope)
        days = {_day_from(moment) for moment in instants if start < moment < end}
        return sorted({start, end} | {moment for moment in days if start < moment < end})

    def _instants(self, question: Question, scope: Scope) -> set[datetime]:
        """When the answer to a question may change."""
        if question in self._changes:
            instants = set(self._changes[question])
        else:
            instants = {
                recorded_at
                for merges in self.catalogue.merges.values()
                for recorded_at, _ in merges
            }
            if question.role == "owner":
                for party in self._ever_above(question.party_id or ""):
                    for link in self.catalogue.links_up.get(party, ()):
                        instants |= {link.valid_from, link.valid_to}
            self._changes[question] = frozenset(instants)
        for _, versions in self.candidates(question, scope):
            for recorded_at, decision in versions:
                instants.add(recorded_at)
                if decision:
                    instants |= {decision.valid_from, decision.valid_to}
        return instants


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
    denials = [answer for answer in now if not answer.allows(source_nano)]
    is_leakage = all(answer.is_leaking for answer in denials)
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
    denials = [answer for answer in answers if not answer.allows(source_nano)]
    revocations = [answer.denied_since for answer in denials if answer.denied_since]
    # A limit that is exceeded is a deny, and no revocation: nothing runs off.
    if len(revocations) < len(denials):
        yield start, end, unconsented
        return
    over = _day_from(min(revocations) + timedelta(days=clause.run_off_days))
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


def _specificity(decision: Decision, scope: Scope) -> tuple[int, bool, int, bool, bool, bool]:
    return (
        OBJECT_RANKS[decision.object_type],
        decision.use_type != "*",
        seeds.closeness(decision.territory, scope.territory),
        decision.product_id != "*",
        decision.model_version != "",
        decision.voice == "featured_artist",
    )


def _proof(answers: list[Answer], clause: Clause) -> str:
    return "+".join(sorted({answer.proof for answer in answers} or {clause.proof}))
