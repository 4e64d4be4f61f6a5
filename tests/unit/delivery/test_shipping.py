"""Deliveries into folders: what arrives, in which order, what remains, and what is recorded.

The steps are the same for every target; SFTP and S3 have separate tests for their own features.
"""

import fcntl
import json
import os
import re
import resource
import shutil
import signal
import stat
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from pysequoia import Tsk
from pysequoia.packet import PacketPile

from linernotes.agreements import ALWAYS, NOBODY
from linernotes.base import clock
from linernotes.base.digests import file_sha256
from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.delivery import (
    AS_BEFORE,
    DELIVERED,
    FAILED,
    NO_TARGET,
    REFUSED,
    DeliveryStatus,
    deliver_packages,
    delivery_status,
)
from linernotes.delivery.folder import Folder
from linernotes.packages import MANIFEST, Package, read_manifest, verify_package, write_packages
from tests.fixtures.deliveries import (
    DSR_FLAG,
    FLAG,
    JUNE,
    PARTNER_DPID,
    PLACE,
    SENDER,
    add_file,
    agree,
    certificate,
    goes,
    opened,
    package_of,
    tree,
)
from tests.fixtures.packages import remark, sign_again


def folder_of(settings: Settings, partner: str = "tune", more: str = "") -> Path:
    """Agree on a folder with a partner, and create it."""
    folder = settings.home / "delivered" / partner
    folder.mkdir(parents=True, exist_ok=True)
    agreed = settings.agreements_file
    written = agreed.read_text().removeprefix(SENDER) if agreed.exists() else ""
    more = more if "dpid" in more else f'dpid = "{PARTNER_DPID}"\n{more}'
    target = f'target = {{ kind = "folder", path = "{folder}" }}'
    agree(settings, f"{written}\n[partners.{partner}]\n{more}\n{target}\n")
    return folder


def test_delivery_to_a_folder_brings_every_file_and_the_flag(settings: Settings) -> None:
    folder, package = folder_of(settings), package_of(settings, "tune")

    [shipment] = deliver_packages(settings, [package])

    sent = {f"{PLACE}/{name}": content for name, content in tree(package.path).items()}
    assert tree(folder) == sent | {DSR_FLAG: b"", FLAG: b""}
    assert verify_package(folder / PLACE) == []
    assert shipment.outcome == DELIVERED
    assert delivery_status(settings) == DeliveryStatus(1, 0, 0)


@pytest.mark.parametrize(
    ("mode", "folder_mode", "file_mode"),
    [(0o700, 0o700, 0o600), (0o750, 0o750, 0o640), (0o775, 0o755, 0o644), (0o711, 0o711, 0o600)],
)
def test_delivery_to_a_folder_can_be_read_by_who_may_read_the_folder(
    settings: Settings, mode: int, folder_mode: int, file_mode: int
) -> None:
    """Another program collects the files there, so our process's umask must not apply."""
    folder, package = folder_of(settings), package_of(settings, "tune")
    folder.chmod(mode)
    before = os.umask(0o077 if mode != 0o700 else 0o022)
    try:
        deliver_packages(settings, [package])
    finally:
        os.umask(before)

    made = list(folder.rglob("*"))
    folders = {stat.S_IMODE(one.stat().st_mode) for one in made if one.is_dir()}
    files = {stat.S_IMODE(one.stat().st_mode) for one in made if one.is_file()}
    assert (folders, files) == ({folder_mode}, {file_mode})


def test_delivery_is_recorded_with_what_the_target_said(settings: Settings) -> None:
    folder, package = folder_of(settings), package_of(settings, "tune")

    deliver_packages(settings, [package])

    [record] = goes(settings, "tune")
    assert (record.partner_id, record.report_month, record.version) == ("tune", "2026-06", 1)
    assert (record.outcome, record.attempts, record.target) == (DELIVERED, 1, str(folder))
    assert record.manifest_sha256 == package.manifest_sha256
    assert record.ledger_head == read_manifest(package.path)["ledger_head"] is not None
    assert record.started_at <= record.ended_at
    assert {file.name for file in record.files} == set(tree(package.path))
    for file in record.files:
        assert file.sha256 == file.sent_sha256 == file_sha256(package.path / file.name)
        assert file.acknowledgement == {"bytes": file.bytes, "sha256": file.sha256}


