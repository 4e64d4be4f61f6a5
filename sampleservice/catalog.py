"""Draws the catalogue before anything is written: artists, owners, publishers and recordings.

`licensing.py` has the permissions, and `usage.py` the uses.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from sampleservice import codes, names
from sampleservice.files import (
    ids,
)
from sampleservice.randomness import Draws, Flags, Ints
from sampleservice.world import HOUR, MINUTE, World, micros

PARTNERS = ("sony", "umg", "wmg", "merlin", "believe")
PARTNER_NAMES = {
    "sony": "Sony Music",
    "umg": "Universal Music Group",
    "wmg": "Warner Music Group",
    "merlin": "Merlin",
    "believe": "Believe",
}
# Shares of artists in the whole catalogue, a quarter of which belongs to no partner.
ARTIST_SHARES = {"umg": 30, "sony": 21, "wmg": 16, "merlin": 5, "believe": 4, "none": 24}
PUBLISHER_SHARES = {"umg": 30, "sony": 24, "wmg": 19, "independent": 27}
MERLIN_FEE = "0.015"
BASE = micros(date(2020, 1, 1))
KNOWN = micros(date(2025, 12, 3)) + 9 * HOUR
# Artists with their own story, placed right after the first artist of each owner.
STORIES = (
    "revoked",
    "late",
    "retroactive",
    "run_off",
    "territory_bound",
    "limited",
    "mismatch",
    "merged",
    "silent",
    "disclosed",
    "blocked",
    "featured",
)
AI_DEGREES = ["none", "partly", "all"]


@dataclass(frozen=True)
class Owner:
    """An owner of masters or works, and the route of its money."""

    party_id: str
    name: str
    kind: str
    partner: str | None
    parent: str | None = None
    role: str | None = None


@dataclass(frozen=True)
class Catalog:
    """The catalogue as the other modules use it; numbers are positions."""

    owners: list[Owner]
    publishers: list[Owner]
    artist_ids: pl.Series
    artist_owner: Ints
    writer_ids: pl.Series
    recording_ids: pl.Series
    recording_titles: pl.Series
    recording_isrcs: pl.Series
    recording_owner: Ints
    recording_artist: Ints
    recording_featured: Ints
    recording_work: Ints
    recording_second_work: Ints
    recording_uploader: Ints
    recording_known: Ints
    is_plain: Flags
    work_ids: pl.Series
    work_titles: pl.Series
    work_writer: Ints
    work_publisher: Ints
    uploader_ids: pl.Series
    uploads_from: int

    def owner_number(self, party_id: str) -> int:
        return next(n for n, owner in enumerate(self.owners) if owner.party_id == party_id)

    def story(self, name: str) -> int:
        """The artist of a story, and the position of the artist's first recording."""
        return len(self.owners) + STORIES.index(name)

    def recording_id(self, number: int) -> str:
        return str(self.recording_ids[number])

    def work_id(self, number: int) -> str:
        return str(self.work_ids[number])

    def partner_numbers(self) -> Ints:
        """Partner per owner as a position in PARTNERS, or -1."""
        return np.array(
            [PARTNERS.index(owner.partner) if owner.partner else -1 for owner in self.owners]
        )


