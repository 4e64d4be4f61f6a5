"""Metrics: what figures are called and mean, and their values in the published warehouse.

What a metric is made of is defined once, in `models/metrics`; whoever shows one asks here.
"""

from linernotes.metrics.catalog import (
    CURRENCY,
    MONEY,
    Catalog,
    MetricInfo,
    MetricTable,
    open_catalog,
)
from linernotes.metrics.compiling import MetricSource

__all__ = [
    "CURRENCY",
    "MONEY",
    "Catalog",
    "MetricInfo",
    "MetricSource",
    "MetricTable",
    "open_catalog",
]
