"""A fault that a check finds. Checks of packages and of DSR files share it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One fault in a package.

    Attributes:
        file: The file it was found in.
        rule: A short name of the broken rule.
        details: What was expected and what was found.
    """

    file: str
    rule: str
    details: str