def build_catalog(world: World) -> Catalog:
    """Draw the catalogue, without writing anything."""
    draws = Draws(world.seed, "catalog")
    small = world.scales["catalog"] < 1 / 10
    owners = _owners(Draws(world.seed, "owners"), small=small)
    publishers = _publishers(Draws(world.seed, "publishers"))
    artists = world.size("catalog", 6_000, least=len(owners) + len(STORIES) + 12)
    total = world.size("catalog", 25_000, least=artists * 4)
    uploads = total * 16 // 100
    released = total - uploads
    works = max(20, released * 88 // 100)
    writers = max(20, works // 6)
    uploaders = max(5, uploads // 12)

    artist_owner = _artists_of_owners(draws, owners, artists)
    first = np.arange(min(artists, released))
    more = draws.skewed(artists, 1.6, released - len(first))
    artist = np.concatenate([first, more])
    owner = artist_owner[artist]
    with_feature = draws.chance(0.07, released)
    with_feature[: len(first)] = False
    featured = np.where(with_feature, draws.ints(0, artists, released), -1)
    featured[featured == artist] = -1
    work = np.concatenate(
        [np.arange(min(works, released)), draws.ints(0, works, max(0, released - works))]
    )
    without_work = draws.chance(0.02, released)
    medley = draws.chance(0.04, released)
    second = np.where(medley, draws.ints(0, works, released), -1)
    special = len(owners) + len(STORIES)
    without_work[:special] = False
    second[:special] = -1
    second[second == work] = -1
    work = np.where(without_work, -1, work)
    second = np.where(without_work, -1, second)
    known = np.where(draws.chance(0.88, total), KNOWN, _arrivals(draws, world, total))
    known[:artists] = KNOWN
    none = np.full(uploads, -1)
    numbers = np.arange(total)
    return Catalog(
        owners=owners,
        publishers=publishers,
        artist_ids=ids("art-", np.arange(1, artists + 1), 5),
        artist_owner=artist_owner,
        writer_ids=ids("wri-", np.arange(1, writers + 1), 5),
        recording_ids=ids("rec-", numbers + 1, 6),
        recording_titles=names.titles(Draws(world.seed, "titles"), total, special + 4),
        recording_isrcs=codes.isrcs("QZ", numbers + 1, 2025),
        recording_owner=np.concatenate([owner, none]),
        recording_artist=np.concatenate([artist, draws.ints(0, artists, uploads)]),
        recording_featured=np.concatenate([featured, none]),
        recording_work=np.concatenate([work, none]),
        recording_second_work=np.concatenate([second, none]),
        recording_uploader=np.concatenate(
            [np.full(released, -1), draws.skewed(uploaders, 2.0, uploads)]
        ),
        recording_known=known,
        is_plain=_plain_recordings(draws, total, released, special),
        work_ids=ids("wrk-", np.arange(1, works + 1), 6),
        work_titles=names.titles(Draws(world.seed, "work titles"), works, works),
        work_writer=draws.skewed(writers, 1.5, works),
        work_publisher=_publishers_of_works(draws, publishers, works),
        uploader_ids=ids("upr-", np.arange(1, uploaders + 1), 5),
        uploads_from=released,
    )


def sold_recordings(world: World, catalog: Catalog) -> Ints:
    """The recordings that mem-01 sells to UMG in the fourth month."""
    owned = np.flatnonzero(catalog.recording_owner == catalog.owner_number("mem-01"))
    return owned[: max(1, len(owned) // 2)]


def _owners(draws: Draws, *, small: bool) -> list[Owner]:
    majors = {"umg": 3, "sony": 3, "wmg": 3} if small else {"umg": 12, "sony": 10, "wmg": 8}
    members, labels, outside = (8, 8, 3) if small else (40, 60, 20)
    titles = iter(names.company_names(draws, 200, "Records"))
    owners = [
        Owner(f"lab-{partner}-{n:02d}", next(titles), "label", partner, partner, "division_of")
        for n in range(1, max(majors.values()) + 1)
        for partner, count in majors.items()
        if n <= count
    ]
    owners.append(Owner("lab-ind-01", next(titles), "label", "sony"))
    owners += [
        Owner(f"mem-{n:02d}", next(titles), "member", "merlin", "merlin", "member_of")
        for n in range(1, members + 1)
    ]
    owners += [
        Owner(f"lbl-{n:02d}", next(titles), "label", "believe", "believe", "label_of")
        for n in range(1, labels + 1)
    ]
    owners += [Owner(f"oop-{n:02d}", next(titles), "label", None) for n in range(1, outside + 1)]
    return owners


def _publishers(draws: Draws) -> list[Owner]:
    titles = iter(names.company_names(draws, 13, "Publishing"))
    publishers = [
        Owner(f"pub-{partner}", next(titles), "publisher", partner, partner, "division_of")
        for partner in ("umg", "sony", "wmg")
    ]
    for n in range(1, 11):
        # The last independent has no deal, so its money is held as UNROUTED.
        partner = "believe" if n <= 9 else None
        publishers.append(Owner(f"pub-ind-{n:02d}", next(titles), "publisher", partner))
    return publishers


def _artists_of_owners(draws: Draws, owners: list[Owner], artists: int) -> Ints:
    """One artist per owner first, then those of the majors' stories, then by market share."""
    by_partner = {
        partner: [n for n, owner in enumerate(owners) if (owner.partner or "none") == partner]
        for partner in ARTIST_SHARES
    }
    group = draws.pick([float(share) for share in ARTIST_SHARES.values()], artists)
    sizes = np.array([len(members) for members in by_partner.values()])
    starts = np.cumsum(sizes) - sizes
    flat = np.array([n for members in by_partner.values() for n in members])
    result = flat[starts[group] + draws.skewed(sizes[group], 1.3, artists)]
    result[: len(owners)] = np.arange(len(owners))
    majors = [n for n, owner in enumerate(owners) if owner.role == "division_of"][:9]
    for offset in range(len(STORIES)):
        result[len(owners) + offset] = majors[offset % len(majors)]
    return result


def _arrivals(draws: Draws, world: World, count: int) -> Ints:
    return world.start + draws.ints(0, (world.end - world.start) // MINUTE, count) * MINUTE


def _plain_recordings(draws: Draws, total: int, released: int, special: int) -> Flags:
    """Recordings with one owner for all shares and territories."""
    plain = ~draws.chance(0.05, total)
    plain[:special] = True
    plain[released:] = False
    return plain


def _publishers_of_works(draws: Draws, publishers: list[Owner], works: int) -> Ints:
    group = draws.pick([float(share) for share in PUBLISHER_SHARES.values()], works)
    independent = draws.ints(3, len(publishers), works)
    return np.where(group < 3, group, independent)
