"""Loads the response of the EU's database to a batch as the feed `removals/filings`.

A statement is filed only if the response has an id for it. A response without statements, such as a
failed login, is refused and not recorded.
"""

import json
import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from linernotes.base import durable
from linernotes.base.digests import file_sha256
from linernotes.base.errors import LinernotesError
from linernotes.base.settings import Settings
from linernotes.ingestion import FILING_OUTCOMES, admit_landing
from linernotes.regulator.batches import STAMP, batch_id_of

FEED = "removals/filings"
ACCEPTED, REJECTED, DUPLICATE, NOT_TAKEN = FILING_OUTCOMES
ANSWER_SUFFIX = ".answer.json"
# In its errors the database numbers the statements of a batch from 0.
NUMBERED = re.compile(r"statement_(\d+)")


@dataclass(frozen=True)
class RecordedAnswer:
    """The recorded response.

    Attributes:
        batch_id: The batch of the response.
        outcomes: Statements by outcome: accepted, rejected, duplicate, not_taken.
        is_new: Whether the response had not been recorded before.
    """

    batch_id: str
    outcomes: dict[str, int]
    is_new: bool


def record_answer(
    settings: Settings,
    answer_file: Path,
    now: datetime,
    batch_file: Path | None = None,
) -> RecordedAnswer:
    """Records the database's response to a batch.

    Args:
        settings: The home; the response is loaded through its landing zone into its lake.
        answer_file: The body of the response, JSON.
        now: When it is recorded, UTC; also the time of the response if the response has none.
        batch_file: The batch; for `batch-X.answer.json` the file `batch-X.json` beside it.

    Raises:
        LinernotesError: if a file is missing or not JSON, if the response has no statements, or if
            it does not fit the batch.
    """
    batch_file = batch_file or _batch_beside(answer_file)
    batch_id, puids = batch_id_of(batch_file), _puids(batch_file)
    answer = _json(answer_file)
    rows = _rows(answer, puids, answer_file.name)
    known = {
        "batch_id": batch_id,
        "exported_at": _exported_at(batch_id),
        "recorded_at": _text(now),
    }
    lines = [known | {"answered_at": _text(now)} | row for row in rows]
    digest = file_sha256(answer_file)[:12]
    target = settings.landing_root / FEED / f"{batch_id}-{digest}.jsonl"
    outcomes = dict(sorted(Counter(row["outcome"] for row in rows).items()))
    if target.exists():
        return RecordedAnswer(batch_id, outcomes, is_new=False)
    content = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    try:
        durable.write_text(target, content)
    except OSError as error:
        raise LinernotesError(f"The response could not be written to {target}: {error}.") from None
    # The file is complete from the start, so it need not settle.
    report = admit_landing(settings.model_copy(update={"settling_seconds": 0}), [FEED])
    [outcome] = [one for one in report.deliveries if one.name.endswith(target.name)]
    if outcome.rows_loaded != len(lines):
        raise LinernotesError(
            f"Of {len(lines)} answers {outcome.rows_loaded} were loaded: "
            "`linernotes quarantine list` shows the reasons."
        )
    return RecordedAnswer(batch_id, outcomes, is_new=True)


