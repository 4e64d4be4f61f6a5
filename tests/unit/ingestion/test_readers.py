"""Files split into rows, each with its text. The content of rows is not tested here."""

import io
from pathlib import Path

import polars as pl
import pytest

from linernotes.ingestion.contracts.ai_usage import Generations
from linernotes.ingestion.contracts.catalog import Parties
from linernotes.ingestion.errors import RefusedFile
from linernotes.ingestion.readers import Batch, batches, reader_for
from linernotes.ingestion.readers.delimited import CsvReader
from linernotes.ingestion.readers.json_lines import JsonLinesReader

HEADER = "party_id,kind,name,recorded_at\n"


def read_csv(tmp_path: Path, content: str | bytes) -> list[Batch]:
    path = tmp_path / "parties.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(CsvReader(path, Parties).batches())


def names(found: list[Batch]) -> list[str | None]:
    return [name for batch in found for name in batch.rows["name"]]


def originals(found: list[Batch]) -> list[str]:
    return [text for batch in found for text in batch.originals()]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_csv_with_any_line_end_gives_the_same_rows(tmp_path: Path, line_end: str) -> None:
    content = (HEADER + "a,label,A,t\nb,label,B,t\n").replace("\n", line_end)

    found = read_csv(tmp_path, content)

    assert names(found) == ["A", "B"]
    assert originals(found) == ["a,label,A,t", "b,label,B,t"]


def test_csv_with_mixed_line_ends_and_no_last_one_gives_every_row(tmp_path: Path) -> None:
    found = read_csv(tmp_path, HEADER + "a,label,A,t\rb,label,B,t\r\nc,label,C,t")

    assert names(found) == ["A", "B", "C"]


def test_csv_cell_with_quotes_commas_and_line_ends_stays_whole(tmp_path: Path) -> None:
    found = read_csv(tmp_path, HEADER + 'a,label,"A ""x"", and\r\nB",t\nb,label,"B",t\n')

    assert names(found) == ['A "x", and\r\nB', "B"]
    assert originals(found)[0] == 'a,label,"A ""x"", and\r\nB",t'


def test_csv_quote_inside_a_bare_cell_is_a_letter(tmp_path: Path) -> None:
    found = read_csv(tmp_path, HEADER + 'a,label,12" Mix,t\nb,label,B,t\n')

    assert names(found) == ['12" Mix', "B"]


def test_csv_text_behind_a_closing_quote_breaks_that_row_only(tmp_path: Path) -> None:
    found = read_csv(tmp_path, HEADER + 'a,label,"A" x,t\nb,label,B,t\n')

    assert names(found) == ["B"]
    assert [(row.row_number, row.rule) for row in found[0].broken_rows] == [(1, "malformed_csv")]


def test_csv_quote_never_closed_refuses_the_file(tmp_path: Path) -> None:
    with pytest.raises(RefusedFile, match="never closed"):
        read_csv(tmp_path, HEADER + 'a,label,A,t\nb,label,"B,t\nc,label,C,t\n')


def test_csv_ragged_rows_are_told_with_their_text_and_number(tmp_path: Path) -> None:
    (found,) = read_csv(tmp_path, HEADER + "a,label,A,t\nb,label\nc,label,C, D,t\nd,label,D,t\n")

    assert names([found]) == ["A", "D"]
    assert found.rows["row_number"].to_list() == [1, 4]
    assert [(row.row_number, row.original_text) for row in found.broken_rows] == [
        (2, "b,label"),
        (3, "c,label,C, D,t"),
    ]


def test_csv_blank_lines_are_no_rows(tmp_path: Path) -> None:
    found = read_csv(tmp_path, HEADER + "\na,label,A,t\n\n\n")

    assert names(found) == ["A"]


