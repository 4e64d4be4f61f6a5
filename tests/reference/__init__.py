"""A second calculation of consent, weights, money and statements, from the rules alone.

Plain Python that shares nothing with the models, so that two readings of the rules can be compared.
"""

from tests.reference.engine import compute
from tests.reference.model import Line, Result, Statement

__all__ = ["Line", "Result", "Statement", "compute"]
