#!/usr/bin/env python3
"""Checks a package of statements with only Python 3.8 or later; no other library is needed.

    python3 verify.py [FOLDER] [--key CERTIFICATE.asc]

It checks the signature of manifest.json, the bytes and SHA-256 of every file, the control totals,
that each statement is the sum of its lines, and your share of each pool. With --key it accepts only
the key in that file, which you received from us separately from the package.

It ends with 0 if everything is correct, with 1 if something is not, with 2 after wrong arguments.
"""

import argparse
import base64
import csv
import hashlib
import json
import os
import re
import sys
from decimal import Decimal
from fractions import Fraction

MANIFEST, SIGNATURE = "manifest.json", "manifest.json.asc"
LINES, POOLS = "compensation_lines.csv", "pool_totals.csv"
# ISO 4217: currencies whose minor unit is not one hundredth.
MINOR_UNITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF TRL UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
TERM_OF_TYPE = {
    "USAGE": "earned_amount",
    "TRAINING_FEE": "earned_amount",
    "FEE": "fee_amount",
    "MG_TRUE_UP": "true_up_amount",
    "RESERVE_TAKE": "reserve_taken_amount",
    "RESERVE_RELEASE": "reserve_released_amount",
    "ADVANCE_RECOUPMENT": "recouped_amount",
    "WITHHOLDING": "tax_amount",
    "PENALTY": "penalty_amount",
}
CORRECTIONS = [
    "LATE_USAGE",
    "LATE_CONSENT",
    "BACKPAY",
    "CONFLICT_RESOLUTION",
    "DISPUTE_RESOLUTION",
    "SPAM_ADJUSTMENT",
    "FRAUD_REDISTRIBUTION",
    "REVENUE_CORRECTION",
    "REATTRIBUTION",
    "TERMS_CORRECTION",
    "FX_CORRECTION",
    "REVERSAL",
]
TAKEN = (
    "fee_amount",
    "reserve_taken_amount",
    "recouped_amount",
    "tax_amount",
    "penalty_amount",
)
LINE_COLUMNS = [
    "partner_id",
    "report_month",
    "statement_id",
    "contract_id",
    "contract_version",
    "member_party_id",
    "line_id",
    "line_type",
    "usage_month",
    "territory",
    "product_id",
    "tier",
    "side",
    "object_id",
    "isrc",
    "owner_party_id",
    "quantity",
    "weight_nano",
    "amount",
    "currency_code",
    "hold_bucket",
    "consent_status",
    "consent_proof_id",
    "original_line_id",
]
CONTRACT_IN_POOL = ("pool_id", "contract_id", "contract_version")
NANO = 10**9


def problems_of(folder, trusted=None):
    """All problems found, as sentences.

    Args:
        folder: The package.
        trusted: The public key that must have signed, 32 bytes; if left out, any key is accepted.
    """
    path = os.path.join(folder, MANIFEST)
    try:
        with open(path, "rb") as file:
            content = file.read()
        manifest = json.loads(content.decode("utf-8"))
    except (OSError, ValueError) as reason:
        return ["%s cannot be read: %s" % (MANIFEST, reason)]
    found = []
    try:
        found += signature_problems(folder, content, manifest, trusted)
        files = list(file_problems(folder, manifest))
        found += files
        if not files:
            found += figure_problems(folder, manifest)
    except (OSError, KeyError, TypeError, ValueError, ArithmeticError, csv.Error) as reason:
        found.append("the package is not complete: %r" % (reason,))
    return found


# The signature


def signature_problems(folder, content, manifest, trusted):
    """Problems with the service's signature of manifest.json; a draft has none."""
    path = os.path.join(folder, SIGNATURE)
    if manifest["state"] != "issued":
        if os.path.exists(path):
            yield "%s is there, and a draft has none" % SIGNATURE
        return
    try:
        with open(path, encoding="ascii") as file:
            packet = unarmored(file.read())
        head, signature = signature_parts(packet)
    except (OSError, ValueError, IndexError) as reason:
        yield "%s cannot be read: %s" % (SIGNATURE, reason)
        return
    stated = base64.b64decode(manifest["signing_key"])
    if trusted is not None and stated != trusted:
        yield "it is signed with another key than the one that you trust"
    trailer = b"\x04\xff" + len(head).to_bytes(4, "big")
    digest = hashlib.sha256(content + head + trailer).digest()
    if not ed25519_holds(stated, digest, signature):
        yield "%s is not the signature of %s" % (SIGNATURE, MANIFEST)


