"""The demonstration's agreements: the program's own reader accepts them."""

from pathlib import Path

from linernotes.agreements import NOBODY, FolderTarget, load_agreements
from linernotes.base.settings import Settings
from sampleservice import write_agreements


def test_sample_agreements_are_read_with_a_folder_for_every_partner(tmp_path: Path) -> None:
    path = write_agreements(tmp_path)

    settings = Settings(home=tmp_path)
    agreements = load_agreements(settings)
    assert path == settings.agreements_file
    assert set(agreements.partners) == {"sony", "umg", "wmg", "merlin", "believe"}
    ids = [agreements.sender.dpid, *(one.dpid for one in agreements.partners.values())]
    assert len(set(ids)) == 6
    assert NOBODY not in ids
    for partner_id, agreement in agreements.partners.items():
        assert isinstance(agreement.target, FolderTarget)
        assert agreement.target.path == tmp_path / "delivered" / partner_id
        assert agreement.target.path.is_dir()


def test_sample_agreements_have_deal_specific_rows_and_one_item_level(tmp_path: Path) -> None:
    write_agreements(tmp_path)

    partners = load_agreements(Settings(home=tmp_path)).partners.values()

    assert {one.deal_specific_rows for one in partners} == {True, False}
    assert sum(one.item_level for one in partners) == 1
    assert [one.item_level for one in partners] == [one.writers for one in partners]
