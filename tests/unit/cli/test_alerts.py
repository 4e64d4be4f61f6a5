"""Destinations of alerts: a webhook, an e-mail address, or none.

`test_news.py` tests which events cause one.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from linernotes.base.ports import free_port
from linernotes.cli.alerts import AlertResult, send_alert
from tests.fixtures.mail_server import MailServer

pytestmark = pytest.mark.usefixtures("nothing_set")


def test_alert_with_nothing_set_goes_nowhere() -> None:
    assert send_alert("Failed", "It did.") == AlertResult()


def test_alert_with_a_webhook_is_posted_as_text(
    posts: tuple[str, list[dict]], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, received = posts
    monkeypatch.setenv("LINERNOTES_ALERT_WEBHOOK", url)

    reported = send_alert("Failed", "It did.")

    assert reported == AlertResult(["the webhook at 127.0.0.1"])
    assert received == [{"text": "Failed\nIt did."}]


def test_alert_with_a_webhook_that_is_no_web_address_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LINERNOTES_ALERT_WEBHOOK", "file:///etc/hosts")

    reported = send_alert("Failed", "It did.")

    assert reported.places == []
    [reason] = reported.failures.values()
    assert "http" in reason


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_alert_by_mail_goes_as_secure_as_is_set(
    mail: Callable[..., MailServer], security: str
) -> None:
    server = mail(security)

    reported = send_alert("Failed", "It did.")

    assert reported == AlertResult(["team@example.org"])
    [(text, is_encrypted)] = server.mails
    assert "Subject: Failed" in text
    assert is_encrypted is (security != "none")


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_alert_by_mail_logs_in_over_tls(
    mail: Callable[..., MailServer], monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    server = mail(security, "house", "secret")
    monkeypatch.setenv("LINERNOTES_SMTP_USER", "house")
    monkeypatch.setenv("LINERNOTES_SMTP_PASSWORD", "secret")

    reported = send_alert("Failed", "It did.")

    assert reported == AlertResult(["team@example.org"])
    assert server.logins == [("house", "secret")]
    assert len(server.mails) == 1


def test_alert_by_mail_is_not_sent_in_the_clear_where_tls_is_asked_for(
    mail: Callable[..., MailServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = mail("none")
    monkeypatch.setenv("LINERNOTES_SMTP_SECURITY", "starttls")

    reported = send_alert("Failed", "It did.")

    assert list(reported.failures) == ["team@example.org"]
    assert server.mails == []


def test_alert_by_mail_is_not_sent_to_a_server_that_nobody_vouches_for(
    mail: Callable[..., MailServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = mail("tls")
    monkeypatch.delenv("SSL_CERT_FILE")

    reported = send_alert("Failed", "It did.")

    assert "certificate" in reported.failures["team@example.org"]
    assert server.mails == []


@pytest.mark.parametrize("down", ["webhook", "mail"])
def test_alert_reaches_one_channel_while_the_other_is_down(
    mail: Callable[..., MailServer],
    posts: tuple[str, list[dict]],
    monkeypatch: pytest.MonkeyPatch,
    down: str,
) -> None:
    """Regression: a webhook that did not answer prevented the mail."""
    server, (url, received) = mail("none"), posts
    monkeypatch.setenv("LINERNOTES_ALERT_WEBHOOK", url)
    nowhere = str(free_port())
    if down == "webhook":
        monkeypatch.setenv("LINERNOTES_ALERT_WEBHOOK", f"http://127.0.0.1:{nowhere}/hush")
    else:
        monkeypatch.setenv("LINERNOTES_SMTP_PORT", nowhere)

    reported = send_alert("Failed", "It did.")

    assert (len(server.mails), len(received)) == ((1, 0) if down == "webhook" else (0, 1))
    [(place, reason)] = reported.failures.items()
    assert "refused" in reason
    assert "hush" not in place + reason
    assert len(reported.places) == 1


def test_alert_of_a_failed_run_names_the_blocking_check(
    posts: tuple[str, list[dict]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import dagster as dg

    from tests.fixtures.failed_runs import alert_of_failure

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
        alert_of_failure(result, instance, tmp_path / "home")

    [post] = received
    assert post["text"].startswith("Linernotes: check_lines failed")
    assert "lines__sum_up: They do not sum up." in post["text"]
    assert f"Home {tmp_path / 'home'} on " in post["text"]
    assert "lines__look_usual" not in post["text"]