def test_csv_byte_order_mark_is_no_part_of_the_header(tmp_path: Path) -> None:
    assert names(read_csv(tmp_path, b"\xef\xbb\xbf" + (HEADER + "a,label,A,t\n").encode())) == ["A"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "required columns are missing"),
        (HEADER.encode() + b"a,label,Bj\xf6rk,t\n", "not UTF-8: byte 0xF6"),
        (HEADER.encode("utf-16"), "UTF-16"),
        (HEADER.encode() + b"a,label,A\0,t\n", "NUL"),
        (b"party_id,kind,name,name,recorded_at\n", "names a column twice: name"),
        (b"Party_Id,kind,name,recorded_at\n", "missing: party_id"),
        (HEADER.replace(",", ";").encode(), "separated by semicolons"),
        (HEADER.replace(",", "\t").encode(), "separated by tabs"),
        (HEADER.upper().encode(), "lower case"),
    ],
)
def test_csv_of_another_form_is_refused_with_what_to_do(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    with pytest.raises(RefusedFile, match=reason):
        read_csv(tmp_path, content)


def test_csv_read_in_small_pieces_gives_what_one_piece_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [f'p{number},label,"name, {number}\nof two lines",t' for number in range(40)]
    content = HEADER + "\r\n".join(rows)
    whole = read_csv(tmp_path, content)

    monkeypatch.setattr(batches, "PIECE_BYTES", 37)
    pieced = read_csv(tmp_path, content)

    assert len(pieced) > 5
    assert names(pieced) == names(whole)
    assert originals(pieced) == originals(whole) == rows
    numbers = [number for batch in pieced for number in batch.rows["row_number"]]
    assert numbers == list(range(1, 41))


def test_csv_columns_outside_the_contract_are_named_and_left_out(tmp_path: Path) -> None:
    path = tmp_path / "parties.csv"
    path.write_text("mood,party_id,kind,name,recorded_at,\nblue,a,label,A,t,\n")
    reader = CsvReader(path, Parties)

    (batch,) = reader.batches()

    assert reader.ignored_columns == ["", "mood"]
    assert set(batch.rows.columns) == {"party_id", "kind", "name", "recorded_at", "row_number"}


def read_json(tmp_path: Path, *lines: str) -> Batch:
    path = tmp_path / "parties.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    (batch,) = JsonLinesReader(path, Parties).batches()
    return batch


ROW = '{"party_id":"a","kind":"label","name":%s,"recorded_at":"t"}'


def test_json_numbers_keep_the_text_that_was_sent(tmp_path: Path) -> None:
    batch = read_json(tmp_path, ROW % "1000.12345678901234567890")

    assert batch.rows["name"].to_list() == ["1000.12345678901234567890"]


@pytest.mark.parametrize("value", ["true", '["A"]', '{"A": 1}'])
def test_json_value_that_is_no_text_is_a_broken_cell(tmp_path: Path, value: str) -> None:
    batch = read_json(tmp_path, ROW % value)

    assert batch.broken_cells == {"name": [1]}


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ('{"party_id":"a","party_id":"b"}', "key_given_twice"),
        ('{"party_id" :"a","party_id":"b"}', "key_given_twice"),
        ('{"party_id":"a", "x": {"y": 1, "y": 2}}', "key_given_twice"),
        ('{"party_id":"a"', "not_json"),
        ('["a"]', "not_json"),
        ('{"party_id":"\\ud800"}', "not_json"),
        ("[" * 5000, "not_json"),
    ],
)
def test_json_line_that_is_no_clear_object_breaks_alone(
    tmp_path: Path, line: str, rule: str
) -> None:
    batch = read_json(tmp_path, ROW % '"A"', line, ROW % '"C"')

    assert batch.rows["row_number"].to_list() == [1, 3]
    assert [(row.row_number, row.original_text, row.rule) for row in batch.broken_rows] == [
        (2, line, rule)
    ]


def test_json_colon_inside_a_text_hides_no_key(tmp_path: Path) -> None:
    batch = read_json(tmp_path, ROW % '"say \\":\\" twice"')

    assert batch.rows["name"].to_list() == ['say ":" twice']


def test_json_escaped_nul_refuses_the_file(tmp_path: Path) -> None:
    with pytest.raises(RefusedFile, match="NUL"):
        read_json(tmp_path, ROW % '"a\\u0000b"')


