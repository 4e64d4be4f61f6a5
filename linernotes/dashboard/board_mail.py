"""Writes the board pack of a month, and mails it if the settings have recipients.

`board_pack` makes the content; `base.mail` sends the mail.
"""

import smtplib
from datetime import date
from pathlib import Path

from linernotes.base import durable
from linernotes.base.errors import LinernotesError
from linernotes.base.mail import Attachment, send_mail
from linernotes.base.settings import Settings
from linernotes.dashboard.board_pack import board_pack, subject_of
from linernotes.dashboard.login import CALLBACK, read_login


def write_board_pack(settings: Settings, month: str, out: Path | None = None) -> Path:
    """Writes the PDF of a month, and returns its path.

    Args:
        settings: The home.
        month: YYYY-MM.
        out: A path outside the home's reports.
    """
    pdf = board_pack(settings, date.fromisoformat(f"{month}-01"))
    file = (out or settings.reports_root / f"board-pack-{month}.pdf").absolute()
    file.parent.mkdir(parents=True, exist_ok=True)
    durable.write_bytes(file, pdf)
    return file


def mail_board_pack(settings: Settings, month: str, file: Path) -> str:
    """Mails a board pack, and returns the recipients.

    Raises:
        LinernotesError: if no recipient is set, or the mail server refuses the mail.
    """
    to = settings.board_email
    if not to:
        raise LinernotesError("Set LINERNOTES_BOARD_EMAIL to whom the board pack is mailed.")
    subject = subject_of(settings, date.fromisoformat(f"{month}-01"))
    text = (
        "The board pack is attached. The dashboard has the rows behind every figure: "
        f"{home_page(settings)}\n"
    )
    attached = Attachment(file.name, file.read_bytes(), "application", "pdf")
    try:
        send_mail(settings, to, subject, text, [attached])
    except (OSError, smtplib.SMTPException) as reason:
        raise LinernotesError(f"The board pack could not be mailed to {to}: {reason}") from reason
    return to


def home_page(settings: Settings) -> str:
    """The address of the dashboard for browsers."""
    login = read_login(settings)
    return login.redirect_uri.removesuffix(CALLBACK) if login else "http://127.0.0.1:8501"
