"""Delivers to an SFTP server: resumes earlier attempts, reads files back, renames them.

The server is identified only by a key in the agreed `known_hosts`, and we by the agreed key.
"""

import asyncio
import hashlib
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self, TypeVar

import asyncssh

from linernotes.agreements import SftpTarget
from linernotes.base import modes
from linernotes.base.errors import LinernotesError
from linernotes.delivery.destination import (
    CHUNK,
    PART,
    Acknowledgement,
    OnBytes,
    alike,
    described,
)
from linernotes.delivery.errors import ConnectionFault

Result = TypeVar("Result")
CONNECT_SECONDS = 30
# A server that answers none of these is considered down.
KEEPALIVE_SECONDS, KEEPALIVES = 15, 4
# The time limit for a step, or for a chunk of a file.
STALLED_SECONDS = 300
READ_WRITE = asyncssh.FXF_READ | asyncssh.FXF_WRITE | asyncssh.FXF_CREAT
BROKEN = (
    OSError,
    asyncssh.DisconnectError,
    asyncssh.ChannelOpenError,
    asyncssh.SFTPConnectionLost,
    asyncssh.SFTPNoConnection,
)
FULL = (asyncssh.SFTPNoSpaceOnFilesystem, asyncssh.SFTPQuotaExceeded)
DENIED = (asyncssh.SFTPPermissionDenied, asyncssh.SFTPWriteProtect)
# Errors for an existing name; older servers have no separate code for it.
THERE = (asyncssh.SFTPFailure, asyncssh.SFTPFileAlreadyExists)