def test_delivery_once_more_does_nothing(settings: Settings) -> None:
    folder, package = folder_of(settings), package_of(settings, "tune")
    deliver_packages(settings, [package])
    shutil.rmtree(folder / "2026-06")

    [shipment] = deliver_packages(settings, [package])

    assert shipment.outcome == AS_BEFORE
    assert tree(folder) == {}
    assert len(goes(settings, "tune")) == 1


def test_delivery_again_on_request_sends_every_file(settings: Settings) -> None:
    folder, package = folder_of(settings), package_of(settings, "tune")
    deliver_packages(settings, [package])
    (folder / PLACE / "statement.pdf").write_text("spoilt")
    before = {path: path.stat().st_ino for path in folder.rglob("*") if path.is_file()}

    [shipment] = deliver_packages(settings, [package], again=True)

    after = {path: path.stat().st_ino for path in folder.rglob("*") if path.is_file()}
    assert shipment.outcome == DELIVERED
    assert shipment.is_again
    assert verify_package(folder / PLACE) == []
    assert before.keys() == after.keys()
    assert not any(file.was_there for file in shipment.files)
    assert [one.outcome for one in goes(settings, "tune")] == [DELIVERED, DELIVERED]


def test_delivery_again_that_broke_off_goes_on_without_being_asked(settings: Settings) -> None:
    folder, package = folder_of(settings), package_of(settings, "tune")
    deliver_packages(settings, [package])
    # A folder where a file should be: the upload stops in the middle of the package.
    (folder / PLACE / "removals.csv").unlink()
    (folder / PLACE / "removals.csv").mkdir()
    [broken] = deliver_packages(settings, [package], again=True)
    flags_meanwhile = (folder / FLAG).exists()
    (folder / PLACE / "removals.csv").rmdir()

    [shipment] = deliver_packages(settings, [package])

    assert (broken.outcome, flags_meanwhile) == (FAILED, False)
    assert shipment.outcome == DELIVERED
    assert shipment.is_again
    assert (folder / FLAG).exists()
    assert verify_package(folder / PLACE) == []


def test_delivery_brings_only_the_agreed_files(settings: Settings) -> None:
    folder = folder_of(settings, more='files = ["statement.*"]')

    deliver_packages(settings, [package_of(settings, "tune")])

    names = {Path(name).name for name in tree(folder)}
    assert names == {
        "statement.pdf", "statement.xlsx", "manifest.json", "manifest.json.asc", "verify.py",
        "README.txt", "v1.ctrl",
    }  # fmt: skip


def test_delivery_without_a_target_leaves_the_package_in_the_outbox(settings: Settings) -> None:
    agree(settings, "")

    [shipment] = deliver_packages(settings, [package_of(settings, "tune")])

    assert shipment.outcome == NO_TARGET
    assert goes(settings, "tune") == []
    assert delivery_status(settings) == DeliveryStatus(0, 0, 0)


def test_delivery_flags_a_dsr_file_by_its_name_without_the_count(settings: Settings) -> None:
    folder = folder_of(settings)

    [shipment] = deliver_packages(settings, [package_of(settings, "tune")])

    assert shipment.flags == (DSR_FLAG, FLAG)
    assert tree(folder)[DSR_FLAG] == b""


@pytest.mark.parametrize(
    ("recipient", "sender", "stated"),
    [
        (f'dpid = "{PARTNER_DPID}"', "", "no DPID of the sender"),
        ("", SENDER, "no DPID of the recipient"),
        (f'dpid = "{NOBODY}"', SENDER, "no DPID of the recipient"),
    ],
    ids=["sender", "recipient", "recipient is nobody"],
)
def test_delivery_of_ddex_files_in_nobodys_name_is_refused(
    settings: Settings, recipient: str, sender: str, stated: str
) -> None:
    folder = settings.home / "delivered"
    folder.mkdir()
    target = f'target = {{ kind = "folder", path = "{folder}" }}'
    agree(settings, f"[partners.tune]\n{recipient}\n{target}\n", sender)

    [shipment] = deliver_packages(settings, [package_of(settings, "tune")])

    assert shipment.outcome == REFUSED
    assert stated in shipment.reason
    assert tree(folder) == {}


