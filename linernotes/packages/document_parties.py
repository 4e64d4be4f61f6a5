"""The head of a statement: payer and payee, the contract, and the day on which payment is due.

`document_money` has the amounts.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from linernotes.agreements import Contact, LegalEntity
from linernotes.base.sql import literal
from linernotes.ledger.records import StatementRecord
from linernotes.packages import wording
from linernotes.packages.balance_terms import AMOUNT_DUE
from linernotes.packages.document_figures import Figures, Statements
from linernotes.packages.document_parts import Part, head, money, table


def who_pays_whom(figures: Figures, statements: Statements, known_at: str) -> Iterator[Part]:
    """The head: payer, payee, and the details by which a finance department files a statement."""
    last_day = figures.month_after - timedelta(days=1)
    house, agreed = statements.house.sender, statements.agreed
    issued = statements.issued_on
    facts = [
        ("Period", f"{figures.month.day} to {wording.day_name(last_day)}"),
        ("Issued", wording.day_name(issued) if issued else "Draft: not issued"),
        ("Data cut-off", known_at),
        ("Payment due", due_text(figures, statements)),
    ]
    if agreed.payment_terms:
        facts.append(("Terms", agreed.payment_terms))
    if agreed.query_days and issued:
        last = issued + timedelta(days=agreed.query_days)
        facts.append(("Queries by", wording.day_name(last)))
    elif agreed.query_days:
        facts.append(("Queries", f"within {agreed.query_days} days of issue"))
    yield head(
        [
            ("Payer", entity_lines(house.legal, house.name, house.contact)),
            ("Payee", entity_lines(agreed.legal, payee_name(figures), agreed.contact)),
        ],
        facts,
    )
    yield table(
        ["Statement", "*Contract", "Number", "Dated", "Currency", f"#{AMOUNT_DUE}"],
        [
            [
                statement_name(one),
                *_contract(figures, statements, one),
                one.currency_code,
                money(Decimal(one.totals["payable_amount"]), one.currency_code),
            ]
            for one in statements.records
        ],
    )


def statement_name(statement: StatementRecord) -> str:
    """The name for filing a statement, such as `umg-master 2026-06 v1`."""
    return f"{statement.statement_id.replace('|', ' ')} v{statement.version}"


def due_date(figures: Figures, statements: Statements) -> date:
    """The agreed day of the month after the report month, never before the day of issue."""
    agreed = figures.month_after.replace(day=statements.agreed.payment_day)
    return max(agreed, statements.issued_on or agreed)


def due_text(figures: Figures, statements: Statements) -> str:
    """The day on which payment is due; for a draft, the rule, because it depends on the issue."""
    day = wording.day_name(due_date(figures, statements))
    return day if statements.issued_on else f"{day} or, if later, on issue"


def payee_name(figures: Figures) -> str:
    """The partner's name in the catalogue, if no legal name is agreed."""
    found = figures.connection.execute(
        "select partner_name from published.marts.dim_partners where partner_id = ?",
        [figures.partner_id],
    ).fetchone()
    return " ".join(found[0].split()) if found else figures.partner_id


def entity_lines(legal: LegalEntity | None, name: str, contact: Contact | None) -> list[str]:
    """Name, address, numbers and contact of a party, as far as agreed."""
    lines = [legal.name, *legal.address] if legal else [name]
    if legal:
        lines += [legal.registration] if legal.registration else []
        lines += [f"Tax ID {legal.tax_id}"] if legal.tax_id else []
    if contact:
        lines += [contact.name] if contact.name else []
        lines.append(", ".join(filter(None, (contact.email, contact.phone))))
    return lines


def _contract(
    figures: Figures, statements: Statements, statement: StatementRecord
) -> tuple[str, str, str]:
    """Title, number and date of a contract."""
    agreed = statements.agreed.contracts.get(statement.contract_id)
    signed = agreed.signed_on if agreed else None
    if not signed:
        [(first,)] = figures.of_contracts(
            "dim_contracts",
            "min(signed_at)::date",
            f"and contract_id = {literal(statement.contract_id)}",
        )
        signed = first
    title = agreed.title if agreed else f"{statement.contract_id}, {_side(statement.side)}"
    dated = wording.day_name(signed, short=True) if signed else "–"
    return title, (agreed.number if agreed else "") or statement.contract_id, dated


def _side(side: str) -> str:
    return wording.SIDES.get(side, side).lower()
