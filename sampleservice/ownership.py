"""Writes the owners of recordings and works, and the contracts through which owners are paid.

`catalog_feeds.py` writes the parties themselves.
"""

import numpy as np
import polars as pl

from sampleservice.catalog import BASE, KNOWN, Catalog, sold_recordings
from sampleservice.files import (
    Landing,
    decimals,
    table,
    times,
)
from sampleservice.randomness import Draws, Ints
from sampleservice.world import HOUR, World


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


def write_master_ownership(
    world: World, catalog: Catalog, landing: Landing, stories: dict[str, list[str]]
) -> None:
    draws = Draws(world.seed, "master ownership")
    owner_ids = pl.Series([owner.party_id for owner in catalog.owners])
    released = np.arange(catalog.uploads_from)
    # 0 whole, 1 shared with another owner, 2 partly unclaimed, 3 claimed twice in one country.
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
    rival_owners = (catalog.recording_owner[doubled] + 2) % len(owner_ids)
    base = rows(released, catalog.recording_owner[released], percent)
    landing.write(
        "catalog/ownership",
        "2025-12_masters.parquet",
        pl.concat(
            [
                base,
                rows(shared, others, np.full(len(shared), 50)),
                rows(doubled, rival_owners, np.full(len(doubled), 30), "FR"),
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


def write_work_ownership(
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


def write_routes(
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
        recorded = world.at(5, 21)
        _write_route_rows(
            landing,
            "2026-05_mem-03_leaves.csv",
            [
                ("mem-03", "MASTER", "WW", "*", "merlin", "merlin-master", BASE, left, recorded),
                ("mem-03", "MASTER", "WW", "*", "believe", "believe-master", left, None, recorded),
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
