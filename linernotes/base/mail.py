"""Sends a mail through the server in the settings. The caller chooses content and recipients."""

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage

from linernotes.base.loopback import LOOPBACK_NAMES
from linernotes.base.settings import Settings

TIMEOUT_SECONDS = 10
PORTS = {"none": 25, "starttls": 587, "tls": 465}


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail."""

    name: str
    content: bytes
    main_type: str
    sub_type: str


def send_mail(
    settings: Settings,
    to: str,
    subject: str,
    text: str,
    attachments: Sequence[Attachment] = (),
) -> None:
    """Sends a mail by the settings' server.

    Raises:
        OSError: if the server cannot be reached.
        smtplib.SMTPException: if it refuses the mail.
    """
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = settings.alert_sender or to.split(",")[0].strip()
    message["To"] = to
    message.set_content(text)
    for one in attachments:
        message.add_attachment(
            one.content, maintype=one.main_type, subtype=one.sub_type, filename=one.name
        )
    host = settings.smtp_host
    # Mail that leaves this machine is encrypted unless the settings say otherwise.
    security = settings.smtp_security or ("none" if host in LOOPBACK_NAMES else "starttls")
    port = settings.smtp_port or PORTS[security]
    context = ssl.create_default_context()
    if security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, port, timeout=TIMEOUT_SECONDS, context=context
        )
    else:
        server = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
    with server:
        if security == "starttls":
            server.starttls(context=context)
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password)
        server.send_message(message)
