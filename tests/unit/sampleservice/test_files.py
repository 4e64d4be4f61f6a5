"""Rows as files: exact decimals, plain text, and no partly written files."""

import gzip
from pathlib import Path

import numpy as np
import polars as pl

from sampleservice.files import Landing, decimals, ids, listed, times

ROWS = pl.DataFrame(
    {
        "id": ids("rec-", np.array([7]), 6),
        "weight": decimals(np.array([340_000_000]), 9),
        "who": listed([pl.Series(["a"]), pl.Series(["b"])]),
        "at": times(np.array([1_500_000])),
    }
)


def test_decimals_of_whole_units_are_exact() -> None:
    made = decimals(np.array([1, 999_999_999, -5]), 9)

    assert made.cast(pl.String).to_list() == ["0.000000001", "0.999999999", "-0.000000005"]


def test_csv_has_plain_numbers_joined_lists_and_times_with_offset(tmp_path: Path) -> None:
    Landing(tmp_path).write("a/b", "x.csv", ROWS)

    text = (tmp_path / "a/b/x.csv").read_text()

    assert text == "id,weight,who,at\nrec-000007,0.34,a|b,1970-01-01T00:00:01.500Z\n"


def test_gzip_of_the_same_rows_has_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        Landing(tmp_path / name).write("a/b", "x.jsonl.gz", ROWS)

    first, second = ((tmp_path / name / "a/b/x.jsonl.gz").read_bytes() for name in ("one", "two"))

    assert first == second
    assert b'"who":["a","b"]' in gzip.decompress(first)


def test_few_rows_wait_for_one_file_and_many_do_not(tmp_path: Path) -> None:
    landing = Landing(tmp_path)
    many = pl.concat([ROWS] * 2_000)

    landing.gather("a/b", "01.parquet", ROWS, together="few.parquet")
    landing.gather("a/b", "02.parquet", many, together="few.parquet")
    landing.gather("a/b", "03.parquet", ROWS, together="few.parquet")
    landing.finish()

    written = {file.path: file.rows for file in landing.files}
    assert written == {"a/b/02.parquet": 2_000, "a/b/001_few.parquet": 2}


def test_no_rows_make_no_file(tmp_path: Path) -> None:
    Landing(tmp_path).write("a/b", "x.csv", ROWS.clear())

    assert list(tmp_path.iterdir()) == []
