"""Generates the sample world: every feed at any scale, with the same bytes for the same seed.

Except for the names of the five partners, it has no data of real persons or companies.
"""

from sampleservice.agreements import write_agreements
from sampleservice.events import write_events
from sampleservice.files import SampleFile
from sampleservice.world import SampleError
from sampleservice.writing import SampleReport, write_sample

__all__ = [
    "SampleError",
    "SampleFile",
    "SampleReport",
    "write_agreements",
    "write_events",
    "write_sample",
]
