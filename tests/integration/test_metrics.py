"""Metrics over the edge cases' warehouse: reports, executive tables and metrics agree."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from linernotes.base.errors import LinernotesError
from linernotes.base.published import open_published
from linernotes.base.settings import Settings
from linernotes.cli.app import NOT_ALLOWED, run
from linernotes.cli.metric_tables import Form, print_metrics
from linernotes.metrics import Catalog, open_catalog

KEY = ("report_month", "partner_id", "currency_code")
Sums = dict[tuple, tuple]
Ask = Callable[[str], Sums]


@pytest.fixture(scope="module")
def catalog(case_home: Path) -> Iterator[Catalog]:
    with open_catalog(Settings(home=case_home)) as catalog:
        yield catalog


@pytest.fixture(scope="module")
def sums(case_home: Path) -> Iterator[Ask]:
    with open_published(Settings(home=case_home)) as connection:

        def ask(sql: str) -> Sums:
            rows = connection.execute(sql).fetchall()
            return {row[: len(KEY)]: row[len(KEY) :] for row in rows}

        yield ask


def by_key(catalog: Catalog, *names: str) -> Sums:
    table = catalog.query(names, by=KEY)
    return {row[: len(KEY)]: row[len(KEY) :] for row in table.rows}


def test_metrics_of_every_partner_and_month_are_the_statements_e130(
    catalog: Catalog, sums: Ask
) -> None:
    names = ("payable_amount", "earned_amount", "held_amount", "tax_amount", "fee_amount")

    found = by_key(catalog, *names)
    stated = sums(
        f"select {', '.join(KEY)}, {', '.join(f'sum({name})' for name in names)} "
        "from reports.rpt_partner__compensation_statement group by all"
    )

    assert len(stated) > 50
    # Money without a contract is not on any statement.
    assert {
        key: tuple(value or Decimal(0) for value in row) for key, row in found.items() if key[1]
    } == stated


def test_metrics_payable_is_the_waterfalls_result_e130(catalog: Catalog, sums: Ask) -> None:
    found = by_key(catalog, "payable_amount")

    waterfall = sums(
        f"select {', '.join(KEY)}, sum(amount) from reports.rpt_executive__money_waterfall "
        "where step_name = 'payable' group by all"
    )

    assert {key: row for key, row in found.items() if row[0]} == {
        key: row for key, row in waterfall.items() if row[0]
    }


def test_metrics_net_revenue_is_the_waterfalls_first_step(catalog: Catalog, sums: Ask) -> None:
    """Both sides share one revenue. Regression: it was counted once per side, and so doubled."""
    found = catalog.query(["pool_net_amount"], by=["report_month", "currency_code"]).rows

    waterfall = sums(
        "select report_month, currency_code, '', sum(amount) "
        "from reports.rpt_executive__money_waterfall where step_name = 'net_revenue' group by all"
    )

    assert len(found) > 10
    assert {row[:2]: row[2] for row in found} == {
        key[:2]: amount for key, (amount,) in waterfall.items()
    }


def test_metrics_explicit_consent_is_of_uses_whose_every_proof_is_a_decision(
    catalog: Catalog, case_home: Path
) -> None:
    """A contract's default to allow (contract@version#clause) is a proof, but not a decision."""
    with open_published(Settings(home=case_home)) as connection:
        rows = connection.execute(
            "select string_split(consent_proof_id, '+'), weight_nano "
            "from marts.fct_compensation_lines "
            "where line_type = 'USAGE' and consent_status is not null"
        ).fetchall()
    proven = [(proofs, weight) for proofs, weight in rows if proofs]
    decided = sum(weight for proofs, weight in proven if not any("@" in one for one in proofs))

    found = catalog.query(["decided_use_weight", "judged_use_weight"]).rows

    assert found == [(decided, sum(weight for _, weight in rows))]
    assert 0 < decided < sum(weight for _, weight in proven)


