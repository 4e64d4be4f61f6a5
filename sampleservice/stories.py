"""Plants the story uses of `stories.toml` at the beginning of each month.

The modules of the other feeds write the decisions, sales and removals that affect them; nothing
here is random.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sampleservice.batch import COMPLETED, NEVER, PRODUCTS, Batch
from sampleservice.catalog import Catalog
from sampleservice.world import World

TABLE = Path(__file__).with_name("stories.toml")
# Positions at the beginning of a month that the stories may take.
FRONT = 24
ARTIST, OUTSIDE = "artist: ", "outside the programme"
# Plays in a year of a use that is visible at any scale: about the share that matching leaves open.
SCALED_PLAYS, LEAST_PLAYS, MOST_PLAYS = 150_000, 2_500, 200_000


@dataclass(frozen=True)
class StoryUse:
    """One request of a story; `stories.toml` explains the columns."""

    month: int
    story: str
    sources: tuple[str, ...]
    at: tuple[int, ...]
    product: str = "ai-remix"
    territory: str = "US"
    yearly_plays: int = 0
    plays_at_scale: bool = False
    name: str = ""
    parent: str = ""
    is_kept: bool = False
    has_unknown_source: bool = False


@cache
def story_uses() -> tuple[StoryUse, ...]:
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return tuple(_story_use(**row) for row in table["use"])


def _story_use(sources: list[str], at: list[int], **columns: Any) -> StoryUse:
    return StoryUse(sources=tuple(sources), at=tuple(at), **columns)


class Planter:
    """Overwrites the first requests of a month with the stories' requests.

    Attributes:
        planted: The number of overwritten requests.
        stories: Ids of generations by story.
        kept: Numbers of the generations whose plays follow a separate rule.
    """

    def __init__(self, world: World, catalog: Catalog) -> None:
        self._world = world
        self._catalog = catalog
        self._codes = [territory.code for territory in world.territories]
        self.planted = 0
        self.stories: dict[str, list[str]] = {}
        self.kept: dict[str, int] = {}

    def plant(self, requests: Batch) -> None:
        """Plant the uses of the requests' month."""
        requests.parent[(requests.parent >= 0) & (requests.parent < FRONT)] = -1
        uses = [use for use in story_uses() if use.month == requests.month.number]
        places = {use.name: place for place, use in enumerate(uses) if use.name}
        self.planted = min(len(uses), len(requests))
        for place, use in enumerate(uses[: self.planted]):
            self._put(requests, place, use, places.get(use.parent, -1))
            number = requests.base + place
            self.stories.setdefault(use.story, []).append(f"gen-{number:07d}")
            if use.is_kept:
                self.kept[use.story] = number

    def _put(self, requests: Batch, place: int, use: StoryUse, parent: int) -> None:
        """Write one completed request."""
        moment = self._world.at(use.month, *use.at)
        plays = use.yearly_plays
        if use.plays_at_scale:
            scaled = self._world.size("ai_usage/generations", SCALED_PLAYS, least=LEAST_PLAYS)
            plays = min(scaled, MOST_PLAYS)
        requests.moment[place] = moment + place * 1_000
        product = PRODUCTS.index(use.product)
        requests.product[place] = requests.use_type[place] = product
        requests.territory[place] = self._codes.index(use.territory)
        requests.tier[place] = 0
        requests.sources[place] = -1
        requests.sources[place, : len(use.sources)] = list(map(self._recording, use.sources))
        requests.status[place], requests.block_reason[place] = COMPLETED, -1
        requests.is_test[place] = requests.is_late[place] = False
        requests.has_unknown_source[place] = use.has_unknown_source
        requests.parent[place] = parent
        requests.is_published[place] = plays > 0
        requests.yearly_plays[place] = plays
        requests.removed_after_days[place] = NEVER

    def _recording(self, source: str) -> int:
        """The number of a recording; the first one of an owner has the owner's number."""
        if source.startswith(ARTIST):
            return self._catalog.story(source.removeprefix(ARTIST))
        if source == OUTSIDE:
            source = next(one.party_id for one in self._catalog.owners if one.partner is None)
        return self._catalog.owner_number(source)
