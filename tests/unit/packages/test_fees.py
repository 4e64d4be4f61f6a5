"""The partner's recalculation of fees from pool totals, on cases with known results."""

from decimal import Decimal
from fractions import Fraction

import pytest

from linernotes.packages.fees import fee_arms, fee_in_payout_currency, half_up, winning_arm


def pool(**figures: str) -> dict[str, str | None]:
    usual: dict[str, str | None] = {
        "model": "greater_of",
        "revenue_share": "0.6",
        "net_amount": "10000",
        "total_quantity": "1000",
        "weight_nano": "200000000000",
        "subscribers": "1100",
        "per_subscriber_minimum": "6.00",
        "per_use_minimum": None,
        "rate": None,
        "minimum_fx_rate": "1",
        "tier": "premium",
        "pays_free_uses": "false",
    }
    return usual | figures


def test_greater_of_with_subscriber_minimum_ahead_e11() -> None:
    arms = fee_arms(pool())

    assert arms == {
        "REVSHARE": Decimal("1200.000000"),
        "PER_SUB": Decimal("1320.000000"),
        "PER_USE": Decimal("0.000000"),
    }
    assert winning_arm(arms) == "PER_SUB"


def test_greater_of_with_equal_arms_is_the_revenue_share_e11() -> None:
    arms = fee_arms(pool(subscribers="1000"))

    assert arms["REVSHARE"] == arms["PER_SUB"]
    assert winning_arm(arms) == "REVSHARE"


def test_greater_of_with_per_use_floor_ahead_e12() -> None:
    arms = fee_arms(
        pool(
            revenue_share="0.2",
            total_quantity="1000000",
            weight_nano="1000000000000000",
            per_subscriber_minimum="0",
            per_use_minimum="0.00225",
        )
    )

    assert (arms["REVSHARE"], arms["PER_USE"]) == (Decimal("2000.000000"), Decimal("2250.000000"))


def test_per_use_rate_in_another_currency_is_converted() -> None:
    arms = fee_arms(pool(model="per_use", rate="0.01", minimum_fx_rate="1.1"))

    assert arms == {"PER_USE": Decimal("2.200000")}


def test_pro_rata_of_pool_without_use_is_nothing() -> None:
    assert fee_arms(pool(model="pro_rata", total_quantity="0", weight_nano="0")) == {
        "REVSHARE": Decimal("0.000000")
    }


def test_free_use_of_contract_that_does_not_pay_it_earns_by_per_use_minimum_only_e57() -> None:
    arms = fee_arms(pool(tier="free_allowance", per_use_minimum="0.01"))

    assert (arms["REVSHARE"], arms["PER_SUB"], arms["PER_USE"]) == (0, 0, Decimal("2.000000"))


def test_fee_in_dinar_keeps_three_decimals_e07() -> None:
    fee = {"fee_amount": "10.000500", "fx_rate": "1", "payout_currency_code": "TND"}

    assert fee_in_payout_currency(fee) == Decimal("10.001")


@pytest.mark.parametrize(
    ("number", "digits", "rounded"),
    [("0.005", 2, "0.01"), ("-0.005", 2, "-0.01"), ("0.0049999", 2, "0.00"), ("2.5", 0, "3")],
)
def test_half_up_rounds_away_from_zero(number: str, digits: int, rounded: str) -> None:
    assert half_up(Fraction(number), digits) == Decimal(rounded)
