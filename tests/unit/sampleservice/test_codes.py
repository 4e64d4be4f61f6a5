"""Fictitious identifiers have valid check digits."""

import re

import numpy as np
from stdnum import ean, isni

from sampleservice import codes

NUMBERS = np.array([1, 12_345, 900_000_000, 999_999])


def test_isrcs_of_many_numbers_are_distinct_and_well_formed() -> None:
    made = codes.isrcs("QZ", np.arange(1, 250_000, 997), 2025).to_list()

    assert len(set(made)) == len(made)
    assert all(re.fullmatch(r"[A-Z]{2}[A-Z0-9]{3}\d{7}", code) for code in made)


def test_upcs_have_valid_check_digits() -> None:
    made = codes.upcs(81_000_000_000 + NUMBERS).to_list()

    assert all(ean.is_valid("0" + code) for code in made)


def test_isnis_have_valid_check_signs() -> None:
    made = codes.isnis(900_000_000_000 + np.arange(40)).to_list()

    assert all(isni.is_valid(code) for code in made)
    assert any(code.endswith("X") for code in made)


def test_iswc_of_a_known_number_has_its_published_check_digit() -> None:
    assert codes.iswcs(np.array([34_524_680])).to_list() == ["T0345246801"]


def test_dpid_is_eighteen_signs_long() -> None:
    assert re.fullmatch(r"PADPIDA\d{10}[0-9A-Z]", codes.dpid(2_026_010_101))