def test_delivery_of_a_package_from_before_there_was_a_dpid_is_refused(
    issued_home: Path, tmp_path: Path
) -> None:
    settings = Settings(home=shutil.copytree(issued_home, tmp_path / "whole"))
    agree(settings, "", sender="")
    [package] = write_packages(settings, "2026-06", "tune", rewrite=True)
    folder = folder_of(settings)

    [shipment] = deliver_packages(settings, [package])

    assert shipment.outcome == REFUSED
    assert "written with the placeholder DPID" in shipment.reason
    assert "report --month 2026-06 --partner tune --rewrite" in shipment.reason
    assert tree(folder) == {}


def test_delivery_of_a_draft_is_refused_even_again(settings: Settings) -> None:
    folder = folder_of(settings)
    package = package_of(settings, "tune", state="draft")

    [shipment] = deliver_packages(settings, [package], again=True)

    assert shipment.outcome == REFUSED
    assert "only issued packages are delivered" in shipment.reason
    assert tree(folder) == {}


def test_delivery_of_a_package_whose_manifest_says_draft_is_refused(settings: Settings) -> None:
    folder = folder_of(settings)
    manifest = package_of(settings, "tune").path / MANIFEST
    manifest.write_text(manifest.read_text().replace('"state": "issued"', '"state": "draft"'))
    package = package_of(settings, "tune", state="issued")

    [shipment] = deliver_packages(settings, [package])

    assert shipment.outcome == REFUSED
    assert tree(folder) == {}


@pytest.mark.parametrize(
    "mistake",
    [
        lambda own, other: replace(other, partner_id="tune"),
        lambda own, other: replace(own, path=other.path),
        lambda own, other: replace(other, path=shutil.copytree(other.path, own.path / "../v2")),
        lambda own, other: replace(own, manifest_sha256=other.manifest_sha256),
    ],
    ids=["name", "folder", "place", "content"],
)
def test_delivery_of_what_may_be_another_partners_is_refused(
    settings: Settings, mistake: Callable[[Package, Package], Package]
) -> None:
    """Name, folder and manifest must agree, whatever happened to the outbox."""
    folders = [folder_of(settings, "tune"), folder_of(settings, "wave")]
    package = mistake(package_of(settings, "tune"), package_of(settings, "wave"))

    [shipment] = deliver_packages(settings, [package])

    assert shipment.outcome == REFUSED
    assert re.search("is not the package of|lies in the folder", shipment.reason)
    assert [tree(folder) for folder in folders] == [{}, {}]


def test_delivery_of_a_package_with_a_problem_is_refused(settings: Settings) -> None:
    folder = folder_of(settings)
    package = package_of(settings, "tune")
    (package.path / "statement.pdf").write_text("changed")

    [shipment] = deliver_packages(settings, [package])

    assert shipment.outcome == REFUSED
    assert "statement.pdf: 7 bytes" in shipment.reason
    assert "linernotes verify --package" in shipment.reason
    assert tree(folder) == {}
    [record] = goes(settings, "tune")
    assert (record.outcome, record.attempts) == (REFUSED, 0)
    assert delivery_status(settings) == DeliveryStatus(0, 0, 1)


def test_delivery_of_a_package_that_the_ledger_does_not_know_is_refused(
    settings: Settings,
) -> None:
    """A package may be consistent in itself, and still come from somebody else."""
    folder, package = folder_of(settings), package_of(settings, "tune")
    manifest = read_manifest(package.path)
    manifest["statements"][0]["version"] = 2
    (package.path / MANIFEST).write_text(json.dumps(manifest))
    remark(package.path)
    sign_again(settings, package.path)
    assert verify_package(package.path) == []

    [shipment] = deliver_packages(settings, [package_of(settings, "tune")])

    assert shipment.outcome == REFUSED
    assert "and the ledger disagree about" in shipment.reason
    assert tree(folder) == {}


