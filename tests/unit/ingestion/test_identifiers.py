"""Patterns and check digits of identifiers. `test_contracts.py` tests their effect on rows."""

import polars as pl
import pytest

from linernotes.ingestion.identifiers import (
    IdentifierName,
    is_check_digit_right,
    is_well_formed,
    is_well_formed_expr,
    normalise,
    normalise_isrc,
    normalise_isrc_expr,
    wrong_check_digits,
)

SPELLINGS_OF_ISRC = {
    "QZABC2600001": "QZABC2600001",
    "qz-abc-26-00001": "QZABC2600001",
    "QZ1232600001": "QZ1232600001",
    "QZABC260001": None,
    "QZABC26000012": None,
    "1ZABC2600001": None,
    "QZABC2600001\n": None,
    " QZABC2600001": None,
    "QZABC26٠٠٠٠١": None,
    "ıZABC2600001": None,
    "": None,
}

RIGHT: list[tuple[IdentifierName, str]] = [
    ("iswc", "T0345246801"),
    ("iswc", "T9109247316"),
    ("isni", "0000000121032683"),
    ("isni", "000000012281955X"),
    ("ipi", "00014107338"),
    ("upc", "036000291452"),
    ("upc", "5901234123457"),
    ("grid", "A12425GABC1234002M"),
    ("dpid", "PADPIDA2007050901U"),
]
WRONG: list[tuple[IdentifierName, str]] = [
    ("iswc", "T0345246802"),
    ("isni", "0000000121032684"),
    ("ipi", "00014107339"),
    ("upc", "5901234123458"),
    ("grid", "A12425GABC1234002N"),
    ("dpid", "PADPIDA2007050901V"),
]


@pytest.mark.parametrize(("spelled", "expected"), SPELLINGS_OF_ISRC.items())
def test_normalise_isrc_of_each_spelling_gives_the_normal_form_or_none(
    spelled: str, expected: str | None
) -> None:
    assert normalise_isrc(spelled) == expected


def test_normalise_isrc_without_a_value_gives_none() -> None:
    assert normalise_isrc(None) is None


def test_normalise_isrc_expr_agrees_with_the_scalar_function() -> None:
    frame = pl.DataFrame({"isrc": [*SPELLINGS_OF_ISRC, None]})

    normal = frame.select(normalise_isrc_expr("isrc"))["isrc"].to_list()

    assert normal == [*SPELLINGS_OF_ISRC.values(), None]


@pytest.mark.parametrize(("name", "text"), RIGHT)
def test_check_digit_of_a_true_number_is_right(name: IdentifierName, text: str) -> None:
    assert is_well_formed(name, text)
    assert is_check_digit_right(name, text)


@pytest.mark.parametrize(("name", "text"), WRONG)
def test_check_digit_changed_is_wrong_but_well_formed(name: IdentifierName, text: str) -> None:
    assert is_well_formed(name, text)
    assert not is_check_digit_right(name, text)


def test_check_digit_of_isrc_which_has_none_is_right() -> None:
    assert is_check_digit_right("isrc", "QZABC2600001")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("iswc", "T-034.524.680-1"),
        ("isni", "0000 0001 2103 2683"),
        ("isni", "00000001210326833"),
        ("ipi", "I-000000229-7"),
        ("upc", "59012341234"),
        ("grid", "B12425GABC1234002M"),
        ("dpid", "PADPIDA111111111"),
    ],
)
def test_well_formed_with_another_spelling_is_false(name: IdentifierName, text: str) -> None:
    frame = pl.DataFrame({"value": [text]})

    assert not is_well_formed(name, text)
    assert frame.select(is_well_formed_expr(name, "value"))["value"].to_list() == [False]


def test_wrong_check_digits_of_a_column_lists_each_value_once() -> None:
    barcodes = pl.Series(["5901234123458", None, "5901234123457", "5901234123458", "no barcode"])

    assert wrong_check_digits("upc", barcodes) == ["5901234123458"]


def test_wrong_check_digits_of_isrc_which_has_none_is_empty() -> None:
    assert wrong_check_digits("isrc", pl.Series(["QZABC2600001"])) == []


@pytest.mark.parametrize(
    ("name", "printed", "normal"),
    [
        ("iswc", "T-034.524.680-1", "T0345246801"),
        ("iswc", "T 034 524 680 1", "T0345246801"),
        ("iswc", "t0345246801", "T0345246801"),
        ("iswc", "T-034.524.680-C", "T-034.524.680-C"),
        ("isni", "0000 0001 2150 090X", "000000012150090X"),
        ("isni", "000000012150090x", "000000012150090X"),
        ("isni", " 0000 0001 2150 090X", " 0000 0001 2150 090X"),
        ("ipi", "14107338", "00014107338"),
        ("ipi", "000.14.10.73.38", "00014107338"),
        ("ipi", "14107339", "14107339"),
        ("ipi", "00014107338.0", "00014107338.0"),
        ("upc", "0074646362822", "0074646362822"),
    ],
)
def test_identifier_as_printed_has_its_normal_form_and_others_stay(
    name: IdentifierName, printed: str, normal: str
) -> None:
    """Regression: printed forms were quarantined. An IPI gets zeros only if it is then valid."""
    assert normalise(name, pl.Series([printed, None])).to_list() == [normal, None]
