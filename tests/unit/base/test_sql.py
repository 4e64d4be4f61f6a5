"""Texts and paths inside SQL."""

from pathlib import Path

import duckdb
import pytest

from linernotes.base.sql import escaped, literal


@pytest.mark.parametrize("text", ["plain", "it's", "''", "a'; drop table b; --", ""])
def test_literal_is_read_as_the_text_that_it_was_made_of(text: str) -> None:
    with duckdb.connect() as connection:
        assert connection.execute(f"select {literal(text)}").fetchall() == [(text,)]

    assert literal(text) == f"'{escaped(text)}'"


def test_literal_of_a_path_is_its_text() -> None:
    assert literal(Path("it's/here")) == "'it''s/here'"
