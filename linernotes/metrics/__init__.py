"""Metrics: names and definitions of figures, and their values in the published warehouse.

`models/metrics` defines each metric once; everything that shows a metric queries it here.
"""

from linernotes.metrics.catalog import (
    CURRENCY,
    MONEY,
    Catalog,
    MetricInfo,
    MetricTable,
    catalog_of,
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
    "catalog_of",
    "open_catalog",
]
