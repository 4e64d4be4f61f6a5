"""The pages, in the order of the menu: each says in parts what it shows.

How parts look is not decided here, and no figure is computed.
"""

from collections.abc import Iterator
from typing import Protocol

from linernotes.dashboard.figures import Figures
from linernotes.dashboard.parts import Part
from linernotes.dashboard.views import (
    compensation,
    consent,
    fans,
    overview,
    quality,
    removals,
    usage,
)


class Page(Protocol):
    """A page is a module with these names."""

    @property
    def TITLE(self) -> str: ...  # noqa: N802

    @property
    def ADDRESS(self) -> str: ...  # noqa: N802

    @property
    def QUESTION(self) -> str: ...  # noqa: N802

    @staticmethod
    def parts(figures: Figures) -> Iterator[Part]: ...


PAGES: tuple[Page, ...] = (overview, usage, compensation, consent, removals, fans, quality)
