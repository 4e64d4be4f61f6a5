"""Draws, shares and permutations. `test_feeds.py` tests the feeds made from them."""

import numpy as np
import pytest

from sampleservice.randomness import Draws, affine_order, spread


def test_draws_of_one_name_are_the_same_in_any_order() -> None:
    first = Draws(1, "plays", "2026-01", 0)
    other = Draws(1, "plays", "2026-02", 0)
    other.units(10)

    again = Draws(1, "plays", "2026-01", 0)

    assert first.units(5).tolist() == again.units(5).tolist()


def test_draws_of_another_seed_or_name_differ() -> None:
    streams = [Draws(1, "a"), Draws(2, "a"), Draws(1, "b"), Draws(1, "a", 0)]

    firsts = {float(stream.units(1)[0]) for stream in streams}

    assert len(firsts) == 4


def test_pick_follows_the_weights() -> None:
    drawn = Draws(1, "pick").pick([0.7, 0.2, 0.1], 20_000)

    shares = np.bincount(drawn, minlength=3) / 20_000

    assert shares == pytest.approx([0.7, 0.2, 0.1], abs=0.02)


@pytest.mark.parametrize("total", [0, 1, 7, 10_000])
def test_spread_sums_to_the_total(total: int) -> None:
    parts = spread(total, [0.96, 0.93, 1.0])

    assert sum(parts) == total
    assert min(parts) >= 0


@pytest.mark.parametrize("size", [1, 2, 97, 4_000])
def test_affine_order_visits_every_position_once(size: int) -> None:
    order = affine_order(np.arange(size), size)

    assert sorted(order.tolist()) == list(range(size))
