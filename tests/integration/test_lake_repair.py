"""A lake damaged by a power cut or a disk fault: it is detected, repaired, and loaded again.

`test_intake_crashes.py` tests interrupted loads that lose nothing.
"""

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from linernotes.ingestion import (
    DamagedLake,
    lake,
    lake_damage,
    open_intake,
    open_lake,
    register,
    repair,
)
from linernotes.ingestion.errors import OlderLake
from linernotes.ingestion.lake_tables import DELIVERIES, SCHEMAS
from tests.fixtures.intake_home import IntakeHome, party

PARTIES = "raw_catalog__parties"


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> IntakeHome:
    """Three deliveries of parties; the second has a row in quarantine."""
    intake_home = IntakeHome(tmp_path_factory.mktemp("whole"))
    intake_home.put_rows("catalog/parties/1.jsonl", party(1))
    intake_home.put_rows("catalog/parties/2.jsonl", party(2), party(3, kind="band"))
    intake_home.put_rows("catalog/parties/3.jsonl", party(4))
    intake_home.load()
    return intake_home


@pytest.fixture
def loaded(made_once: IntakeHome, tmp_path: Path) -> IntakeHome:
    """A copy to damage."""
    shutil.copytree(made_once.home, tmp_path / "home")
    return IntakeHome(tmp_path / "home")


def log_of(intake_home: IntakeHome, table: str) -> list[Path]:
    return sorted((intake_home.lake.path(table) / "_delta_log").glob("*.json"))


def data_of(intake_home: IntakeHome, table: str) -> list[Path]:
    return sorted(intake_home.lake.path(table).glob("door-*.parquet"))


def empty(*paths: Path) -> None:
    for path in paths:
        path.write_bytes(b"")


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:50])


DAMAGES: dict[str, Callable[[IntakeHome], None]] = {
    "last commit empty": lambda home: empty(log_of(home, PARTIES)[-1]),
    "last commit cut": lambda home: cut(log_of(home, PARTIES)[-1]),
    "first delivery's commit empty": lambda home: empty(log_of(home, PARTIES)[1]),
    "last commit missing": lambda home: log_of(home, PARTIES)[-1].unlink(),
    "data file empty": lambda home: empty(data_of(home, PARTIES)[0]),
    "data file missing": lambda home: data_of(home, PARTIES)[-1].unlink(),
    "all commits of deliveries empty": lambda home: empty(*log_of(home, PARTIES)[1:]),
    "quarantine's commit empty": lambda home: empty(log_of(home, "raw_door__quarantined_rows")[-1]),
    "register's last commit empty": lambda home: empty(log_of(home, DELIVERIES)[-1]),
    "register's commits all empty": lambda home: empty(*log_of(home, DELIVERIES)[1:]),
    "placeholder cut": lambda home: cut(home.lake.path(PARTIES) / "_empty.parquet"),
}


# Damage that looks like an earlier version of a table, so the data are simply loaded again.
UNSEEN = {"placeholder cut"}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_lake_stops_loads_until_it_is_repaired_and_then_is_as_it_was(
    loaded: IntakeHome, damage: str
) -> None:
    """Regression: empty commits stopped every load for ever, and no command repaired them.

    A load after a power cut left the register ahead of the lake, without any message.
    """
    before = loaded.contents()
    DAMAGES[damage](loaded)
    if damage not in UNSEEN:
        with pytest.raises(DamagedLake, match="linernotes repair"):
            loaded.load()

    repair(loaded.settings)
    loaded.load()

    assert loaded.contents() == before
    assert lake_damage(loaded.settings).sentences() == []


def test_repair_of_a_whole_lake_does_nothing(loaded: IntakeHome) -> None:
    before = loaded.contents()

    assert repair(loaded.settings) == []
    assert loaded.contents() == before


def test_repair_has_bytes_loaded_again_that_are_left_under_another_name_only(
    loaded: IntakeHome,
) -> None:
    """The other name was registered as a duplicate of the delivery that the lake then lost."""
    twin = loaded.settings.landing_root / "catalog/parties/3.jsonl"
    loaded.put("catalog/parties/9.jsonl", twin.read_bytes())
    loaded.load()
    log_of(loaded, PARTIES)[-1].unlink()
    twin.unlink()

    repair(loaded.settings)
    (outcome,) = loaded.load().deliveries

    assert (outcome.name, outcome.state) == ("catalog/parties/9.jsonl", "loaded")
    assert sorted(loaded.table(PARTIES)["party_id"]) == ["party-1", "party-2", "party-4"]


