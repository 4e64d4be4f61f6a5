"""The script that Streamlit runs at each click: who it is, what is chosen, which page.

What a page says is the page's; where its figures come from is `figures`'.
"""

import logging
from collections.abc import Callable
from functools import partial
from typing import Literal

import streamlit as st

from linernotes.base.errors import LinernotesError
from linernotes.base.published import publication
from linernotes.base.settings import Settings
from linernotes.base.unforeseen import account_of
from linernotes.dashboard import screen
from linernotes.dashboard.figures import Figures, Shown, shown_now
from linernotes.dashboard.filters import Choice, choose, chosen_text
from linernotes.dashboard.login import login_in_force
from linernotes.dashboard.parts import Note, Part
from linernotes.dashboard.printing import page_pdf
from linernotes.dashboard.views import PAGES, Page

# How long a page may lie open until it shows what was published meanwhile.
LOOK_AGAIN_SECONDS = 10
UNFORESEEN = (
    "This page could not be made, and Linernotes did not foresee why. The other pages work; reload "
    "this one, and if it stays so, show the server's log to who looks after it."
)


def main() -> None:
    """One run of the script."""
    # An emoji: an icon's name would make browsers ask a host outside for it.
    st.set_page_config(page_title="Linernotes", page_icon="🎼", layout="wide")
    screen.show_style()
    settings = Settings()
    try:
        login = login_in_force()
    except LinernotesError as unsettled:
        _show_instead(str(unsettled))
        return
    if login and not st.user.is_logged_in:
        _navigate(lambda page: _ask_to_log_in(), "hidden").run()
        return
    if login and not login.admits(st.user.to_dict()):
        _navigate(lambda page: _turn_away(), "hidden").run()
        return
    seen = _published_now(settings)
    try:
        shown = shown_now(settings)
        options = shown.options
    except LinernotesError as nothing:
        _show_instead(str(nothing))
        _look_again(settings, seen)
        return
    place: dict[str, Choice] = {}
    chosen = _navigate(lambda page: _show_page(page, shown, place["choice"]), "sidebar")
    with st.sidebar:
        place["choice"] = choose(options)
        screen.show_stamp(shown.stamp)
        if login:
            _show_who()
    chosen.run()
    _look_again(settings, seen)


def _navigate(show: Callable[[Page], None], position: Literal["sidebar", "hidden"]) -> st.Page:
    """The page that the address names; every address leads somewhere, whatever is shown there."""
    return st.navigation(
        [
            st.Page(
                partial(show, page),
                title=page.TITLE,
                url_path=page.ADDRESS,
                default=page is PAGES[0],
            )
            for page in PAGES
        ],
        position=position,
    )


def _ask_to_log_in() -> None:
    screen.show_title("Linernotes", "The executives' dashboard. Please log in.")
    st.button("Log in", on_click=st.login, type="primary")


def _turn_away() -> None:
    screen.show_title("Linernotes", "The executives' dashboard")
    who = st.user.get("email") or "somebody without an address"
    words = (
        f"You are logged in as {who}, who may not see this dashboard. "
        "Log in as another, or ask who looks after it."
    )
    screen.show([Note(words, "warning")])
    st.button("Log out", on_click=st.logout)


def _show_instead(message: str) -> None:
    _navigate(lambda page: _show_nothing(message), "hidden").run()


def _show_nothing(message: str) -> None:
    screen.show_title("Linernotes", "The executives' dashboard")
    screen.show([Note(message, "empty")])


def _show_who() -> None:
    screen.show_stamp(f"Logged in as {st.user.get('email') or st.user.get('sub')}")
    st.button("Log out", on_click=st.logout)


def _show_page(page: Page, shown: Shown, choice: Choice) -> None:
    figures = Figures(shown, choice)
    chosen = chosen_text(figures.choice, shown.options)
    left, right = st.columns([5, 1], vertical_alignment="bottom")
    with left:
        screen.show_title(page.TITLE, page.QUESTION, chosen)
    parts = _made(lambda: list(page.parts(figures)))
    with right:
        st.download_button(
            "Save as PDF",
            lambda: page_pdf(page.TITLE, chosen, shown.stamp, shown.known_at, parts),
            file_name=f"linernotes-{page.ADDRESS or 'overview'}.pdf",
            mime="application/pdf",
            on_click="ignore",
            width="stretch",
        )
    screen.show(parts)
    screen.show_end(shown.stamp)


def _made(make: Callable[[], list[Part]]) -> list[Part]:
    try:
        return make()
    except LinernotesError as error:
        return [Note(str(error), "warning")]
    except Exception as error:  # words for the reader, the account for the log
        logging.getLogger(__name__).error("A page could not be made.\n%s", account_of(error))
        return [Note(UNFORESEEN, "warning")]


def _published_now(settings: Settings) -> str | None:
    try:
        return publication(settings).file_name
    except LinernotesError:
        return None


@st.fragment(run_every=LOOK_AGAIN_SECONDS)
def _look_again(settings: Settings, seen: str | None) -> None:
    """Runs the page anew if something else is published by now."""
    if _published_now(settings) != seen:
        st.rerun()


main()
