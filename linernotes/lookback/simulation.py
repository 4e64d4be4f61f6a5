"""Calculates a month under changed terms, attribution or shares, and compares it per contract.

It reads lake and models and changes nothing: nothing is loaded, built, drafted or issued.
"""

import tempfile
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb

from linernotes.base.clock import now
from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.ingestion import admit_landing, quarantine_show
from linernotes.warehouse import (
    Scenario,
    calculation_within,
    compiled_project,
    link_sources,
    require_rates,
)

CONTRACTS, WITHHOLDINGS = "raw_licensing__contracts", "raw_licensing__contract_withholdings"
ATTRIBUTIONS = "raw_ai_usage__attributions"
TARGETS = ["fct_compensation_lines", "int_licensing__terms_effective"]


@dataclass(frozen=True)
class Gain:
    """The amount of one contract's lines of a type before and after; held ones separately."""

    partner_id: str | None
    contract_id: str | None
    line_type: str
    hold_bucket: str | None
    currency_code: str
    amount_before: Decimal
    amount_after: Decimal

    @property
    def difference(self) -> Decimal:
        return self.amount_after - self.amount_before


@dataclass(frozen=True)
class Triggered:
    """A most-favoured-nation clause that applies because of the change.

    Attributes:
        contract_id: The contract whose terms improve.
        cause: Contracts and versions with the better terms.
        cost: The increase of its lines of the month, payable and held, in its own currency.
    """

    contract_id: str
    cause: str
    currency_code: str
    cost: Decimal


@dataclass(frozen=True)
class Simulation:
    """The effect of a change on a month, per partner, contract and line type."""

    month: date
    gains: list[Gain]
    triggered: list[Triggered]


def simulate(
    settings: Settings,
    month: date,
    contract_file: Path | None = None,
    attribution_version: str | None = None,
    revenue_shares: dict[str, Decimal] | None = None,
) -> Simulation:
    """Calculates a month from current data, and again with the changes.

    The month is calculated as if it were the first: without a carried balance or issued statements.

    Args:
        settings: The home; it is only read.
        month: The usage month, as its first day.
        contract_file: Contracts as the feed delivers them, JSONL. Their versions are added.
        attribution_version: Where a derivative has this version, it counts as the newest.
        revenue_shares: Contract id to the share that all its versions get.

    Raises:
        LinernotesError: if the change cannot be made, or a model cannot be run.
    """
    known_at = now()
    project = compiled_project(settings)
    with tempfile.TemporaryDirectory(prefix="linernotes-simulation-") as scratch:
        base = link_sources(settings, Path(scratch) / "sources", with_ledger=False)
        with calculation_within(settings, project, base) as run:
            scenario = Scenario(known_at, first_month=month, last_month=month)
            run.run(scenario, TARGETS)
            require_rates(run.connection)
            _keep(run.connection, "before", month)
            changed = Path(scratch) / "changed"
            if contract_file:
                _add_contracts(contract_file, base, changed, Path(scratch))
            if revenue_shares:
                _set_shares(revenue_shares, base, changed, known_at)
            if attribution_version:
                _prefer_attribution(attribution_version, base, changed)
            for folder in sorted(changed.iterdir()):
                run.replace_source(folder.name, folder)
            run.run(scenario, TARGETS)
            require_rates(run.connection)
            _keep(run.connection, "after", month)
            return _compare(run.connection, month)


def _keep(connection: duckdb.DuckDBPyConnection, name: str, month: date) -> None:
    connection.execute(
        f"""
        create or replace temp table {name} as
        select
            partner_id, contract_id, line_type, hold_bucket, currency_code, sum(amount) as amount
        from marts.fct_compensation_lines
        where report_month = ?
        group by all
        """,
        [month],
    )
    connection.execute(
        f"""
        create or replace temp table {name}_terms as
        select
            contract_id, mfn_cause, payout_currency_code, base_contract_version, revenue_share,
            per_subscriber_minimum, per_use_minimum, rate
        from intermediate.int_licensing__terms_effective
        where
            mfn_cause is not null
            and valid_from < cast($month as date) + interval '1 month'
            and coalesce(valid_to, 'infinity') > cast($month as date)
        """,
        {"month": month},
    )


