"""Writes the sample partners' agreements about their files, with fictitious party ids.

The feeds do not depend on them, so they are written into a home, not into a landing zone.
"""

from pathlib import Path

from sampleservice.catalog import PARTNERS
from sampleservice.codes import dpid

SENDER_NUMBER, FIRST_PARTNER_NUMBER = 2_026_010_200, 2_026_010_201
# The partners with AI facts as deal-specific rows, and the one with single items and their writers
# in a file too.
DEAL_SPECIFIC, ITEM_LEVEL = ("sony", "umg", "merlin"), ("umg",)
# The partners that pass statements on to members or labels.
SUB_STATEMENTS = ("merlin", "believe")
DELIVERED = "delivered"
# The sample's companies, which do not exist.
NAMES = {
    "sony": "Sample Entity of Sony Music",
    "umg": "Sample Entity of Universal Music",
    "wmg": "Sample Entity of Warner Music",
    "merlin": "Sample Entity of Merlin",
    "believe": "Sample Entity of Believe",
}
TITLES = {
    "master": "AI licence, sound recordings",
    "work": "AI licence, musical works",
    "training": "Model training licence",
}


def write_agreements(home: Path) -> Path:
    """Write `agreements.toml` of a home, and the folders that serve as the partners' targets."""
    parts = [
        "# What is agreed with each partner; docs/packages.md describes every setting.\n"
        "# The party ids are well-formed and belong to nobody.\n\n"
        f'[sender]\ndpid = "{dpid(SENDER_NUMBER)}"\nname = "Sample music service"\n'
        'legal = { name = "Sample Music Service Ltd", address = ["1 Example Street", "Dublin 2", '
        '"Ireland"], registration = "Sample register 000001", tax_id = "IE0000000X" }\n'
        'contact = { name = "Royalty accounting", email = "royalties@service.example" }\n'
    ]
    for number, partner in enumerate(PARTNERS, FIRST_PARTNER_NUMBER):
        lines = [f"[partners.{partner}]", f'dpid = "{dpid(number)}"']
        lines += ["deal_specific_rows = true"] if partner in DEAL_SPECIFIC else []
        lines += ["item_level = true", "writers = true"] if partner in ITEM_LEVEL else []
        lines += ["sub_statements = true"] if partner in SUB_STATEMENTS else []
        lines += [
            f'legal = {{ name = "{NAMES[partner]}", address = ["{number % 100} Sample Square", '
            '"London", "United Kingdom"] }',
            f'contact = {{ name = "Royalty department", email = "royalties@{partner}.example" }}',
            'payment_terms = "Bank transfer in the currency of each contract"',
            "query_days = 180",
        ]
        lines.append(f'target = {{ kind = "folder", path = "{DELIVERED}/{partner}" }}')
        for at, (side, title) in enumerate(TITLES.items(), 1):
            contract = f"{partner}-{side}"
            lines += [
                f"[partners.{partner}.contracts.{contract}]",
                f'title = "{title}"',
                f'number = "AI-2025-{number % 100:02d}{at}"',
            ]
        parts.append("\n".join(lines) + "\n")
        (home / DELIVERED / partner).mkdir(parents=True, exist_ok=True)
    path = home / "agreements.toml"
    path.write_text("\n".join(parts), encoding="utf-8")
    return path
