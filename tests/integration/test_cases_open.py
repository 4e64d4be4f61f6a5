"""Unusual input of users: a missing rate, a selection of nothing, ids in any script."""

import shutil
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from linernotes import warehouse
from linernotes.base.errors import LinernotesError
from linernotes.base.settings import PROJECT_ROOT, Settings
from linernotes.ingestion import admit_landing
from linernotes.statements import draft
from linernotes.warehouse.failing_rows import failing_rows
from tests.fixtures.worlds import FeedBuilder, add_rates

SHARED = PROJECT_ROOT.parent / "shared" / "data" / "cases"
KNOWN_AT = datetime(2026, 5, 1)
MARCH = date(2026, 3, 1)
KANJI = "原盤使用許諾契約書第一号" * 3


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A contract and a partner with ids of 36 kanji, and revenue in a currency without a rate."""
    world = FeedBuilder()
    add_rates(world)
    world.product("p")
    world.contract(KANJI, KANJI[::-1])
    world.party("label")
    world.route("label", KANJI[::-1], KANJI)
    world.recording("r", "label")
    world.generation("p", ["r"])
    world.revenue("p", "100.00", currency="XCG")
    settings = Settings(home=tmp_path_factory.mktemp("open"))
    world.write(settings.landing_root)
    report = admit_landing(settings)
    assert {one.state for one in report.deliveries} == {"loaded"}
    assert sum(one.rows_quarantined for one in report.deliveries) == 0
    return settings


@pytest.mark.slow
def test_build_without_a_rate_names_its_currency_and_day_e83(home: Settings) -> None:
    """Regression: a build only reported "Got 1 result"; the message is now that of a month-end."""
    with pytest.raises(warehouse.BuildFailed) as built:
        warehouse.build(home, KNOWN_AT, select="+int_compensation__fx_rates")

    assert "int_compensation__fx_rates__rate_is_published" in str(built.value)
    assert "currency_code=XCG" in str(built.value)
    assert "rule_date=2026-03-31" in str(built.value)


@pytest.mark.slow
def test_build_of_a_selection_that_selects_nothing_is_an_error(home: Settings) -> None:
    """Regression: a part of a selection that selects nothing was ignored, and the rest built."""
    with pytest.raises(warehouse.BuildFailed, match="'nosuch' does not match"):
        warehouse.build(home, KNOWN_AT, select="stg_intake__deliveries nosuch")


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.exists(), reason="the shared data is not there")
def test_case_of_long_japanese_ids_is_drafted(tmp_path: Path) -> None:
    landing = SHARED / "partner-id-long-japanese" / "landing"
    settings = Settings(home=tmp_path / "home", landing=landing)
    admit_landing(settings)

    source = warehouse.calculate_open_months(settings, MARCH, KNOWN_AT)
    [drafted] = draft(settings, "2026-03", by="Ada", source=source)

    assert len(drafted.contract_id) == 30


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.exists(), reason="the shared data is not there")
def test_case_of_a_missing_rate_names_currency_and_day_when_the_month_is_closed(
    tmp_path: Path,
) -> None:
    landing = SHARED / "fx-missing-currency" / "landing"
    settings = Settings(home=tmp_path / "home", landing=landing)
    admit_landing(settings)

    with pytest.raises(LinernotesError, match="XCG on 2026-03-31"):
        warehouse.calculate_open_months(settings, MARCH, KNOWN_AT)


def test_failing_rows_are_the_first_without_what_is_null_and_cut(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    settings.warehouse_file.parent.mkdir()
    with duckdb.connect(str(settings.warehouse_file)) as connection:
        connection.execute(
            "create table rates as select * from (values "
            "('b', date '2026-03-31', null), ('a', date '2026-03-31', null), "
            "('c', date '2026-03-30', null), ('d', date '2026-03-31', repeat('x', 1000))) "
            "as rates (currency_code, rule_date, rate)"
        )
    result = {"status": "fail", "compiled_code": "select * from rates -- the end"}

    assert failing_rows(settings, result) == [
        "currency_code=a, rule_date=2026-03-31",
        "currency_code=b, rule_date=2026-03-31",
        "currency_code=c, rule_date=2026-03-30",
    ]
    [cut] = failing_rows(settings, result | {"compiled_code": "from rates where rate is not null"})
    assert len(cut) == 401
    assert cut.endswith("x…")
    assert failing_rows(settings, result | {"status": "pass"}) == []
    assert failing_rows(settings, result | {"compiled_code": "from gone"}) == []
    shutil.rmtree(settings.warehouse_file.parent)
    assert failing_rows(settings, result) == []
