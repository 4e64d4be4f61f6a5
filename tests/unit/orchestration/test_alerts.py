"""Where alerts go: a webhook, an e-mail address, or nowhere.

Which events cause one is not tested here.
"""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from orchestration.alerts import send_alert


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


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LINERNOTES_ALERT_WEBHOOK", raising=False)
    monkeypatch.delenv("LINERNOTES_ALERT_EMAIL", raising=False)


def test_alert_with_nothing_set_goes_nowhere() -> None:
    assert send_alert("Failed", "It did.") == []


def test_alert_with_a_webhook_is_posted_as_text(
    posts: tuple[str, list[dict]], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, received = posts
    monkeypatch.setenv("LINERNOTES_ALERT_WEBHOOK", url)

    places = send_alert("Failed", "It did.")

    assert places == ["the webhook"]
    assert received == [{"text": "Failed\nIt did."}]


def test_alert_with_a_webhook_that_is_no_web_address_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LINERNOTES_ALERT_WEBHOOK", "file:///etc/hosts")

    with pytest.raises(ValueError, match="http"):
        send_alert("Failed", "It did.")


def test_alert_of_a_failed_run_names_the_blocking_check(
    posts: tuple[str, list[dict]], monkeypatch: pytest.MonkeyPatch
) -> None:
    import dagster as dg

    from orchestration.sensors import alert_on_failure

    url, received = posts
    monkeypatch.setenv("LINERNOTES_ALERT_WEBHOOK", url)

    @dg.asset_check(asset="lines", name="lines__sum_up", blocking=True)
    def sum_up() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=False, description="They do not sum up.")

    @dg.asset_check(asset="lines", name="lines__look_usual")
    def look_usual() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(passed=False, severity=dg.AssetCheckSeverity.WARN)

    job = dg.Definitions(
        assets=[dg.AssetSpec("lines")],
        asset_checks=[sum_up, look_usual],
        jobs=[dg.define_asset_job("check_lines", dg.AssetSelection.all_asset_checks())],
    ).resolve_job_def("check_lines")
    with dg.instance_for_test() as instance:
        result = job.execute_in_process(instance=instance, raise_on_error=False)
        [failure] = [event for event in result.all_events if event.is_run_failure]
        alert_on_failure(
            dg.build_run_status_sensor_context(
                "alert_on_failure", failure, instance, result.dagster_run
            ).for_run_failure()
        )

    [post] = received
    assert post["text"].startswith("Linernotes: check_lines failed")
    assert "lines__sum_up: They do not sum up." in post["text"]
    assert "lines__look_usual" not in post["text"]