def test_delivery_with_a_pattern_that_matches_nothing_is_refused(settings: Settings) -> None:
    folder = folder_of(settings, more='files = ["*.csv", "RADIO_*"]')

    [shipment] = deliver_packages(settings, [package_of(settings, "tune")])

    assert shipment.outcome == REFUSED
    assert "'RADIO_*'" in shipment.reason
    assert tree(folder) == {}


def test_delivery_that_fails_holds_up_no_other_partner(settings: Settings) -> None:
    (folder_of(settings, "tune")).rmdir()
    folder = folder_of(settings, "wave")
    packages = [package_of(settings, "tune"), package_of(settings, "wave")]

    one, other = deliver_packages(settings, packages)

    assert (one.partner_id, one.outcome) == ("tune", FAILED)
    assert "is not there. Create it, or mount its share" in one.reason
    assert (other.partner_id, other.outcome) == ("wave", DELIVERED)
    assert FLAG in tree(folder)
    assert delivery_status(settings) == DeliveryStatus(1, 0, 1)


def test_delivery_that_fails_as_nobody_foresaw_is_recorded_and_holds_up_no_other(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder_of(settings, "tune")
    folder = folder_of(settings, "wave")
    packages = [package_of(settings, "tune"), package_of(settings, "wave")]
    put = Folder.put

    def put_or_break(self: Folder, path: Path, *rest: Any) -> Any:
        if "tune" in path.parts:
            raise UnicodeError("label too long")
        return put(self, path, *rest)

    monkeypatch.setattr(Folder, "put", put_or_break)

    one, other = deliver_packages(settings, packages)

    assert one.outcome == FAILED
    assert one.reason.startswith("UnicodeError. Check the agreement")
    assert [shipment.outcome for shipment in goes(settings, "tune")] == [FAILED]
    assert other.outcome == DELIVERED
    assert FLAG in tree(folder)


@pytest.mark.parametrize(
    "name", [JUNE, PLACE, f"{PLACE}/statement.pdf.part", f"{PLACE}/statement.pdf"]
)
def test_delivery_through_a_link_in_the_partners_folder_is_refused(
    settings: Settings, tmp_path: Path, name: str
) -> None:
    """Anyone who can write to the share could otherwise have files of this machine overwritten."""
    folder = folder_of(settings)
    ours = tmp_path / "ours"
    ours.mkdir()
    (ours / "file").write_text("ours")
    link = folder / name
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(ours if name in (JUNE, PLACE) else ours / "file")

    [shipment] = deliver_packages(settings, [package_of(settings, "tune")])

    assert shipment.outcome == FAILED
    assert "Ask the partner to remove it" in shipment.reason
    assert tree(ours) == {"file": b"ours"}


def test_delivery_puts_its_flag_in_the_place_of_a_link(settings: Settings, tmp_path: Path) -> None:
    folder = folder_of(settings)
    (tmp_path / "ours").write_text("ours")
    (folder / FLAG).parent.mkdir(parents=True)
    (folder / FLAG).symlink_to(tmp_path / "ours")

    [shipment] = deliver_packages(settings, [package_of(settings, "tune")])

    assert shipment.outcome == DELIVERED
    assert not (folder / FLAG).is_symlink()
    assert (tmp_path / "ours").read_text() == "ours"


def test_delivery_onto_a_pipe_does_not_wait_for_ever(settings: Settings) -> None:
    folder = folder_of(settings)
    (folder / PLACE).mkdir(parents=True)
    os.mkfifo(folder / PLACE / "statement.pdf.part")

    [shipment] = deliver_packages(settings, [package_of(settings, "tune")])

    assert shipment.outcome == FAILED
    assert "Ask the partner to remove it" in shipment.reason


def test_delivery_to_a_target_of_another_partner_never_mixes_packages(settings: Settings) -> None:
    tune, wave = folder_of(settings, "tune"), folder_of(settings, "wave")
    packages = [package_of(settings, "tune"), package_of(settings, "wave")]

    deliver_packages(settings, packages)

    for folder, package in zip((tune, wave), packages, strict=True):
        lines = (folder / PLACE / "compensation_lines.csv").read_bytes()
        assert lines == (package.path / "compensation_lines.csv").read_bytes()
        assert lines.count(package.partner_id.encode()) > 0


def test_delivery_while_another_is_under_way_leaves_it_alone(settings: Settings) -> None:
    folder = folder_of(settings)
    settings.delivery_root.mkdir()

    with (settings.delivery_root / "tune.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        [shipment] = deliver_packages(settings, [package_of(settings, "tune")])

    assert shipment.outcome == FAILED
    assert "is running" in shipment.reason
    assert tree(folder) == {}
    assert goes(settings, "tune") == []


def test_delivery_to_a_full_disk_says_so_and_goes_on_later(settings: Settings) -> None:
    folder = folder_of(settings)
    package = add_file(settings, "tune", "large.bin", os.urandom(3_000_000))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, before[1]))
    try:
        [full] = deliver_packages(settings, [package])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    half = tree(folder)

    [shipment] = deliver_packages(settings, [package])

    assert full.outcome == FAILED
    assert "large.bin.part cannot be written" in full.reason
    assert f"{PLACE}/large.bin" not in half
    assert FLAG not in half
    assert shipment.outcome == DELIVERED
    sent = {f"{PLACE}/{name}" for name in tree(package.path)}
    assert tree(folder).keys() == sent | {DSR_FLAG, FLAG}
    assert [one.outcome for one in goes(settings, "tune")] == [FAILED, DELIVERED]


