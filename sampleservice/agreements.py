"""What the demonstration's partners agreed about their files, with party ids of nobody.

The feeds do not depend on it, so it is written into a home, not into a landing zone.
"""

from pathlib import Path

from sampleservice.catalog import PARTNERS
from sampleservice.codes import dpid

SENDER_NUMBER, FIRST_PARTNER_NUMBER = 2_026_010_200, 2_026_010_201
# Who takes AI facts as deal-specific rows, and who a file of single items, too.
DEAL_SPECIFIC, ITEM_LEVEL = ("sony", "umg", "merlin"), ("umg",)
DELIVERED = "delivered"


def write_agreements(home: Path) -> Path:
    """Writes `agreements.toml` of a home, and the folders that stand for the partners' targets."""
    parts = [
        "# What is agreed with each partner; docs/packages.md describes every setting.\n"
        "# The party ids are well-formed and belong to nobody.\n\n"
        f'[sender]\ndpid = "{dpid(SENDER_NUMBER)}"\nname = "Sample music service"\n'
    ]
    for number, partner in enumerate(PARTNERS, FIRST_PARTNER_NUMBER):
        lines = [f"[partners.{partner}]", f'dpid = "{dpid(number)}"']
        lines += ["deal_specific_rows = true"] if partner in DEAL_SPECIFIC else []
        lines += ["item_level = true"] if partner in ITEM_LEVEL else []
        lines.append(f'target = {{ kind = "folder", path = "{DELIVERED}/{partner}" }}')
        parts.append("\n".join(lines) + "\n")
        (home / DELIVERED / partner).mkdir(parents=True, exist_ok=True)
    path = home / "agreements.toml"
    path.write_text("\n".join(parts), encoding="utf-8")
    return path
