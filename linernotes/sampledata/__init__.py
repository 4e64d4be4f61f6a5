"""The synthetic world: every feed at any scale, the same bytes for the same seed.

Nothing of it is a real person's or company's data, beyond the names of the five partners.
"""

from linernotes.sampledata.agreements import write_agreements
from linernotes.sampledata.files import SampleFile
from linernotes.sampledata.world import SampleError
from linernotes.sampledata.writing import SampleReport, write_sample

__all__ = ["SampleError", "SampleFile", "SampleReport", "write_agreements", "write_sample"]
