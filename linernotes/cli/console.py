"""Output of commands: one console, tables, progress bars, and error messages.

It does no other work.
"""

import json
import sys
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from linernotes.base.clock import utc_now
from linernotes.base.unforeseen import account_of, kind_of

if TYPE_CHECKING:
    import polars as pl

# Without a terminal, as in a log, lines may be wide.
WIDTH_OF_LOGS = 160
BESIDE_A_COLUMN = 3

out = Console(width=None if sys.stdout.isatty() else WIDTH_OF_LOGS)
err = Console(stderr=True)


@dataclass
class Collected:
    """The output of a command: tables by their titles, and sentences."""

    content: dict[str, Any] = field(default_factory=lambda: {"tables": {}, "messages": []})

    def stop(self) -> None:
        """Ends the collection, so that output is printed again."""
        _collecting.set(None)


_collecting: ContextVar[Collected | None] = ContextVar("collecting", default=None)


@contextmanager
def collected() -> Generator[Collected]:
    """Collects the output instead of printing it, for a command with `--json`."""
    output = Collected()
    token = _collecting.set(output)
    try:
        yield output
    finally:
        _collecting.reset(token)


def print_line(text: str) -> None:
    """Prints a line of plain text."""
    if output := _collecting.get():
        output.content["messages"].append(text.strip())
        return
    out.print(text, markup=False, highlight=False, soft_wrap=True)


def print_json(content: object, default: Callable[[Any], object] | None = None) -> None:
    """Prints JSON, in characters that the output's encoding has."""
    is_unicode = out.encoding.lower().replace("-", "").startswith("utf")
    print_line(json.dumps(content, default=default, indent=2, ensure_ascii=not is_unicode))


def print_home(home: Path, origin: str) -> None:
    """Prints to standard error which home a command uses, and which setting chose it."""
    err.print(
        f"Home: {_visible(str(home))} (by {origin})", markup=False, highlight=False, soft_wrap=True
    )


def print_table(
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    numbers: Sequence[str] = (),
    nothing: str | None = None,
    width: int | None = None,
) -> None:
    """Prints a table; if it is too wide, row by row with a line per heading.

    Args:
        title: Its title.
        columns: Headings.
        rows: Cells in the order of the headings; None shows as blank.
        numbers: Headings whose cells are counts or amounts, aligned right.
        nothing: The text to print instead of a table without rows; nothing when left out.
        width: The maximum width in characters; the terminal's when left out.
    """
    if output := _collecting.get():
        found = [dict(zip(columns, row, strict=True)) for row in rows]
        output.content["tables"].setdefault(title, []).extend(found)
        return
    cells = [[_cell(*one) for one in zip(row, columns, strict=True)] for row in rows]
    if not cells:
        if nothing:
            print_line(nothing)
        return
    room = min(width, out.width) if width else out.width
    table = Table(title=escape(title), title_justify="left", header_style="bold", box=SIMPLE_HEAD)
    if sum(len(column) + BESIDE_A_COLUMN for column in columns) > room:
        table.show_header = False
        table.add_column(style="bold")
        table.add_column(overflow="fold")
        for number, row in enumerate(cells):
            if number:
                table.add_row()
            for column, cell in zip(columns, row, strict=True):
                table.add_row(column, cell)
        out.print(table, width=room)
        return
    for column in columns:
        table.add_column(column, justify="right" if column in numbers else "left", overflow="fold")
    for row in cells:
        table.add_row(*row)
    out.print(table, width=room if width else None)


def print_frame(title: str, frame: "pl.DataFrame", nothing: str | None = None) -> None:
    """Prints a frame as a table headed by its columns, or `nothing` if it has no row."""
    numbers = [name for name, dtype in frame.schema.items() if dtype.is_numeric()]
    print_table(title, frame.columns, frame.iter_rows(), numbers, nothing)


def _cell(value: object, heading: str) -> str:
    if value is None:
        return ""
    is_name = heading.endswith("version")
    if isinstance(value, int) and not isinstance(value, bool) and not is_name:
        return f"{value:,}"
    if isinstance(value, list):
        return escape(_visible(", ".join(map(str, value))))
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return escape(_visible(str(value)))


def _visible(text: str) -> str:
    """The text with control characters escaped: rejected data must not move the cursor."""
    return "".join(one if one.isprintable() or one == "\n" else repr(one)[1:-1] for one in text)


@contextmanager
def progress_bars() -> Generator[Callable[[str, int, int, str], None]]:
    """Progress bars, one per step; yields a function of step, units done, all units, unit name."""
    bars = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("[dim]{task.fields[unit]}"),
        console=err,
        transient=True,
    )
    tasks: dict[str, TaskID] = {}

    def report(step: str, done: int, total: int, unit: str) -> None:
        if step not in tasks:
            tasks[step] = bars.add_task(step, unit="")
        known = bars.tasks[tasks[step]].total or 0
        bars.update(tasks[step], completed=done, total=max(total, known), unit=escape(unit))

    with bars:
        yield report


def warn(text: str) -> None:
    """Prints a warning to standard error."""
    err.print("[bold yellow]Note:[/]", escape(_visible(text)), highlight=False, soft_wrap=True)


def complain(message: str) -> None:
    """Prints an error: what is wrong, where, and what to do."""
    err.print("[bold red]Error:[/]", escape(_visible(message)), highlight=False, soft_wrap=True)


def complain_of_defect(error: BaseException, log_folder: Path) -> None:
    """Prints a short message about an unexpected error, and writes its traceback to a file."""
    text = account_of(error)
    path = log_folder / f"error-{utc_now():%Y%m%dT%H%M%S%f}.log"
    try:
        log_folder.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        where = f"The full account is in {path}. Please report it with that file."
    except OSError as reason:
        where = (
            f"The full account could not be written to {log_folder} ({reason.strerror}). Make it "
            "writable and run the command again; then report it with the file that it names."
        )
    complain(f"An unexpected error occurred: {kind_of(error)}\n{where}")