def test_metrics_decisions_in_force_for_several_months_count_once(
    catalog: Catalog, case_home: Path
) -> None:
    names = ["allowing_decision_count", "decision_count", "opt_in_rate"]
    counts = (
        "count(distinct decision_id) filter (where decision = 'allow'), "
        "count(distinct decision_id) from reports.rpt_executive__consent_monthly"
    )
    with open_published(Settings(home=case_home)) as connection:
        in_months = connection.execute(
            f"select report_month, {counts} group by all order by all"
        ).fetchall()
        [in_all] = connection.execute(f"select {counts}").fetchall()

    by_month = catalog.query(names, by=["report_month"]).rows
    [whole] = catalog.query(names).rows

    assert [row[:3] for row in by_month] == in_months
    assert whole[:2] == in_all
    assert whole[2] == round(Decimal(whole[0]) / Decimal(whole[1]), 6)
    assert whole[1] < sum(row[2] for row in by_month)


def test_metrics_of_removals_are_the_reports_to_partners(catalog: Catalog, sums: Ask) -> None:
    names = ["removal_actions", "takedown_actions", "appealed_actions", "overturned_actions"]
    found = catalog.query(names, by=["report_month", "partner_id"]).rows

    reported = sums(
        "select report_month, partner_id, '', sum(action_count), sum(removal_action_count), "
        "sum(appealed_action_count), sum(overturned_action_count) "
        "from reports.rpt_partner__removals_monthly group by all"
    )

    assert {row[:2]: row[2:] for row in found if row[1]} == {
        key[:2]: counts for key, counts in reported.items()
    }


def test_metrics_of_uses_sum_over_products_and_territories_to_the_lines(
    catalog: Catalog, sums: Ask
) -> None:
    table = catalog.query(["usage_amount"], by=[*KEY, "product_id", "territory"])
    found: dict[tuple, Decimal] = {}
    for row in table.rows:
        found[row[:3]] = found.get(row[:3], Decimal(0)) + row[-1]

    lines = sums(
        f"select {', '.join(KEY)}, sum(amount) from reports.rpt_partner__compensation_lines "
        "where line_type = 'USAGE' and hold_bucket is null group by all"
    )

    assert {key: amount for key, amount in found.items() if amount} == {
        key: amount for key, (amount,) in lines.items() if amount
    }


def test_scorecard_is_made_of_the_metrics_of_the_same_names(
    catalog: Catalog, case_home: Path
) -> None:
    with open_published(Settings(home=case_home)) as connection:
        rows = connection.execute(
            "select report_month, metric_name, numerator, denominator "
            "from reports.rpt_executive__scorecard_monthly"
        ).fetchall()
    names = sorted({name for _, name, _, _ in rows})
    parts = [part for name in names for part in catalog.metrics[name].parts]
    table = catalog.query(list(dict.fromkeys(parts)), by=["report_month"])
    values = {row[0]: dict(zip(table.columns[1:], row[1:], strict=True)) for row in table.rows}

    assert len(rows) > 10
    for month, name, *figures in rows:
        expected = [values[month][part] for part in catalog.metrics[name].parts]
        assert (month, name, [one for one in figures if one is not None]) == (month, name, expected)


def test_metrics_shares_are_exact_quotients(catalog: Catalog) -> None:
    name = "consent_proof_rate"

    [(above, below, share)] = catalog.query(["proven_line_count", "paid_line_count", name]).rows

    assert below > 50
    assert share == round(Decimal(above) / Decimal(below), 6)
    assert isinstance(share, Decimal)


def test_metrics_trace_every_minor_unit_of_every_contract_to_its_events(
    catalog: Catalog, case_home: Path
) -> None:
    names = ["traced_minor_unit_count", "line_minor_unit_count", "trace_completeness"]
    with open_published(Settings(home=case_home)) as connection:
        [(stated,)] = connection.execute(
            "select sum(abs(amount) * 10 ** minor_unit_digits)::bigint "
            "from marts.fct_compensation_lines "
            "inner join marts.dim_currencies using (currency_code) where contract_id is not null"
        ).fetchall()

    [(traced, whole, share)] = catalog.query(names).rows

    assert traced == whole == stated > 1_000_000
    assert share == 1


def test_metrics_of_one_partner_and_month_leave_out_the_others(catalog: Catalog) -> None:
    table = catalog.query(
        ["payable_amount"],
        by=["report_month", "partner_id"],
        where={"partner_id": ["e68-partner"]},
        months=("2026-03", "2026-03"),
    )

    [(month, partner, currency, amount)] = table.rows
    assert (f"{month:%Y-%m}", partner, currency) == ("2026-03", "e68-partner", "EUR")
    assert amount == Decimal("985.000")
    assert table.columns == ("report_month", "partner_id", "currency_code", "payable_amount")