def unarmored(text):
    """The bytes in an OpenPGP armor."""
    body = re.search(r"-----BEGIN PGP [A-Z ]+-----\n(?:[^\n]+\n)*\n(.*?)\n=", text, re.DOTALL)
    if not body:
        raise ValueError("there is no OpenPGP armor")
    return base64.b64decode("".join(body.group(1).split()), validate=True)


def first_packet(packets):
    """Tag and body of the first packet."""
    tag, length, at = packets[0] & 0x3F, packets[1], 2
    if length >= 192:
        length, at = ((length - 192) << 8) + packets[2] + 192, 3
    return tag, packets[at : at + length]


def signature_parts(packets):
    """The hashed part of a signature of version 4, and its 64 bytes of Ed25519."""
    tag, body = first_packet(packets)
    if tag != 2 or body[:1] != b"\x04" or body[1:4] != bytes([0, 22, 8]):
        raise ValueError("it is no Ed25519 signature of a file")
    end = 6 + int.from_bytes(body[4:6], "big")
    at = end + 2 + int.from_bytes(body[end : end + 2], "big") + 2
    numbers = []
    for _ in range(2):
        size = (int.from_bytes(body[at : at + 2], "big") + 7) // 8
        numbers.append(body[at + 2 : at + 2 + size].rjust(32, b"\0"))
        at += 2 + size
    return body[:end], b"".join(numbers)


def key_of_certificate(text):
    """The public key in a certificate, as `linernotes keys show --openpgp` prints it."""
    tag, body = first_packet(unarmored(text))
    if tag != 6 or len(body) < 33:
        raise ValueError("it is no certificate")
    return body[-32:]


# Ed25519 as in RFC 8032, only for checking: nothing here is secret.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def _x_of(y, sign):
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    return P - x if x % 2 != sign else x


def _point(data):
    number = int.from_bytes(data, "little")
    y, sign = number & ((1 << 255) - 1), number >> 255
    x = _x_of(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def _add(one, other):
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c, d = 2 * one[3] * other[3] * D % P, 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _times(number, point):
    result = (0, 1, 1, 0)
    while number:
        if number & 1:
            result = _add(result, point)
        point = _add(point, point)
        number >>= 1
    return result


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = (_x_of(BASE_Y, 0), BASE_Y, 1, _x_of(BASE_Y, 0) * BASE_Y % P)


def ed25519_holds(public_key, message, signature):
    """Whether a message has a valid signature of a public key."""
    if len(public_key) != 32 or len(signature) != 64:
        return False
    key, first = _point(public_key), _point(signature[:32])
    number = int.from_bytes(signature[32:], "little")
    if key is None or first is None or number >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public_key + message).digest()
    one = _times(number, BASE)
    other = _add(first, _times(int.from_bytes(digest, "little") % ORDER, key))
    return (one[0] * other[2] - other[0] * one[2]) % P == 0 and (
        one[1] * other[2] - other[1] * one[2]
    ) % P == 0


# The files


def file_problems(folder, manifest):
    """Files that are missing, are not listed, or have other bytes."""
    listed = {entry["name"]: entry for entry in manifest["files"]}
    there = {
        os.path.relpath(os.path.join(place, name), folder).replace(os.sep, "/")
        for place, _, names in os.walk(folder)
        for name in names
        if not (name.endswith(".ctrl") and os.path.getsize(os.path.join(place, name)) == 0)
    }
    for name in sorted(there - set(listed) - {MANIFEST, SIGNATURE}):
        yield "%s is in the folder, but not in the manifest" % name
    for name, entry in sorted(listed.items()):
        path = os.path.join(folder, *name.split("/"))
        if name not in there or ".." in name.split("/"):
            yield "%s is in the manifest, but not in the folder" % name
            continue
        digest, size = hashlib.sha256(), 0
        with open(path, "rb") as file:
            for block in iter(lambda: file.read(1 << 20), b""):
                digest.update(block)
                size += len(block)
        if size != entry["bytes"] or digest.hexdigest() != entry["sha256"]:
            yield "%s has other bytes than the manifest says" % name


