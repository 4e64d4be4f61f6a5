"""Deliveries to a real SFTP server with broken connections, wrong keys or refusals.

`test_shipping.py` tests the steps that all targets share.
"""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import asyncssh
import pytest

from linernotes.base.settings import Settings
from linernotes.delivery import DELIVERED, FAILED, RetryPolicy, deliver_packages
from tests.fixtures.deliveries import (
    DSR_FLAG,
    FLAG,
    HASTY,
    JUNE,
    PLACE,
    CutLine,
    SftpFolder,
    add_file,
    agree,
    certificate,
    goes,
    opened,
    package_of,
    tree,
)

LARGE = "large.bin"


@pytest.fixture
def server(settings: Settings, tmp_path: Path) -> Iterator[SftpFolder]:
    """A server that is trusted and has our key, agreed with one partner."""
    with SftpFolder(tmp_path / "server", settings.home).serving() as server:
        server.trust(server.port)
        agree(settings, server.agreement("tune", server.port))
        yield server


@pytest.fixture
def line(server: SftpFolder, settings: Settings) -> Iterator[CutLine]:
    """A connection to the server that can be cut."""
    line = CutLine("127.0.0.1", server.port)
    server.trust(line.port)
    agree(settings, server.agreement("tune", line.port))
    yield line
    line.close()


def test_sftp_delivery_brings_every_file_and_reads_it_back(
    settings: Settings, server: SftpFolder
) -> None:
    package = package_of(settings, "tune")

    [shipment] = deliver_packages(settings, [package], retry_policy=HASTY)

    sent = {f"{PLACE}/{name}": content for name, content in tree(package.path).items()}
    assert tree(server.root / "drop") == sent | {DSR_FLAG: b"", FLAG: b""}
    assert shipment.outcome == DELIVERED
    assert shipment.target == f"sftp://house@127.0.0.1:{server.port}/drop"
    for file in shipment.files:
        assert file.acknowledgement == {"bytes": file.bytes, "sha256": file.sha256}


def test_sftp_delivery_cut_in_the_middle_sends_only_what_is_missing(
    settings: Settings, server: SftpFolder, line: CutLine
) -> None:
    """One attempt is cut and ends; the next one completes the file, and sends no more than that."""
    package = add_file(settings, "tune", LARGE, os.urandom(6_000_000))
    line.cut_after = 3_000_000
    retry_policy = RetryPolicy(tries=1)
    [cut] = deliver_packages(settings, [package], retry_policy=retry_policy)
    half = tree(server.root / "drop")
    there = len(half[f"{PLACE}/{LARGE}.part"])
    names_meanwhile = set(server.names)
    server.written.clear()

    [shipment] = deliver_packages(settings, [package], retry_policy=retry_policy)

    assert (cut.outcome, cut.attempts) == (FAILED, 1)
    assert "resumes this delivery" in cut.reason
    assert 0 < there < 6_000_000
    assert LARGE not in names_meanwhile
    assert FLAG not in half
    assert shipment.outcome == DELIVERED
    assert server.written[f"{LARGE}.part"] == 6_000_000 - there
    assert (server.root / "drop" / PLACE / LARGE).read_bytes() == (
        package.path / LARGE
    ).read_bytes()
    assert [one.shipment_id for one in goes(settings, "tune")] == [shipment.shipment_id] * 2


def test_sftp_delivery_cut_in_the_middle_tries_again_by_itself(
    settings: Settings, server: SftpFolder, line: CutLine
) -> None:
    package = add_file(settings, "tune", LARGE, os.urandom(3_000_000))
    line.cut_after = 1_500_000

    [shipment] = deliver_packages(settings, [package], retry_policy=HASTY)

    assert (shipment.outcome, shipment.attempts) == (DELIVERED, 2)
    assert len(shipment.faults) == 1
    assert line.connections == 2
    assert server.written[f"{LARGE}.part"] < 3_100_000
    assert FLAG in tree(server.root / "drop")


