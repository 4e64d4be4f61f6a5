"""The synthetic world: every feed at any scale, the same bytes for the same seed.

Nothing of it is a real person's or company's data, beyond the names of the five partners.
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
