"""The requests that a guarded server answers. The application behind the guard is a stand-in.

The integration tests cover the guard with Dagster's own pages.
"""

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from linernotes.base.ports import Guard, is_loopback, own_names

NAMES = own_names("127.0.0.1", ["reports.example"])
FORBIDDEN = 403


async def answer(_request: Request) -> Response:
    return PlainTextResponse("figures", headers={"content-security-policy": "default-src 'self'"})


async def talk(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("figures")
    await socket.close()


@pytest.fixture
def client() -> TestClient:
    app = Starlette(
        routes=[
            Route("/", answer, methods=["GET", "POST"]),
            Route("/load", answer),
            WebSocketRoute("/stream", talk),
        ]
    )
    return TestClient(Guard(app, NAMES))


@pytest.mark.parametrize(
    "host",
    [
        "localhost:3000",
        "LOCALHOST",
        "localhost.:3000",
        "127.0.0.1:8501",
        "[::1]:3000",
        "reports.example",
        "Reports.Example:443",
    ],
)
def test_guard_asked_by_an_own_name_answers(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"host": host}).text == "figures"


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:3000",
        "127.0.0.1.evil.example",
        "localhost.evil.example:3000",
        "evil-reports.example",
        "sub.reports.example",
        "localhost@evil.example",
        "evil.example#localhost",
        "0.0.0.0:3000",
        "[::]:3000",
        "localhost:3000:80",
        "localhost, evil.example",
        "",
        "2130706433",
    ],
)
def test_guard_asked_by_a_foreign_name_refuses(client: TestClient, host: str) -> None:
    """DNS rebinding: a foreign host name that resolves to this machine could otherwise read all."""
    found = client.get("/", headers={"host": host})

    assert found.status_code == FORBIDDEN
    assert "LINERNOTES_ALLOWED_HOSTS" in found.text
    assert "figures" not in found.text


def test_guard_told_two_names_refuses(client: TestClient) -> None:
    found = client.get("/", headers=[("host", "localhost"), ("host", "evil.example")])

    assert found.status_code == FORBIDDEN


@pytest.mark.parametrize(
    ("host", "origin", "is_answered"),
    [
        ("127.0.0.1:3000", "http://127.0.0.1:3000", True),
        ("reports.example", "https://reports.example", True),
        ("reports.example:443", "https://reports.example", True),
        # A proxy on a different port, which passes on the host name without it.
        ("reports.example", "https://reports.example:8443", True),
        ("127.0.0.1:3000", "https://evil.example", False),
        ("127.0.0.1:3000", "null", False),
        ("127.0.0.1:3000", "", False),
        # Another server on this machine is another site.
        ("127.0.0.1:3000", "http://127.0.0.1:8000", False),
        ("127.0.0.1:3000", "http://127.0.0.1", False),
        ("127.0.0.1:3000", "http://localhost:3000", False),
        ("localhost", "http://localhost:8000", False),
        ("reports.example:443", "https://reports.example:8443", False),
        ("reports.example", "https://reports.example.evil.example", False),
        ("reports.example", "file://reports.example", False),
    ],
)
def test_guard_answers_pages_of_its_own_alone(
    client: TestClient, host: str, origin: str, is_answered: bool
) -> None:
    """Otherwise any page open in a browser could send a mutation."""
    headers = {"host": host, "origin": origin}

    assert (client.post("/", headers=headers).status_code != FORBIDDEN) is is_answered
    if is_answered:
        with client.websocket_connect("/stream", headers=headers) as socket:
            assert socket.receive_text() == "figures"
    else:
        with (
            pytest.raises(WebSocketDisconnect),
            client.websocket_connect("/stream", headers=headers),
        ):
            pass


@pytest.mark.parametrize(
    ("site", "mode", "dest", "is_answered"),
    [
        ("none", "navigate", "document", True),
        ("same-origin", "no-cors", "image", True),
        # A user follows a link, or returns from the login.
        ("cross-site", "navigate", "document", True),
        ("cross-site", "no-cors", "image", False),
        ("same-site", "no-cors", "script", False),
        ("cross-site", "navigate", "iframe", False),
        ("cross-site", "cors", "empty", False),
    ],
)
def test_guard_shows_other_sites_links_but_no_images(
    client: TestClient, site: str, mode: str, dest: str, is_answered: bool
) -> None:
    """Browsers send no Origin for images, so an image could otherwise end a run."""
    headers = {
        "host": "localhost:3000",
        "sec-fetch-site": site,
        "sec-fetch-mode": mode,
        "sec-fetch-dest": dest,
    }

    assert (client.get("/", headers=headers).status_code != FORBIDDEN) is is_answered
    assert client.post("/", headers=headers | {"sec-fetch-site": "cross-site"}).status_code == 403


def test_guard_lets_nobody_frame_what_it_answers(client: TestClient) -> None:
    for host in ("localhost", "evil.example"):
        headers = client.get("/", headers={"host": host}).headers

        assert "frame-ancestors 'none'" in headers.get_list("content-security-policy")
        assert headers["x-frame-options"] == "DENY"
    own = client.get("/", headers={"host": "localhost"}).headers
    assert "default-src 'self'" in own.get_list("content-security-policy")


@pytest.mark.parametrize(
    ("host", "is_ours_alone"),
    [
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("", False),
        ("192.0.2.1", False),
        ("reports.example", False),
    ],
)
def test_loopback_is_what_only_this_machine_reaches(host: str, is_ours_alone: bool) -> None:
    assert is_loopback(host) is is_ours_alone


def test_names_of_a_server_on_every_address_do_not_hold_that_address() -> None:
    assert own_names("0.0.0.0", ["A.example."]) == {"localhost", "127.0.0.1", "::1", "a.example"}
