"""Comments in the published file do not refer to anything outside of it."""

import pytest

from linernotes.warehouse.publishing import without_references


@pytest.mark.parametrize(
    ("comment", "words"),
    [
        ("One row per party. It says which party it goes by now (E44).",
         "One row per party. It says which party it goes by now."),
        ("One row per use. Rules: docs/money.md, \"Consent\" and \"From uses to weights\".",
         "One row per use."),
        ("late for what came after (docs/money.md, Late usage).", "late for what came after."),
        ("Hidden (E124, E125) and rounded.", "Hidden and rounded."),
        ("One row per statement, as issued.", "One row per statement, as issued."),
    ],
)  # fmt: skip
def test_comment_of_a_published_table_stands_by_itself(comment: str, words: str) -> None:
    assert without_references(comment) == words
