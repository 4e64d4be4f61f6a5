"""The words for the codes of reports, for readers of the statement.

The models define the codes.
"""

from datetime import date

# For lines without a product, territory or member.
OF_THE_CONTRACT = "Contract-level items and direct repertoire"
LINE_TYPES = {
    "USAGE": "Usage",
    "TRAINING_FEE": "Training fee",
    "FEE": "Collective/aggregator commission",
    "MG_TRUE_UP": "Minimum guarantee top-up",
    "RESERVE_TAKE": "Reserve taken",
    "RESERVE_RELEASE": "Reserve released",
    "ADVANCE_RECOUPMENT": "Advance recouped",
    "WITHHOLDING": "Tax withheld at source",
    "PENALTY": "Penalty for artificial streaming",
    "CARRY_FORWARD": "Brought forward from the month before",
}
CORRECTIONS = {
    "LATE_USAGE": ("Late usage", "Usage of an earlier month reported after its statement."),
    "LATE_CONSENT": (
        "Late consent",
        "Consent that came later released money, or its withdrawal took it back.",
    ),
    "BACKPAY": ("Back pay", "Money of earlier months was matched to its owner."),
    "CONFLICT_RESOLUTION": ("Conflict resolved", "Overlapping ownership claims were settled."),
    "DISPUTE_RESOLUTION": ("Dispute resolved", "Money was released after a reinstatement."),
    "SPAM_ADJUSTMENT": (
        "Spam removed",
        "The derivative was removed as spam; its use no longer counts.",
    ),
    "FRAUD_REDISTRIBUTION": (
        "Fraud redistributed",
        "Artificial plays left the pool; their share went to the others.",
    ),
    "REVENUE_CORRECTION": ("Revenue restated", "The product's revenue was restated."),
    "REATTRIBUTION": ("Attribution revised", "A later attribution changed the shares of sources."),
    "TERMS_CORRECTION": ("Terms amended", "The contract's terms were amended for past months."),
    "FX_CORRECTION": ("Exchange rate restated", "The exchange rate was restated."),
    "REVERSAL": ("Reversal", "An earlier line was reversed."),
}
# The reasons for holds, and what releases the money.
HOLDS = {
    "CONSENT": (
        "No consent on file.",
        "Obtain consent from the rightsholder named on the line; money is then released.",
    ),
    "DISPUTE": ("Ownership claims exceed 100 %.", "Claimants must agree their shares."),
    "UNMATCHED": ("No catalogue match.", "Send the missing metadata."),
    "UNCLAIMED": ("Share unclaimed.", "Submit an ownership claim."),
    "UNROUTED": ("No payee.", "Assign a payee, or sign a contract."),
    "UNATTRIBUTED": ("Source unknown.", "No action: attribution is re-run automatically."),
    "NO_USAGE": (
        "No usage reported in the pool.",
        "No action: late usage, or a decision on the pool, releases it.",
    ),
    "FRAUD": ("Under fraud review.", "No action needed from you; the review releases it."),
    "REMOVAL": (
        "Content removed; the appeal window is open.",
        "No action: released or returned to the pool when the window closes.",
    ),
    "SUSPENDED": ("Account suspended.", "Resolve the suspension with your contact."),
    "BELOW_MINIMUM": (
        "Below the minimum payout.",
        "No action: carried forward until it is reached.",
    ),
}
BALANCES = {"advance": "Advance to recoup", "reserve": "Reserve", "guarantee": "Minimum guarantee"}
SIDES = {"MASTER": "Recordings", "WORK": "Works"}
METHOD = (
    "Each use is weighted by each source's share, for recordings and works separately. The uses of "
    "a month, territory, product and tier share one pool; your contract's share of the pool's net "
    "revenue, or its minimum where that is higher, is your fee, allocated to the cent over "
    "your lines. pool_totals.csv has every figure needed to recompute your share.",
    "Issued statements are never changed. What becomes known later is posted in a later statement "
    "as an adjustment that names the line it amends.",
)
SUPPRESSION = (
    "Counts of people below 10 are not shown. Where a territory of a recording has so few, none of "
    "its territories is shown, so that a total cannot give one back; the rest is rounded to 5. A "
    "sum here adds the totals of recordings that are shown, so it may understate."
)
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def month_name(month: date) -> str:
    """A month for readers, in English whatever the machine's language: May 2026."""
    return f"{MONTHS[month.month - 1]} {month.year}"


def day_name(day: date, *, short: bool = False) -> str:
    """A day for readers: 25 June 2026, or 25 Jun 2026."""
    name = MONTHS[day.month - 1]
    return f"{day.day} {name[:3] if short else name} {day.year}"


def hold_reason(bucket: str) -> str:
    """The reason for a hold, in a few words without a full stop."""
    return HOLDS.get(bucket, (plain(bucket),))[0].removesuffix(".")


def plain(code: str | None) -> str:
    """A code as words: `unconsented_use` is Unconsented use."""
    return (code or "none").replace("_", " ").replace("-", " ").capitalize()


def line_type_name(line_type: str) -> str:
    """A type of line as words, including corrections."""
    if line_type in CORRECTIONS:
        return CORRECTIONS[line_type][0]
    return LINE_TYPES.get(line_type, plain(line_type))
