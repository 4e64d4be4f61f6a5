"""The catalogue: parties and their ties, recordings, works, owners, and where money is routed.

What may be done with it is the licences' business, what was done with it the usage's.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from sampleservice import codes, names
from sampleservice.files import (
    Landing,
    blank_unless,
    chosen,
    dates,
    decimals,
    ids,
    listed,
    table,
    times,
)
from sampleservice.randomness import Draws, Flags, Ints
from sampleservice.world import DAY, HOUR, MINUTE, World, micros

PARTNERS = ("sony", "umg", "wmg", "merlin", "believe")
PARTNER_NAMES = {
    "sony": "Sony Music",
    "umg": "Universal Music Group",
    "wmg": "Warner Music Group",
    "merlin": "Merlin",
    "believe": "Believe",
}
# Shares of artists: the catalogue at large, so a quarter is of no partner.
ARTIST_SHARES = {"umg": 30, "sony": 21, "wmg": 16, "merlin": 5, "believe": 4, "none": 24}
PUBLISHER_SHARES = {"umg": 30, "sony": 24, "wmg": 19, "independent": 27}
MERLIN_FEE = "0.015"
BASE = micros(date(2020, 1, 1))
KNOWN = micros(date(2025, 12, 3)) + 9 * HOUR
# Artists with a story of their own, placed right after the first artist of each owner.
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
    """Somebody who owns masters or works, and where its money goes."""

    party_id: str
    name: str
    kind: str
    partner: str | None
    parent: str | None = None
    role: str | None = None


@dataclass(frozen=True)
class Catalog:
    """What the other modules need to know of the catalogue; numbers are positions."""

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
        """Partner per owner as a position in PARTNERS, -1 for none."""
        return np.array(
            [PARTNERS.index(owner.partner) if owner.partner else -1 for owner in self.owners]
        )


def build_catalog(world: World) -> Catalog:
    """Draw the catalogue. Nothing is written."""
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


def write_catalog(world: World, catalog: Catalog, landing: Landing) -> dict[str, list[str]]:
    """Write every catalogue feed but credits and ERN; returns the ids of the planted stories."""
    stories: dict[str, list[str]] = {}
    _write_parties(world, catalog, landing, stories)
    _write_links(world, catalog, landing, stories)
    _write_recordings(world, catalog, landing)
    _write_works(world, catalog, landing)
    _write_master_ownership(world, catalog, landing, stories)
    _write_work_ownership(world, catalog, landing, stories)
    _write_routes(world, catalog, landing, stories)
    return stories


def sold_recordings(world: World, catalog: Catalog) -> Ints:
    """The batch that mem-01 sells to UMG in the fourth month."""
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
        # The last independent has no deal: its money waits as UNROUTED.
        partner = "believe" if n <= 9 else None
        publishers.append(Owner(f"pub-ind-{n:02d}", next(titles), "publisher", partner))
    return publishers


def _artists_of_owners(draws: Draws, owners: list[Owner], artists: int) -> Ints:
    """One artist per owner first, then the stories' with majors, then the rest by market share."""
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
    """Recordings of one owner, whole and everywhere."""
    plain = ~draws.chance(0.05, total)
    plain[:special] = True
    plain[released:] = False
    return plain


def _publishers_of_works(draws: Draws, publishers: list[Owner], works: int) -> Ints:
    group = draws.pick([float(share) for share in PUBLISHER_SHARES.values()], works)
    independent = draws.ints(3, len(publishers), works)
    return np.where(group < 3, group, independent)


