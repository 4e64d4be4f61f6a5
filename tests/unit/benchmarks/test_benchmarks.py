"""The benchmarks measure what they claim, and write a readable page.

Their speed is not tested.
"""

import sys
from pathlib import Path

import duckdb
import pytest

from benchmarks.central_join import lines_of
from benchmarks.closing import REOPENED, revise_revenue
from benchmarks.floor import run
from benchmarks.loading import Loads
from benchmarks.loading import as_markdown as loads_as_markdown
from benchmarks.measure import Cost, Scale, StepFailed, measure
from benchmarks.results import as_markdown
from linernotes.base.settings import Settings
from linernotes.ingestion import Lake, admit_landing
from sampleservice import write_sample


def test_measure_of_a_command_counts_time_and_memory(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import time; block = b'x' * 50_000_000; time.sleep(0.2)"]

    cost = measure(command, {}, cwd=tmp_path)

    assert cost.wall_seconds >= 0.2
    assert cost.peak_megabytes >= 50
    assert cost.cpu_seconds < cost.wall_seconds + 1


def test_measure_of_a_command_that_fails_shows_what_it_said(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; print('no such feed'); sys.exit(2)"]

    with pytest.raises(StepFailed, match=r"status 2:\nno such feed"):
        measure(command, {}, cwd=tmp_path)


def test_results_of_two_scales_show_floor_and_growth() -> None:
    small = Scale(1, 10**6, 1_000, 10**6, {"build": Cost(4, 5, 100), "floor": Cost(2, 2, 50)})
    large = Scale(10, 10**7, 10_000, 10**7, {"build": Cost(20, 5, 400), "floor": Cost(5, 2, 50)})

    page = as_markdown([small, large])

    assert "| build | 4.0 | 5.0 | 100 | 250 | 2.0 |  |" in page
    assert "| rows in the lake | 10.0 |" in page
    assert "| build | 5.0 / 4.0 |" in page


def test_results_show_the_second_floor_where_it_was_measured() -> None:
    costs = {"build": Cost(8, 5, 100), "floor": Cost(2, 2, 50), "exact floor": Cost(4, 4, 60)}
    small = Scale(1, 10**6, 1_000, 10**6, costs)
    large = Scale(10, 10**7, 10_000, 10**7, {name: costs[name] for name in ("build", "floor")})

    page = as_markdown([small, large])

    assert "| build | 8.0 | 5.0 | 100 | 125 | 4.0 | 2.0 |" in page
    assert "| build | 8.0 | 5.0 | 100 | 1,250 | 4.0 |  |" in page
    assert "| exact floor |  |" in page


def test_results_say_of_each_goal_whether_it_is_reached() -> None:
    floor = Cost(2, 2, 50)
    small = Scale(1, 10**6, 1_000, 10**6, {"build": Cost(40, 45.0, 100), "floor": floor})
    large = Scale(10, 10**7, 10_000, 10**7, {"build": Cost(90, 120, 3100), "floor": floor})

    page = as_markdown([small, large])

    assert "| 1 | build, CPU s | 45 | 45.0 | *reached* |" in page
    assert "| 10 | build, CPU s | 130 | 120.0 | *reached* |" in page
    assert "| 10 | build, peak GB | 3 | 3.1 | *not reached*; next lever: " in page
    assert "| 100 | build" not in page


def files_of_an_empty_lake(root: Path) -> dict[str, list[str]]:
    lake = Lake(root)
    lake.ensure_tables()
    return files_of(lake)


def files_of(lake: Lake) -> dict[str, list[str]]:
    return {table: [str(path) for path in lake.active_files(table)] for table in lake.tables()}


def test_floor_over_an_empty_lake_makes_its_tables(tmp_path: Path) -> None:
    run(files_of_an_empty_lake(tmp_path / "lake"), tmp_path / "floor.duckdb", is_exact=True)

    with duckdb.connect(tmp_path / "floor.duckdb", read_only=True) as connection:
        assert connection.sql("select count(*) from lines").fetchall() == [(0,)]
        assert connection.sql("select count(*) from exact_amounts").fetchall() == [(0,)]


def test_exact_floor_of_a_sample_world_shares_out_every_cent(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, settling_seconds=0)
    write_sample(settings.landing_root, 0.01, months=2)
    admit_landing(settings)

    run(files_of(Lake(settings.lake_root)), tmp_path / "floor.duckdb", is_exact=True)

    with duckdb.connect(tmp_path / "floor.duckdb", read_only=True) as connection:
        [(amount, lines, held)] = connection.execute(
            "select sum(amount_minor_units), count(*), count(*) filter (is_held) from exact_amounts"
        ).fetchall()
        [(fees,)] = connection.execute(
            "select sum(fee) from (select distinct usage_month, territory, product_id, tier, side, "
            "contract_id, version, fee from exact_amounts)"
        ).fetchall()
    assert amount == fees > 0
    assert 0 < held < lines


def test_central_join_over_an_empty_lake_has_no_line(tmp_path: Path) -> None:
    files = files_of_an_empty_lake(tmp_path / "lake")

    assert lines_of(files).collect().is_empty()


def test_revised_revenue_is_one_per_cent_higher_and_recorded_later(tmp_path: Path) -> None:
    for month in REOPENED:
        (tmp_path / f"2026-{month:02d}.csv").write_text(
            f"usage_month,gross,recorded_at\n2026-{month:02d},209175.81,2026-07-06T06:00:00.000Z\n"
        )

    revise_revenue(tmp_path)

    heading, *rows = (tmp_path / "revised.csv").read_text().splitlines()
    assert heading == "usage_month,gross,recorded_at"
    assert rows == [f"2026-{month:02d},211267.57,2026-10-10T06:00:00.000Z" for month in REOPENED]


def test_loads_of_two_commits_are_told_beside_each_other() -> None:
    found = [
        Loads("plays", "new", [Cost(9, 3, 1), Cost(9, 2, 1), Cost(9, 9, 1)]),
        Loads("plays", "old", [Cost(9, 4, 1), Cost(9, 4, 1), Cost(9, 1, 1)]),
    ]

    page = list(loads_as_markdown(found))

    assert "| plays | new | 3 | 3.00 | 2.00 | 0.75 |" in page
    assert "| plays | old | 3 | 4.00 | 1.00 | 1.00 |" in page
