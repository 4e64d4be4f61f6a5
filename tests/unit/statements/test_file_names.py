"""Ids as file names: each id of the feeds, up to 200 characters of any script, has its own."""

from pathlib import Path

import pytest

from linernotes.base.settings import Settings
from linernotes.delivery import DELIVERED, deliver_packages
from linernotes.ledger.records import file_safe
from linernotes.ledger.verification import verify_ledger
from linernotes.packages import verify_package, write_packages
from linernotes.statements import approve, draft, issue, newest_drafts
from tests.fixtures.deliveries import JUNE, PARTNER_DPID, agree
from tests.fixtures.published_warehouse import Line, Statement, publish

KANJI = "契約条件原盤使用許諾包括合意書第"
LONG_IDS = {
    "kanji of 29": (KANJI * 2)[:29],
    "kanji of 200": (KANJI * 13)[:200],
    "cyrillic": "Ж" * 200,
    "georgian": "ქ" * 200,
    "blanks": " " * 200,
    "slashes": "/" * 200,
    "percents": "%" * 200,
    "dots": "." * 200,
    "outside of the basic plane": "𝄞" * 200,
    "decomposed": "e\N{COMBINING ACUTE ACCENT}" * 100,
}


@pytest.mark.parametrize("name", LONG_IDS.values(), ids=LONG_IDS)
def test_file_name_of_a_long_id_can_be_made_and_differs_from_its_neighbours(
    name: str, tmp_path: Path
) -> None:
    """Regression: percent-encoding makes up to twelve bytes of a character: "File name too long".

    Ids that differ only in the last character must not share a folder.
    """
    names = {file_safe(one, ".lock") for one in (name, name[:-1], name[:-1] + "x")}

    assert len(names) == 3
    for one in names:
        (tmp_path / one).write_text("")
        assert one.endswith(".lock")
        assert len(one.encode()) <= 255


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("tune-master", "tune-master"),
        ("wave/master:1", "wave%2Fmaster%3A1"),
        ("..", "%2E%2E"),
        ("a" * 200, "a" * 200),
        ("契" * 28, "%E5%A5%91" * 28),
    ],
)
def test_file_name_of_an_id_that_fits_stays_as_it_was(name: str, expected: str) -> None:
    """Existing drafts, approvals and packages in a home are found under their present names."""
    assert file_safe(name) == expected


def test_file_name_that_is_cut_is_no_other_ids_name() -> None:
    """An id that looks like a shortened name is written with its `+` encoded."""
    cut = file_safe("契" * 200)

    assert "+" in cut
    assert file_safe(cut) != cut
    assert "+" not in file_safe("a+b")


def test_partner_and_contract_with_long_japanese_ids_come_through_to_delivery(
    tmp_path: Path,
) -> None:
    """Drafts, approvals, issue, package, plan, record and lock of ids of 200 kanji."""
    settings = Settings(home=tmp_path / "home")
    partner, contract = LONG_IDS["kanji of 200"], LONG_IDS["kanji of 200"][::-1]
    publish(settings, Statement(partner, contract, [Line("a", "10.00")]))
    agree(
        settings,
        f'[partners."{partner}"]\ndpid = "{PARTNER_DPID}"\n'
        f'target = {{ kind = "folder", path = "{tmp_path / "drop"}" }}\n',
    )
    (tmp_path / "drop").mkdir()
    draft(settings, by="Ada")
    approve(settings, JUNE, by="Ben")
    issue(settings, JUNE, by="Ben")
    [package] = write_packages(settings)

    [shipment] = deliver_packages(settings, [package])

    [draft_again] = newest_drafts(settings)
    assert (draft_again.contract_id, draft_again.partner_id) == (contract, partner)
    assert verify_package(package.path) == []
    assert verify_ledger(settings) == []
    assert (shipment.outcome, shipment.partner_id) == (DELIVERED, partner)