def test_sftp_delivery_encrypted_goes_on_with_the_same_bytes(
    settings: Settings, server: SftpFolder, line: CutLine
) -> None:
    secret = certificate(settings.home / "tune.asc")
    agree(settings, server.agreement("tune", line.port, 'pgp_key = "tune.asc"'))
    package = add_file(settings, "tune", LARGE, os.urandom(4_000_000))
    line.cut_after = 2_000_000
    deliver_packages(settings, [package], retry_policy=RetryPolicy(tries=1))
    there = (server.root / "drop" / PLACE / f"{LARGE}.pgp.part").stat().st_size
    server.written.clear()

    [shipment] = deliver_packages(settings, [package], retry_policy=HASTY)

    sent = (server.root / "drop" / PLACE / f"{LARGE}.pgp").read_bytes()
    assert shipment.outcome == DELIVERED
    assert server.written[f"{LARGE}.pgp.part"] == len(sent) - there
    assert opened(secret, sent) == (package.path / LARGE).read_bytes()


def test_sftp_delivery_over_a_spoilt_half_upload_begins_where_it_is_spoilt(
    settings: Settings, server: SftpFolder
) -> None:
    package = add_file(settings, "tune", LARGE, os.urandom(500_000))
    content = (package.path / LARGE).read_bytes()
    (server.root / "drop" / PLACE).mkdir(parents=True)
    part = server.root / "drop" / PLACE / f"{LARGE}.part"
    part.write_bytes(content[:200_000] + bytes(700_000))

    deliver_packages(settings, [package], retry_policy=HASTY)

    assert (server.root / "drop" / PLACE / LARGE).read_bytes() == content
    assert server.written[f"{LARGE}.part"] == 300_000


def test_sftp_server_with_another_key_gets_nothing(settings: Settings, server: SftpFolder) -> None:
    server.trust(server.port, asyncssh.generate_private_key("ssh-ed25519"))

    [shipment] = deliver_packages(settings, [package_of(settings, "tune")], retry_policy=HASTY)

    assert (shipment.outcome, shipment.attempts) == (FAILED, 1)
    assert "a key that is not in" in shipment.reason
    assert tree(server.root) == {}


def test_sftp_server_that_refuses_our_key_is_told_with_advice(
    settings: Settings, server: SftpFolder
) -> None:
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(server.private_key)

    [shipment] = deliver_packages(settings, [package_of(settings, "tune")], retry_policy=HASTY)

    assert (shipment.outcome, shipment.attempts) == (FAILED, 1)
    assert "does not accept" in shipment.reason
    assert "add its public key" in shipment.reason


@pytest.mark.parametrize(
    ("refusal", "stated"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device"),
        (asyncssh.SFTPPermissionDenied("not here"), "right to write, read back and rename"),
    ],
    ids=["full", "forbidden"],
)
def test_sftp_server_that_refuses_a_write_is_not_asked_again_until_the_next_go(
    settings: Settings, server: SftpFolder, refusal: Exception, stated: str
) -> None:
    server.refusal = refusal
    package = package_of(settings, "tune")
    [refused] = deliver_packages(settings, [package], retry_policy=HASTY)
    server.refusal = None

    [shipment] = deliver_packages(settings, [package], retry_policy=HASTY)

    assert (refused.outcome, refused.attempts) == (FAILED, 1)
    assert stated in refused.reason
    assert shipment.outcome == DELIVERED


def test_sftp_server_that_lets_nobody_read_acknowledges_sizes_alone(
    settings: Settings, server: SftpFolder
) -> None:
    server.can_read = False

    [shipment] = deliver_packages(settings, [package_of(settings, "tune")], retry_policy=HASTY)

    assert shipment.outcome == DELIVERED
    assert [file.acknowledgement for file in shipment.files] == [
        {"bytes": file.bytes} for file in shipment.files
    ]


