"""Steps of a run, such as a load or a build, reported to monitoring systems.

A step becomes an OpenTelemetry span (`spans.py`) and, if it writes tables, an OpenLineage run
(`lineage.py`), each only if its standard variables name an address. Neither delays or fails the
step. `run_history.py` records whole runs.
"""

import os
from collections.abc import Generator, Iterable, Mapping
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime

Fact = str | int | float | bool
SPANS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
LINEAGE = ("OPENLINEAGE_URL", "OPENLINEAGE_CONFIG", "OPENLINEAGE__TRANSPORT")


@dataclass(frozen=True)
class Dataset:
    """A table or a folder of files that a step reads or writes, as OpenLineage names it.

    Attributes:
        namespace: `file`, `s3://<bucket>`, or `duckdb://<path of the file>`.
        name: A path, or `<database>.<schema>.<table>`.
        columns: Name and type of each column, where they are known.
        row_count: Rows that the step has read or written, where it counts them.
    """

    namespace: str
    name: str
    columns: Mapping[str, str] = field(default_factory=dict, hash=False)
    row_count: int | None = None


@dataclass
class Step:
    """Name and results of a step; the step adds to it while it runs.

    Attributes:
        name: Of the span.
        job: The OpenLineage job; none if the step writes no tables.
        facts: Counts and names, never values of rows.
        inputs: What it reads.
        outputs: What it makes.
        failure: The reason of a failure without an exception; empty otherwise.
    """

    name: str
    job: str = ""
    facts: dict[str, Fact] = field(default_factory=dict)
    inputs: list[Dataset] = field(default_factory=list)
    outputs: list[Dataset] = field(default_factory=list)
    failure: str = ""


_CURRENT: ContextVar[Step | None] = ContextVar("step", default=None)
_IS_UNREPORTED: ContextVar[bool] = ContextVar("unreported", default=False)


@contextmanager
def step(
    name: str, job: str = "", inputs: Iterable[Dataset] = (), **facts: Fact
) -> Generator[Step]:
    """Reports the enclosed work as one step, below the current step or run.

    Args:
        name: Of the span, such as `load`.
        job: The OpenLineage job, if the step writes tables.
        inputs: What the step reads.
        facts: Attributes that are known beforehand.
    """
    begun = Step(name, job, dict(facts), list(inputs))
    before = _CURRENT.get()
    with ExitStack() as reports:
        if spans_are_wanted():
            from linernotes.base.spans import span

            reports.enter_context(span(begun))
        if job and lineage_is_wanted():
            from linernotes.base.lineage import lineage

            reports.enter_context(lineage(begun))
        _CURRENT.set(begun)
        try:
            yield begun
        finally:
            _CURRENT.set(before)


@contextmanager
def unreported() -> Generator[None]:
    """Suppresses reports of the enclosed steps, whose results are discarded."""
    before = _IS_UNREPORTED.get()
    _IS_UNREPORTED.set(True)
    try:
        yield
    finally:
        _IS_UNREPORTED.set(before)


def add_facts(**facts: Fact) -> None:
    """Adds attributes to the current step, if there is one."""
    if current := _CURRENT.get():
        current.facts |= facts


def add_outputs(outputs: Iterable[Dataset]) -> None:
    """Adds outputs to the current step, if there is one."""
    if current := _CURRENT.get():
        current.outputs += outputs


def past_step(done: Step, started_at: datetime, ended_at: datetime) -> None:
    """Reports a part of the current step that another program did."""
    if spans_are_wanted():
        from linernotes.base.spans import past_span

        past_span(done, started_at, ended_at)
    if done.job and lineage_is_wanted():
        from linernotes.base.lineage import past_lineage

        past_lineage(done, started_at, ended_at)


def spans_are_wanted() -> bool:
    """Whether the environment names an endpoint for spans, and does not switch them off."""
    is_off = (
        os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true"
        or os.environ.get("OTEL_TRACES_EXPORTER", "").lower() == "none"
    )
    is_named = any(os.environ.get(name) for name in SPANS)
    return is_named and not is_off and not _IS_UNREPORTED.get()


def lineage_is_wanted() -> bool:
    """Whether the environment names a transport for lineage, and does not switch it off."""
    if os.environ.get("OPENLINEAGE_DISABLED", "").lower() == "true" or _IS_UNREPORTED.get():
        return False
    return any(value and name.startswith(LINEAGE) for name, value in os.environ.items())
