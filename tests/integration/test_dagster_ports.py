"""The ports that `linernotes up` opens, and the clients that its web pages answer.

The server is started once for all tests. `tests/unit/base/test_ports.py` tests single requests.
"""

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from linernotes.base.ports import free_port
from linernotes.base.settings import Settings
from linernotes.cli.app import WRONG_USE, run
from linernotes.warehouse import target_folder
from orchestration.servers import descendants

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="the system must say which process listens where"
)
PATIENCE_SECONDS = 300
LISTENS = "0A"
KEY = "added-by-a-test"
MUTATION = f'mutation {{ setConcurrencyLimit(concurrencyKey: "{KEY}", limit: 1) }}'
KEYS = "{ instance { concurrencyLimits { concurrencyKey } } }"


class Up(NamedTuple):
    process: subprocess.Popen[bytes]
    port: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def until(holds: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.1)
    return False


@pytest.fixture(scope="module")
def up(case_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """The command over a home without data, whose models are already parsed."""
    settings = Settings(home=tmp_path_factory.mktemp("up"))
    target_folder(settings).mkdir(parents=True)
    manifest = target_folder(Settings(home=case_home)) / "manifest.json"
    shutil.copy2(manifest, target_folder(settings))
    port = free_port()
    command = [Path(sys.executable).with_name("linernotes"), "--home", settings.home, "up"]
    with (settings.home / "up.log").open("wb") as log:
        process = subprocess.Popen([*command, "--port", str(port)], stdout=log, stderr=log)
    served = Up(process, port)
    try:
        assert until(lambda: process.poll() is not None or answers(served))
        assert process.poll() is None, (settings.home / "up.log").read_text()
        yield served
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_SECONDS)


def answers(up: Up) -> bool:
    try:
        return httpx.get(f"{up.address}/server_info").is_success
    except httpx.TransportError:
        return False


def ask(up: Up, query: str, **headers: str) -> httpx.Response:
    return httpx.post(f"{up.address}/graphql", json={"query": query}, headers=headers, timeout=60)


def keys(up: Up) -> str:
    return ask(up, KEYS).text


def commands(process: int) -> str:
    found = [Path(f"/proc/{one}/cmdline") for one in descendants(process)]
    return "\n".join(file.read_text().replace("\0", " ") for file in found if file.exists())


def addresses(process: int) -> set[str]:
    """The addresses on which a process and its descendants listen, from the system's tables."""
    sockets = set()
    for one in [process, *descendants(process)]:
        for descriptor in Path(f"/proc/{one}/fd").glob("*"):
            link = str(descriptor.readlink())
            sockets.add(link.removeprefix("socket:[").removesuffix("]"))
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            words = line.split()
            if words[3] == LISTENS and words[9] in sockets:
                found.add(words[1])
    return found


def test_up_opens_one_port_and_to_this_machine_alone(up: Up) -> None:
    """Dagster's processes communicate with each other only over local sockets."""
    started = commands(up.process.pid)
    assert "orchestration.pages" in started
    assert "dagster._daemon run" in started

    assert addresses(up.process.pid) == {f"0100007F:{up.port:04X}"}


def test_pages_by_get_change_nothing(up: Up) -> None:
    """Regression: an image on any page open in a browser could start and end runs."""
    for path in ("/graphql", "/%67raphql"):
        for method in ("GET", "HEAD"):
            found = httpx.request(
                method, f"{up.address}{path}", params={"query": MUTATION}, timeout=60
            )
            assert found.status_code == 405

    assert KEY not in keys(up)


def test_pages_by_a_form_change_nothing(up: Up) -> None:
    """A form on another site can be submitted without a preflight request."""
    for kind in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data", ""):
        found = httpx.post(
            f"{up.address}/graphql",
            params={"query": MUTATION},
            headers={"content-type": kind},
            timeout=60,
        )
        assert found.status_code == 415

    assert KEY not in keys(up)


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"host": "evil.example", "origin": "http://evil.example"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "cors"},
    ],
)
def test_pages_asked_for_another_site_change_nothing(up: Up, headers: dict[str, str]) -> None:
    assert ask(up, MUTATION, **headers).status_code == 403
    assert httpx.get(f"{up.address}/server_info", headers=headers).status_code == 403

    assert KEY not in keys(up)


def test_pages_let_their_own_socket_in_alone(up: Up) -> None:
    address = f"ws://127.0.0.1:{up.port}/graphql"
    protocols = [Subprotocol("graphql-ws")]

    with (
        pytest.raises(InvalidStatus, match="403"),
        connect(address, origin=Origin("https://evil.example"), subprotocols=protocols),
    ):
        pass
    with connect(address, origin=Origin(up.address), subprotocols=protocols) as socket:
        socket.send('{"type": "connection_init"}')
        assert "connection_ack" in str(socket.recv(timeout=60))


def test_pages_are_shown_in_no_frame(up: Up) -> None:
    headers = httpx.get(up.address).headers

    assert "frame-ancestors 'none'" in headers.get_list("content-security-policy")
    assert headers["x-frame-options"] == "DENY"


def test_pages_do_what_their_own_page_asks(up: Up) -> None:
    own = {"origin": up.address, "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors"}
    page = httpx.get(f"{up.address}/graphql", headers={"accept": "text/html"})

    found = ask(up, MUTATION, **own)

    assert "html" in page.text
    assert found.json() == {"data": {"setConcurrencyLimit": True}}
    assert KEY in keys(up)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", ""])
def test_up_listens_to_others_only_when_told_of_a_login(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], host: str
) -> None:
    status = run(["--home", str(tmp_path), "up", "--host", host])

    assert status == WRONG_USE
    assert "--behind-login" in capsys.readouterr().err


def test_up_whose_daemon_ends_ends_too(up: Up) -> None:
    """The last test of the module: without its daemon no schedule would run, unnoticed."""
    below = descendants(up.process.pid)
    [daemon] = [
        one for one in below if b"dagster._daemon\0run" in Path(f"/proc/{one}/cmdline").read_bytes()
    ]

    subprocess.run(["kill", "-KILL", str(daemon)], check=True)

    assert up.process.wait(PATIENCE_SECONDS) == 128 + signal.SIGKILL
    assert until(lambda: not any(map(is_running, below)))


def is_running(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
