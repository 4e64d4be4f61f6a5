"""A landing zone of real public data: the intake, delivery by delivery, and the models' counts.

The files are beside the project and are only read; without them the tests are skipped. The
expectations are the statements of their publishers.
"""

import csv
from collections.abc import Iterator
from datetime import date, datetime

import duckdb
import pytest

from linernotes import warehouse
from linernotes.base.settings import PROJECT_ROOT, Settings
from linernotes.ingestion import LoadReport, admit_landing
from tests.fixtures.verdicts import verdict

DATA = PROJECT_ROOT.parent / "shared" / "data"
LAST_MONTH, KNOWN_AT = date(2026, 8, 1), datetime(2026, 11, 1)

pytestmark = [
    pytest.mark.skipif(not DATA.exists(), reason="the shared data is not there"),
    pytest.mark.slow,
]


def expectations() -> list[dict[str, str]]:
    if not DATA.exists():
        return []
    with (DATA / "landing_expected.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(home=tmp_path_factory.mktemp("landing"), landing=DATA / "landing")


@pytest.fixture(scope="module")
def report(settings: Settings) -> LoadReport:
    return admit_landing(settings)


@pytest.fixture(scope="module")
def figures(settings: Settings, report: LoadReport) -> Iterator[duckdb.DuckDBPyConnection]:
    """The inputs of statements of all months; nothing else is built."""
    assert report.deliveries
    file = warehouse.calculate_open_months(settings, LAST_MONTH, KNOWN_AT)
    with duckdb.connect(str(file), read_only=True) as connection:
        yield connection


@pytest.mark.parametrize("row", expectations(), ids=lambda row: row["file"])
def test_intake_real_file_gets_the_verdict_and_the_counts(
    report: LoadReport, row: dict[str, str]
) -> None:
    outcome = next(delivery for delivery in report.deliveries if delivery.name == row["file"])

    assert verdict(report, row["file"]) == row["expected"]
    if row["rows"]:
        counts = (
            outcome.rows_read,
            outcome.rows_loaded,
            outcome.rows_quarantined,
            outcome.rows_duplicate,
        )
        assert counts == tuple(
            int(row[name]) for name in ("rows", "loaded", "quarantined", "duplicate")
        )


def test_intake_real_landing_ignores_no_file(report: LoadReport) -> None:
    assert report.ignored_files == {}


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        pytest.param("count(*) from marts.fct_consent_versions", 1_918, id="decisions"),
        # A later version of a puid ends its action: it is not a separate action.
        pytest.param("count(*) from marts.fct_removal_actions", 7_560, id="actions"),
        pytest.param(
            "count(*) from marts.fct_removal_actions where ended_at is not null", 14, id="ended"
        ),
        # 11 artists that were removed from the list for good, and one reversal of a takedown.
        pytest.param(
            "count(*) from marts.fct_removal_actions where is_overturned", 12, id="overturned"
        ),
        pytest.param("count(*) from marts.fct_notices", 38, id="notices"),
        pytest.param("count(*) from marts.fct_appeals", 14, id="appeals"),
        pytest.param(
            "count(*) from marts.fct_appeals where appeal_kind = 'counter_notice'",
            2,
            id="counter notices",
        ),
        # Twelve lists of a hundred artists or more, each of which counts as one sweep.
        pytest.param(
            "count(*) from (select case_id from marts.fct_removal_actions "
            "where programme_reason = 'mass_upload' group by 1 having count(*) >= 100)",
            12,
            id="sweeps, e113",
        ),
        pytest.param(
            "count(*) from marts.fct_removal_actions where programme_reason = 'mass_upload'",
            4_843,
            id="swept artists, e113",
        ),
        # A label on an artist is not a removal.
        pytest.param(
            "count(*) from marts.fct_removal_actions "
            "where programme_reason = 'ai_label' and is_removal",
            0,
            id="labels, e111",
        ),
        pytest.param("count(*) from marts.fct_credits where is_shown", 199, id="credits"),
    ],
)
def test_real_consents_removals_and_credits_are_those_stated(
    figures: duckdb.DuckDBPyConnection, figure: str, expected: int
) -> None:
    assert figures.execute(f"select {figure}").fetchall() == [(expected,)]


def test_real_paid_lines_all_name_a_proof_that_their_partner_is_given(
    figures: duckdb.DuckDBPyConnection,
) -> None:
    [(paid, unresolved)] = figures.execute(
        """
        with
            proofs as (
                select
                    partner_id, report_month,
                    unnest(string_split(consent_proof_id, '+')) as proof_id
                from reports.rpt_partner__compensation_lines
                where hold_bucket is null and consent_proof_id is not null
            )
        select
            count(*),
            count(*) filter (
                not exists (
                    from reports.rpt_partner__consents as consents
                    where
                        consents.partner_id = proofs.partner_id
                        and consents.report_month = proofs.report_month
                        and consents.proof_id = proofs.proof_id
                )
            )
        from proofs
        """
    ).fetchall()

    assert paid > 0
    assert unresolved == 0


def test_real_credits_that_are_not_shown_are_gaps(figures: duckdb.DuckDBPyConnection) -> None:
    """Each missing name of a derivative is reported, besides the unknown ones."""
    [(missing, gaps)] = figures.execute(
        """
        select
            (select count(*) from marts.fct_credits where not is_shown),
            (
                select count(distinct (derivative_id, object_id, party_id))
                from marts.fct_credit_gaps
                where party_id is not null
            )
        """
    ).fetchall()

    assert missing > 0
    assert gaps > 0
