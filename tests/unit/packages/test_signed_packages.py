"""Packages that are signed, documented and checked by a partner with only Python."""

import base64
import csv
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import duckdb
import pysequoia
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from linernotes.base.money import MINOR_UNIT_DIGITS
from linernotes.base.settings import Settings
from linernotes.ledger.balance import CORRECTION_TYPES, TERM_OF_TYPE, TERMS_TAKEN
from linernotes.ledger.keys import SigningKey, signing_key
from linernotes.ledger.line_sets import LINE_SET_COLUMNS
from linernotes.ledger.openpgp import certificate, detached_signature, fingerprint
from linernotes.packages import verify, verify_package, write_packages
from linernotes.packages.fees import fee_arms
from linernotes.statements import approve, draft, issue
from tests.fixtures.packages import refit
from tests.fixtures.published_warehouse import Line, Statement, publish

TUNE = Statement(
    "tune",
    "tune-master",
    [
        Line("a", "10.00"),
        Line("b", "2.50", hold_bucket="CONSENT"),
        Line("c", "-0.25", line_type="FEE"),
        Line("d", "4.00", territory="FR", title="=1+1"),
        Line("e", "0.75", line_type="LATE_USAGE"),
    ],
)
WAYS = 60


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with an issued package, which no test changes."""
    settings = Settings(home=tmp_path_factory.mktemp("signed") / "home")
    publish(settings, TUNE)
    draft(settings, by="Ada")
    approve(settings, "2026-06", by="Ben")
    issue(settings, "2026-06", by="Ben")
    write_packages(settings)
    return settings.home


@pytest.fixture
def package(home: Path, tmp_path: Path) -> Path:
    return shutil.copytree(home / "outbox" / "tune" / "2026-06" / "v1", tmp_path / "v1")


def key_of(home: Path) -> SigningKey:
    key = signing_key(Settings(home=home))
    assert key
    return key


def test_issued_package_is_signed_and_holds(package: Path) -> None:
    assert verify_package(package) == []
    assert verify.problems_of(str(package)) == []


def test_package_is_checked_by_a_python_without_any_library(home: Path, package: Path) -> None:
    trusted = package.parent / "service.asc"
    trusted.write_text(certificate(key_of(home)))
    # Neither the project nor any installed package is importable.
    command = [sys.executable, "-I", "-S", "-E", str(package / "verify.py")]

    alone = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False)
    known = subprocess.run(
        [*command, str(package), "--key", str(trusted)],
        capture_output=True, text=True, cwd="/", check=False,
    )  # fmt: skip

    assert (alone.returncode, alone.stderr) == (0, "")
    assert "The key itself was not checked" in alone.stdout
    assert (known.returncode, known.stderr) == (0, "")
    assert "All holds" in known.stdout
    assert "not checked" not in known.stdout


def test_package_signed_by_somebody_else_is_found_by_who_knows_our_key(
    home: Path, package: Path
) -> None:
    """A forger who rewrites the whole package can sign it, but not with our key."""
    thief = SigningKey(Ed25519PrivateKey.generate())
    manifest = json.loads((package / "manifest.json").read_text())
    content = json.dumps(manifest | {"signing_key": thief.public_key}).encode()
    (package / "manifest.json").write_bytes(content)
    signed = detached_signature(thief, content, datetime(2026, 7, 20))
    (package / "manifest.json.asc").write_text(signed)

    trusted = base64.b64decode(key_of(home).public_key)
    assert verify.problems_of(str(package), trusted) == [
        "it is signed with another key than the one that you trust"
    ]


def test_signature_is_what_openpgp_libraries_accept(home: Path, package: Path) -> None:
    cert = pysequoia.Cert.from_bytes(certificate(key_of(home)).encode())
    assert cert.fingerprint.upper() == fingerprint(key_of(home).public_key)

    found = pysequoia.verify(
        bytes=(package / "manifest.json").read_bytes(),
        store=lambda _: [cert],
        signature=pysequoia.Sig.from_bytes((package / "manifest.json.asc").read_bytes()),
    )

    assert [one.certificate for one in found.valid_sigs] == [cert.fingerprint]


@pytest.mark.skipif(not shutil.which("gpg"), reason="there is no GnuPG here")
def test_signature_is_what_gnupg_accepts(home: Path, package: Path, tmp_path: Path) -> None:
    trusted = tmp_path / "service.asc"
    trusted.write_text(certificate(key_of(home)))
    (tmp_path / "gnupg").mkdir(mode=0o700)
    environment = os.environ | {"GNUPGHOME": str(tmp_path / "gnupg")}

    def gpg(*arguments: Path | str) -> int:
        command = ["gpg", "--batch", "--no-autostart", *map(str, arguments)]
        return subprocess.run(command, env=environment, capture_output=True, check=False).returncode

    assert gpg("--import", trusted) == 0
    assert gpg("--verify", package / "manifest.json.asc", package / "manifest.json") == 0
    (package / "manifest.json").write_text((package / "manifest.json").read_text() + " ")
    assert gpg("--verify", package / "manifest.json.asc", package / "manifest.json") == 1


def other_amount(package: Path, chance: random.Random) -> None:
    path = chance.choice(
        [one for one in sorted(package.glob("*.csv")) if any(map(str.isdigit, one.read_text()))]
    )
    text = path.read_text()
    digits = [at for at, one in enumerate(text) if one.isdigit()]
    at = chance.choice(digits)
    path.write_text(f"{text[:at]}{(int(text[at]) + 1 + chance.randrange(8)) % 10}{text[at + 1 :]}")


def flipped_bit(package: Path, chance: random.Random) -> None:
    files = [path for path in sorted(package.iterdir()) if not path.name.startswith("manifest")]
    path = chance.choice(files)
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def line_left_out(package: Path, chance: random.Random) -> None:
    path = chance.choice(
        [one for one in sorted(package.glob("*.csv")) if one.read_text().count("\n") > 1]
    )
    lines = path.read_text().splitlines(keepends=True)
    del lines[chance.randrange(1, len(lines))]
    path.write_text("".join(lines))


def other_claim(package: Path, chance: random.Random) -> None:
    path = package / "manifest.json"
    manifest = json.loads(path.read_text())
    totals = manifest["statements"][0]["totals"]
    term = chance.choice(sorted(totals))
    totals[term] = f"{chance.randrange(1, 10**6)}.00"
    path.write_text(json.dumps(manifest))


TAMPERINGS: tuple[Callable[[Path, random.Random], None], ...] = (
    other_amount, flipped_bit, line_left_out, other_claim,
)  # fmt: skip


def test_package_tampered_with_in_sixty_ways_is_found_though_its_manifest_is_made_to_fit(
    home: Path, tmp_path: Path
) -> None:
    missed = []
    for way in range(WAYS):
        own = shutil.copytree(
            home / "outbox" / "tune" / "2026-06" / "v1", tmp_path / f"{way}" / "v1"
        )
        tampering = TAMPERINGS[way % len(TAMPERINGS)]
        tampering(own, random.Random(way))
        refit(own, json.loads((own / "manifest.json").read_text()))
        found = verify.problems_of(str(own))
        if "manifest.json.asc is not the signature of manifest.json" not in found:
            missed.append(way)

    assert missed == []


def test_draft_is_not_signed(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    publish(settings, TUNE)
    draft(settings, by="Ada")
    [written] = write_packages(settings)

    assert not (written.path / "manifest.json.asc").exists()
    assert verify.problems_of(str(written.path)) == []
    (written.path / "manifest.json.asc").write_text("anything")
    assert verify.problems_of(str(written.path)) != []


def test_issued_package_without_its_signature_is_found(package: Path) -> None:
    (package / "manifest.json.asc").unlink()

    assert {problem.rule for problem in verify_package(package)} == {"manifest_is_signed"}


def test_check_without_libraries_repeats_what_the_project_says() -> None:
    """It may import nothing, so this test compares its lists with the originals."""
    units = {code: digits for digits, codes in verify.MINOR_UNITS.items() for code in codes.split()}
    assert units == MINOR_UNIT_DIGITS
    assert tuple(verify.LINE_COLUMNS) == LINE_SET_COLUMNS
    assert set(verify.CORRECTIONS) == set(CORRECTION_TYPES)
    assert (
        verify.TERM_OF_TYPE | dict.fromkeys(CORRECTION_TYPES, "correction_amount") == TERM_OF_TYPE
    )
    assert verify.TAKEN == TERMS_TAKEN


@pytest.mark.parametrize("model", ["pro_rata", "per_use", "greater_of"])
@pytest.mark.parametrize("tier", ["paid_addon", "free_allowance"])
def test_check_without_libraries_computes_shares_as_the_project_does(model: str, tier: str) -> None:
    chance = random.Random(f"{model}{tier}")
    for _ in range(50):
        pool = {
            "model": model, "tier": tier, "pays_free_uses": chance.choice(["true", "false", None]),
            "weight_nano": str(chance.randrange(10**15)),
            "net_amount": f"{chance.random() * 1e6:.6f}",
            "total_quantity": str(chance.randrange(10**6)),
            "revenue_share": f"{chance.random():.12f}",
            "minimum_fx_rate": f"{chance.random():.10f}",
            "subscribers": str(chance.randrange(10**5)),
            "per_subscriber_minimum": "0.35", "per_use_minimum": "0.0012", "rate": "0.004",
        }  # fmt: skip
        own = fee_arms(pool)
        assert sorted(own.values()) == sorted(
            amount for _, amount in verify.fee_arms(pool).values()
        )


def test_data_package_describes_every_table_with_one_scale_per_column(package: Path) -> None:
    described = json.loads((package / "datapackage.json").read_text())
    resources = {one["path"]: one for one in described["resources"]}

    data = {path.name for path in package.iterdir() if path.suffix in (".csv", ".parquet")}
    assert resources.keys() == data
    for name in sorted(data):
        fields = resources[name]["schema"]["fields"]
        if name.endswith(".parquet"):
            [(written,)] = duckdb.execute(
                f"select decode(value) from parquet_kv_metadata('{package / name}') "
                "where decode(key) = 'table_schema'"
            ).fetchall()
            assert json.loads(written)["fields"] == fields
        else:
            with (package / name).open(newline="") as file:
                columns, *rows = csv.reader(file)
            for at, field in enumerate(fields):
                places = {len(row[at].partition(".")[2]) for row in rows if row[at]}
                if "decimalPlaces" in field and places:
                    assert places == {field["decimalPlaces"]}, (name, field["name"])
        if name.endswith(".csv"):
            assert [field["name"] for field in fields] == columns