def test_delivery_heals_what_arrived_and_was_not_recorded(settings: Settings) -> None:
    """Files that are already there with the right bytes are not sent again, and are reported so."""
    folder, package = folder_of(settings), package_of(settings, "tune")
    deliver_packages(settings, [package])
    shutil.rmtree(settings.delivery_root)
    (folder / FLAG).unlink()

    [shipment] = deliver_packages(settings, [package])

    assert shipment.outcome == DELIVERED
    assert all(file.was_there for file in shipment.files)
    assert FLAG in tree(folder)


def test_delivery_replaces_a_file_that_is_not_what_was_sent(settings: Settings) -> None:
    folder, package = folder_of(settings), package_of(settings, "tune")
    (folder / PLACE).mkdir(parents=True)
    (folder / PLACE / "README.txt").write_text("somebody else's")

    deliver_packages(settings, [package])

    assert verify_package(folder / PLACE) == []


def test_delivery_shows_progress_in_kilobytes(settings: Settings) -> None:
    folder_of(settings)
    package = add_file(settings, "tune", "large.bin", bytes(3_000_000))
    seen: list[tuple[str, int, int, str]] = []

    deliver_packages(settings, [package], on_progress=lambda *step: seen.append(step))

    large = [done for _, done, _, name in seen if name == "large.bin"]
    total = sum(map(len, tree(package.path).values())) // 1000
    assert large == sorted(large)
    assert len(large) == 3
    assert {(step, whole) for step, _, whole, _ in seen} == {("Deliver tune (kB)", total)}


def test_delivery_that_is_stopped_ends_soon_and_goes_on_later(settings: Settings) -> None:
    folder = folder_of(settings)
    package = add_file(settings, "tune", "large.bin", bytes(20 << 20))

    def stop(step: str, done: int, total: int, name: str) -> None:
        if name == "large.bin":
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.1)

    with pytest.raises(KeyboardInterrupt):
        deliver_packages(settings, [package], on_progress=stop)
    half = tree(folder)
    [shipment] = deliver_packages(settings, [package])

    assert f"{PLACE}/large.bin.part" in half
    assert len(half[f"{PLACE}/large.bin.part"]) < 20 << 20
    assert shipment.outcome == DELIVERED
    reasons = [one.reason for one in goes(settings, "tune")]
    assert reasons == ["Interrupted; deliver again, which resumes from there.", ""]


