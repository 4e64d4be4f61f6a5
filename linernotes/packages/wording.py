"""What the codes of reports mean to a reader of the statement.

The codes themselves are the models'.
"""

from datetime import date

# Of lines that no product, territory or member has.
OF_THE_CONTRACT = "Terms of the contract"
LINE_TYPES = {
    "USAGE": "Use in the month",
    "TRAINING_FEE": "Training fee",
    "FEE": "Umbrella fee",
    "MG_TRUE_UP": "Minimum guarantee, topped up",
    "RESERVE_TAKE": "Reserve taken",
    "RESERVE_RELEASE": "Reserve released",
    "ADVANCE_RECOUPMENT": "Advance recouped",
    "WITHHOLDING": "Tax withheld at source",
    "PENALTY": "Penalty for fraud",
    "CARRY_FORWARD": "Carried from the month before",
}
CORRECTIONS = {
    "LATE_USAGE": ("Late usage", "Use of an earlier month that reached us after it was issued."),
    "LATE_CONSENT": ("Late consent", "A decision that came later releases or takes back money."),
    "BACKPAY": ("Back pay", "Money of earlier months that has found its owner."),
    "CONFLICT_RESOLUTION": ("Conflict resolved", "Overlapping claims of ownership were settled."),
    "DISPUTE_RESOLUTION": ("Dispute resolved", "A dispute was decided."),
    "SPAM_ADJUSTMENT": ("Spam removed", "The derivative was removed as spam; its weight leaves."),
    "FRAUD_REDISTRIBUTION": (
        "Fraud redistributed",
        "Artificial plays left the pool; their share goes to the others.",
    ),
    "REVENUE_CORRECTION": ("Revenue corrected", "The product's revenue was stated anew."),
    "REATTRIBUTION": ("Attribution revised", "A later attribution says what a work was made of."),
    "TERMS_CORRECTION": ("Terms corrected", "The contract's terms were stated anew."),
    "FX_CORRECTION": ("Exchange rate corrected", "The rate was stated anew."),
    "REVERSAL": ("Reversal", "A line was taken back."),
}
# Why money waits, and what releases it.
HOLDS = {
    "CONSENT": (
        "No decision allows this use.",
        "Record a decision of the party named in the lines; a later yes releases it.",
    ),
    "DISPUTE": ("More than the whole is claimed.", "The claimants agree on their shares."),
    "UNMATCHED": ("A source matches nothing in the catalogue.", "Deliver its metadata."),
    "UNCLAIMED": ("Nobody has claimed this share.", "Claim it by an ownership delivery."),
    "UNROUTED": ("No contract pays the owner there.", "Name the route, or conclude a contract."),
    "UNATTRIBUTED": (
        "It is not known what the work was made of.",
        "Nothing to do: we attribute anew.",
    ),
    "NO_USAGE": (
        "The pool has revenue and no use, so its default share waits.",
        "Nothing to do: use that arrives late, or a decision on the pool, releases it.",
    ),
    "FRAUD": ("The plays are under examination.", "Nothing to do: the examination ends it."),
    "REMOVAL": (
        "The derivative was removed, and the time to appeal runs.",
        "Nothing to do: it is decided with the appeal, or when the time is over.",
    ),
    "SUSPENDED": ("The account is suspended.", "Lift the suspension."),
    "BELOW_MINIMUM": (
        "Below the minimum payout.",
        "Nothing to do: it is carried until it is reached.",
    ),
}
SIDES = {"MASTER": "Recordings", "WORK": "Works"}
METHOD = (
    "Each use is weighted by the share that its sources had in it, recordings and works apart. The "
    "uses of a month, territory, product and tier share one pool; your contract's share of the "
    "pool's net revenue, or its minimum where that is more, is your fee, which your lines divide "
    "to the minor unit. pool_totals.csv has every figure that it takes to recompute your share.",
    "Nothing that was issued changes. What is learnt later is posted in a later statement as a "
    "correction that names the line it corrects.",
)
SUPPRESSION = (
    "Counts of people below 10 are not shown. Where a territory of a recording has so few, none of "
    "its territories is shown, so that a total cannot give one back; the rest is rounded to 5. A "
    "sum here adds what is shown, so it is a lower bound."
)


def month_name(month: date) -> str:
    """A month as people write it, in English whatever the machine's language: May 2026."""
    names = "January February March April May June July August September October November December"
    return f"{names.split()[month.month - 1]} {month.year}"


def plain(code: str | None) -> str:
    """A code as words: `unconsented_use` is Unconsented use."""
    return (code or "none").replace("_", " ").replace("-", " ").capitalize()


def line_type_name(line_type: str) -> str:
    """A type of line as words, a correction's too."""
    if line_type in CORRECTIONS:
        return CORRECTIONS[line_type][0]
    return LINE_TYPES.get(line_type, plain(line_type))
