"""Makes every page before anybody asks, as the first readers would choose it.

What comes of it is thrown away; the answers stay with the publication.
"""

from dataclasses import replace
from importlib import import_module

from linernotes.base.settings import Settings
from linernotes.dashboard.figures import Figures, shown_now
from linernotes.dashboard.filters import first_choice
from linernotes.dashboard.parts import Chart
from linernotes.dashboard.views import PAGES

# Streamlit loads these at its first chart, which takes a second.
LOADED_LATE = ("pandas", "pyarrow.pandas_compat")


def make_every_page(settings: Settings) -> None:
    """Asks what the pages ask, of everybody and of one partner, and makes their charts.

    The SQL of a question is written once for all partners.
    """
    for name in LOADED_LATE:
        import_module(name)
    shown = shown_now(settings)
    first = first_choice(shown.options)
    partners = list(shown.options.things["partner"])
    for choice in (first, replace(first, partner=tuple(partners[:1]))):
        figures = Figures(shown, choice)
        for page in PAGES:
            for part in page.parts(figures):
                if isinstance(part, Chart):
                    part.spec.to_dict()
