"""Sends an alert where the environment says: a webhook, an e-mail address, or nowhere.

What is worth an alert is decided in `sensors.py`.
"""

import json
import os
import smtplib
import urllib.request
from email.message import EmailMessage

TIMEOUT_SECONDS = 10


def send_alert(subject: str, text: str) -> list[str]:
    """Sends an alert to every place that is set.

    `LINERNOTES_ALERT_WEBHOOK` takes a JSON object with `text`. `LINERNOTES_ALERT_EMAIL` is an
    address, reached through `LINERNOTES_SMTP_HOST` (localhost by default) and sent from
    `LINERNOTES_ALERT_SENDER`.

    Returns:
        The places it was sent to; none if none is set.
    """
    webhook, address = (
        os.environ.get("LINERNOTES_ALERT_WEBHOOK"),
        os.environ.get("LINERNOTES_ALERT_EMAIL"),
    )
    places = []
    if webhook:
        _post(webhook, {"text": f"{subject}\n{text}"})
        places.append("the webhook")
    if address:
        _mail(address, subject, text)
        places.append(address)
    return places


def _post(url: str, body: dict[str, str]) -> None:
    if not url.startswith(("http://", "https://")):
        raise ValueError("LINERNOTES_ALERT_WEBHOOK has to start with http:// or https://")
    request = urllib.request.Request(
        url, json.dumps(body).encode(), {"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS):
        pass


def _mail(address: str, subject: str, text: str) -> None:
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = os.environ.get("LINERNOTES_ALERT_SENDER", address)
    message["To"] = address
    message.set_content(text)
    host = os.environ.get("LINERNOTES_SMTP_HOST", "localhost")
    with smtplib.SMTP(host, timeout=TIMEOUT_SECONDS) as server:
        server.send_message(message)
