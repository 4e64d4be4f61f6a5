"""Exports statements of reasons for the EU's database, and records its responses.

The models decide which statements are due and complete; the responses are a feed like others. This
part does not call the database.
"""

from linernotes.regulator.answers import RecordedAnswer, record_answer
from linernotes.regulator.batches import MOST_STATEMENTS, Export, export_statements

__all__ = [
    "MOST_STATEMENTS",
    "Export",
    "RecordedAnswer",
    "export_statements",
    "record_answer",
]
