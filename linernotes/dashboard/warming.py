"""Makes every page once before anybody asks, as the first reader would choose it.

What comes of it is thrown away; the answers stay with the publication.
"""

from linernotes.dashboard.figures import Figures, shown_now
from linernotes.dashboard.filters import first_choice
from linernotes.dashboard.parts import Chart
from linernotes.dashboard.views import PAGES
from linernotes.settings import Settings


def make_every_page(settings: Settings) -> None:
    """Asks what the pages ask, and makes their charts."""
    shown = shown_now(settings)
    figures = Figures(shown, first_choice(shown.options))
    for page in PAGES:
        for part in page.parts(figures):
            if isinstance(part, Chart):
                part.spec.to_dict()
