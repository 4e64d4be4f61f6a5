"""The items that need attention, ranked by the amount at stake, then by age.

The register of open matters is a report; this module adds titles and next steps.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from linernotes.dashboard import wording
from linernotes.dashboard.blocks import VERDICTS, Item, Link
from linernotes.dashboard.consent_blocks import expiries_href, windows
from linernotes.dashboard.figures import LATEST_RATES, Figures, Verdict, now_is_after
from linernotes.dashboard.formats import Money, count_text, short_money_text
from linernotes.dashboard.promise_blocks import OFF_TARGET, short_value_text
from linernotes.dashboard.row_tables import rows_href
from linernotes.packages import wording as codes

# The next step for money that should have been released without one.
OVERDUE = "Overdue: find out why it is not released."
RISKS = {
    "statements_not_issued": ("Draft statements awaiting approval", "Approve and issue."),
    "open_notices": ("Open notices", "Act on them or reject as invalid."),
}


def attention(figures: Figures) -> list[Item]:
    """All items of the selected partners; promises and filings only if no partner is selected."""
    items = [*_risks(figures), *_expiring(figures), *_incidents(figures)]
    if not figures.selection.partner:
        items += [*_verdicts(figures), *_unfiled(figures)]
    return sorted(items, key=lambda item: item.sort_key)


def _item(
    figures: Figures,
    what: str,
    href: str,
    amount: Decimal | None,
    count: int,
    unit: str,
    owner: str,
    next_step: str,
    since: date | None,
    due: date | None,
    figure: str = "",
) -> Item:
    is_overdue = due is not None and now_is_after(figures.view, due)
    text = figure or (
        short_money_text(Money(amount, figures.currency))
        if amount
        else f"{count_text(count)} {unit}{'' if count == 1 else 's'}"
    )
    return Item(
        Link(what, href),
        text,
        count,
        owner,
        next_step,
        due,
        since,
        is_overdue,
        (-(amount or Decimal(0)), since or date.max, what),
    )


def _of_partners(figures: Figures) -> tuple[str, tuple[tuple[str, ...], ...], dict[str, object]]:
    """The selected partners as an SQL condition, as its parameter, and as columns of an address."""
    partners = figures.selection.partner
    if not partners:
        return "true", (), {}
    return "list_contains(?, partner_id)", (partners,), {"partner_id": partners}


def _risks(figures: Figures) -> Iterator[Item]:
    condition, parameters, of_partner = _of_partners(figures)
    rows = figures.view.rows(
        "select risk_name, hold_bucket, next_action_by, sum(item_count), sum(reporting_amount), "
        "min(since_month), min(due_date) from published.reports.rpt_executive__risk_register "
        f"where {condition} group by all order by all",
        parameters,
    )
    for risk, bucket, turn, count, amount, since, due in rows:
        owner = wording.OWNERS.get(turn, codes.plain(turn))
        if bucket is not None:
            what = wording.hold_name(bucket)
            _, step = codes.HOLDS.get(bucket, ("", ""))
            if step.startswith("No action"):
                if due is None or not now_is_after(figures.view, due):
                    continue
                step = OVERDUE
            href = rows_href("holds", hold_bucket=bucket, **of_partner)
            unit = "line"
        else:
            what, step = RISKS.get(risk, (codes.plain(risk), ""))
            is_notice = risk == "open_notices"
            href = (
                rows_href("notices", is_open="true", **of_partner)
                if is_notice
                else rows_href("statements", statement_state="draft", **of_partner)
            )
            unit = "notice" if is_notice else "statement"
        yield _item(figures, what, href, amount, count, unit, owner, step, since, due)


def _expiring(figures: Figures) -> Iterator[Item]:
    """Consents that end within 90 days of the data's cut-off, with their recent earnings."""
    partners = figures.selection.partner
    found = windows(figures, partners)
    if found:
        yield _item(
            figures,
            f"Consents that end within {found[-1].days} days",
            expiries_href(partners),
            sum((one.amount for one in found), Decimal(0)),
            sum(one.count for one in found),
            "consent",
            "Rights data",
            "Renew with the rightsholders named in the decisions.",
            None,
            min(one.first for one in found),
        )


