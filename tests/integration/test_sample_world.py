"""The sample world in the intake, and its generation within bounded memory."""

import subprocess
import sys
from pathlib import Path

import pytest

from linernotes.base.settings import Settings
from linernotes.ingestion import admit_landing
from sampleservice import SampleReport, write_sample

MEGABYTES = 700


@pytest.fixture(scope="module")
def admitted(tmp_path_factory: pytest.TempPathFactory) -> tuple[SampleReport, object]:
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    report = write_sample(settings.landing_root, scale=0.01, months=4)
    return report, admit_landing(settings)


def test_sample_is_refused_nowhere(admitted: tuple) -> None:
    report, loaded = admitted

    states = {delivery.name: delivery.state for delivery in loaded.deliveries}

    unloaded = {name: state for name, state in states.items() if state != "loaded"}
    assert unloaded == {"catalog/ern/test_message.xml": "ignored"}
    assert len(states) == len(report.files)


def test_sample_loses_only_the_planted_rows(admitted: tuple) -> None:
    report, loaded = admitted
    planted = {file.path: (file.quarantined, file.duplicates) for file in report.files}

    stated = {
        delivery.name: (delivery.rows_quarantined, delivery.rows_duplicate)
        for delivery in loaded.deliveries
    }

    assert stated == planted
    assert sum(quarantined for quarantined, _ in planted.values()) > 20


@pytest.mark.slow
@pytest.mark.parametrize(
    ("scaled", "counted", "scale"),
    [
        ("ai_usage/derivative_plays", "ai_usage/derivative_plays", "8"),
        ("removals", "removals/actions", "1500"),
    ],
)
def test_feed_of_two_million_rows_is_made_within_a_bounded_memory(
    tmp_path: Path, scaled: str, counted: str, scale: str
) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from sampleservice import write_sample\n"
        "report = write_sample(Path(sys.argv[1]), scale=0.01, months=2,\n"
        "    feed_scales={sys.argv[2]: sys.argv[4]})\n"
        # ru_maxrss of a process starts with the memory of its parent; its VmHWM does not.
        "status = Path('/proc/self/status').read_text()\n"
        "print(report.rows[sys.argv[3]], int(status.split('VmHWM:')[1].split()[0]) // 1024)\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "landing"), scaled, counted, scale],
        check=True,
        capture_output=True,
        text=True,
    )

    rows, megabytes = map(int, done.stdout.split())
    assert rows > 1_700_000
    assert megabytes < MEGABYTES
