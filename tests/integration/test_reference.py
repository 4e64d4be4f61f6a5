"""The warehouse agrees with a second, independent calculation from the rules, to the minor unit.

Every line, with its quantity and weight, and every term of every statement is compared.
"""

from pathlib import Path

import duckdb
import pytest

from linernotes.base.settings import Settings
from tests.conftest import CLOSINGS, LAST_KNOWN_AT, LAST_MONTH, closed_world
from tests.fixtures.comparison import differences
from tests.reference import compute
from tests.reference.__main__ import compare

pytestmark = pytest.mark.slow


def test_closed_months_of_the_edge_cases_agree_with_the_second_calculation(
    closed_home: Path,
) -> None:
    closings = [(f"{month:%Y-%m}", known_at) for month, known_at in CLOSINGS]
    file = closed_home / "warehouse" / "closing" / f"{LAST_MONTH:%Y-%m}.duckdb"

    result = compute(closed_world().rows, closings, LAST_KNOWN_AT)

    with duckdb.connect(str(file), read_only=True) as connection:
        assert differences(connection, result, f"{LAST_MONTH:%Y-%m}") == []


def test_sample_world_agrees_with_the_second_calculation(tmp_path: Path) -> None:
    assert compare(Settings(home=tmp_path), scale=0.02, seed=3) == 0
