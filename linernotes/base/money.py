"""Formats money in a currency's minor unit. The models of the warehouse calculate money."""

from decimal import ROUND_HALF_UP, Decimal, localcontext

# ISO 4217: currencies whose minor unit is not a hundredth. The models read the same list from the
# seed `currencies`; a test compares the two. A package must be checkable without the warehouse.
MINOR_UNIT_DIGITS = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "TRL", "UGX"), 0
    ),
    **dict.fromkeys(("UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
USUAL_DIGITS = 2
# The widest decimal of the warehouse.
PRECISION = 38


def minor_unit_digits(currency_code: str) -> int:
    """How many decimals amounts of a currency have: JPY 0, EUR 2, TND 3."""
    return MINOR_UNIT_DIGITS.get(currency_code, USUAL_DIGITS)


def exact_text(number: Decimal) -> str:
    """A decimal as plain digits without trailing zeros, so that 1.50 and 1.5 are one text."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def money_text(amount: Decimal, currency_code: str) -> str:
    """An amount with the decimals of its currency; more only where the amount itself has more."""
    digits = minor_unit_digits(currency_code)
    rounded = round_half_up(amount, digits)
    return format(rounded, "f") if rounded == amount else exact_text(amount)


def round_half_up(amount: Decimal, digits: int) -> Decimal:
    """An amount rounded half-up (away from zero at the half) to a number of decimals."""
    with localcontext(prec=PRECISION + digits):
        rounded = amount.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    return abs(rounded) if rounded == 0 else rounded
