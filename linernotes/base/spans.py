"""OpenTelemetry spans, sent over HTTP as the standard OTEL_ variables configure.

The trace of a run has the run's id in the run history. Each step is defined where it runs;
`steps.py` has what they have in common.
"""

import logging
import os
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING
from uuid import UUID

from linernotes.base.clock import aware
from linernotes.base.errors import first_line
from linernotes.base.run_history import CURRENT_RUN, Run
from linernotes.base.steps import Fact, Step

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
    from opentelemetry.trace import Span

LOG = logging.getLogger(__name__)
SCOPE = "linernotes"
PREFIX = "linernotes."
LOWER_64_BITS = (1 << 64) - 1


@contextmanager
def span(step: Step) -> Generator[None]:
    """A step as a span, with the attributes that it has at its end."""
    provider = _steps_provider()
    if provider is None:
        yield
        return
    from opentelemetry.trace import use_span

    begun = provider.get_tracer(SCOPE, version("linernotes")).start_span(
        step.name, _parent(provider)
    )
    error = ""
    try:
        with use_span(begun, record_exception=False, set_status_on_exception=False):
            yield
    except BaseException as raised:
        error = first_line(raised)
        raise
    finally:
        _end(begun, step.facts, error or step.failure)


def past_span(step: Step, started_at: datetime, ended_at: datetime) -> None:
    """A span of another program's step, below the current step."""
    if provider := _steps_provider():
        begun = provider.get_tracer(SCOPE, version("linernotes")).start_span(
            step.name, _parent(provider), start_time=_nanoseconds(started_at)
        )
        _end(begun, step.facts, step.failure, _nanoseconds(ended_at))


def send_run(run: Run, name: str) -> None:
    """Adds the span of a whole run, above those of its steps, and sends all unsent spans.

    Args:
        run: As the history has it.
        name: Command or job, without options and names, which may be personal.
    """
    sender = _sender()
    if sender is None:
        return
    provider = _provider(sender, *_ids_of(run.run_id))
    begun = provider.get_tracer(SCOPE, run.program).start_span(
        name, start_time=_nanoseconds(datetime.fromisoformat(run.started_at))
    )
    facts: dict[str, Fact] = {"run_id": run.run_id, "exit_status": run.exit_status}
    failure = "" if run.exit_status == 0 else run.details or f"exit status {run.exit_status}"
    _end(begun, facts, failure, _nanoseconds(datetime.fromisoformat(run.ended_at)))
    send_spans()


def send_spans() -> None:
    """Sends all unsent spans; logs an unreachable receiver and does not wait for it."""
    if sender := _sender():
        sender.force_flush()


def _end(span: "Span", facts: dict[str, Fact], failure: str, at: int | None = None) -> None:
    from opentelemetry.trace import Status, StatusCode

    span.set_attributes({PREFIX + name: value for name, value in facts.items()})
    if failure:
        span.set_status(Status(StatusCode.ERROR, failure))
    span.end(at)


def _parent(provider: "TracerProvider") -> "Context | None":
    """The parent of the next span: the open span, or else that of the run."""
    from opentelemetry import trace

    run = CURRENT_RUN.get()
    if not run or trace.get_current_span().get_span_context().is_valid:
        return None
    trace_id, span_id = _ids_of(run.run_id)
    # Steps are sampled like their run, whose span is sent last.
    sampled = provider.sampler.should_sample(None, trace_id, run.name).decision
    flags = trace.TraceFlags(sampled.is_sampled())
    context = trace.SpanContext(trace_id, span_id, is_remote=True, trace_flags=flags)
    return trace.set_span_in_context(trace.NonRecordingSpan(context))


def _ids_of(run_id: str) -> tuple[int, int]:
    """The ids of a run's trace and of its span."""
    trace_id = UUID(run_id).int
    return trace_id, trace_id & LOWER_64_BITS


def _nanoseconds(moment: datetime) -> int:
    return int(aware(moment).timestamp() * 1_000_000) * 1_000


@cache
def _sender() -> "SpanProcessor | None":
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        LOG.warning(
            "The OTEL_ variables name an endpoint, but the extra `observability` is not installed: "
            "no spans are sent."
        )
        return None
    protocol = os.environ.get("OTEL_EXPORTER_OTLP_PROTOCOL") or "http/protobuf"
    if protocol != "http/protobuf":
        LOG.warning("Spans are sent as http/protobuf; %s is not supported.", protocol)
    return BatchSpanProcessor(OTLPSpanExporter())


@cache
def _steps_provider() -> "TracerProvider | None":
    sender = _sender()
    return None if sender is None else _provider(sender)


def _provider(sender: "SpanProcessor", trace_id: int = 0, span_id: int = 0) -> "TracerProvider":
    """A span provider, with the given ids or with random ones."""
    from opentelemetry.sdk.resources import OTELResourceDetector, Resource
    from opentelemetry.sdk.trace import RandomIdGenerator, TracerProvider

    class Ids(RandomIdGenerator):
        def generate_trace_id(self) -> int:
            return trace_id or super().generate_trace_id()

        def generate_span_id(self) -> int:
            return span_id or super().generate_span_id()

    ours = Resource({"service.name": "linernotes", "service.version": version("linernotes")})
    provider = TracerProvider(
        resource=ours.merge(OTELResourceDetector().detect()),
        id_generator=Ids(),
        shutdown_on_exit=False,
    )
    provider.add_span_processor(sender)
    return provider
