"""The regulator's desk: statements of reasons out to the EU's database, its answers in.

Which statements are due and can be filed is decided in the models; what the database answered is a
feed like others. Nothing here calls the database.
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
