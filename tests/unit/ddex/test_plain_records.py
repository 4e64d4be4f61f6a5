"""Records of DSR files that pass the fast check as a whole must not have a faulty cell."""

import re

import pytest

from linernotes.ddex.allowed_values import LISTS
from linernotes.ddex.cell_check import cell_faults, plainly_right_cell
from linernotes.ddex.records import RECORDS

VALUES = [
    "", " ", "a", " a", "a ", "a b", "a|b", "a\\b", "a\x0bb", "-", "-1", "-1.5", "1", "1.", ".5",
    "1.5", "1,5", "1e5", "\u00a0a", "a::b", "::b", "a::", "a:b::c", "true", "TRUE", "yes", "2026",
    "2026-06", "2026-13", "2026-02-28", "2026-02-30", "2026-06-30", "QZX002500033", "QZX00250003",
    "qzx002500033", "QZX002500033|QZX002500034", "EUR", "EUX", "DE", "Worldwide", "PT3M20S",
    "AIMusic", "AI_Music", "2026-07-15T06:00:00Z", "PADPIDA2026010101N", "\u2028", "Stream",
    "UserDefined", "SoundRecording",
]  # fmt: skip


@pytest.mark.parametrize("record_type", sorted(RECORDS))
def test_cell_that_is_plainly_right_has_no_fault(record_type: str) -> None:
    values = [*VALUES, *(min(one) for one in LISTS.values())]
    passed = 0
    for cell in RECORDS[record_type]:
        plain = re.compile(plainly_right_cell(cell))
        for value in values:
            if plain.fullmatch(value):
                passed += 1
                faults = list(cell_faults(cell, value)) if value or cell.required else []
                assert faults == [], (cell, value)
    assert passed