def _incidents(figures: Figures) -> Iterator[Item]:
    """Open incidents: the critical ones, and those whose money is not listed as on hold."""
    condition, parameters, of_partner = _of_partners(figures)
    rows = figures.view.rows(
        "select incident_kind, label, count(distinct incident_id), "
        "sum((coalesce(held_amount, 0) + coalesce(exposed_amount, 0)) * rate), "
        "min(cast(opened_at as date)), min(due_date), next_action_by, next_step "
        f"from published.reports.rpt_executive__incidents left join {LATEST_RATES} "
        f"using (currency_code) where incident_status = 'open' and {condition} group by all "
        "having any_value(severity) = 'critical' or coalesce(sum(held_amount), 0) = 0 "
        "order by all",
        parameters,
    )
    for kind, label, count, amount, since, due, owner, step in rows:
        yield _item(
            figures,
            f"Incidents: {label[0].lower()}{label[1:]}",
            rows_href("incidents", incident_kind=kind, incident_status="open", **of_partner),
            amount,
            count,
            "incident",
            wording.OWNERS.get(owner, codes.plain(owner)),
            f"{step}.",
            since,
            due,
        )


def _verdicts(figures: Figures) -> Iterator[Item]:
    """Promises off target in the headline month, each with the measure that misses its target."""
    for found in figures.verdicts:
        if found.month != figures.view.options.headline:
            continue
        if found.measure_verdict in OFF_TARGET:
            name, _ = wording.MEASURES[found.measure]
            yield _item(
                figures,
                f"{name}: {VERDICTS[found.measure_verdict].lower()}",
                f"/promises/{found.promise}",
                None,
                1,
                "promise",
                found.owner or "–",
                _way_back(figures, found),
                found.since,
                None,
                short_value_text(found),
            )


def _way_back(figures: Figures, found: Verdict) -> str:
    """The next step to bring a promise back on target."""
    if found.measure == "timely_statement_share" and figures.view.is_demonstration:
        return "No action: the demonstration issues past months when it is built."
    target = found.target_text.removeprefix("Target: ")
    return f"Agree how to get back on target: {target}."


def _unfiled(figures: Figures) -> Iterator[Item]:
    [(count, since)] = figures.view.rows(
        "select count(*), min(applied_month) from published.reports.rpt_regulator__unfiled_actions"
    )
    if count:
        yield _item(
            figures,
            "Removals with no statement of reasons filed (DSA)",
            rows_href("unfiled"),
            None,
            count,
            "action",
            "Trust and safety",
            "File them with the regulator.",
            since,
            None,
        )


def data_items(figures: Figures) -> list[tuple[str, int, str, str]]:
    """The data team's open tasks: title, count, next step, and the address of the rows."""
    tasks: tuple[tuple[str, str, str, dict[str, Any], str], ...] = (
        (
            "Failed blocking checks",
            "published.quality.check_results "
            "where is_latest and outcome <> 'passed' and severity = 'error'",
            "checks",
            {"is_latest": "true", "outcome": ["failed", "error"], "severity": "error"},
            "No new data is published until fixed.",
        ),
        (
            "Data-quality warnings",
            "published.quality.check_results "
            "where is_latest and outcome <> 'passed' and severity <> 'error'",
            "checks",
            {"is_latest": "true", "outcome": ["failed", "error"], "severity": "warn"},
            "Review: confirm or correct.",
        ),
        (
            "Rejected records, by rule",
            "published.quality.quarantine_summary where open_row_count > 0",
            "rejected",
            {},
            "Correct and resend; excluded from all figures until then.",
        ),
    )
    found = []
    for what, rows, table, where, step in tasks:
        [(count,)] = figures.view.rows(f"select count(*) from {rows}")
        if count:
            found.append((what, count, step, rows_href(table, **where)))
    return found
