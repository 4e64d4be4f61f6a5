"""Messages about who has a database file open, for operators. This module opens nothing."""

import re
from pathlib import Path

PROCESS_IN_MESSAGE = re.compile(r"Conflicting lock is held.*?\(PID (\d+)\)", re.DOTALL)
LONGEST_COMMAND = 200


def holder(message: str) -> str | None:
    """The process that has locked a file, according to DuckDB; None if the message does not name
    one.

    Args:
        message: DuckDB's error.

    Returns:
        Such as `process 4711, started by ada (dbeaver -data /srv)`; without command and user if the
        system does not reveal them.
    """
    found = PROCESS_IN_MESSAGE.search(message)
    if not found:
        return None
    process = Path("/proc", found[1])
    text = f"process {found[1]}"
    try:
        owner = process.owner()
        command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except (OSError, KeyError):
        return text
    return f"{text}, started by {owner} ({command.strip()[:LONGEST_COMMAND]})"


def why_not_opened(path: Path, message: str = "") -> str:
    """Why a database file cannot be opened, or must not be read, and what to do.

    Args:
        path: The file.
        message: DuckDB's error; none if DuckDB would open the file with the log beside it.
    """
    if who := holder(message):
        return (
            f"{path} is open for writing in {who}. Close it there, or have it opened read-only; "
            "then try again."
        )
    log = write_ahead_log(path)
    if log.exists():
        return (
            f"{path} cannot be read: a program opened it for writing and left {log.name} beside "
            "it. The next publication removes that file: run `linernotes build`."
        )
    return (
        f"{path} cannot be opened: {message}. If it is damaged, move it away and run `linernotes "
        "build`."
    )


def write_ahead_log(path: Path) -> Path:
    """Where DuckDB writes changes that are not in the file yet; opening the file reads it, too."""
    return path.with_name(f"{path.name}.wal")