def test_json_text_that_spells_an_escape_is_a_text(tmp_path: Path) -> None:
    batch = read_json(tmp_path, ROW % '"a\\\\u0000b"')

    assert batch.rows["name"].to_list() == ["a\\u0000b"]


def test_json_without_any_object_lacks_its_columns(tmp_path: Path) -> None:
    with pytest.raises(RefusedFile, match="required columns are missing"):
        read_json(tmp_path, '[{"party_id":"a"}]')


def test_parquet_text_in_place_of_a_list_keeps_its_text_for_the_quarantine(tmp_path: Path) -> None:
    columns = [name for name in Generations.feed_columns() if name != "source_recording_ids"]
    frame = pl.DataFrame({name: ["x"] for name in columns} | {"source_recording_ids": ["a|b"]})
    frame.write_parquet(tmp_path / "generations.parquet")

    (batch,) = reader_for(tmp_path / "generations.parquet", ".parquet", Generations).batches()

    assert '"source_recording_ids":"a|b"' in batch.originals()[0]


def test_parquet_that_is_no_parquet_is_refused(tmp_path: Path) -> None:
    (tmp_path / "parties.parquet").write_text(HEADER)

    with pytest.raises(RefusedFile, match="cannot be read as Parquet"):
        list(reader_for(tmp_path / "parties.parquet", ".parquet", Parties).batches())


@pytest.mark.parametrize("blank", [",,,,", " , ,\t,,", '"",,"",,', ",", '" ",,,,'])
@pytest.mark.parametrize("quoted", ["plain", '"quo""ted"', '"two\nlines"'])
def test_csv_rows_of_separators_are_skipped_and_counted(
    tmp_path: Path, blank: str, quoted: str
) -> None:
    """Regression: the empty rows that a spreadsheet leaves below a table were quarantined."""
    path = tmp_path / "rows.csv"
    good = f"p,label,{quoted},2026-01-05T06:00:00Z,x"
    path.write_text(
        f"party_id,kind,name,recorded_at,more\n{blank}\n{good}\n{blank}\n{good}\n{blank}\n"
    )
    reader = CsvReader(path, Parties)

    batches = list(reader.batches())

    assert sum(batch.row_count for batch in batches) == 2
    assert all(not batch.broken_rows for batch in batches)
    assert reader.blank_row_count == 3
    assert reader.originals([2])[2] == good


@pytest.mark.parametrize("ending", [".jsonl", ".csv", ".parquet"])
def test_rows_of_a_wide_feed_are_read_fewer_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    """Regression: 175,000 lines of `{}`, read 16 MiB at a time, took a gigabyte as contracts."""
    monkeypatch.setattr(batches, "PIECE_CELLS", 10 * len(Parties.feed_columns()))
    path = tmp_path / f"1{ending}"
    rows = [
        {"party_id": f"p{n}", "kind": "band", "name": "A", "recorded_at": "t"} for n in range(50)
    ]
    frame = pl.DataFrame(rows)
    path.write_bytes(_written(frame, ending))

    found = list(reader_for(path, ending, Parties).batches())

    assert sum(batch.row_count for batch in found) == len(rows)
    assert max(batch.row_count for batch in found) <= 10


def _written(frame: pl.DataFrame, ending: str) -> bytes:
    if ending == ".parquet":
        content = io.BytesIO()
        frame.write_parquet(content)
        return content.getvalue()
    return (frame.write_csv() if ending == ".csv" else frame.write_ndjson()).encode()


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("most", [1, 2, 3, 7])
def test_content_cut_by_lines_is_the_same_in_parts_of_so_many(end: bytes, most: int) -> None:
    lines = [b"x" * length + end for length in (0, 1, 50, 0, 0, 3, 900, 2, 0, 1)]

    for count in range(len(lines) + 1):
        for last in (b"", b"no end"):
            content = b"".join(lines[:count]) + last
            parts = list(batches._by_lines(content, most))

            assert b"".join(parts) == content
            assert all(part.count(end) <= most for part in parts)
            assert all(part.endswith(end) for part in parts[:-1])
