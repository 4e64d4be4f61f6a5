"""Writes the feeds of parties, links, recordings and works from the catalogue.

`ownership.py` writes ownership and routes.
"""

from datetime import date

import numpy as np
import polars as pl

from sampleservice import codes, names
from sampleservice.catalog import AI_DEGREES, BASE, KNOWN, MERLIN_FEE, PARTNER_NAMES, Catalog, Owner
from sampleservice.files import (
    Landing,
    blank_unless,
    chosen,
    dates,
    decimals,
    listed,
    table,
    times,
)
from sampleservice.ownership import write_master_ownership, write_routes, write_work_ownership
from sampleservice.randomness import Draws, Flags
from sampleservice.world import DAY, HOUR, MINUTE, World, micros


def write_catalog(world: World, catalog: Catalog, landing: Landing) -> dict[str, list[str]]:
    """Write every catalogue feed except credits and ERN; returns the ids of the planted stories."""
    stories: dict[str, list[str]] = {}
    _write_parties(world, catalog, landing, stories)
    _write_links(world, catalog, landing, stories)
    _write_recordings(world, catalog, landing)
    _write_works(world, catalog, landing)
    write_master_ownership(world, catalog, landing, stories)
    write_work_ownership(world, catalog, landing, stories)
    write_routes(world, catalog, landing, stories)
    return stories


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
        recorded = world.at(5, 21)
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
                    "recorded_at": times(np.array([recorded, recorded])),
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
    """Mostly valid; some with dashes and lower case, a few malformed."""
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