def test_delivery_again_after_a_death_before_the_tidying_up_sends_every_file(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Regression: the finished plan was taken for the new one, and nothing was sent."""
    folder_of(settings)
    package = package_of(settings, "tune")
    with monkeypatch.context() as patch:
        patch.setattr("linernotes.delivery.shipping.forget", lambda *_: None)
        deliver_packages(settings, [package])

    [shipment] = deliver_packages(settings, [package], again=True)

    assert shipment.is_again
    assert not any(file.was_there for file in shipment.files)


def test_record_that_cannot_be_read_is_told_and_stops_its_partner_alone(
    settings: Settings,
) -> None:
    folder_of(settings)
    package = package_of(settings, "tune")
    deliver_packages(settings, [package])
    [path] = (settings.delivery_root / "records").rglob("*.json")
    path.write_text("{}")

    [shipment] = deliver_packages(settings, [package])

    assert shipment.outcome == FAILED
    assert "not a readable record of a delivery" in shipment.reason
    with pytest.raises(LinernotesError, match="not a readable record"):
        delivery_status(settings)


def test_delivery_with_a_certificate_encrypts_all_but_the_flags(settings: Settings) -> None:
    secret = certificate(settings.home / "tune.asc")
    folder = folder_of(settings, more='pgp_key = "tune.asc"')
    package = package_of(settings, "tune")

    [shipment] = deliver_packages(settings, [package])

    arrived = tree(folder)
    assert [arrived.pop(flag) for flag in (DSR_FLAG, FLAG)] == [b"", b""]
    assert {
        name.removeprefix(f"{PLACE}/").removesuffix(".pgp"): opened(secret, content)
        for name, content in arrived.items()
    } == tree(package.path)
    assert all(name.endswith(".pgp") for name in arrived)
    assert shipment.certificate == secret.extract_certificate().fingerprint
    for file in shipment.files:
        assert file.sha256 == file_sha256(package.path / file.name)
        assert file.sent_sha256 == file_sha256(folder / PLACE / file.sent_name)
    # The encrypted copies are no longer needed.
    assert not list((settings.delivery_root / "underway").rglob("*.pgp"))


def test_delivery_with_a_new_certificate_again_is_for_the_new_one(settings: Settings) -> None:
    certificate(settings.home / "tune.asc")
    folder = folder_of(settings, more='pgp_key = "tune.asc"')
    package = package_of(settings, "tune")
    deliver_packages(settings, [package])
    secret = certificate(settings.home / "tune.asc")

    deliver_packages(settings, [package], again=True)

    sent = (folder / PLACE / "README.txt.pgp").read_bytes()
    assert opened(secret, sent) == (package.path / "README.txt").read_bytes()


def revoked(secret: Tsk) -> bytes:
    cert = secret.extract_certificate()
    return bytes(cert) + bytes(cert.revoke(secret.certifier()))


def without_encryption(secret: Tsk) -> bytes:
    """The certificate without its last subkey, which is the encryption key."""
    packets = list(PacketPile.from_bytes(bytes(secret.extract_certificate())))
    return b"".join(bytes(packet) for packet in packets[:-2])


@pytest.mark.parametrize(
    ("content", "stated"),
    [
        pytest.param(lambda one: bytes(one), "holds a secret key", id="secret"),
        pytest.param(revoked, "has been revoked", id="revoked"),
        pytest.param(lambda _: b"-----BEGIN", "is not a single OpenPGP certificate", id="garbage"),
        pytest.param(
            lambda one: bytes(one.extract_certificate()) * 2,
            "is not a single OpenPGP certificate",
            id="keyring",
        ),
        pytest.param(
            without_encryption, "cannot be encrypted to", id="no unexpired key for encryption"
        ),
        pytest.param(None, "cannot be read", id="absent"),
    ],
)
def test_delivery_with_an_unusable_certificate_sends_nothing(
    settings: Settings, content: Callable[[Tsk], bytes] | None, stated: str
) -> None:
    folder = folder_of(settings, more='pgp_key = "tune.asc"')
    if content:
        other = Tsk.generate("Other <other@example.org>")
        (settings.home / "tune.asc").write_bytes(content(other))

    [shipment] = deliver_packages(settings, [package_of(settings, "tune")])

    assert shipment.outcome == REFUSED
    assert stated in shipment.reason
    assert "Get a valid certificate" in shipment.reason
    assert tree(folder) == {}


def test_delivery_with_an_expired_certificate_sends_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library itself would encrypt to an expired certificate."""

    class Later(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Later":
            return cls.fromtimestamp(time.time() + 2 * 86400, tz)

    certificate(settings.home / "tune.asc", validity_seconds=86400)
    folder = folder_of(settings, more='pgp_key = "tune.asc"')
    monkeypatch.setattr(clock, "datetime", Later)

    [shipment] = deliver_packages(settings, [package_of(settings, "tune")])

    assert shipment.outcome == REFUSED
    assert "expired at" in shipment.reason
    assert tree(folder) == {}


# The interpreter's audit events for changes to a disk.
STEPS = {"open", "os.rename", "os.remove", "os.mkdir", "os.link", "os.truncate", "shutil.rmtree"}


def deliver_and_die(settings: Settings, step: int, *, again: bool) -> bool:
    """Deliver in a process that is killed before its nth disk operation; True if it finished."""
    child = os.fork()
    if child == 0:
        left = step

        def count(event: str, details: tuple) -> None:
            nonlocal left
            if event in STEPS and str(settings.home) in repr(details):
                left -= 1
                if left == 0:
                    os._exit(9)

        status = 1
        try:
            sys.addaudithook(count)
            deliver_packages(settings, [package_of(settings, "tune")], again=again)
            status = 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@examples(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(st.integers(1, 160), min_size=1, max_size=2), redeliver=st.booleans())
def test_delivery_that_dies_at_any_step_ends_in_the_same_state(
    settings: Settings, tmp_path_factory: pytest.TempPathFactory, steps: list[int], redeliver: bool
) -> None:
    home = tmp_path_factory.mktemp("dying") / "home"
    shutil.copytree(settings.home, home)
    dying = Settings(home=home)
    secret = certificate(home / "tune.asc")
    folder = folder_of(dying, more='files = ["statement.pdf", "*.csv"]\npgp_key = "tune.asc"')
    package = package_of(dying, "tune")
    if redeliver:
        deliver_packages(dying, [package])

    for step in steps:
        deliver_and_die(dying, step, again=redeliver)
        assert_nothing_half(dying, folder, secret)
    [shipment] = deliver_packages(dying, [package], again=redeliver)

    assert shipment.outcome in (DELIVERED, AS_BEFORE)
    assert_nothing_half(dying, folder, secret)
    assert FLAG in tree(folder)
    assert not [name for name in tree(folder) if name.endswith(".part")]
    assert tree(dying.delivery_root / "underway") == {}
    last = goes(dying, "tune")[-1]
    assert last.outcome == DELIVERED
    assert {file.sent_name: file.sent_sha256 for file in last.files} == {
        path.name: file_sha256(path) for path in (folder / PLACE).iterdir()
    }


def assert_nothing_half(settings: Settings, folder: Path, secret: Tsk) -> None:
    """A file is complete under its final name, or absent; and no flag without every file."""
    arrived = tree(folder)
    whole = {
        Path(name).name.removesuffix(".pgp"): opened(secret, content)
        for name, content in arrived.items()
        if name.endswith(".pgp")
    }
    package = tree(package_of(settings, "tune").path)
    assert all(content == package[name] for name, content in whole.items())
    if FLAG in arrived:
        wanted = {name for name in package if name.endswith((".csv", ".pdf")) or name in ALWAYS}
        assert whole.keys() == wanted
