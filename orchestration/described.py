"""Schedules and sensors whose description on Dagster's pages is their function's docstring.

Dagster itself uses the docstring only for assets and jobs.
"""

import inspect
from collections.abc import Callable
from typing import Any

import dagster as dg

Function = Callable[..., Any]


def schedule(**how: Any) -> Callable[[Function], dg.ScheduleDefinition]:
    """`dg.schedule`, running by default."""
    status = dg.DefaultScheduleStatus.RUNNING
    return lambda function: dg.schedule(
        description=inspect.getdoc(function), default_status=status, **how
    )(function)


def sensor(**how: Any) -> Callable[[Function], dg.SensorDefinition]:
    """`dg.sensor`, running by default."""
    return _started(dg.sensor, how)


def run_status_sensor(**how: Any) -> Callable[[Function], dg.SensorDefinition]:
    """`dg.run_status_sensor`, running by default."""
    return _started(dg.run_status_sensor, how)


def run_failure_sensor(**how: Any) -> Callable[[Function], dg.SensorDefinition]:
    """`dg.run_failure_sensor`, running by default."""
    return _started(dg.run_failure_sensor, how)


def _started(
    decorator: Callable[..., Callable[[Function], dg.SensorDefinition]], how: dict[str, Any]
) -> Callable[[Function], dg.SensorDefinition]:
    status = dg.DefaultSensorStatus.RUNNING
    return lambda function: decorator(
        description=inspect.getdoc(function), default_status=status, **how
    )(function)
