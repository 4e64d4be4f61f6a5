"""The clients that the dashboard's server answers: one start for all tests, without data.

`tests/unit/base/test_ports.py` tests single requests, and the browser tests cover the login.
"""

from collections.abc import Iterator

import httpx
import pytest

from benchmarks.browsing import dashboard

PROXY = "reports.example"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("dashboard")
    log = folder / "dashboard.log"
    with dashboard(folder / "home", log, LINERNOTES_ALLOWED_HOSTS=PROXY) as (found, _):
        yield found


@pytest.mark.parametrize("path", ["/health", "/static/style.css", "/publication"])
def test_dashboard_answers_under_its_own_names_alone(address: str, path: str) -> None:
    """DNS rebinding: a foreign host name that resolves to this machine could otherwise read all."""
    own = httpx.get(f"{address}{path}")
    through_a_proxy = httpx.get(f"{address}{path}", headers={"host": PROXY})
    foreign = httpx.get(f"{address}{path}", headers={"host": "evil.example"})

    assert own.status_code == through_a_proxy.status_code == 200
    assert foreign.status_code == 403


def test_dashboard_lets_nobody_frame_it(address: str) -> None:
    for path in ("/", "/health", "/static/page.js"):
        headers = httpx.get(f"{address}{path}").headers

        policies = " ".join(headers.get_list("content-security-policy"))
        assert "frame-ancestors 'none'" in policies
        assert headers["x-frame-options"] == "DENY"


def test_dashboard_answers_no_page_of_another_site(address: str) -> None:
    headers = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}

    assert httpx.get(f"{address}/publication", headers=headers).status_code == 403
    assert httpx.post(f"{address}/", headers=headers).status_code == 403