def rows_of(folder, name):
    """The rows of a CSV file, without the apostrophes that prevent formulas in spreadsheets."""
    with open(os.path.join(folder, name), encoding="utf-8", newline="") as file:
        rows = csv.reader(file, strict=True)
        heading = next(rows)
        for row in rows:
            if len(row) != len(heading):
                raise ValueError("%s, line %s: %s cells" % (name, rows.line_num, len(row)))
            yield {
                column: None if cell == "" else cell[1:] if cell[0] == "'" else cell
                for column, cell in zip(heading, row)
            }


# The figures


def figure_problems(folder, manifest):
    """Control totals, statements and pools that do not add up."""
    sums, sets, pools, by_pool = {}, {}, [], {}
    for entry in manifest["files"]:
        name = entry["name"]
        if not name.endswith(".csv") or not entry["control_totals"]:
            continue
        columns = {column for totals in entry["control_totals"].values() for column in totals}
        currency = "payout_currency_code" if name == POOLS else "currency_code"
        found, count = {}, 0
        for row in rows_of(folder, name):
            count += 1
            if (row["partner_id"], row["report_month"]) != (
                manifest["partner_id"],
                manifest["report_month"],
            ):
                yield "%s has rows of another partner or month" % name
            for column in columns:
                key = (row[currency], column)
                found[key] = found.get(key, Decimal(0)) + Decimal(row[column] or 0)
            if name == LINES:
                take_line(row, sums, sets, by_pool)
            elif name == POOLS:
                pools.append(row)
        if count != entry["rows"]:
            yield "%s has %s rows, not %s" % (name, count, entry["rows"])
        stated = {
            (code, column): Decimal(amount)
            for code, totals in entry["control_totals"].items()
            for column, amount in totals.items()
        }
        for key in sorted(set(stated) | set(found), key=str):
            if stated.get(key, Decimal(0)) != found.get(key, Decimal(0)):
                yield "%s: %s %s is %s, not %s" % (
                    name, key[1], key[0], found.get(key, 0), stated.get(key, 0),
                )  # fmt: skip
    for statement in manifest["statements"]:
        for details in statement_problems(statement, sums, sets):
            yield "%s: %s" % (statement["statement_id"], details)
    known = {tuple(pool[column] for column in CONTRACT_IN_POOL) for pool in pools}
    for key in sorted(set(by_pool) - known, key=str):
        yield "%s has no row for %s" % (POOLS, key)
    for pool in pools:
        key = tuple(pool[column] for column in CONTRACT_IN_POOL)
        for details in pool_problems(pool, by_pool.get(key, {})):
            yield "%s@%s in %s: %s" % (key[1], key[2], key[0], details)


