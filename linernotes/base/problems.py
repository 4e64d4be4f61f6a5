"""What a check says when something does not hold. Checks of packages and of DSR files share it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing in a package that does not hold.

    Attributes:
        file: The file it was found in.
        rule: Which rule is broken, in short.
        details: What was expected and what was found.
    """

    file: str
    rule: str
    details: str
