"""OpenLineage events: the inputs, outputs and outcome of each step.

The standard OPENLINEAGE_ variables configure where they are sent. Each step is defined where it
runs; `steps.py` has what they have in common.
"""

import logging
import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from linernotes.base.clock import aware, utc_now
from linernotes.base.errors import first_line
from linernotes.base.run_history import CURRENT_RUN
from linernotes.base.steps import Dataset, Step

if TYPE_CHECKING:
    from openlineage.client.event_v2 import InputDataset, OutputDataset, RunEvent

LOG = logging.getLogger(__name__)
PRODUCER = f"urn:linernotes:{version('linernotes')}"


@dataclass(frozen=True)
class _LineageRun:
    """An OpenLineage run that has started."""

    run_id: str
    job: str


_BEGUN: ContextVar[_LineageRun | None] = ContextVar("lineage", default=None)


@contextmanager
def lineage(step: Step) -> Generator[None]:
    """Sends an event when a step starts, and one when it ends, with its inputs and outputs."""
    sender = _Sender.of_now()
    begun, above, error = _LineageRun(str(uuid4()), step.job), _BEGUN.get(), ""
    sender.send("START", begun, above, step)
    _BEGUN.set(begun)
    try:
        yield
    except BaseException as raised:
        error = first_line(raised)
        raise
    finally:
        _BEGUN.set(above)
        failure = error or step.failure
        sender.send("FAIL" if failure else "COMPLETE", begun, above, step, failure)


def past_lineage(step: Step, started_at: datetime, ended_at: datetime) -> None:
    """Sends the events of a step of another program, below the current step."""
    sender = _Sender.of_now()
    begun, above = _LineageRun(str(uuid4()), step.job), _BEGUN.get()
    end = "FAIL" if step.failure else "COMPLETE"
    sender.send("START", begun, above, step, at=started_at)
    sender.send(end, begun, above, step, step.failure, at=ended_at)


class _Sender:
    """Sends events until one fails, so that a run waits for an absent receiver only once."""

    _now: "_Sender | None" = None

    def __init__(self) -> None:
        self._client: Any = None
        try:
            from openlineage.client import OpenLineageClient
            from openlineage.client.facet_v2 import set_producer

            set_producer(PRODUCER)
            self._client = OpenLineageClient()
        except ImportError:
            LOG.warning(
                "The OPENLINEAGE_ variables name a transport, but the extra `observability` is not "
                "installed: no lineage is sent."
            )
        except Exception as reason:  # whatever a transport does not take
            LOG.warning("No lineage is sent, since its transport cannot be used: %s", reason)

    @classmethod
    def of_now(cls) -> "_Sender":
        """The one of this process."""
        cls._now = cls._now or cls()
        return cls._now

    @classmethod
    def forget(cls) -> None:
        """Reads the variables anew at the next step."""
        cls._now = None

    def send(
        self,
        state: str,
        begun: _LineageRun,
        above: _LineageRun | None,
        step: Step,
        failure: str = "",
        at: datetime | None = None,
    ) -> None:
        if self._client is None:
            return
        try:
            self._client.emit(_event(state, begun, above, step, failure, aware(at or utc_now())))
        except Exception as reason:  # whatever the transport meets
            LOG.warning("No more lineage is sent by this process: %s", reason)
            self._client = None


def _event(
    state: str,
    begun: _LineageRun,
    above: _LineageRun | None,
    step: Step,
    failure: str,
    at: datetime,
) -> "RunEvent":
    from openlineage.client import event_v2, facet_v2

    namespace = os.environ.get("OPENLINEAGE_NAMESPACE") or "linernotes"
    run = CURRENT_RUN.get()
    whole = _LineageRun(str(UUID(run.run_id)), run.name) if run else None
    facets: dict[str, Any] = {}
    if parent := above or whole:
        facets["parent"] = facet_v2.parent_run.ParentRunFacet(
            run=facet_v2.parent_run.Run(runId=parent.run_id),
            job=facet_v2.parent_run.Job(namespace=namespace, name=parent.job),
        )
    if failure:
        facets["errorMessage"] = facet_v2.error_message_run.ErrorMessageRunFacet(
            message=failure, programmingLanguage="Python"
        )
    kind = facet_v2.job_type_job.JobTypeJobFacet(
        processingType="BATCH", integration="LINERNOTES", jobType="TASK"
    )
    return event_v2.RunEvent(
        eventType=getattr(event_v2.RunState, state),
        eventTime=at.isoformat(),
        run=event_v2.Run(runId=begun.run_id, facets=facets),
        job=event_v2.Job(namespace=namespace, name=begun.job, facets={"jobType": kind}),
        producer=PRODUCER,
        inputs=[_input(one) for one in step.inputs],
        outputs=[_output(one) for one in step.outputs],
    )


def _input(dataset: Dataset) -> "InputDataset":
    from openlineage.client import event_v2, facet_v2

    facet = facet_v2.input_statistics_input_dataset.InputStatisticsInputDatasetFacet
    counts = _counts(dataset, "inputStatistics", facet)
    return event_v2.InputDataset(
        dataset.namespace, dataset.name, facets=_facets(dataset), inputFacets=counts
    )


def _output(dataset: Dataset) -> "OutputDataset":
    from openlineage.client import event_v2, facet_v2

    facet = facet_v2.output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet
    counts = _counts(dataset, "outputStatistics", facet)
    return event_v2.OutputDataset(
        dataset.namespace, dataset.name, facets=_facets(dataset), outputFacets=counts
    )


def _counts(dataset: Dataset, name: str, facet: Callable[..., Any]) -> dict[str, Any]:
    return {} if dataset.row_count is None else {name: facet(rowCount=dataset.row_count)}


def _facets(dataset: Dataset) -> dict[str, Any]:
    from openlineage.client.facet_v2 import schema_dataset

    if not dataset.columns:
        return {}
    fields = [
        schema_dataset.SchemaDatasetFacetFields(name=name, type=type_)
        for name, type_ in dataset.columns.items()
    ]
    return {"schema": schema_dataset.SchemaDatasetFacet(fields=fields)}
