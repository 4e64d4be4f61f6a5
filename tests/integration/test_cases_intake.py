"""The intake with small landing zones modelled on public bug reports.

The files are beside the project and are only read; without them the tests are skipped.
"""

from dataclasses import dataclass
from pathlib import Path

import pytest

from linernotes.base.settings import PROJECT_ROOT, Settings
from linernotes.ingestion import DeliveryOutcome, Lake, admit_landing

CASES = PROJECT_ROOT.parent / "shared" / "data" / "cases"

pytestmark = [
    pytest.mark.skipif(not CASES.exists(), reason="the shared data is not there"),
    pytest.mark.slow,
]


@dataclass(frozen=True)
class Loaded:
    """A home after one load of a case."""

    home: Path
    deliveries: dict[str, DeliveryOutcome]

    def counts(self, name: str) -> tuple[int, int]:
        """Rows loaded and quarantined from a file, by the end of its name."""
        (found,) = [one for path, one in self.deliveries.items() if path.endswith(name)]
        return found.rows_loaded, found.rows_quarantined

    def states(self) -> dict[str, str]:
        return {path.split("/")[-1]: one.state for path, one in self.deliveries.items()}

    def column(self, table: str, name: str) -> list:
        return Lake(self.home / "lake").read(table).collect()[name].to_list()

    def rules(self) -> list[list[str]]:
        rows = Lake(self.home / "lake").read("raw_door__quarantined_rows").collect()
        return rows.sort("delivery_id", "row_number")["broken_rules"].to_list()


def load(home: Path, case: str) -> Loaded:
    report = admit_landing(Settings(home=home, landing=CASES / case / "landing"))
    assert report.ignored_files == {}
    return Loaded(home, {one.name: one for one in report.deliveries})


def test_case_names_glob_other_file_each_file_loads_its_own_rows(tmp_path: Path) -> None:
    loaded = load(tmp_path, "names-glob-other-file")

    assert loaded.counts("labels[1].parquet") == loaded.counts("labels1.parquet") == (3, 0)
    ids = loaded.column("raw_catalog__parties", "party_id")
    assert sorted(ids) == ["a1", "a2", "a3", "b1", "b2", "b3"]


@pytest.mark.parametrize(
    ("case", "file"),
    [
        ("parquet-binary-strings", "binary.parquet"),
        ("parquet-fixed-size-list", "fixed-list.parquet"),
    ],
)
def test_case_parquet_types_are_read_and_the_file_after_loads(
    tmp_path: Path, case: str, file: str
) -> None:
    loaded = load(tmp_path, case)

    assert set(loaded.states().values()) == {"loaded"}
    assert loaded.counts(file)[0] > 0
    assert loaded.counts(file)[1] == 0
    assert loaded.counts("good.csv")[0] > 0


def test_case_end_of_time_all_instants_of_the_year_9999_load(tmp_path: Path) -> None:
    """Only 23:59:59 five hours west of Greenwich is in the year 10000."""
    loaded = load(tmp_path, "end-of-time")

    assert loaded.counts("parties.csv") == (11, 1)
    assert "p5" not in loaded.column("raw_catalog__parties", "party_id")


def test_case_encoding_bom_variants_get_their_verdicts(tmp_path: Path) -> None:
    loaded = load(tmp_path, "encoding-bom-variants")

    refused = {name for name, state in loaded.states().items() if state == "refused"}
    assert refused == {
        "blank-in-header.csv",
        "bom-twice.csv",
        "cesu8.csv",
        "overlong.csv",
        "pretty.jsonl",
        "sep-line.csv",
    }
    assert loaded.counts("glued.csv") == (2, 1)
    assert loaded.counts("ctrl-z.csv") == loaded.counts("total-row.csv") == (1, 1)
    assert loaded.counts("bom-quoted-header.csv") == loaded.counts("bom.jsonl") == (1, 0)


def test_case_excel_blank_tail_is_skipped_and_counted(tmp_path: Path) -> None:
    loaded = load(tmp_path, "excel-blank-tail")

    (delivery,) = loaded.deliveries.values()
    assert (delivery.rows_read, delivery.rows_loaded, delivery.rows_quarantined) == (200, 200, 0)
    assert list(delivery.warnings.values()) == [300]


def test_case_excel_mangled_rows_are_told_by_their_rules(tmp_path: Path) -> None:
    """Five of twenty rows are loaded; three contain only separators, and twelve break a rule."""
    loaded = load(tmp_path, "excel-mangled")

    (delivery,) = loaded.deliveries.values()
    assert (delivery.rows_loaded, delivery.rows_quarantined) == (5, 12)
    assert delivery.warnings["rows of nothing but separators: skipped"] == 3


def test_case_identifier_display_forms_are_normalised_and_the_original_kept(
    tmp_path: Path,
) -> None:
    loaded = load(tmp_path, "identifier-display-forms")

    assert loaded.counts("w.csv") == (6, 3)
    assert loaded.counts("p.csv") == (6, 4)
    assert set(loaded.column("raw_catalog__works", "iswc")) == {"T0345246801", None}
    assert set(loaded.column("raw_catalog__parties", "isni")) == {"000000012150090X", None}
    assert set(loaded.column("raw_catalog__parties", "ipi")) == {"00014107338", None}
    assert "T-034.524.680-1" in loaded.column("raw_catalog__works", "iswc_original")
    assert {"0000 0001 2150 090X"} <= set(loaded.column("raw_catalog__parties", "isni_original"))
    assert {"14107338"} <= set(loaded.column("raw_catalog__parties", "ipi_original"))


def test_case_title_noncharacters_load(tmp_path: Path) -> None:
    assert load(tmp_path, "title-noncharacters").counts("r.jsonl") == (5, 0)


def test_case_count_of_18_digits_is_quarantined_alone(tmp_path: Path) -> None:
    loaded = load(tmp_path, "count-18-digits")

    assert loaded.rules() == [["plays.max"]]
    assert set(loaded.states().values()) == {"loaded"}
