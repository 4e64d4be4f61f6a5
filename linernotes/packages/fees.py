"""Recomputes a contract's fee from a pool's totals with exact arithmetic, as a partner would.

The rules are deliberately repeated here, separate from the models, to check one by the other.
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from linernotes.base.money import minor_unit_digits

FEE_DIGITS = 6
NANO = 1_000_000_000
FREE_TIER = "free_allowance"
# The column of each arm, in the order that decides a tie.
ARMS = {
    "REVSHARE": "share_arm_amount",
    "PER_SUB": "per_subscriber_arm_amount",
    "PER_USE": "per_use_arm_amount",
}


def fee_arms(pool: Mapping[str, str | None]) -> dict[str, Decimal]:
    """Every arm of the contract's model, in the pool's currency with six decimals.

    Args:
        pool: One row of pool_totals.csv.
    """
    weight = _fraction(pool["weight_nano"]) / NANO
    quantity = _fraction(pool["total_quantity"])
    part = weight / quantity if quantity else Fraction(0)
    is_unpaid = pool["tier"] == FREE_TIER and pool["pays_free_uses"] != "true"
    earning_part = Fraction(0) if is_unpaid else part
    # Minimums and rates may be agreed in another currency than that of the pool.
    exchange = _fraction(pool["minimum_fx_rate"])
    revenue = _fraction(pool["revenue_share"]) * _fraction(pool["net_amount"])
    per_subscriber = _fraction(pool["per_subscriber_minimum"]) * exchange
    arms = {}
    if pool["model"] in {"pro_rata", "greater_of"}:
        arms["REVSHARE"] = revenue * earning_part
    if pool["model"] == "greater_of":
        arms["PER_SUB"] = per_subscriber * _fraction(pool["subscribers"]) * earning_part
        # Free uses always earn a per-use minimum.
        arms["PER_USE"] = _fraction(pool["per_use_minimum"]) * exchange * weight
    if pool["model"] == "per_use":
        earning_weight = Fraction(0) if is_unpaid else weight
        arms["PER_USE"] = _fraction(pool["rate"]) * exchange * earning_weight
    return {arm: half_up(amount, FEE_DIGITS) for arm, amount in arms.items()}


def winning_arm(arms: Mapping[str, Decimal]) -> str:
    """The arm that pays the most; in a tie, the first in `ARMS`."""
    return max((arm for arm in ARMS if arm in arms), key=lambda arm: arms[arm])


def fee_in_payout_currency(pool: Mapping[str, str | None]) -> Decimal:
    """The fee converted at the stated rate, rounded half-up to the payout currency's minor unit."""
    converted = _fraction(pool["fee_amount"]) * _fraction(pool["fx_rate"])
    return half_up(converted, minor_unit_digits(pool["payout_currency_code"] or ""))


def half_up(number: Fraction, digits: int) -> Decimal:
    """An exact number rounded half-up, away from zero at exactly half."""
    scaled = abs(number) * 10**digits
    units = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(units if number >= 0 else -units).scaleb(-digits)


def _fraction(text: str | None) -> Fraction:
    return Fraction(Decimal(text or "0"))
