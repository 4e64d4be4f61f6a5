"""Writes products, contracts, and the decisions of artists and owners.

`Permissions` are the permissions that the products enforced. Usage is drawn from them, so that most
of it has consent, and every use without consent has a reason.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from sampleservice.catalog import Catalog
from sampleservice.contracts import write_contracts, write_products
from sampleservice.files import Landing, chosen, decimals, ids, table, times
from sampleservice.randomness import Draws, Flags, Ints
from sampleservice.world import DAY, FOREVER, HOUR, MINUTE, SECOND, World, micros
from sampleservice.world import FIRST_MONTH as OPENING

BASE = micros(OPENING) - 22 * DAY
# Decisions on single recordings that end in the following year.
ENDING_DECISIONS = 12


@dataclass
class Permissions:
    """When each recording could be used, according to the products; `until` is exclusive."""

    since: Ints
    until: Ints
    voice_since: Ints
    voice_until: Ints
    only_eu_but_germany: Flags
    is_clean: Flags


@dataclass
class Decisions:
    """Consent rows, collected in groups and numbered at the end."""

    frames: list[pl.DataFrame] = field(default_factory=list)

    def add(self, party: pl.Series | list[str], **columns: Any) -> None:
        """Add one decision per party; a column that is not given is absent or unrestricted."""
        count = len(party)
        if not count:
            return
        since = _whole(columns.get("since", BASE), count)
        until = _whole(columns.get("until", FOREVER), count)
        enforced = _whole(columns.get("enforced", FOREVER), count)
        recorded = _whole(columns.get("recorded", BASE + HOUR), count)
        limit = _whole(columns.get("daily_limit", 0), count)
        influence = _whole(columns.get("influence_percent", 0), count)
        self.frames.append(
            table(
                {
                    "party_id": pl.Series(party),
                    "voice": columns["voice"],
                    "object_type": columns["object_type"],
                    "object_id": columns.get(
                        "object_id", pl.Series([None] * count, dtype=pl.String)
                    ),
                    "use_type": columns.get("use_type", "*"),
                    "product_id": columns.get("product_id", "*"),
                    "model_version": columns.get("model_version"),
                    "territory": columns.get("territory", "WW"),
                    "decision": columns["decision"],
                    "daily_limit": pl.Series(limit).replace(0, None),
                    "max_influence": decimals(influence, 2).replace(0, None),
                    "valid_from": times(since),
                    "valid_to": times(until, until < FOREVER),
                    "signed_at": times(since - 2 * DAY),
                    "enforced_at": times(enforced, enforced < FOREVER),
                    "evidence_state": columns.get("evidence_state", "verified"),
                    "recorded_at": times(recorded),
                }
            )
        )

    def rows(self, seed: int) -> pl.DataFrame:
        every = pl.concat(self.frames)
        numbers = np.arange(1, every.height + 1)
        hashes = Draws(seed, "evidence").hashes(every.height)
        return every.select(
            ids("dec-", numbers, 6).alias("decision_id"),
            pl.col(*every.columns[:-2]),
            pl.Series("evidence_sha256", hashes),
            pl.col("evidence_state", "recorded_at"),
        )


def write_licensing(
    world: World, catalog: Catalog, landing: Landing
) -> tuple[Permissions, dict[str, list[str]]]:
    """Write products, contracts and consents; returns the permissions, and the stories."""
    write_products(landing)
    stories = {"used_before_signature": write_contracts(world, landing)}
    return _write_consents(world, catalog, landing, stories)


def _whole(value: Any, count: int) -> Ints:
    return np.broadcast_to(np.asarray(value, dtype=np.int64), (count,)).copy()


def _write_consents(
    world: World, catalog: Catalog, landing: Landing, stories: dict[str, list[str]]
) -> tuple[Permissions, dict[str, list[str]]]:
    decisions = Decisions()
    owner_since, owner_voice_since = _owner_decisions(world, catalog, decisions)
    artists = _ArtistDecisions(world, catalog, decisions, stories)
    artists.decide()
    _writer_decisions(world, catalog, decisions)
    _more_decisions(world, catalog, decisions)
    _ending_decisions(world, catalog, artists, decisions)
    _write_decisions(world, decisions.rows(world.seed), landing)
    permissions = _permissions(catalog, owner_since, owner_voice_since, artists)
    return permissions, stories


def _owner_decisions(world: World, catalog: Catalog, decisions: Decisions) -> tuple[Ints, Ints]:
    """Catalogue-wide decisions; returns when each owner's masters, and voices, become usable."""
    draws = Draws(world.seed, "owner decisions")
    count = len(catalog.owners)
    since = np.full(count, FOREVER)
    voice_since = np.full(count, FOREVER)
    # Some independents do not decide: their contract's clause is the proof, a `contract_default`.
    allowing: list[str] = ["umg", "sony", "wmg", "pub-umg", "pub-sony", "pub-wmg"]
    allowing += [f"pub-ind-{number:02d}" for number in range(5, 11)]
    silent = draws.chance(0.4, count)
    voice_day = world.at(3, 1, 0)
    for number, owner in enumerate(catalog.owners):
        if owner.role == "division_of":
            since[number] = BASE
            voice_since[number] = voice_day if owner.partner == "sony" else BASE
        elif owner.partner == "believe" and silent[number]:
            since[number] = voice_since[number] = BASE
        elif owner.partner and owner.party_id != "mem-04":
            allowing.append(owner.party_id)
            since[number] = BASE
            voice_since[number] = FOREVER if owner.party_id == "mem-05" else BASE
    shared = {"voice": "owner", "object_type": "catalogue"}
    decisions.add(allowing, decision="allow", **shared)
    decisions.add(["mem-05"], decision="deny", use_type="voice_clone", **shared)
    decisions.add(["sony"], decision="deny", use_type="voice_clone", until=voice_day, **shared)
    if world.month(3):
        decisions.add(
            ["sony"],
            decision="allow",
            use_type="voice_clone",
            since=voice_day,
            recorded=voice_day - 3 * DAY,
            **shared,
        )
    return since, voice_since