def _write_parties(
    world: World, catalog: Catalog, landing: Landing, stories: dict[str, list[str]]
) -> None:
    draws = Draws(world.seed, "parties")
    artists = len(catalog.artist_ids)
    known = KNOWN + draws.ints(0, 480, artists) * MINUTE
    countries = [territory.code for territory in world.territories]
    landing.write(
        "catalog/parties",
        "2025-12_artists.parquet",
        table(
            {
                "party_id": catalog.artist_ids,
                "kind": "artist",
                "name": names.act_names(draws, artists),
                "country": chosen(countries, draws.ints(0, len(countries), artists)),
                "isni": blank_unless(
                    codes.isnis(900_000_000_000 + np.arange(artists)), draws.chance(0.6, artists)
                ),
                "recorded_at": times(known),
            }
        ),
    )
    companies = [Owner(id_, name, "partner", None) for id_, name in PARTNER_NAMES.items()]
    companies += [*catalog.owners, *catalog.publishers]
    landing.write(
        "catalog/parties",
        "2025-12_companies.jsonl",
        table(
            {
                "party_id": [company.party_id for company in companies],
                "kind": [company.kind for company in companies],
                "name": [company.name for company in companies],
                "valid_from": times(np.full(len(companies), BASE)),
                "recorded_at": times(np.full(len(companies), KNOWN)),
            }
        ),
    )
    for kind, party_ids in (("writer", catalog.writer_ids), ("uploader", catalog.uploader_ids)):
        landing.write(
            "catalog/parties",
            f"2025-12_{kind}s.csv.gz",
            table(
                {
                    "party_id": party_ids,
                    "kind": kind,
                    "name": names.act_names(Draws(world.seed, kind), len(party_ids)),
                    "recorded_at": times(np.full(len(party_ids), KNOWN)),
                }
            ),
        )
    if world.month(3):
        merged, into = catalog.story("merged"), catalog.story("merged") + 1
        landing.write(
            "catalog/parties",
            "2026-03_merged.jsonl",
            table(
                {
                    "party_id": [catalog.artist_ids[merged]],
                    "kind": "artist",
                    "name": ["Twice Listed"],
                    "merged_into_party_id": [catalog.artist_ids[into]],
                    "recorded_at": times(np.array([world.at(3, 9)])),
                }
            ),
        )
        stories["merged_artist"] = [catalog.artist_ids[merged], catalog.artist_ids[into]]


def _write_links(
    world: World, catalog: Catalog, landing: Landing, stories: dict[str, list[str]]
) -> None:
    tied = [owner for owner in [*catalog.owners, *catalog.publishers] if owner.parent]
    landing.write(
        "catalog/party_links",
        "2025-12_companies.csv",
        table(
            {
                "parent_party_id": [owner.parent for owner in tied],
                "child_party_id": [owner.party_id for owner in tied],
                "role": [owner.role for owner in tied],
                "fee_rate": [MERLIN_FEE if owner.role == "member_of" else None for owner in tied],
                "valid_from": times(np.full(len(tied), BASE)),
                "recorded_at": times(np.full(len(tied), KNOWN)),
            }
        ),
    )
    owner_ids = pl.Series([owner.party_id for owner in catalog.owners])
    artists = len(catalog.artist_ids)
    landing.write(
        "catalog/party_links",
        "2025-12_artists.parquet",
        table(
            {
                "parent_party_id": owner_ids.gather(catalog.artist_owner),
                "child_party_id": catalog.artist_ids,
                "role": "signed_to",
                "valid_from": times(np.full(artists, BASE)),
                "recorded_at": times(np.full(artists, KNOWN)),
            }
        ),
    )
    if world.month(6):
        left = world.at(6, 1, 0)
        told = world.at(5, 21)
        landing.write(
            "catalog/party_links",
            "2026-05_mem-03_leaves.csv",
            table(
                {
                    "parent_party_id": ["merlin", "believe"],
                    "child_party_id": ["mem-03", "mem-03"],
                    "role": ["member_of", "label_of"],
                    "fee_rate": [MERLIN_FEE, None],
                    "valid_from": times(np.array([BASE, left])),
                    "valid_to": times(np.array([left, left]), np.array([True, False])),
                    "recorded_at": times(np.array([told, told])),
                }
            ),
        )
        stories["member_leaves_merlin"] = ["mem-03"]
    stories["member_without_deal"] = ["mem-04"]


