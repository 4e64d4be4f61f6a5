"""The executive dashboard over the published file.

Nothing is calculated or decided here: figures come from `metrics` and from published tables.
"""

from linernotes.dashboard.board_mail import home_page, mail_board_pack, write_board_pack
from linernotes.dashboard.server import OpenToOthers, serve
from linernotes.dashboard.verdict_changes import VerdictNews, verdict_news

__all__ = [
    "OpenToOthers",
    "VerdictNews",
    "home_page",
    "mail_board_pack",
    "page_addresses",
    "serve",
    "verdict_news",
    "write_board_pack",
]


def page_addresses() -> list[tuple[str, str]]:
    """Title and path of each page of the menu, in order."""
    from linernotes.dashboard.pages import PAGES

    return [(page.TITLE, page.PATH) for page in PAGES]
