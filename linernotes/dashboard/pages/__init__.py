"""The pages, in the order of the menu; each defines its content as blocks.

The layout is decided elsewhere, and no figure is computed here.
"""

from collections.abc import Iterator
from typing import Protocol

from linernotes.dashboard.blocks import Block
from linernotes.dashboard.figures import Figures
from linernotes.dashboard.pages import (
    attention,
    compensation,
    connection,
    consent,
    data,
    incidents,
    overview,
    partners,
    removals,
    usage,
)


class Page(Protocol):
    """A page is a module with these names; `FILTER_KINDS` lists the filters that it has."""

    @property
    def TITLE(self) -> str: ...  # noqa: N802

    @property
    def PATH(self) -> str: ...  # noqa: N802

    @property
    def SUBTITLE(self) -> str: ...  # noqa: N802

    @property
    def FILTER_KINDS(self) -> tuple[str, ...]: ...  # noqa: N802

    @staticmethod
    def blocks(figures: Figures) -> Iterator[Block]: ...


PAGES: tuple[Page, ...] = (
    overview,
    attention,
    partners,
    compensation,
    consent,
    incidents,
    usage,
    removals,
    connection,
    data,
)
