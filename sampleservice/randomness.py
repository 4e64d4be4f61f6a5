"""Named random streams: the same seed and name give the same draws anywhere.

No state is kept between names, so parts may be made in any order or process.
"""

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


class Draws:
    """A separate counter-based (Philox) stream for each name.

    Args:
        seed: The world's seed.
        name: The purpose of the draws: feed, month, part. It determines the result.
    """

    def __init__(self, seed: int, *name: object) -> None:
        text = "/".join(str(part) for part in (seed, *name))
        key = np.frombuffer(blake2b(text.encode(), digest_size=16).digest(), dtype=np.uint64)
        self.generator = np.random.Generator(np.random.Philox(key=key))

    def units(self, count: int) -> Floats:
        """Numbers from 0 to below 1."""
        return self.generator.random(count)

    def units_small(self, shape: tuple[int, ...]) -> NDArray[np.float32]:
        """The same in single precision, twice as fast."""
        return self.generator.random(shape, dtype=np.float32)

    def ints(self, low: int, high: int | Ints, count: int) -> Ints:
        """Whole numbers from low to below high."""
        return self.generator.integers(low, high, count, dtype=np.int64)

    def chance(self, probability: float | Floats, count: int) -> Flags:
        return self.generator.random(count) < probability

    def pick(self, weights: Sequence[float] | Floats, count: int) -> Ints:
        """Positions drawn in proportion to the weights."""
        edges = np.cumsum(np.asarray(weights, dtype=np.float64))
        drawn = np.searchsorted(edges / edges[-1], self.generator.random(count), side="right")
        return np.minimum(drawn, len(edges) - 1).astype(np.int64)

    def skewed(self, sizes: int | Ints, power: float, count: int) -> Ints:
        """Positions below the sizes, low ones far more often."""
        below = np.asarray(sizes, dtype=np.int64)
        drawn = (below * self.generator.random(count) ** power).astype(np.int64)
        return np.minimum(drawn, below - 1)

    def shuffled(self, count: int) -> Ints:
        return self.generator.permutation(count).astype(np.int64)

    def hashes(self, count: int) -> list[str]:
        """Texts that look like SHA-256 hashes."""
        text = self.generator.bytes(32 * count).hex()
        return [text[start : start + 64] for start in range(0, 64 * count, 64)]


def spread(total: int, shares: Sequence[float]) -> list[int]:
    """Whole parts of a total in proportion to shares, with an exact sum."""
    edges = np.floor(np.cumsum(shares) / np.sum(shares) * total + 0.5).astype(int)
    return [int(part) for part in np.diff(edges, prepend=0)]


def affine_order(positions: Ints, size: int) -> Ints:
    """A fixed permutation of 0..size-1 that needs no memory."""
    stride = max(1, int(size * 0.6180339887))
    while np.gcd(stride, size) != 1:
        stride += 1
    return (positions % size) * stride % size
