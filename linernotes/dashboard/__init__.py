"""The executives' pages over the published file.

No figure and no rule is made here: figures come from `metrics` and from published tables.
"""

from linernotes.dashboard.server import OpenToOthers, serve

__all__ = ["OpenToOthers", "page_addresses", "serve"]


def page_addresses() -> list[tuple[str, str]]:
    """Title and path of each page of the menu, in its order."""
    from linernotes.dashboard.pages import PAGES

    return [(page.TITLE, page.PATH) for page in PAGES]
