"""The models' largest-remainder method: any weights, any fee, and its reversal.

The model runs on rows made here, without the models before it.
"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linernotes.base.settings import Settings
from linernotes.warehouse import Calculation, calculation, compiled_project
from linernotes.warehouse.calculation import Scenario

MODEL = "int_compensation__usage_lines"
WEIGHTS = st.lists(st.integers(0, 10**15), min_size=1, max_size=12).filter(any)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Calculation]:
    project = compiled_project(Settings(home=tmp_path_factory.mktemp("home")))
    with calculation(project, Path("nowhere"), threads=2) as found:
        yield found


def spread(run: Calculation, fee: int, weights: list[int]) -> list[int]:
    """Minor units of each line, in the order of the line keys."""
    make_inputs(run, fee, f"select unnest({weights}::bigint[]) as weight")
    sql = run.text_of(MODEL, Scenario(datetime(2026, 1, 1)))
    rows = run.connection.execute(
        f"select amount_minor_units from ({sql}) order by line_key"
    ).fetchall()
    return [units for (units,) in rows]


def make_inputs(run: Calculation, fee: int, weights: str) -> None:
    connection = run.connection
    connection.execute(
        f"""
        create or replace table intermediate.int_compensation__line_weights as
        select
            format('{{:09d}}', row_number() over ()) as line_key, 'pool' as pool_id,
            date '2026-01-01' as usage_month, 'DE' as territory, 'p' as product_id, 't' as tier,
            'MASTER' as side, 'partner' as partner_id, 'c' as contract_id,
            1::bigint as contract_version, 'o' as object_id, 'owner' as owner_party_id,
            null::varchar as hold_bucket, 'consented' as consent_status, 'd' as consent_proof_id,
            'timely' as usage_layer, 1::bigint as quantity, weight::bigint as weight_nano
        from ({weights})
        """
    )
    connection.execute(
        f"""
        create or replace table intermediate.int_compensation__fees as
        select
            1::bigint as fee_number, 'pool' as pool_id, 'c' as contract_id,
            1::bigint as contract_version,
            'timely' as usage_layer, 'EUR' as payout_currency_code, 2 as minor_unit_digits,
            {fee}::hugeint as fee_minor_units
        """
    )
    connection.execute(
        """
        create or replace table intermediate.int_compensation__accruals as
        select
            'pool' as pool_id, date '2026-01-01' as usage_month, 'DE' as territory,
            'p' as product_id, 't' as tier, 'MASTER' as side, 'EUR' as currency_code,
            2 as minor_unit_digits, 'UNMATCHED' as hold_bucket, 'timely' as usage_layer,
            0::decimal(24, 6) as fee_amount, 0::hugeint as fee_minor_units
        limit 0
        """
    )


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(fee=st.integers(0, 10**9), weights=WEIGHTS)
def test_e05_any_reversal_mirrors_its_original_and_both_sum_to_the_fee(
    run: Calculation, fee: int, weights: list[int]
) -> None:
    original, reversal = spread(run, fee, weights), spread(run, -fee, weights)

    assert sum(original) == fee
    assert reversal == [-units for units in original]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(fee=st.integers(0, 10**9), weights=WEIGHTS)
def test_e01_no_line_is_a_whole_cent_off_its_exact_share(
    run: Calculation, fee: int, weights: list[int]
) -> None:
    units = spread(run, fee, weights)

    whole = sum(weights)
    assert all(
        abs(unit * whole - fee * weight) < whole
        for unit, weight in zip(units, weights, strict=True)
    )


def test_e15_ten_million_lines_under_a_cent_keep_their_total(run: Calculation) -> None:
    make_inputs(run, 4900, "select 1 as weight from range(10000000)")

    sql = run.text_of(MODEL, Scenario(datetime(2026, 1, 1)))
    found = run.connection.execute(
        f"select count(*), sum(amount_minor_units), max(amount_minor_units) from ({sql})"
    ).fetchone()

    assert found == (10_000_000, Decimal(4900), 1)