@dataclass
class _ArtistDecisions:
    """Decisions of artists: 1.2 per artist, 8 % a quarter changed, some late, some revoked."""

    world: World
    catalog: Catalog
    decisions: Decisions
    stories: dict[str, list[str]]
    since: Ints = field(init=False)
    until: Ints = field(init=False)
    no_voice: Flags = field(init=False)
    is_bound: Flags = field(init=False)
    is_limited: Flags = field(init=False)
    denied_recordings: Ints = field(init=False)

    def decide(self) -> None:
        artists = len(self.catalog.artist_ids)
        draws = Draws(self.world.seed, "artist decisions")
        self.since = np.full(artists, FOREVER)
        self.until = np.full(artists, FOREVER)
        # 0 allow, 1 deny, 2 no decision, 3 allow in the EU but not in Germany, 4 allow late.
        state = draws.pick([0.80, 0.05, 0.12, 0.01, 0.02], artists)
        firsts = len(self.catalog.owners)
        state[:firsts] = 0
        state[firsts : firsts + 12] = [0, 4, 0, 0, 3, 0, 0, 0, 2, 0, 1, 0]
        owners = [self.catalog.owners[number].partner for number in self.catalog.artist_owner]
        by_default = np.array([partner == "believe" for partner in owners])
        self.since[(state == 2) & by_default] = BASE
        self.is_bound = state == 3
        self.is_limited = draws.chance(0.004, artists) & (state == 0)
        self.is_limited[: firsts + 12] = False
        self._first_decisions(draws, state)
        self._voices(draws, state)
        self._changes(draws, state)
        self._story_decisions()

    def _add(self, artists: Ints, decision: str, **columns: Any) -> None:
        party = self.catalog.artist_ids.gather(artists)
        shared = {"voice": "artist", "object_type": "artist", "object_id": party}
        self.decisions.add(party, decision=decision, **(shared | columns))

    def _first_decisions(self, draws: Draws, state: Ints) -> None:
        mismatch = self.catalog.story("mismatch")
        limited = self.catalog.story("limited")
        open_ = np.flatnonzero((state == 0) & ~self.is_limited)
        open_ = open_[(open_ != mismatch) & (open_ != limited)]
        self._add(open_, "allow", recorded=BASE + draws.ints(1, 300, len(open_)) * HOUR)
        self.since[open_] = BASE
        self._add(np.flatnonzero(state == 1), "deny")
        bound = np.flatnonzero(state == 3)
        self._add(bound, "allow", territory="EU")
        self._add(bound, "deny", territory="DE")
        self.since[bound] = BASE
        few = np.flatnonzero(self.is_limited)
        self._add(few, "allow", daily_limit=100, influence_percent=60)
        self._add(np.array([limited]), "allow", daily_limit=1)
        self._add(np.array([mismatch]), "allow", evidence_state="mismatch")
        self.since[[*few, limited, mismatch]] = BASE
        late = np.flatnonzero(state == 4)
        since = self.world.start + draws.ints(2, 28, len(late)) * DAY
        recorded = since + draws.ints(10, 25, len(late)) * DAY
        if self.world.month(2):
            story = np.flatnonzero(late == self.catalog.story("late"))
            since[story], recorded[story] = self.world.at(2, 1, 0), self.world.at(2, 20)
        self._add(late, "allow", since=since, recorded=np.minimum(recorded, self.world.end))
        self.since[late] = since

    def _voices(self, draws: Draws, state: Ints) -> None:
        with_voice = draws.chance(0.12, len(state))
        with_voice[: len(self.catalog.owners) + 12] = False
        refused = with_voice & draws.chance(0.5, len(state))
        for decision, artists in (("deny", refused), ("allow", with_voice & ~refused)):
            self._add(
                np.flatnonzero(artists),
                decision,
                object_type="likeness",
                use_type="voice_clone",
                recorded=BASE + 5 * DAY,
            )
        self.no_voice = refused

    def _changes(self, draws: Draws, state: Ints) -> None:
        """Eight in a hundred a quarter: revoked, granted, confirmed, or narrowed."""
        artists = len(state)
        span = self.world.end - self.world.start
        changing = draws.chance(0.08 * len(self.world.months) / 3, artists)
        changing[: len(self.catalog.owners) + 12] = False
        moment = self.world.start + draws.ints(1, span // SECOND - DAY // SECOND, artists) * SECOND
        kind = draws.pick([0.12, 0.5, 0.38], artists)
        was_open = changing & (state == 0) & ~self.is_limited
        back = np.flatnonzero(was_open & (kind == 0))
        known_late = draws.chance(0.08, len(back))
        delay = np.where(known_late, draws.ints(1, 9, len(back)) * DAY, SECOND)
        recorded_at = np.minimum(moment[back] + delay, self.world.end)
        obeyed = recorded_at + draws.ints(5, 75, len(back)) * SECOND
        self._add(back, "deny", since=moment[back], recorded=recorded_at, enforced=obeyed)
        self.until[back] = obeyed
        again = np.flatnonzero(was_open & (kind == 1))
        self._add(
            again, "allow", since=moment[again], recorded=moment[again] + HOUR, use_type="remix"
        )
        narrowed = np.flatnonzero(was_open & (kind == 2))
        recordings = self._one_recording_each(narrowed)
        narrowed, recordings = narrowed[recordings >= 0], recordings[recordings >= 0]
        self._add(
            narrowed,
            "deny",
            object_type="recording",
            object_id=self.catalog.recording_ids.gather(recordings),
            since=moment[narrowed],
            recorded=moment[narrowed] + SECOND,
            enforced=moment[narrowed] + 40 * SECOND,
        )
        self.denied_recordings = recordings
        granted = np.flatnonzero(changing & (state == 2))
        self._add(granted, "allow", since=moment[granted], recorded=moment[granted] + 10 * MINUTE)
        self.since[granted] = np.minimum(self.since[granted], moment[granted] + 10 * MINUTE)

    def _one_recording_each(self, artists: Ints) -> Ints:
        """The last recording of each artist that is not the first, else -1."""
        last = np.full(len(self.catalog.artist_ids), -1)
        released = np.arange(len(self.catalog.artist_ids), self.catalog.uploads_from)
        last[self.catalog.recording_artist[released]] = released
        return last[artists]

    def _story_decisions(self) -> None:
        world, catalog = self.world, self.catalog

        def ends(name: str, month: int, **columns: int) -> None:
            artist = catalog.story(name)
            self._add(np.array([artist]), "deny", **columns)
            self.until[artist] = columns["enforced"]
            self.stories[f"consent_{name}"] = [
                catalog.artist_ids[artist], catalog.recording_id(artist), f"2026-{month:02d}",
            ]  # fmt: skip

        for name in ("late", "territory_bound", "limited", "mismatch", "silent", "blocked"):
            artist = catalog.story(name)
            self.stories[f"consent_{name}"] = [
                catalog.artist_ids[artist], catalog.recording_id(artist),
            ]  # fmt: skip
        if world.month(3):
            noon = world.at(3, 18)
            ends("revoked", 3, since=noon, recorded=noon, enforced=noon + 40 * SECOND)
        if world.month(4):
            recorded_at = world.at(4, 10)
            ends(
                "retroactive",
                4,
                since=world.at(4, 1, 0),
                recorded=recorded_at,
                enforced=recorded_at + MINUTE,
            )
        if world.month(2):
            revoked_at = world.at(2, 14, 0)
            ends(
                "run_off",
                2,
                since=revoked_at,
                recorded=revoked_at,
                enforced=revoked_at + 40 * SECOND,
            )


def _writer_decisions(world: World, catalog: Catalog, decisions: Decisions) -> None:
    draws = Draws(world.seed, "writer decisions")
    decided = draws.pick([0.12, 0.01, 0.87], len(catalog.writer_ids))
    for code, decision in enumerate(("allow", "deny")):
        decisions.add(
            catalog.writer_ids.gather(np.flatnonzero(decided == code)),
            voice="writer",
            object_type="catalogue",
            decision=decision,
        )
    denied = np.flatnonzero(draws.chance(0.002, len(catalog.work_ids)))
    decisions.add(
        catalog.writer_ids.gather(catalog.work_writer[denied]),
        voice="writer",
        object_type="work",
        object_id=catalog.work_ids.gather(denied),
        decision="deny",
    )


def _more_decisions(world: World, catalog: Catalog, decisions: Decisions) -> None:
    """Decisions on single recordings, as many as a consent scale above the catalogue's requires."""
    wanted = world.size("licensing/consents", 7_200) - world.size("catalog", 7_200)
    draws = Draws(world.seed, "more decisions")
    if wanted <= 0:
        return
    recordings = draws.ints(0, catalog.uploads_from, wanted)
    since = BASE + draws.ints(0, (world.end - BASE) // MINUTE, wanted) * MINUTE
    decisions.add(
        catalog.artist_ids.gather(catalog.recording_artist[recordings]),
        voice="artist",
        object_type="recording",
        object_id=catalog.recording_ids.gather(recordings),
        decision="allow",
        use_type=chosen(["remix", "cover", "mashup", "stem"], draws.ints(0, 4, wanted)),
        since=since,
        recorded=since + HOUR,
    )


def _ending_decisions(
    world: World, catalog: Catalog, artists: _ArtistDecisions, decisions: Decisions
) -> None:
    """Decisions on single recordings that end a year after the first month, one every ten days."""
    artist = catalog.recording_artist[: catalog.uploads_from]
    steady = (artists.since == BASE) & (artists.until == FOREVER)
    steady &= ~artists.is_bound & ~artists.is_limited
    open_ = np.flatnonzero(steady[artist])
    recordings = open_[~np.isin(open_, artists.denied_recordings)][:ENDING_DECISIONS]
    decisions.add(
        catalog.artist_ids.gather(artist[recordings]),
        voice="artist",
        object_type="recording",
        object_id=catalog.recording_ids.gather(recordings),
        decision="allow",
        use_type="remix",
        until=world.start + 365 * DAY + np.arange(len(recordings), dtype=np.int64) * 10 * DAY,
    )


def _write_decisions(world: World, rows: pl.DataFrame, landing: Landing) -> None:
    recorded = rows["recorded_at"].dt.epoch("us").to_numpy()
    before = rows.filter(recorded < world.start)
    landing.write("licensing/consents", "2025-12.csv.gz", before)
    for month in world.months:
        landing.write(
            "licensing/consents",
            f"{month.label}.jsonl",
            rows.filter((recorded >= month.start) & (recorded < month.end)),
        )
    landing.write(
        "licensing/consents", "after_the_last_month.jsonl", rows.filter(recorded >= world.end)
    )


def _permissions(
    catalog: Catalog, owner_since: Ints, owner_voice_since: Ints, artists: _ArtistDecisions
) -> Permissions:
    released = slice(0, catalog.uploads_from)
    owner = catalog.recording_owner[released]
    artist = catalog.recording_artist[released]
    featured = catalog.recording_featured[released]
    needs_featured = np.array([o.partner == "wmg" for o in catalog.owners])[owner] & (featured >= 0)
    second = np.where(needs_featured, featured, artist)
    since = np.maximum.reduce([owner_since[owner], artists.since[artist], artists.since[second]])
    until = np.minimum(artists.until[artist], artists.until[second])
    until[artists.denied_recordings] = 0
    no_voice = artists.no_voice[artist]
    voice_since = np.where(no_voice, FOREVER, np.maximum(since, owner_voice_since[owner]))
    bound = artists.is_bound[artist] | artists.is_bound[second]
    limited = artists.is_limited[artist] | artists.is_limited[second]
    story = np.arange(len(owner)) >= len(catalog.owners)
    story &= artist < len(catalog.owners) + 12
    story &= artist >= len(catalog.owners)
    clean = (since <= BASE) & (until > 0) & ~bound & ~limited & ~story
    clean &= catalog.recording_known[released] < micros(OPENING)
    return Permissions(since, until, voice_since, until, bound, clean)
