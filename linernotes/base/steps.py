"""Steps of a run, such as a load or a build, told to whoever watches from outside.

A step becomes a span of OpenTelemetry (`spans.py`) and, where it makes tables, a run of OpenLineage
(`lineage.py`): each only where its own standard variables name an address, and neither ever holds
up or fails the step. How a whole run ended is kept in `run_history.py`.
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
    """A table or a folder of files that a step reads or makes, as OpenLineage names it.

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
    """What a step is called and what it has come to; the step itself adds to it as it goes on.

    Attributes:
        name: Of the span.
        job: The job of OpenLineage; none where the step makes no tables.
        facts: Counts and names, never values of rows.
        inputs: What it reads.
        outputs: What it makes.
        failure: Why it failed although it raised nothing; empty otherwise.
    """

    name: str
    job: str = ""
    facts: dict[str, Fact] = field(default_factory=dict)
    inputs: list[Dataset] = field(default_factory=list)
    outputs: list[Dataset] = field(default_factory=list)
    failure: str = ""


_CURRENT: ContextVar[Step | None] = ContextVar("step", default=None)
_IS_UNTOLD: ContextVar[bool] = ContextVar("untold", default=False)


@contextmanager
def step(
    name: str, job: str = "", inputs: Iterable[Dataset] = (), **facts: Fact
) -> Generator[Step]:
    """Tells of what is done within as one step, under the step or the run that it is a part of.

    Args:
        name: Of the span, such as `load`.
        job: The job of OpenLineage, if the step makes tables.
        inputs: What the step reads.
        facts: What is known of it beforehand.
    """
    begun = Step(name, job, dict(facts), list(inputs))
    before = _CURRENT.get()
    with ExitStack() as told:
        if spans_are_wanted():
            from linernotes.base.spans import span

            told.enter_context(span(begun))
        if job and lineage_is_wanted():
            from linernotes.base.lineage import lineage

            told.enter_context(lineage(begun))
        _CURRENT.set(begun)
        try:
            yield begun
        finally:
            _CURRENT.set(before)


@contextmanager
def untold() -> Generator[None]:
    """Tells nobody of the steps within: they work on something that is thrown away."""
    before = _IS_UNTOLD.get()
    _IS_UNTOLD.set(True)
    try:
        yield
    finally:
        _IS_UNTOLD.set(before)


def add_facts(**facts: Fact) -> None:
    """Adds what has come to light to the step that is going on, if there is one."""
    if current := _CURRENT.get():
        current.facts |= facts


def add_outputs(outputs: Iterable[Dataset]) -> None:
    """Adds what was made to the step that is going on, if there is one."""
    if current := _CURRENT.get():
        current.outputs += outputs


def past_step(done: Step, started_at: datetime, ended_at: datetime) -> None:
    """Tells of a part of the present step that another program has done."""
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
    return is_named and not is_off and not _IS_UNTOLD.get()


def lineage_is_wanted() -> bool:
    """Whether the environment names a transport for lineage, and does not switch it off."""
    if os.environ.get("OPENLINEAGE_DISABLED", "").lower() == "true" or _IS_UNTOLD.get():
        return False
    return any(value and name.startswith(LINEAGE) for name, value in os.environ.items())
