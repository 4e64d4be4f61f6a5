"""Sends an alert to the configured channels: a webhook, a mail address, both, or none.

`news.py`, and for runs `sensors.py`, decide what is worth an alert.
"""

import json
import smtplib
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPException
from urllib.parse import urlsplit

from linernotes.base.mail import send_mail
from linernotes.base.settings import Settings

TIMEOUT_SECONDS = 10


@dataclass
class AlertResult:
    """What came of an alert.

    Attributes:
        places: Where it has arrived.
        failures: Why it has not arrived elsewhere, by place.
    """

    places: list[str] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)


def channels(settings: Settings) -> dict[str, Callable[[str, str], None]]:
    """The functions that send a subject and a text, by the name of each configured channel."""
    found: dict[str, Callable[[str, str], None]] = {}
    if settings.alert_webhook:
        # The URL is a secret: anyone who has it can post.
        place = f"the webhook at {urlsplit(settings.alert_webhook).hostname}"
        found[place] = lambda subject, text: _post(
            settings.alert_webhook, {"text": f"{subject}\n{text}"}
        )
    if settings.alert_email:
        found[settings.alert_email] = lambda subject, text: send_mail(
            settings, settings.alert_email, subject, text
        )
    return found


def send_alert(subject: str, text: str, settings: Settings | None = None) -> AlertResult:
    """Sends an alert to every configured channel; a failure of one does not affect the others.

    Args:
        subject: A line.
        text: The rest.
        settings: The channels; from the environment when left out.
    """
    result = AlertResult()
    for place, send in channels(settings or Settings()).items():
        try:
            send(subject, text)
            result.places.append(place)
        except (OSError, ValueError, HTTPException, smtplib.SMTPException) as reason:
            result.failures[place] = str(reason)
    return result


def _post(url: str, body: dict[str, str]) -> None:
    if not url.startswith(("http://", "https://")):
        raise ValueError("LINERNOTES_ALERT_WEBHOOK has to start with http:// or https://")
    request = urllib.request.Request(
        url, json.dumps(body).encode(), {"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS):
        pass