def take_line(row, sums, sets, by_pool):
    """Adds one line to the sums that are compared."""
    amount = Decimal(row["amount"] or 0)
    statement = sums.setdefault(row["statement_id"], {})
    key = (row["line_type"], row["hold_bucket"])
    statement[key] = statement.get(key, Decimal(0)) + amount
    texts = [row[column] for column in LINE_COLUMNS]
    at = LINE_COLUMNS.index("amount")
    texts[at] = exact(amount)
    line = json.dumps(texts, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    sets.setdefault(row["statement_id"], []).append(hashlib.sha256(line).digest())
    if row["pool_id"] and row["line_type"] == "USAGE":
        pool = by_pool.setdefault(tuple(row[column] for column in CONTRACT_IN_POOL), {})
        part = "held_amount" if row["hold_bucket"] else "payable_amount"
        pool[part] = pool.get(part, Decimal(0)) + amount


def exact(amount):
    text = format(amount, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def statement_problems(statement, sums, sets):
    """Whether a statement is the sum of its lines, and its balance adds up."""
    digests = sets.get(statement["statement_id"], [])
    if hashlib.sha256(b"".join(sorted(digests))).hexdigest() != statement["line_set_sha256"]:
        yield "the lines are not those of the statement"
    stated = {name: Decimal(text) for name, text in statement["totals"].items()}
    found = {name: Decimal(0) for name in (*TERM_OF_TYPE.values(), "correction_amount")}
    found["held_amount"] = payable = waiting = Decimal(0)
    for (line_type, bucket), amount in sums.get(statement["statement_id"], {}).items():
        if bucket == "SUSPENDED":
            waiting += amount
        elif bucket:
            found["held_amount"] += amount
        else:
            payable += amount
            correction = "correction_amount" if line_type in CORRECTIONS else None
            term = TERM_OF_TYPE.get(line_type, correction)
            if term:
                found[term] += -amount if term in TAKEN else amount
    for term, amount in sorted(found.items()):
        if stated[term] != amount:
            yield "%s is %s, its lines sum to %s" % (term, stated[term], amount)
    closing = stated["opening_amount"] + stated["resumed_amount"]
    for term in set(found) - {"held_amount"}:
        closing += -stated[term] if term in TAKEN else stated[term]
    parts = stated["payable_amount"] + stated["carried_amount"] + stated["suspended_amount"]
    if not stated["closing_amount"] == closing == parts:
        yield "the balance does not close"
    if stated["closing_amount"] - stated["suspended_amount"] != payable:
        yield "what is paid and carried is not the sum of its lines"
    if stated["suspended_amount"] - stated["resumed_amount"] != waiting:
        yield "what is suspended is not the sum of its lines"


def pool_problems(pool, lines):
    """Whether your share of a pool follows from the pool's figures."""
    arms = fee_arms(pool)
    for arm, (column, amount) in arms.items():
        if Decimal(pool[column] or 0) != amount:
            yield "%s is %s, recomputed %s" % (arm, pool[column], amount)
    if arms and Decimal(pool["fee_amount"]) != max(amount for _, amount in arms.values()):
        yield "fee_amount is %s, not its largest arm" % pool["fee_amount"]
    digits = minor_units(pool["payout_currency_code"])
    fee = half_up(number(pool["fee_amount"]) * number(pool["fx_rate"]), digits)
    if Decimal(pool["fee_payout_amount"] or 0) != fee:
        yield "fee_payout_amount is %s, recomputed %s" % (pool["fee_payout_amount"], fee)
    if sum(lines.values(), Decimal(0)) != fee:
        yield "its lines sum to %s, not to the fee of %s" % (sum(lines.values()), fee)
    for part in ("payable_amount", "held_amount"):
        if Decimal(pool[part] or 0) != lines.get(part, Decimal(0)):
            yield "%s is %s, its lines sum to %s" % (part, pool[part], lines.get(part, 0))


def fee_arms(pool):
    """Every arm of the contract's model, by column, in the pool's currency."""
    weight, quantity = number(pool["weight_nano"]) / NANO, number(pool["total_quantity"])
    part = weight / quantity if quantity else Fraction(0)
    unpaid = pool["tier"] == "free_allowance" and pool["pays_free_uses"] != "true"
    earning = Fraction(0) if unpaid else part
    exchange = number(pool["minimum_fx_rate"])
    arms = {}
    if pool["model"] in ("pro_rata", "greater_of"):
        share = number(pool["revenue_share"]) * number(pool["net_amount"]) * earning
        arms["share of revenue"] = ("share_arm_amount", half_up(share, 6))
    if pool["model"] == "greater_of":
        least = number(pool["per_subscriber_minimum"]) * exchange * number(pool["subscribers"])
        arms["minimum per subscriber"] = (
            "per_subscriber_arm_amount",
            half_up(least * earning, 6),
        )
        least = number(pool["per_use_minimum"]) * exchange * weight
        arms["minimum per use"] = ("per_use_arm_amount", half_up(least, 6))
    if pool["model"] == "per_use":
        rate = number(pool["rate"]) * exchange * (Fraction(0) if unpaid else weight)
        arms["rate per use"] = ("per_use_arm_amount", half_up(rate, 6))
    return arms


def number(text):
    return Fraction(Decimal(text or "0"))


def half_up(value, digits):
    """Rounded half-up, away from zero at exactly half."""
    scaled = abs(value) * 10**digits
    units = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(units if value >= 0 else -units).scaleb(-digits)


def minor_units(currency):
    for digits, codes in MINOR_UNITS.items():
        if currency in codes.split():
            return digits
    return 2


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Checks a package of statements.")
    parser.add_argument("folder", nargs="?", default=os.path.dirname(os.path.abspath(__file__)))
    parser.add_argument(
        "--key", help="the certificate that you trust, received separately from the package"
    )
    given = parser.parse_args(arguments)
    trusted = None
    if given.key:
        try:
            with open(given.key, encoding="ascii") as file:
                trusted = key_of_certificate(file.read())
        except (OSError, ValueError, IndexError) as reason:
            parser.error("%s cannot be read: %s" % (given.key, reason))
    found = problems_of(given.folder, trusted)
    for problem in found:
        print(problem)
    if found:
        return 1
    print("All holds: signature, files, totals, statements and shares of pools.")
    if trusted is None:
        print("The key itself was not checked: give the certificate that you trust with --key.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