def _compare(connection: duckdb.DuckDBPyConnection, month: date) -> Simulation:
    gains = connection.execute(
        """
        select
            coalesce(after.partner_id, before.partner_id) as partner_id,
            coalesce(after.contract_id, before.contract_id) as contract_id,
            coalesce(after.line_type, before.line_type) as line_type,
            coalesce(after.hold_bucket, before.hold_bucket) as hold_bucket,
            coalesce(after.currency_code, before.currency_code) as currency_code,
            coalesce(before.amount, 0),
            coalesce(after.amount, 0)
        from before
        full join after
            on after.partner_id is not distinct from before.partner_id
            and after.contract_id is not distinct from before.contract_id
            and after.line_type = before.line_type
            and after.hold_bucket is not distinct from before.hold_bucket
            and after.currency_code = before.currency_code
        where coalesce(before.amount, 0) <> coalesce(after.amount, 0)
        order by all
        """
    ).fetchall()
    found = [Gain(*row) for row in gains]
    # A clause that applied before counts again if its terms differ, even if the cause is the same.
    triggered = connection.execute(
        """
        select
            contract_id, string_agg(distinct mfn_cause, ', ' order by mfn_cause),
            any_value(payout_currency_code)
        from (from after_terms except from before_terms)
        group by contract_id
        order by contract_id
        """
    ).fetchall()
    earning = {
        name
        for (name,) in connection.execute(
            "select line_type from seeds.line_types where is_earning"
        ).fetchall()
    }
    return Simulation(
        month,
        found,
        [
            Triggered(
                contract_id,
                cause,
                currency,
                sum(
                    (
                        gain.difference
                        for gain in found
                        if gain.contract_id == contract_id and gain.line_type in earning
                    ),
                    Decimal(0),
                ),
            )
            for contract_id, cause, currency in triggered
        ],
    )


def _add_contracts(file: Path, base: Path, changed: Path, scratch: Path) -> None:
    """Loads a planned contract through the intake, in a temporary home."""
    landing = scratch / "landing" / "licensing" / "contracts"
    landing.mkdir(parents=True)
    (landing / "planned.jsonl").write_bytes(file.read_bytes())
    planned = Settings(home=scratch / "home", landing=scratch / "landing", settling_seconds=0)
    report = admit_landing(planned)
    refused = [one for one in report.deliveries if one.state != "loaded" or one.rows_quarantined]
    if refused or not report.deliveries:
        reasons = [one.reason for one in refused if one.reason]
        for one in refused:
            if one.delivery_id and one.rows_quarantined:
                rows = quarantine_show(planned, one.delivery_id)
                reasons += [str(rule) for rule in rows["details"].to_list()]
        raise LinernotesError(
            f"{file} is not a contract that the intake accepts: "
            f"{'; '.join(reasons) or 'it is empty'}. "
            "It must have one JSON object per line, as in the feed licensing/contracts."
        )
    added = link_sources(planned, scratch / "planned", with_ledger=False)
    for table in (CONTRACTS, WITHHOLDINGS):
        target = changed / table
        target.mkdir(parents=True, exist_ok=True)
        for number, source in enumerate([base / table, added / table]):
            for link in source.iterdir():
                (target / f"{number}-{link.name}").symlink_to(link.resolve())


def _set_shares(shares: dict[str, Decimal], base: Path, changed: Path, known_at: datetime) -> None:
    folder = changed / CONTRACTS if (changed / CONTRACTS).exists() else base / CONTRACTS
    with duckdb.connect() as connection:
        connection.execute(f"create table contracts as from read_parquet('{folder}/*.parquet')")
        for contract_id, share in shares.items():
            found = connection.execute(
                "update contracts set revenue_share = ? where contract_id = ? and recorded_at <= ?",
                [share, contract_id, known_at],
            ).fetchone()
            if not found or not found[0]:
                raise LinernotesError(
                    f"There is no contract `{contract_id}`: marts.dim_contracts lists all "
                    "contracts."
                )
        target = changed / CONTRACTS
        target.mkdir(parents=True, exist_ok=True)
        rewritten = changed / ".rewritten"
        connection.execute(f"copy contracts to '{rewritten}' (format parquet)")
    for link in target.iterdir():
        link.unlink()
    rewritten.rename(target / "000000.parquet")


def _prefer_attribution(version: str, base: Path, changed: Path) -> None:
    target = changed / ATTRIBUTIONS
    target.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        connection.execute(
            f"create table attributions as from read_parquet('{base / ATTRIBUTIONS}/*.parquet')"
        )
        known = connection.execute(
            "select count(*) from attributions where attribution_version = ?", [version]
        ).fetchone()
        if not known or not known[0]:
            raise LinernotesError(
                f"No attribution has the version `{version}`; the feed ai_usage/attributions has "
                "the versions."
            )
        connection.execute(
            f"""
            copy (
                from attributions
                where
                    attribution_version = $1
                    or (derivative_id, side) not in (
                        select (derivative_id, side)
                        from attributions
                        where attribution_version = $1
                    )
            ) to '{target}/000000.parquet' (format parquet)
            """,
            [version],
        )