def _rows(answer: Any, puids: list[str], name: str) -> list[dict[str, Any]]:
    """One row per statement of the batch, with its outcome."""
    if isinstance(answer, dict) and isinstance(answer.get("statements"), list):
        return _accepted(answer["statements"], puids, name)
    errors = answer.get("errors") if isinstance(answer, dict) else None
    if not isinstance(errors, dict) or not errors:
        message = answer.get("message") if isinstance(answer, dict) else None
        raise LinernotesError(
            f"{name} says nothing about statements{f' ({message})' if message else ''}: nothing is "
            "recorded. Send the batch again, and record that response."
        )
    existing = errors.get("existing_puids")
    if existing is None and isinstance(answer.get("existing"), dict):
        existing = [answer["existing"].get("puid")]
    if existing is not None:
        _require_of_batch(set(existing), puids, name)
        message = answer.get("message") or "The database has this puid already."
        return [_refused(puid, DUPLICATE, message, puid in set(existing)) for puid in puids]
    against = {
        int(match[1]): _sentence(fields)
        for key, fields in errors.items()
        if (match := NUMBERED.fullmatch(key))
    }
    if against and max(against) >= len(puids):
        raise LinernotesError(
            f"{name} refers to statement {max(against)}, but the batch has {len(puids)}, numbered "
            "from 0: name the batch that was sent with --batch."
        )
    message = None if against else _sentence(errors)
    return [
        _refused(puid, REJECTED, against.get(number, message), number in against)
        for number, puid in enumerate(puids)
    ]


def _accepted(statements: list[Any], puids: list[str], name: str) -> list[dict[str, Any]]:
    if len(statements) != len(puids):
        raise LinernotesError(
            f"{name} accepts {len(statements)} statements, and the batch has {len(puids)}: name "
            "the batch that was sent with --batch."
        )
    rows = []
    for puid, statement in zip(puids, statements, strict=True):
        given = statement.get("uuid") if isinstance(statement, dict) else None
        if not given:
            raise LinernotesError(f"{name} has no uuid for {puid}: nothing is recorded.")
        # Since version 2 the response has the puid, which must be that of the batch.
        if statement.get("puid", puid) != puid:
            _require_of_batch({statement["puid"]}, puids, name)
            puid = statement["puid"]
        row = {"puid": puid, "outcome": ACCEPTED, "statement_uuid": given}
        if created := statement.get("created_at"):
            row["answered_at"] = created.replace(" ", "T").rstrip("Z") + "Z"
        rows.append(row)
    return rows


def _require_of_batch(named: set[Any], puids: list[str], name: str) -> None:
    if strangers := sorted(map(str, named - set(puids))):
        raise LinernotesError(
            f"{name} refers to {strangers[0]}, which is not in the batch: name the batch that was "
            "sent with --batch."
        )


def _refused(puid: str, outcome: str, message: str | None, is_named: bool) -> dict[str, Any]:
    row = {"puid": puid, "outcome": outcome if is_named else NOT_TAKEN}
    if message and (is_named or outcome == REJECTED):
        row["message"] = message
    return row


def _sentence(fields: Any) -> str:
    if isinstance(fields, dict):
        return "; ".join(
            f"{field}: {_sentence(message)}" for field, message in sorted(fields.items())
        )
    if isinstance(fields, list):
        return " ".join(map(str, fields))
    return str(fields)


def _batch_beside(answer_file: Path) -> Path:
    if not answer_file.name.endswith(ANSWER_SUFFIX):
        raise LinernotesError(
            f"{answer_file.name} does not end with {ANSWER_SUFFIX}: name the batch that it answers "
            "with --batch."
        )
    return answer_file.with_name(answer_file.name.removesuffix(ANSWER_SUFFIX) + ".json")


def _puids(batch_file: Path) -> list[str]:
    batch = _json(batch_file)
    try:
        return [statement["puid"] for statement in batch["statements"]]
    except (TypeError, KeyError):
        raise LinernotesError(f"{batch_file} is not a batch of statements of reasons.") from None


def _json(file: Path) -> Any:
    if not file.exists():
        raise LinernotesError(f"There is no {file}: check the path.")
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        raise LinernotesError(
            f"{file} is not JSON: save the body of the response unchanged."
        ) from None


def _exported_at(batch_id: str) -> str | None:
    try:
        return _text(datetime.strptime(batch_id.rsplit("-", 1)[0], STAMP).replace(tzinfo=UTC))
    except ValueError:
        return None


def _text(instant: datetime) -> str:
    # With whole seconds, two responses of one second would be conflicting versions.
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