def _write_recordings(world: World, catalog: Catalog, landing: Landing) -> None:
    draws = Draws(world.seed, "recordings")
    total = len(catalog.recording_ids)
    is_upload = np.arange(total) >= catalog.uploads_from
    is_ai = draws.chance(0.35, total) & is_upload
    declared = is_ai & draws.chance(0.3, total)
    partly = ~is_upload & draws.chance(0.02, total)
    disclosed = declared | partly | draws.chance(0.1, total)
    owner_ids = pl.Series([owner.party_id for owner in catalog.owners])
    released = micros(date(2010, 1, 1)) // DAY + draws.ints(0, 5_780, total)
    columns = {
        "recording_id": catalog.recording_ids,
        "isrc": _isrcs_as_sent(draws, catalog),
        "title": catalog.recording_titles,
        "main_artist_ids": listed([catalog.artist_ids.gather(catalog.recording_artist)]),
        "featured_artist_ids": listed([chosen(catalog.artist_ids, catalog.recording_featured)]),
        "label_party_id": chosen(owner_ids, catalog.recording_owner),
        "uploader_party_id": chosen(catalog.uploader_ids, catalog.recording_uploader),
        "upc": blank_unless(codes.upcs(81_000_000_000 + np.arange(total) // 8), ~is_upload),
        "duration_ms": draws.ints(95_000, 340_000, total),
        "released_on": dates(np.minimum(released, catalog.recording_known // DAY)).cast(pl.String),
        "is_functional_noise": draws.chance(0.01, total) & is_upload,
        **_disclosures(draws, is_ai, partly, disclosed),
        "ai_detected_score": decimals(
            np.where(is_ai, 700_000 + draws.ints(0, 300_000, total), draws.ints(0, 400_000, total)),
            6,
        ),
        "delivered_at": times(catalog.recording_known - draws.ints(1, 72, total) * HOUR),
        "recorded_at": times(catalog.recording_known),
    }
    rows = table(columns)
    landing.write(
        "catalog/recordings",
        "2025-12.parquet",
        rows.filter(catalog.recording_known == KNOWN),
    )
    for month in world.months:
        arrived = (catalog.recording_known >= month.start) & (catalog.recording_known < month.end)
        new = rows.filter(arrived)
        again = new.head(len(new) * 3 // 1000)
        faulty = new.tail(1).with_columns(
            recording_id=pl.lit(f"rec-faulty-{month.label}"), title=pl.lit(None, pl.String)
        )
        landing.write(
            "catalog/recordings",
            f"{month.label}.csv.gz",
            pl.concat([new, again, faulty]),
            quarantined=len(faulty),
            duplicates=len(again),
        )


def _isrcs_as_sent(draws: Draws, catalog: Catalog) -> pl.Series:
    """Mostly clean; some with dashes and small letters, a few beyond repair."""
    total = len(catalog.recording_isrcs)
    dashed = draws.chance(0.01, total)
    broken = draws.chance(0.001, total)
    broken[: len(catalog.artist_ids)] = False
    code = pl.col("isrc")
    pretty = pl.concat_str(
        [code.str.slice(0, 2), code.str.slice(2, 3), code.str.slice(5, 2), code.str.slice(7)],
        separator="-",
    ).str.to_lowercase()
    frame = pl.DataFrame({"isrc": catalog.recording_isrcs, "dashed": dashed, "broken": broken})
    return frame.select(
        pl.when("broken")
        .then(code.str.slice(0, 9))
        .when("dashed")
        .then(pretty)
        .otherwise(code)
        .alias("isrc")
    )["isrc"]


def _disclosures(
    draws: Draws, is_ai: Flags, partly: Flags, disclosed: Flags
) -> dict[str, pl.Series]:
    columns = {}
    for part in ("vocals", "instruments", "composition", "lyrics", "post_production"):
        degree = np.where(is_ai, 2, np.where(partly & draws.chance(0.4, len(is_ai)), 1, 0))
        columns[f"ai_{part}"] = chosen(AI_DEGREES, np.where(disclosed, degree, -1))
    return columns


def _write_works(world: World, catalog: Catalog, landing: Landing) -> None:
    draws = Draws(world.seed, "works")
    works = len(catalog.work_ids)
    second_writer = np.where(
        draws.chance(0.3, works), draws.ints(0, len(catalog.writer_ids), works), -1
    )
    second_writer[second_writer == catalog.work_writer] = -1
    landing.write(
        "catalog/works",
        "2025-12.csv.gz",
        table(
            {
                "work_id": catalog.work_ids,
                "iswc": blank_unless(
                    codes.iswcs(300_000_000 + np.arange(works)), draws.chance(0.9, works)
                ),
                "title": catalog.work_titles,
                "writer_party_ids": listed(
                    [
                        catalog.writer_ids.gather(catalog.work_writer),
                        chosen(catalog.writer_ids, second_writer),
                    ]
                ),
                "recorded_at": times(np.full(works, KNOWN)),
            }
        ),
    )
    first = np.flatnonzero(catalog.recording_work >= 0)
    second = np.flatnonzero(catalog.recording_second_work >= 0)
    recording = np.concatenate([first, second])
    share = np.where(catalog.recording_second_work[recording] >= 0, 6, 10)
    share[len(first) :] = 4
    work = np.concatenate([catalog.recording_work[first], catalog.recording_second_work[second]])
    landing.write(
        "catalog/recording_works",
        "2025-12.parquet",
        table(
            {
                "recording_id": catalog.recording_ids.gather(recording),
                "work_id": catalog.work_ids.gather(work),
                "share": decimals(share, 1),
                "valid_from": times(np.full(len(recording), BASE)),
                "recorded_at": times(catalog.recording_known[recording]),
            }
        ),
    )


def _ownership(
    object_type: str,
    side: str,
    object_id: pl.Series,
    party_id: pl.Series,
    percent: Ints,
    recorded: Ints,
    territory: str = "WW",
) -> pl.DataFrame:
    count = len(object_id)
    return table(
        {
            "object_type": pl.Series([object_type]).gather(np.zeros(count, dtype=np.int64)),
            "object_id": object_id,
            "side": side,
            "party_id": party_id,
            "territory": territory,
            "share_pct": decimals(percent, 0),
            "valid_from": times(np.full(count, BASE)),
            "valid_to": times(np.zeros(count, dtype=np.int64), np.zeros(count, dtype=bool)),
            "recorded_at": times(recorded),
        }
    )


def _write_master_ownership(
    world: World, catalog: Catalog, landing: Landing, stories: dict[str, list[str]]
) -> None:
    draws = Draws(world.seed, "master ownership")
    owner_ids = pl.Series([owner.party_id for owner in catalog.owners])
    released = np.arange(catalog.uploads_from)
    # 0 whole, 1 shared with another owner, 2 a part nobody claims, 3 claimed twice in one country.
    kind = np.where(catalog.is_plain[released], 0, 1 + draws.pick([0.7, 0.24, 0.06], len(released)))
    percent = np.array([100, 50, 80, 100])[kind]

    def rows(numbers: Ints, owners: Ints, parts: Ints, territory: str = "WW") -> pl.DataFrame:
        return _ownership(
            "recording",
            "MASTER",
            catalog.recording_ids.gather(numbers),
            owner_ids.gather(owners),
            parts,
            catalog.recording_known[numbers],
            territory,
        )

    shared, doubled = released[kind == 1], released[kind == 3]
    others = (catalog.recording_owner[shared] + 1) % len(owner_ids)
    rivals = (catalog.recording_owner[doubled] + 2) % len(owner_ids)
    base = rows(released, catalog.recording_owner[released], percent)
    landing.write(
        "catalog/ownership",
        "2025-12_masters.parquet",
        pl.concat(
            [
                base,
                rows(shared, others, np.full(len(shared), 50)),
                rows(doubled, rivals, np.full(len(doubled), 30), "FR"),
            ]
        ),
    )
    stories["masters_disputed_in_france"] = catalog.recording_ids.gather(doubled).to_list()[:5]
    if world.month(4):
        sold = sold_recordings(world, catalog)
        moment = world.at(4, 15, 0)
        old = base[sold].with_columns(
            valid_to=pl.lit(moment).cast(pl.Datetime("us", "UTC")),
            recorded_at=pl.lit(world.at(4, 14, 15)).cast(pl.Datetime("us", "UTC")),
        )
        new = old.with_columns(
            party_id=pl.lit("lab-umg-01"),
            valid_from=pl.col("valid_to"),
            valid_to=pl.lit(None, pl.Datetime("us", "UTC")),
        )
        landing.write("catalog/ownership", "2026-04_mem-01_sells.jsonl", pl.concat([old, new]))
        stories["catalogue_sold_to_umg"] = ["mem-01", *old["object_id"].to_list()[:5]]


def _write_work_ownership(
    world: World, catalog: Catalog, landing: Landing, stories: dict[str, list[str]]
) -> None:
    draws = Draws(world.seed, "work ownership")
    publisher_ids = pl.Series([publisher.party_id for publisher in catalog.publishers])
    works = np.arange(len(catalog.work_ids))
    conflict = draws.chance(0.003, len(works))
    gap = ~conflict & draws.chance(0.012, len(works))
    split = ~conflict & ~gap & draws.chance(0.4, len(works))
    for story in ("merged", "featured"):
        number = catalog.recording_work[catalog.story(story)]
        conflict[number] = True
        gap[number] = split[number] = False
    percent = np.where(gap, 95, np.where(split, 60, 100))
    second = np.flatnonzero(split | conflict)
    others = (catalog.work_publisher[second] + 1 + draws.ints(0, 3, len(second))) % len(
        publisher_ids
    )

    def rows(numbers: Ints, owners: Ints, parts: Ints) -> pl.DataFrame:
        return _ownership(
            "work",
            "WORK",
            catalog.work_ids.gather(numbers),
            publisher_ids.gather(owners),
            parts,
            np.full(len(numbers), KNOWN + HOUR),
        )

    landing.write(
        "catalog/ownership",
        "2025-12_works.parquet",
        pl.concat(
            [
                rows(works, catalog.work_publisher, percent),
                rows(second, others, np.where(conflict[second], 10, 40)),
            ]
        ),
    )
    disputed = np.flatnonzero(conflict)
    stories["works_in_conflict"] = catalog.work_ids.gather(disputed).to_list()[:5]
    if world.month(5):
        settled = disputed[: max(1, len(disputed) // 3)]
        claims = np.isin(second, settled)
        withdrawn = rows(second[claims], others[claims], np.full(int(claims.sum()), 10))
        landing.write(
            "catalog/ownership",
            "2026-05_conflicts_settled.csv",
            withdrawn.with_columns(
                recorded_at=pl.lit(world.at(5, 12)).cast(pl.Datetime("us", "UTC")),
                is_withdrawn=pl.lit(True),
            ),
        )
        stories["conflicts_settled"] = catalog.work_ids.gather(settled).to_list()[:5]


def _write_routes(
    world: World, catalog: Catalog, landing: Landing, stories: dict[str, list[str]]
) -> None:
    rows: list[tuple[str, str, str, str, str, str, int, int | None, int]] = []
    left = world.at(6, 1, 0)
    for owner in catalog.owners:
        if owner.partner is None or owner.party_id == "mem-04":
            continue
        contract = f"{owner.partner}-master"
        rows.append(
            (owner.party_id, "MASTER", "WW", "*", owner.partner, contract, BASE, None, KNOWN)
        )
        if owner.partner == "umg":
            rows.append(
                (owner.party_id, "MASTER", "WW", "ai-training", "umg", "umg-training", BASE, None,
                 KNOWN)
            )  # fmt: skip
    for publisher in catalog.publishers:
        if publisher.partner:
            rows.append(
                (publisher.party_id, "WORK", "WW", "*", publisher.partner,
                 f"{publisher.partner}-work", BASE, None, KNOWN)
            )  # fmt: skip
    rows.append(("mem-02", "MASTER", "JP", "*", "believe", "believe-master", BASE, None, KNOWN))
    stories["member_with_direct_deal"] = ["mem-02", "JP"]
    stories["sony_distributed_independent"] = ["lab-ind-01"]
    _write_route_rows(landing, "2025-12.csv", rows)
    if world.month(6):
        told = world.at(5, 21)
        _write_route_rows(
            landing,
            "2026-05_mem-03_leaves.csv",
            [
                ("mem-03", "MASTER", "WW", "*", "merlin", "merlin-master", BASE, left, told),
                ("mem-03", "MASTER", "WW", "*", "believe", "believe-master", left, None, told),
            ],
        )


def _write_route_rows(
    landing: Landing,
    name: str,
    rows: list[tuple[str, str, str, str, str, str, int, int | None, int]],
) -> None:
    party, side, territory, product, partner, contract, start, end, known = zip(*rows, strict=True)
    landing.write(
        "catalog/routes",
        name,
        table(
            {
                "party_id": list(party),
                "side": list(side),
                "territory": list(territory),
                "product_id": list(product),
                "partner_id": list(partner),
                "contract_id": list(contract),
                "valid_from": times(np.array(start)),
                "valid_to": times(
                    np.array([instant or 0 for instant in end]),
                    np.array([instant is not None for instant in end]),
                ),
                "recorded_at": times(np.array(known)),
            }
        ),
    )