def test_metrics_are_printed_with_the_decimals_of_their_currency_e06_e07(
    case_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    partners = {"partner_id": ["e06-partner", "e07-partner", "e68-partner"]}

    print_metrics(
        Settings(home=case_home),
        ["payable_amount"],
        ["partner_id"],
        partners,
        ("2026-03", "2026-03"),
        Form.CSV,
    )

    rows = dict(line.rsplit(",", 1) for line in capsys.readouterr().out.splitlines())
    assert rows["partner_id,currency_code"] == "payable_amount"
    assert "." not in rows["e06-partner,JPY"]
    assert re.fullmatch(r"\d+\.\d{3}", rows["e07-partner,TND"])
    assert rows["e68-partner,EUR"] == "985.00"


@pytest.mark.parametrize("value", ["' or 1=1 --", "{{ 1 / 0 }}", "{% raw %}"])
def test_metrics_filter_with_a_hostile_value_finds_nothing(catalog: Catalog, value: str) -> None:
    table = catalog.query(["payable_amount"], by=["partner_id"], where={"partner_id": [value]})

    assert table.rows == []


@pytest.mark.parametrize(
    ("name", "by", "message_part"),
    [
        ("payable", "partner_id", "There is no metric `payable`"),
        (
            "payable_amount",
            "territory",
            "payable_amount cannot be split or filtered by `territory`",
        ),
    ],
)
def test_metrics_that_cannot_be_answered_say_why(
    catalog: Catalog, name: str, by: str, message_part: str
) -> None:
    with pytest.raises(LinernotesError, match=re.escape(message_part)):
        catalog.query([name], by=[by])


@pytest.mark.parametrize(
    ("arguments", "message_part"),
    [
        (["nosuch"], "There is no metric `nosuch`"),
        (["payable_amount", "--where", "report_month=2026-01"], "--months"),
        (["payable_amount", "--months", "2026-03:2026-01"], "the earlier one first"),
        (["payable_amount", "--months", "2026-13"], "is not a month"),
        (["payable_amount", "opt_in_rate"], "opt_in_rate has none: query it separately"),
    ],
    ids=["no metric", "months by where", "months reversed", "no month", "money and share"],
)
def test_metrics_asked_wrongly_say_what_to_do(
    case_home: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message_part: str
) -> None:
    status = run(["--home", str(case_home), "metrics", *arguments])

    message = " ".join(capsys.readouterr().err.split())
    assert status == NOT_ALLOWED
    assert message_part in message
    assert "error-" not in message


def test_metrics_asked_twice_are_answered_once(catalog: Catalog) -> None:
    names, by = ["payable_amount", "payable_amount"], ["partner_id", "partner_id"]

    table = catalog.query(names, by=by)

    assert table.columns == ("partner_id", "currency_code", "payable_amount")


def test_every_metric_can_be_asked_by_month_and_passes_through_no_float(catalog: Catalog) -> None:
    for info in catalog.metrics.values():
        table = catalog.query([info.name], by=["report_month"])

        assert not [row for row in table.rows if isinstance(row[-1], float)], info.name
        assert info.unit in {"money", "count", "share", "seconds"}


def test_every_metric_can_be_split_by_all_that_it_says(catalog: Catalog) -> None:
    """Regression: metrics of money on hold offered a split by product, which then failed."""
    for info in catalog.metrics.values():
        table = catalog.query([info.name], by=info.dimensions)

        assert table.columns == (*info.dimensions, info.name)


def test_docs_describe_every_metric(catalog: Catalog) -> None:
    docs = Path(__file__).parents[2] / "docs" / "metrics.md"
    text = docs.read_text(encoding="utf-8")

    listed = set(re.findall(r"^\| `(\w+)` \|", text, flags=re.MULTILINE))
    assert listed == catalog.metrics.keys()
    for info in catalog.metrics.values():
        assert f"| `{info.name}` | {info.description} | {info.unit} |" in text
