"""The incidents of the published file, with the notes on them that are newer than the file.

The models find the incidents; `incident_notes.py` keeps the notes.
"""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from linernotes.base.clock import instant, instant_text
from linernotes.base.published import open_published
from linernotes.base.settings import Settings
from linernotes.ledger.incident_notes import incident_notes


@dataclass(frozen=True)
class Incident:
    """An incident of the published file.

    Attributes:
        subject: Its subject, in names.
        held: Amounts on hold for it, each with its currency.
        due: Day by which it has to be closed, with a mark if it is overdue.
    """

    incident_id: str
    severity: str
    label: str
    subject: str
    item_count: int | None
    held: list[str]
    opened_at: datetime
    due: str
    next_action_by: str
    status: str

    def __str__(self) -> str:
        return f"{self.incident_id}: {self.label}, {self.subject}, since {self.opened_at:%Y-%m-%d}"

    def as_row(self) -> dict[str, Any]:
        """The incident as plain values."""
        return asdict(self) | {"opened_at": instant_text(self.opened_at)}


def incidents(
    settings: Settings,
    kind: str | None = None,
    month: str | None = None,
    partner: str | None = None,
    *,
    only_open: bool = True,
) -> list[Incident]:
    """The incidents of the published file, most severe and oldest first.

    An incident that was closed after the build of the file is shown as closed.

    Args:
        settings: The home.
        kind: Only this kind; every kind when left out.
        month: Only this month, `YYYY-MM`.
        partner: Only those that concern this partner.
        only_open: Whether closed and dissolved ones are left out.

    Raises:
        LinernotesError: if nothing is published.
    """
    with open_published(settings) as connection:
        rows = connection.execute(
            """
            select
                incident_id, min(severity), min(label),
                coalesce(min(concat_ws(
                    ', ', product_name, object_name, derivative_id, model_version, decision_id,
                    case_id, contract_id, owner_name
                )), ''),
                min(item_count),
                coalesce(
                    list(held_amount || ' ' || currency_code order by currency_code)
                        filter (held_amount <> 0),
                    []
                ),
                min(opened_at),
                min(due_date)::varchar || case when bool_or(is_overdue) then ' overdue' else '' end,
                min(next_action_by), min(incident_status), min(last_seen_at)
            from reports.rpt_executive__incidents
            where
                ($kind is null or incident_kind = $kind)
                and ($month is null or strftime(report_month, '%Y-%m') = $month)
                and ($partner is null or partner_id = $partner)
            group by incident_id
            order by
                list_position(['critical', 'high', 'medium'], min(severity)), min(opened_at),
                incident_id
            """,
            {"kind": kind, "month": month, "partner": partner},
        ).fetchall()
    closed = {note.incident_id: instant(note.noted_at) for note in incident_notes(settings)}
    found = []
    for *row, last_seen_at in rows:
        one = Incident(*row)
        closed_at = closed.get(one.incident_id)
        if one.status == "open" and closed_at and closed_at >= last_seen_at:
            one = replace(one, status="closed")
        if one.status == "open" or not only_open:
            found.append(one)
    return found


def critical_incidents(settings: Settings) -> list[Incident]:
    """The open critical incidents, oldest first.

    Raises:
        LinernotesError: if nothing is published.
    """
    return [one for one in incidents(settings) if one.severity == "critical"]


def incident_facts(settings: Settings, incident_id: str) -> list[dict[str, Any]]:
    """All facts about an incident in the published file, a row per currency; empty if unknown.

    Raises:
        LinernotesError: if nothing is published.
    """
    with open_published(settings) as connection:
        found = connection.execute(
            "select * from reports.rpt_executive__incidents where incident_id = ? "
            "order by currency_code",
            [incident_id],
        )
        names = [column[0] for column in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
