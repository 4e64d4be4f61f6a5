"""Whom the dashboard's server answers: one start for all tests, over a home without data.

What the guard does request by request is in tests/unit/base/test_ports.py; the login is tested in a
browser.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from benchmarks.browsing import dashboard

PROXY = "reports.example"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("dashboard")
    log = folder / "dashboard.log"
    with dashboard(folder / "home", log, LINERNOTES_ALLOWED_HOSTS=PROXY) as (found, _):
        yield found


@pytest.mark.parametrize("path", ["/", "/usage", "/_stcore/health", "/_stcore/host-config"])
def test_dashboard_answers_under_its_own_names_alone(address: str, path: str) -> None:
    """A page whose name is made to lead to this machine could read every figure."""
    own = httpx.get(f"{address}{path}")
    through_a_proxy = httpx.get(f"{address}{path}", headers={"host": PROXY})
    foreign = httpx.get(f"{address}{path}", headers={"host": "evil.example"})

    assert own.status_code == through_a_proxy.status_code == 200
    assert foreign.status_code == 403


def test_dashboard_lets_nobody_frame_it(address: str) -> None:
    for path in ("/", "/_stcore/health"):
        headers = httpx.get(f"{address}{path}").headers

        assert "frame-ancestors 'none'" in headers.get_list("content-security-policy")
        assert headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/metrics/", "/_stcore/%6detrics"])
def test_dashboard_tells_nobody_its_load(address: str, path: str) -> None:
    """It was open to everyone, also where a login is set."""
    assert httpx.get(f"{address}{path}").status_code == 404


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1:1", "null"])
def test_dashboard_lets_no_foreign_socket_in(address: str, origin: str) -> None:
    stream = f"ws://{urlsplit(address).netloc}/_stcore/stream"

    with pytest.raises(InvalidStatus, match="403"), connect(stream, origin=Origin(origin)):
        pass
    with connect(stream, origin=Origin(address)):
        pass
