"""Agreements: the content of the file, and the messages if it is wrong."""

from pathlib import Path

import pytest

from linernotes.agreements import FolderTarget, SftpTarget, load_agreements
from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings

WRITTEN = """
[sender]
dpid = "PADPIDA2007050901U"
name = "House of Songs"

[partners.umg]
files = ["DSR_*", "statement.pdf"]
dpid = "PADPIDA2007050901U"
deal_specific_rows = true
pgp_key = "keys/umg.asc"
target = { kind = "folder", path = "out/umg" }

[partners.sony.target]
kind = "sftp"
host = "drop.example"
username = "house"
known_hosts = "known_hosts"
private_key = "/keys/house"
"""

KEYS = 'username = "house"\nknown_hosts = "k"\nprivate_key = "p"\n'
CLEAR = 'kind = "s3", bucket = "b", endpoint_url = "http://store.example"'


def home_with(folder: Path, text: str) -> Settings:
    (folder / "agreements.toml").write_text(text, encoding="utf-8")
    return Settings(home=folder)


def test_agreements_without_a_file_are_the_defaults(tmp_path: Path) -> None:
    agreements = load_agreements(Settings(home=tmp_path))

    assert agreements.of("umg").files == ("*",)
    assert agreements.of("umg").target is None
    assert agreements.sender.service == "AIMusic"


def test_agreements_file_that_is_named_and_absent_is_refused(tmp_path: Path) -> None:
    """Without it, nothing would be delivered, and nobody would be told."""
    settings = Settings(home=tmp_path, agreements=tmp_path / "lost.toml")

    with pytest.raises(LinernotesError, match=r"lost\.toml cannot be read"):
        load_agreements(settings)


def test_agreements_on_a_store_without_tls_are_taken_if_files_are_encrypted(tmp_path: Path) -> None:
    text = f'[partners.umg]\npgp_key = "umg.asc"\ntarget = {{ {CLEAR} }}\n'

    assert load_agreements(home_with(tmp_path, text)).of("umg").target


def test_agreements_paths_are_taken_from_the_files_folder(tmp_path: Path) -> None:
    agreements = load_agreements(home_with(tmp_path, WRITTEN))

    umg, sony = agreements.of("umg"), agreements.of("sony")
    assert umg.pgp_key == tmp_path / "keys/umg.asc"
    assert umg.target == FolderTarget(kind="folder", path=tmp_path / "out/umg")
    assert isinstance(sony.target, SftpTarget)
    assert sony.target.known_hosts == tmp_path / "known_hosts"
    assert sony.target.private_key == Path("/keys/house")


def test_agreements_name_the_files_that_a_partner_takes(tmp_path: Path) -> None:
    umg = load_agreements(home_with(tmp_path, WRITTEN)).of("umg")

    taken = [
        name
        for name in ("DSR_a_b.tsv", "statement.pdf", "statement.xlsx", "manifest.json")
        if umg.takes(name)
    ]

    assert taken == ["DSR_a_b.tsv", "statement.pdf", "manifest.json"]


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("[sender", "cannot be read"),
        ('[sender]\ndpid = "PADPIDA2007050901X"', "sender.dpid: .*not a DDEX party identifier"),
        ('[sender]\nservice = "AI music"', "sender.service: .*is used in file names"),
        (f'[sender]\nservice = "{"A" * 101}"', "sender.service: .*has 101 characters"),
        ("[partners.umg]\nfile = []", "partners.umg.file: Extra inputs"),
        ('[partners.umg.target]\nkind = "ftp"', "partners.umg.target"),
        ('[partners.umg.target]\nkind = "sftp"\nhost = "x"', "username: Field required"),
        *(
            (
                f'[partners.umg.target]\nkind = "sftp"\nhost = "{host}"\n{KEYS}',
                "sftp.host: .*is not a host",
            )
            for host in ("a..b", "x" * 64, "drop.example\\u0000", "müller.example", "")
        ),
        (
            f'[partners.umg.target]\nkind = "sftp"\nhost = "::1"\npath = ""\n{KEYS}',
            "sftp.path: String should have at least 1",
        ),
        (
            f"[partners.umg]\ntarget = {{ {CLEAR} }}",
            "partners.umg: .*would transfer figures unencrypted",
        ),
    ],
)
def test_agreements_that_are_wrong_are_refused_with_the_place(
    tmp_path: Path, text: str, stated: str
) -> None:
    with pytest.raises(LinernotesError, match=stated):
        load_agreements(home_with(tmp_path, text))


SFTP = 'kind = "sftp", host = "drop.example", known_hosts = "k", private_key = "p", username = "{}"'


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('kind = "folder", path = "out"', 'kind = "folder", path = "out"'),
        ('kind = "folder", path = "out"', 'kind = "folder", path = "in/../out/umg"'),
        (SFTP.format("house"), SFTP.format("house") + ', path = "./umg"'),
        ('kind = "folder", path = "out"', 'kind = "folder", path = "link/umg"'),
        (SFTP.format("house"), SFTP.format("house") + ', path = "/drop"'),
        (SFTP.format("house") + ', path = "in"', SFTP.format("house") + ', path = "../house/in"'),
        ('kind = "s3", bucket = "b"', 'kind = "s3", bucket = "b", prefix = "umg/"'),
        (
            'kind = "s3", bucket = "b", endpoint_url = "https://store.example"',
            'kind = "s3", bucket = "b", endpoint_url = "https://Store.example/"',
        ),
    ],
    ids=[
        "same folder",
        "folder within",
        "same user",
        "folder by a link",
        "root unknown",
        "way up",
        "prefix within",
        "same store",
    ],
)
@pytest.mark.parametrize("is_turned", [False, True])
def test_agreements_on_targets_that_are_not_apart_are_refused(
    tmp_path: Path, one: str, other: str, is_turned: bool
) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "out")
    first, second = (other, one) if is_turned else (one, other)
    text = f"[partners.umg]\ntarget = {{ {first} }}\n[partners.sony]\ntarget = {{ {second} }}\n"

    with pytest.raises(LinernotesError, match="would see the other's figures"):
        load_agreements(home_with(tmp_path, text))


def test_agreements_on_targets_side_by_side_are_taken(tmp_path: Path) -> None:
    text = (
        '[partners.umg]\ntarget = { kind = "folder", path = "out/umg" }\n'
        '[partners.umg-publishing]\ntarget = { kind = "folder", path = "out/umg-publishing" }\n'
        f"[partners.sony]\ntarget = {{ {SFTP.format('sony')} }}\n"
        f"[partners.wmg]\ntarget = {{ {SFTP.format('wmg')} }}\n"
    )

    assert len(load_agreements(home_with(tmp_path, text)).partners) == 4
