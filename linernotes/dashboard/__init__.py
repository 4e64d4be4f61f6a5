"""The executives' pages over the published file.

No figure and no rule is made here: figures come from `metrics` and from the executives' reports.
"""

from linernotes.dashboard.server import OpenToOthers, serve

__all__ = ["OpenToOthers", "page_addresses", "serve"]


def page_addresses() -> list[tuple[str, str]]:
    """Title and address of each page, in the order of the menu; the first one has no address."""
    from linernotes.dashboard.views import PAGES

    return [(page.TITLE, page.ADDRESS) for page in PAGES]
