"""One part of a month's requests, which drawing, stories and writing share.

`usage.py` draws the requests and what follows from them.
"""

from dataclasses import dataclass

import numpy as np

from sampleservice.randomness import Flags, Ints
from sampleservice.world import Month

PRODUCTS = ["ai-remix", "ai-cover", "ai-mashup", "ai-voice"]
STATUSES = ["completed", "blocked", "failed"]
COMPLETED, BLOCKED, FAILED = range(3)
# The day of a removal that never happens.
NEVER = 1 << 30


@dataclass
class Batch:
    """One part of a month's generations, as parallel arrays in chronological order."""

    month: Month
    base: int
    moment: Ints
    product: Ints
    use_type: Ints
    territory: Ints
    tier: Ints
    sources: Ints
    status: Ints
    block_reason: Ints
    is_test: Flags
    is_late: Flags
    parent: Ints
    is_published: Flags
    has_unknown_source: Flags
    yearly_plays: Ints
    removed_after_days: Ints
    planted: int = 0

    def __len__(self) -> int:
        return len(self.moment)

    @property
    def numbers(self) -> Ints:
        return self.base + np.arange(len(self))