def test_cut_checkpoint_is_put_aside_and_the_table_read_without_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lake, "_CHECKPOINT_EVERY", 2)
    intake_home = IntakeHome(tmp_path)
    for number in (1, 2, 3):
        intake_home.put_rows(f"catalog/parties/{number}.jsonl", party(number))
    intake_home.load()
    before = intake_home.contents()
    (checkpoint,) = (intake_home.lake.path(PARTIES) / "_delta_log").glob("*.checkpoint.parquet")
    empty(checkpoint)

    done = repair(intake_home.settings)

    assert any(checkpoint.name in sentence for sentence in done)
    assert intake_home.contents() == before
    assert intake_home.load().deliveries == []


def test_transactions_before_and_after_a_checkpoint_are_known_to_every_lake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A delivery that an interrupted load left in a table must not be loaded twice."""
    monkeypatch.setattr(lake, "_CHECKPOINT_EVERY", 2)
    intake_home = IntakeHome(tmp_path)
    intake_home.put_rows("catalog/parties/1.jsonl", party(1))
    intake_home.load()
    early = intake_home.lake
    before = early.transactions(PARTIES)
    rows = pl.DataFrame({"party_id": ["party-2"]})
    rows = rows.with_columns(
        pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in SCHEMAS[PARTIES].items()
        if name != "party_id"
    )
    ids = [f"door-{number}" for number in range(4)]

    added = [intake_home.lake.append(PARTIES, rows, one, tmp_path) for one in (*ids, *ids)]

    assert added == [True] * 4 + [False] * 4
    assert early.transactions(PARTIES) == intake_home.lake.transactions(PARTIES) == before | {*ids}
    assert intake_home.lake.row_count(PARTIES) == 5


def test_clock_set_back_leaves_the_order_of_the_register(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Regression: by time of day the refusal was last, and each load registered the file again."""
    intake_home = IntakeHome(tmp_path)
    noon = dt.datetime(2026, 3, 1, 12)
    monkeypatch.setattr(register, "exact_now", lambda: noon)
    path = intake_home.put("catalog/parties/1.csv", "party_id\n")
    assert intake_home.outcome().state == "refused"
    monkeypatch.setattr(register, "exact_now", lambda: noon - dt.timedelta(hours=1))
    path.write_text("party_id,kind,name,recorded_at\np,label,P,2026-01-05T06:00:00Z\n")
    assert intake_home.outcome().state == "loaded"

    assert intake_home.load().deliveries == []
    assert intake_home.table(DELIVERIES).sort("sequence")["state"].to_list() == [
        "refused",
        "loaded",
    ]


def test_register_without_numbers_gets_them_in_the_order_of_its_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a home of version 0.1, whose register has no `sequence`."""
    schema = pl.Schema({k: v for k, v in SCHEMAS[DELIVERIES].items() if k != "sequence"})
    intake_home = IntakeHome(tmp_path)
    intake_home.put_rows("catalog/parties/1.jsonl", party(1))
    intake_home.put_rows("catalog/parties/2.jsonl", party(2))
    intake_home.load()
    rows = intake_home.table(DELIVERIES).sort("sequence").drop("sequence")
    table = intake_home.lake.path(DELIVERIES)
    for path in sorted(table.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    with monkeypatch.context() as patched:
        patched.setitem(SCHEMAS, DELIVERIES, schema)
        intake_home.lake.ensure_tables()
        intake_home.lake.append(DELIVERIES, rows, "of-0.1", tmp_path)

    with pytest.raises(OlderLake, match="linernotes upgrade"):
        open_lake(intake_home.settings)
    with open_intake(intake_home.settings):
        pass
    found = open_lake(intake_home.settings).read(DELIVERIES).sort("sequence").collect()

    assert found.select("name", "sequence").rows() == [
        ("catalog/parties/1.jsonl", 1),
        ("catalog/parties/2.jsonl", 2),
    ]
    assert intake_home.load().deliveries == []