class SftpServer:
    """A folder on an SFTP server as a destination."""

    def __init__(self, target: SftpTarget) -> None:
        self._target = target
        self._place = described(target)
        self._connection: asyncssh.SSHClientConnection | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._is_stalled = False

    def __enter__(self) -> Self:
        known_hosts, key = _trusted(self._target), _own_key(self._target)
        self._runner = asyncio.Runner()
        try:
            self._run(self._connect(known_hosts, key))
        except BaseException:
            self._runner.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._give_up()
        self._runner.close()

    def holding(self, name: str, size: int, sha256: str) -> Acknowledgement | None:
        return self._run(self._holding(self._path(name), size, sha256))

    def put(self, path: Path, name: str, sha256: str, on_bytes: OnBytes) -> Acknowledgement:
        with path.open("rb") as source:
            return self._run(self._put(source, self._path(name), sha256, on_bytes))

    def flag(self, name: str) -> None:
        self._run(self._flag(self._path(name)))

    def withdraw(self, name: str) -> None:
        self._run(self._withdraw(self._path(name)))

    def _path(self, name: str) -> str:
        return f"{self._target.path.rstrip('/')}/{name}"

    def _run(self, steps: Coroutine[Any, Any, Result]) -> Result:
        """Runs one exchange with the server, and turns faults into messages."""

        async def watched() -> Result:
            self._moved()
            try:
                return await steps
            finally:
                self._disarm()

        try:
            return self._runner.run(watched())
        except asyncssh.HostKeyNotVerifiable as reason:
            raise LinernotesError(
                f"{self._place} showed a key that is not in {self._target.known_hosts}: this may "
                "be another machine. Nothing was sent. Ask the partner for the key's fingerprint, "
                "and put the key into that file only if it agrees."
            ) from reason
        except asyncssh.PermissionDenied as reason:
            raise LinernotesError(
                f"{self._place} does not accept {self._target.private_key} ({reason.reason}). Have "
                "the partner add its public key, or correct the agreement; then deliver again."
            ) from reason
        except BROKEN as reason:
            fault = str(reason) or type(reason).__name__
            if self._is_stalled:
                fault = f"no answer for {STALLED_SECONDS} seconds"
            raise ConnectionFault(f"{self._place}: {fault}") from reason
        except asyncssh.SFTPError as reason:
            raise LinernotesError(self._refusal(reason)) from reason

    def _moved(self) -> None:
        """Notes that bytes were transferred, so that the connection is not stalled.

        A stalled connection is cut: a cancelled task would still wait for the server to close the
        file.
        """
        self._disarm()
        if self._connection:
            self._alarm = asyncio.get_running_loop().call_later(STALLED_SECONDS, self._stall)

    def _disarm(self) -> None:
        if self._alarm:
            self._alarm.cancel()

    def _stall(self) -> None:
        self._is_stalled = True
        self._give_up()

    def _give_up(self) -> None:
        if self._connection:
            self._connection.abort()

    def _refusal(self, reason: asyncssh.SFTPError) -> str:
        advice = "Ask the partner what this means"
        if isinstance(reason, FULL):
            advice = "Ask the partner for space"
        elif isinstance(reason, DENIED):
            advice = "Ask the partner for the right to write, read back and rename there"
        elif isinstance(reason, asyncssh.SFTPNoSuchFile):
            advice = "Ask the partner to create the folder, or correct its path in the agreement"
        return (
            f"{self._place} refused the upload: {reason.reason or type(reason).__name__}. "
            f"{advice}; then deliver again, which resumes this delivery."
        )

    async def _connect(self, known_hosts: asyncssh.SSHKnownHosts, key: asyncssh.SSHKey) -> None:
        self._connection = await asyncssh.connect(
            self._target.host,
            self._target.port,
            username=self._target.username,
            known_hosts=known_hosts,
            client_keys=[key],
            # The SSH configuration of this machine's user must not change host and login.
            config=None,
            agent_path=None,
            preferred_auth="publickey",
            connect_timeout=CONNECT_SECONDS,
            login_timeout=CONNECT_SECONDS,
            keepalive_interval=KEEPALIVE_SECONDS,
            keepalive_count_max=KEEPALIVES,
        )
        self._moved()
        try:
            self._sftp = await self._connection.start_sftp_client()
            with suppress(*DENIED):  # some servers do not show folders, but accept files
                await self._sftp.stat(self._target.path)
        except BaseException:
            self._give_up()
            raise

    async def _holding(self, path: str, size: int, sha256: str) -> Acknowledgement | None:
        try:
            if (await self._sftp.stat(path)).size != size:
                return None
            async with self._sftp.open(path, "rb", encoding=None) as file:
                found = await self._read_back(file)
        except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath, asyncssh.SFTPPermissionDenied):
            # Without reading it back, nothing is proved.
            return None
        return {"bytes": size, "sha256": found} if found == sha256 else None

    async def _put(
        self, source: BinaryIO, path: str, sha256: str, on_bytes: OnBytes
    ) -> Acknowledgement:
        part = path + PART
        await self._make_folder(path.rpartition("/")[0])
        try:
            file = await self._sftp.open(part, READ_WRITE, encoding=None)
        except asyncssh.SFTPPermissionDenied:
            # Some servers forbid reading: then nothing can be resumed or read back.
            file = await self._sftp.open(part, "wb", encoding=None)
            found = None
            async with file:
                await self._append(source, file, 0, on_bytes)
        else:
            async with file:
                there = await self._length_alike(source, file)
                await self._append(source, file, there, on_bytes)
                found = await self._read_back(file)
        size = await self._size_of(part)
        if found not in (None, sha256) or size not in (None, source.tell()):
            await self._sftp.remove(part)
            raise ConnectionFault(f"{self._place}: {part} differs from what was sent")
        await self._rename(part, path)
        return {"bytes": source.tell()} | ({"sha256": found} if found else {})

    async def _make_folder(self, folder: str) -> None:
        """Creates the folders below the target, also on servers that do not show folders.

        A folder that cannot be created may exist; otherwise opening a file in it fails.
        """
        if await self._sftp.isdir(folder):
            return
        place = self._target.path.rstrip("/")
        for part in folder.removeprefix(place).strip("/").split("/"):
            place = f"{place}/{part}"
            with suppress(*THERE, *DENIED):
                await self._sftp.mkdir(place)

    async def _size_of(self, path: str) -> int | None:
        """A file's size; None if the server does not report it."""
        try:
            return (await self._sftp.stat(path)).size
        except DENIED:
            return None

    async def _rename(self, part: str, path: str) -> None:
        try:
            await self._sftp.posix_rename(part, path)
        except (asyncssh.SFTPOpUnsupported, *THERE):
            # Some servers do not replace a file by a rename, so it is removed first.
            await self._withdraw(path)
            await self._sftp.rename(part, path)

    async def _flag(self, path: str) -> None:
        async with self._sftp.open(path, "wb", encoding=None):
            pass

    async def _withdraw(self, path: str) -> None:
        try:
            await self._sftp.remove(path)
        except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
            return
        except (asyncssh.SFTPPermissionDenied, asyncssh.SFTPFailure):
            # Some servers report this for a missing file, too.
            if await self._sftp.exists(path):
                raise

    async def _length_alike(self, source: BinaryIO, file: asyncssh.SFTPClientFile) -> int:
        """The length of the correct prefix that is there already; wrong bytes after it are cut off.

        Writes run in parallel, so there may be gaps after an interruption: the bytes are compared.
        """
        offset = 0
        while theirs := await file.read(CHUNK, offset):
            self._moved()
            common = alike(source.read(len(theirs)), bytes(theirs))
            offset += common
            if common < len(theirs):
                await file.truncate(offset)
                break
        return offset

    async def _append(
        self, source: BinaryIO, file: asyncssh.SFTPClientFile, offset: int, on_bytes: OnBytes
    ) -> None:
        source.seek(offset)
        while chunk := source.read(CHUNK):
            await file.write(chunk, offset)
            self._moved()
            offset += len(chunk)
            on_bytes(offset)
        try:
            await file.fsync()
        except asyncssh.SFTPOpUnsupported:
            return

    async def _read_back(self, file: asyncssh.SFTPClientFile) -> str:
        digest, offset = hashlib.sha256(), 0
        while chunk := await file.read(CHUNK, offset):
            self._moved()
            digest.update(chunk)
            offset += len(chunk)
        return digest.hexdigest()


def _trusted(target: SftpTarget) -> asyncssh.SSHKnownHosts:
    try:
        return asyncssh.read_known_hosts(str(target.known_hosts))
    except (OSError, ValueError) as reason:
        raise LinernotesError(
            f"{target.known_hosts}, which should hold the key of {target.host}, cannot be read: "
            f"{reason}. Write it as OpenSSH does; docs/packages.md shows how."
        ) from reason


def _own_key(target: SftpTarget) -> asyncssh.SSHKey:
    try:
        if reason := modes.why_open(target.private_key):
            raise LinernotesError(f"{reason}.")
        return asyncssh.read_private_key(str(target.private_key))
    except (OSError, ValueError) as reason:
        raise LinernotesError(
            f"{target.private_key}, the key to log in to {target.host} with, cannot be read: "
            f"{reason}. It should be a private key as OpenSSH writes it, without a passphrase."
        ) from reason
