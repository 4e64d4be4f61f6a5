"""A webhook and a mail server on loopback, and an environment without either."""

import json
import os
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.fixtures.mail_server import MailServer


@pytest.fixture
def posts() -> Iterator[tuple[str, list[dict]]]:
    received: list[dict] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", received
    server.shutdown()
    server.server_close()


@pytest.fixture
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("LINERNOTES_"):
            monkeypatch.delenv(name)


@pytest.fixture
def mail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., MailServer]]:
    """Start a mail server of a kind, which this machine trusts and the settings name."""
    servers: list[MailServer] = []

    def start(security: str, user: str = "", password: str = "") -> MailServer:
        server = MailServer(tmp_path, security, user, password)
        servers.append(server)
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
        monkeypatch.setenv("LINERNOTES_ALERT_EMAIL", "team@example.org")
        monkeypatch.setenv("LINERNOTES_SMTP_HOST", "127.0.0.1")
        monkeypatch.setenv("LINERNOTES_SMTP_PORT", str(server.port))
        monkeypatch.setenv("LINERNOTES_SMTP_SECURITY", security)
        return server

    yield start
    for server in servers:
        server.close()