def test_sftp_server_that_answers_no_more_is_given_up(
    settings: Settings, server: SftpFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.is_stalled = True
    monkeypatch.setattr("linernotes.delivery.sftp.STALLED_SECONDS", 0.5)

    [shipment] = deliver_packages(settings, [package_of(settings, "tune")], retry_policy=HASTY)

    assert (shipment.outcome, shipment.attempts) == (FAILED, 3)
    assert "no answer for 0.5 seconds" in shipment.faults[0]


def test_sftp_server_without_the_agreed_folder_is_told_with_advice(
    settings: Settings, server: SftpFolder
) -> None:
    (server.root / "drop").rmdir()

    [shipment] = deliver_packages(settings, [package_of(settings, "tune")], retry_policy=HASTY)

    assert shipment.outcome == FAILED
    assert "create the folder, or correct its path" in shipment.reason
    assert not (server.root / "drop").exists()


def test_sftp_server_that_is_away_is_tried_as_often_as_agreed(settings: Settings) -> None:
    folder = SftpFolder(settings.home / "nowhere", settings.home)
    line = CutLine("127.0.0.1", 1)
    line.close()
    folder.trust(line.port)
    agree(settings, folder.agreement("tune", line.port))

    [shipment] = deliver_packages(settings, [package_of(settings, "tune")], retry_policy=HASTY)

    assert (shipment.outcome, shipment.attempts) == (FAILED, 3)
    assert len(shipment.faults) == 3
    assert "(tried 3 times)" in shipment.reason


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_sftp_delivery_with_a_key_that_others_can_read_is_refused(
    settings: Settings, server: SftpFolder, mode: int
) -> None:
    """OpenSSH refuses such a key. Regression: it was accepted here."""
    server.private_key.chmod(mode)

    [shipment] = deliver_packages(settings, [package_of(settings, "tune")], retry_policy=HASTY)

    assert (shipment.outcome, shipment.attempts) == (FAILED, 1)
    assert f"run `chmod 600 {server.private_key}`" in shipment.reason
    assert tree(server.root) == {}


@pytest.mark.parametrize("missing", ["known_hosts", "private_key"])
def test_sftp_delivery_without_a_key_file_says_which(
    settings: Settings, server: SftpFolder, missing: str
) -> None:
    path: Path = getattr(server, missing)
    path.write_text("no key\n")

    [shipment] = deliver_packages(settings, [package_of(settings, "tune")], retry_policy=HASTY)

    assert (shipment.outcome, shipment.attempts) == (FAILED, 1)
    assert str(path) in shipment.reason
    assert not (server.root / "drop" / JUNE).exists()


@pytest.mark.parametrize("can_read", [True, False], ids=["reads", "only takes"])
def test_sftp_delivery_to_a_server_that_shows_nothing_arrives(
    settings: Settings, server: SftpFolder, can_read: bool
) -> None:
    """Regression: a login that may not list or ask for sizes was refused before the first byte."""
    package = package_of(settings, "tune")
    server.can_look = False
    server.can_read = can_read

    [shipment] = deliver_packages(settings, [package], retry_policy=HASTY)

    sent = {f"{PLACE}/{name}": content for name, content in tree(package.path).items()}
    assert shipment.outcome == DELIVERED, shipment.reason
    assert tree(server.root / "drop") == sent | {DSR_FLAG: b"", FLAG: b""}
    assert all(("sha256" in file.acknowledgement) is can_read for file in shipment.files)


def test_sftp_delivery_again_to_a_server_that_replaces_nothing_arrives(
    settings: Settings, server: SftpFolder
) -> None:
    """Such a server answers a rename to an existing name with a bare "Failure"."""
    package = package_of(settings, "tune")
    folder = server.root / "drop" / PLACE
    folder.mkdir(parents=True)
    for name in tree(package.path):
        (folder / name).write_bytes(b"of before")
    server.can_replace = False

    [shipment] = deliver_packages(settings, [package], retry_policy=HASTY)

    sent = {f"{PLACE}/{name}": content for name, content in tree(package.path).items()}
    assert shipment.outcome == DELIVERED, shipment.reason
    assert tree(server.root / "drop") == sent | {DSR_FLAG: b"", FLAG: b""}
