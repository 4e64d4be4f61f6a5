"""Writes removal actions with their statements of reasons, notices and appeals.

Each part of a month is made from separate draws, so that 75 million actions need no more memory
than one part.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from sampleservice.catalog import PARTNERS, Catalog
from sampleservice.files import (
    Landing,
    blank_unless,
    chosen,
    dates,
    ids,
    no_times,
    table,
    times,
)
from sampleservice.randomness import Draws, Flags, Ints, affine_order, spread
from sampleservice.usage import Published
from sampleservice.world import DAY, HOUR, MINUTE, SEASON, SECOND, Month, World, micros

PART = 150_000
CSV_ROWS = 5_000
# The maximum number of statements of reasons in one submission to the EU's database.
BATCH = 100
REFUSAL = "illegal_content_legal_ground: The illegal content legal ground field is required."
ATTACK_SHARE = 0.12
ATTACK_CASE = "case-attack-01"
EEA = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS",
    "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
]  # fmt: skip
# Territories of actions (None: the world), and the corresponding scopes in the EU's form.
TERRITORIES = [None, ["DE", "AT"], ["FR"], ["US"], ["JP", "GB"]]
SCOPES = [EEA, ["DE", "AT"], ["FR"], None, None]


@dataclass(frozen=True)
class Reason:
    """One reason of the programme, with its values in the EU's form."""

    name: str
    share: float
    visibility: str | None
    monetary: str | None
    ground: str
    category: str
    keyword: str | None
    facts: str
    harms_somebody: bool = False
    legal_ground: str | None = None
    by_notice: float = 0.05
    automated: float = 0.9


REMOVED, DEMOTED, LABELLED = "CONTENT_REMOVED", "CONTENT_DEMOTED", "CONTENT_LABELLED"
TERMS = "INCOMPATIBLE_CONTENT"
ILLEGAL = "ILLEGAL_CONTENT"
SCAMS, PROPERTY, OTHER_TERMS = (
    "SCAMS_AND_FRAUD",
    "INTELLECTUAL_PROPERTY_INFRINGEMENTS",
    "OTHER_VIOLATION_TC",
)
REASONS = (
    Reason("mass_upload", 0.30, REMOVED, None, TERMS, SCAMS, "INAUTHENTIC_ACCOUNTS",
           "Part of a large number of near-identical uploads from one account."),
    Reason("duplicate", 0.17, REMOVED, None, TERMS, OTHER_TERMS, "OTHER",
           "The audio repeats a recording that is already in the catalogue."),
    Reason("seo_hack", 0.08, DEMOTED, None, TERMS, SCAMS, "INAUTHENTIC_LISTINGS",
           "Title and artist are worded to appear in searches for something else."),
    Reason("short_track", 0.08, REMOVED, None, TERMS, OTHER_TERMS, "OTHER",
           "One of a series of tracks cut to just over the length that counts as a play."),
    Reason("impersonation_voice", 0.07, REMOVED, None, ILLEGAL, SCAMS,
           "IMPERSONATION_ACCOUNT_HIJACKING",
           "The vocal imitates the voice of an artist who has not agreed to it.",
           harms_somebody=True, legal_ground="Right of publicity in one's own voice",
           by_notice=0.6, automated=0.3),
    Reason("content_mismatch", 0.07, REMOVED, None, TERMS, SCAMS, "INAUTHENTIC_LISTINGS",
           "Delivered to the profile of an artist who did not make it.",
           harms_somebody=True, by_notice=0.5, automated=0.4),
    Reason("artificial_streaming", 0.10, None, "SUSPENSION", TERMS, SCAMS, "INAUTHENTIC_ACCOUNTS",
           "Nearly all plays came from accounts that are not people."),
    Reason("copyright", 0.05, REMOVED, None, ILLEGAL, PROPERTY, "COPYRIGHT_INFRINGEMENT",
           "Contains a protected recording without a licence.",
           harms_somebody=True, legal_ground="Directive 2001/29/EC, article 3", by_notice=0.9,
           automated=0.2),
    Reason("unconsented_use", 0.02, "CONTENT_DISABLED", None, TERMS, PROPERTY,
           "COPYRIGHT_INFRINGEMENT", "Made from a recording whose artist had not agreed.",
           harms_somebody=True, by_notice=0.4, automated=0.5),
    Reason("ai_label", 0.05, LABELLED, None, TERMS, "CONSUMER_INFORMATION", "OTHER",
           "Shown with a label because it was found to be machine-made and did not say so."),
    Reason("other", 0.01, REMOVED, None, TERMS, OTHER_TERMS, "OTHER",
           "Against the terms of use in another way."),
)  # fmt: skip
CODES = {reason.name: number for number, reason in enumerate(REASONS)}
APPEAL_KINDS = ["internal", "counter_notice", "out_of_court", "authorised_later"]
AI_STATUSES = ["declared", "detected", "none", "unknown"]


@dataclass
class Part:
    """Some actions of a month, as parallel arrays."""

    label: str
    base: int
    reason: Ints
    applied: Ints
    upload: Ints
    case: pl.Series
    derivative: Ints
    recording: Ints

    def __len__(self) -> int:
        return len(self.reason)


def write_removals(
    world: World, catalog: Catalog, published: Published, landing: Landing
) -> dict[str, list[str]]:
    """Write actions, notices and appeals of every month; returns the ids of the planted stories."""
    months = len(world.months)
    total = world.size("removals", 7_500 / 12 * months, least=max(12, 6 * months))
    attack_month = min(5, months)
    attack = max(8, int(total * ATTACK_SHARE))
    counts = spread(total - attack, SEASON[:months])
    writer = _Writer(world, catalog, landing)
    base = 1
    for month, count in zip(world.months, counts, strict=True):
        made = _of_derivatives(world, published, month, max(2, count // 10))
        for part, size in enumerate(spread(count, [1.0] * max(1, -(-count // PART)))):
            rows = writer.draw(month, part, size, base, made if part == 0 else None)
            writer.write(rows)
            base += size
        if month.number == attack_month:
            for part, size in enumerate(spread(attack, [1.0] * -(-attack // PART))):
                writer.write(writer.attack(month, part, size, base))
                base += size
    return writer.stories


def _of_derivatives(world: World, published: Published, month: Month, most: int) -> np.ndarray:
    """Disabled derivatives of a month as rows of number, instant, source recording."""
    every = np.stack(
        [
            published.whole("removed_number"),
            published.whole("removed_at"),
            published.whole("removed_recording"),
        ],
        axis=1,
    )
    inside = (every[:, 1] >= month.start) & (every[:, 1] < month.end)
    return every[inside][:most]


class _Writer:
    """Draws parts and writes their three feeds."""

    def __init__(self, world: World, catalog: Catalog, landing: Landing) -> None:
        self.world = world
        self.catalog = catalog
        self.landing = landing
        self.stories: dict[str, list[str]] = {}
        self.uploads = len(catalog.recording_ids) - catalog.uploads_from
        self.owner_ids = pl.Series([owner.party_id for owner in catalog.owners])

    def draw(self, month: Month, part: int, count: int, base: int, made: np.ndarray | None) -> Part:
        draws = Draws(self.world.seed, "removals", month.label, part)
        reason = draws.pick([reason.share for reason in REASONS], count)
        span = (month.end - month.start) // SECOND
        applied = month.start + draws.ints(1, span, count) * SECOND
        upload = affine_order(base - 1 + np.arange(count), self.uploads)
        beyond = base - 1 + np.arange(count) >= self.uploads
        upload = np.where(beyond, -(base + np.arange(count)), upload)
        derivative = np.full(count, -1)
        harmed = draws.ints(0, self.catalog.uploads_from, count)
        firsts = 0 if made is None else min(len(made), count)
        if made is not None and firsts:
            derivative[:firsts] = made[:firsts, 0]
            applied[:firsts] = made[:firsts, 1]
            harmed[:firsts] = made[:firsts, 2]
            voice = draws.chance(0.4, firsts)
            reason[:firsts] = np.where(
                voice, CODES["impersonation_voice"], CODES["unconsented_use"]
            )
        if part == 0:
            self._plant(month, base, firsts, reason, upload)
        in_case = draws.chance(0.2, count) & (reason == CODES["mass_upload"])
        case = ids(f"case-{month.label}-", draws.ints(1, max(2, count // 40 + 2), count), 5)
        return Part(
            label=f"{month.label}_{part + 1:03d}",
            base=base,
            reason=reason,
            applied=applied,
            upload=upload,
            case=blank_unless(case, in_case),
            derivative=derivative,
            recording=harmed,
        )

    def _plant(self, month: Month, base: int, at: int, reason: Ints, upload: Ints) -> None:
        """Remove, reinstate and remove again: the same recording twice in the second month."""
        if month.number == 2 and len(reason) > at + 1:
            reason[at : at + 2] = CODES["content_mismatch"]
            upload[at + 1] = upload[at]
            self.stories["removed_twice"] = [f"rm-{base + at:09d}", f"rm-{base + at + 1:09d}"]

    def attack(self, month: Month, part: int, count: int, base: int) -> Part:
        """One uploader, one night, one case, and one action per track."""
        draws = Draws(self.world.seed, "attack", part)
        night = month.start + 9 * DAY + 2 * HOUR
        applied = night + draws.ints(0, 4 * 3_600, count) * SECOND
        puids = self.stories.setdefault("mass_upload_attack", [ATTACK_CASE, "upr-00001"])
        if part == 0:
            puids.append(f"rm-{base:09d}")
        return Part(
            label=f"{month.label}_attack_{part + 1:03d}",
            base=base,
            reason=np.full(count, CODES["mass_upload"]),
            applied=applied,
            upload=-(base + np.arange(count)),
            case=pl.Series([ATTACK_CASE]).gather(np.zeros(count, dtype=np.int64)),
            derivative=np.full(count, -1),
            recording=np.zeros(count, dtype=np.int64),
        )

    def write(self, part: Part) -> None:
        draws = Draws(self.world.seed, "removal rows", part.label)
        by_notice = draws.chance(np.array([r.by_notice for r in REASONS])[part.reason], len(part))
        rows, detected = self._actions(draws, part, by_notice)
        again = rows.filter(draws.chance(0.003, len(part)))
        faulty = _faulty(rows, part.label)
        form = "csv.gz" if rows.height < CSV_ROWS and part.base % 2 else "parquet"
        self.landing.write(
            "removals/actions",
            f"{part.label}.{form}",
            pl.concat([rows, again, faulty]),
            quarantined=faulty.height,
            duplicates=again.height,
        )
        self._notices(draws, part, rows["puid"], by_notice, detected)
        self._appeals(draws, part, rows)
        self._filings(draws, part, rows)

    def _actions(self, draws: Draws, part: Part, by_notice: Flags) -> tuple[pl.DataFrame, Ints]:
        count, reason = len(part), part.reason
        of_derivative = part.derivative >= 0
        known = ~of_derivative & (part.upload >= 0)
        position = np.where(known, self.catalog.uploads_from + part.upload, -1)
        unknown_ids = ids("upl-", np.abs(part.upload), 9)
        recording = pl.DataFrame(
            {
                "known": chosen(self.catalog.recording_ids, position),
                "beyond": unknown_ids,
                "of_derivative": of_derivative,
            }
        ).select(
            pl.when("of_derivative")
            .then(None)
            .otherwise(pl.coalesce("known", "beyond"))
            .alias("id")
        )["id"]
        is_attack = "attack" in part.label
        minutes_before = draws.skewed(np.full(count, 60 * 24 * 9), 3.0, count)
        minutes_before = np.where(is_attack, draws.ints(5, 90, count), minutes_before + 3)
        decided = part.applied - draws.ints(5, 120, count) * SECOND
        detected = decided - minutes_before * MINUTE
        automated = draws.chance(np.array([r.automated for r in REASONS])[reason], count)
        decision = np.where(automated, draws.pick([0.75, 0.25], count), 2)
        trusted = draws.chance(0.2, count)
        source = np.where(
            by_notice, np.where(trusted, 1, 0), np.where(draws.chance(0.02, count), 2, 3)
        )
        harms = np.array([r.harms_somebody for r in REASONS])[reason]
        artist = self.catalog.recording_artist[part.recording]
        owner = self.catalog.recording_owner[part.recording]
        to_owner = np.isin(reason, [CODES["copyright"], CODES["unconsented_use"]])
        harmed = pl.DataFrame(
            {
                "artist": self.catalog.artist_ids.gather(artist),
                "owner": self.owner_ids.gather(owner),
                "to_owner": to_owner,
                "harms": harms,
            }
        ).select(
            pl.when("harms")
            .then(pl.when("to_owner").then(pl.col("owner")).otherwise(pl.col("artist")))
            .alias("party")
        )["party"]
        uploader = self.catalog.recording_uploader[np.where(known, position, 0)]
        uploader = np.where(
            known, uploader, draws.skewed(len(self.catalog.uploader_ids), 3.0, count)
        )
        if is_attack:
            uploader = np.zeros(count, dtype=np.int64)
        uploader = np.where(of_derivative, -1, uploader)
        place = np.where(harms, draws.pick([0.85, 0.05, 0.03, 0.05, 0.02], count), 0)
        # Content that was made with the products is removed everywhere.
        place = np.where(of_derivative, 0, place)
        content_day = detected // DAY - draws.skewed(np.full(count, 600), 3.0, count)
        no_date = draws.chance(0.004, count)
        ai_status = draws.pick([0.12, 0.38, 0.35, 0.15], count)
        ai_status = np.where((reason == CODES["ai_label"]) | is_attack, 1, ai_status)
        ai_status = np.where(of_derivative, 0, ai_status)
        is_ai = ai_status <= 1
        plays = draws.skewed(np.full(count, 4_000), 6.0, count)
        rows = table(
            {
                "puid": ids("rm-", part.base + np.arange(count), 9),
                "case_id": part.case,
                "recording_id": recording,
                "derivative_id": blank_unless(
                    ids("drv-", np.maximum(part.derivative, 0), 7), of_derivative
                ),
                "isrc": chosen(self.catalog.recording_isrcs, position),
                "title": chosen(self.catalog.recording_titles, position),
                "territories": pl.Series(TERRITORIES, dtype=pl.List(pl.String)).gather(place),
                "uploader_party_id": chosen(self.catalog.uploader_ids, uploader),
                "affected_party_id": harmed,
                "programme_reason": chosen([r.name for r in REASONS], reason),
                "ai_status": chosen(AI_STATUSES, ai_status),
                "detected_at": times(detected),
                "decided_at": times(decided),
                "applied_at": times(part.applied),
                "ended_at": no_times(count),
                "content_date": blank_unless(
                    dates(np.maximum(content_day, micros(date(2015, 1, 1)) // DAY)), ~no_date
                ),
                "plays_before": np.where(is_attack, plays // 100, plays),
                "decision_visibility": _lists("DECISION_VISIBILITY_", "visibility").gather(reason),
                "decision_monetary": _texts("DECISION_MONETARY_", "monetary").gather(reason),
                "decision_account": chosen(
                    ["DECISION_ACCOUNT_SUSPENDED"], np.where(is_attack, 0, np.full(count, -1))
                ),
                "decision_ground": _texts("DECISION_GROUND_", "ground").gather(reason),
                "legal_ground": _texts("", "legal_ground").gather(reason),
                "category": _texts("STATEMENT_CATEGORY_", "category").gather(reason),
                "category_specification": _lists("KEYWORD_", "keyword").gather(reason),
                "content_type": _content_types().gather(is_ai.astype(np.int64)),
                "territorial_scope": pl.Series(SCOPES, dtype=pl.List(pl.String)).gather(place),
                "source_type": chosen(
                    ["SOURCE_ARTICLE_16", "SOURCE_TRUSTED_FLAGGER",
                     "SOURCE_TYPE_OTHER_NOTIFICATION", "SOURCE_VOLUNTARY"], source,
                ),
                "automated_detection": chosen(
                    ["No", "Yes"], (automated & ~by_notice).astype(np.int64)
                ),
                "automated_decision": chosen(
                    ["AUTOMATED_DECISION_FULLY", "AUTOMATED_DECISION_PARTIALLY",
                     "AUTOMATED_DECISION_NOT_AUTOMATED"], decision,
                ),
                "facts": _texts("", "facts").gather(reason),
                "recorded_at": times(part.applied + draws.ints(30, 900, count) * SECOND),
            }
        )  # fmt: skip
        return rows, detected

    def _notices(
        self, draws: Draws, part: Part, puids: pl.Series, by_notice: Flags, detected: Ints
    ) -> None:
        named = np.flatnonzero(by_notice)
        twice = named[draws.chance(0.08, len(named))]
        action = np.concatenate([named, twice])
        open_ones = max(1, len(named) // 30) if "attack" not in part.label else 0
        count = len(action) + open_ones
        received = np.concatenate(
            [
                detected[named],
                detected[twice] + 2 * MINUTE,
                part.applied[draws.ints(0, len(part), open_ones)],
            ]
        )
        kind = draws.pick([0.4, 0.3, 0.15, 0.13, 0.02], count)
        partner = np.where(kind == 0, draws.ints(0, len(PARTNERS), count), -1)
        withdrawn = draws.chance(0.02, count)
        numbers = part.base * 2 + np.arange(count)
        rows = table(
            {
                "notice_id": ids("ntc-", numbers, 9),
                "puid": chosen(puids, np.concatenate([action, np.full(open_ones, -1)])),
                "notifier_kind": chosen(
                    ["partner", "artist", "trusted_flagger", "user", "authority"], kind
                ),
                "notifier_party_id": chosen(PARTNERS, partner),
                "received_at": times(received),
                "is_valid": draws.chance(0.9, count),
                "withdrawn_at": times(received + DAY, withdrawn),
                "recorded_at": times(received + np.where(withdrawn, DAY + MINUTE, MINUTE)),
            }
        )
        form = "jsonl.gz" if rows.height < CSV_ROWS else "parquet"
        self.landing.gather(
            "removals/notices", f"{part.label}.{form}", rows, together="few.jsonl.gz"
        )

    def _appeals(self, draws: Draws, part: Part, actions: pl.DataFrame) -> None:
        appealed = draws.chance(0.008, len(part))
        first = part.label == f"{self.world.months[0].label}_001" and len(part) >= 4
        if first:
            # Four in the first month at any scale: a counter notice against which the notifier
            # sued, and one each that was overturned, upheld, authorised later.
            appealed[-4:] = True
        if "attack" in part.label:
            appealed &= draws.chance(0.05, len(part))
        action = np.flatnonzero(appealed)
        count = len(action)
        kind = draws.pick([0.7, 0.15, 0.05, 0.1], count)
        overturned = draws.chance(0.35, count)
        days = np.where(draws.chance(0.2, count), 45, 0) + draws.ints(2, 15, count)
        if first:
            kind[-4:], days[-4:] = [1, 0, 0, 3], [40, 50, 6, 9]
            overturned[-4:] = [False, True, False, False]
            self.stories["appeals"] = actions["puid"].tail(3).to_list()
            self.stories["notifier_sued"] = actions["puid"].tail(4).head(1).to_list()
        filed = part.applied[action] + draws.ints(1, 18 * 24, count) * HOUR
        decided = filed + days * DAY
        back = overturned | (kind == 3)
        sued = np.arange(count) == (count - 4 if first else -1)
        outcome = np.where(kind == 3, 2, np.where(overturned, 1, 0))
        rows = table(
            {
                "appeal_id": ids("apl-", part.base + action, 9),
                "puid": actions["puid"].gather(action),
                "kind": chosen(APPEAL_KINDS, kind),
                "filed_at": times(filed),
                "decided_at": times(decided),
                "outcome": chosen(["upheld", "overturned", "reinstated_authorised"], outcome),
                "reinstated_at": times(decided + HOUR, back),
                "suit_filed_at": times(filed + 6 * DAY, sued),
                "recorded_at": times(decided + 2 * HOUR),
            }
        )
        still_open = rows.with_columns(
            decided_at=pl.lit(None, pl.Datetime("us", "UTC")),
            outcome=pl.lit(None, pl.String),
            reinstated_at=pl.lit(None, pl.Datetime("us", "UTC")),
            suit_filed_at=pl.lit(None, pl.Datetime("us", "UTC")),
            recorded_at=pl.col("filed_at") + pl.duration(minutes=1),
        )
        known = filed < self.world.last_knowledge
        settled = decided + 2 * HOUR < self.world.last_knowledge
        self.landing.gather(
            "removals/appeals",
            f"{part.label}.csv",
            pl.concat([still_open.filter(known), rows.filter(known & settled)]),
            together="few.csv",
        )
        ended = np.flatnonzero(back & known & settled)
        if len(ended):
            later = actions[action[ended]].with_columns(
                ended_at=times((decided + HOUR)[ended]),
                recorded_at=times((decided + 2 * HOUR)[ended]),
            )
            self.landing.gather(
                "removals/actions", f"{part.label}_ended.jsonl", later, together="ended.jsonl"
            )

    def _filings(self, draws: Draws, part: Part, actions: pl.DataFrame) -> None:
        """The EU database's responses: most accepted, some late, some rejected or not submitted."""
        # Actions only outside of the EEA are not submitted to the database.
        is_due = (
            actions["content_date"].is_not_null() & actions["territorial_scope"].is_not_null()
        ).to_numpy()
        sent = np.flatnonzero(is_due & draws.chance(0.97, len(part)))
        rejected = draws.chance(0.015, len(sent))
        days = np.where(draws.chance(0.04, len(sent)), 6, 0) + draws.ints(1, 6, len(sent))
        # Rejected and accepted ones have separate batches: a bad statement rejects its whole batch.
        place = np.where(rejected, np.cumsum(rejected), np.cumsum(~rejected)) - 1
        batch = ids(f"{part.label}-", place // BATCH + 1, 4)
        answered = part.applied[sent] + days * DAY
        rows = table(
            {
                "batch_id": batch + pl.Series(["", "-bad"]).gather(rejected.astype(np.int64)),
                "puid": actions["puid"].gather(sent),
                "outcome": chosen(["accepted", "rejected"], rejected.astype(np.int64)),
                "statement_uuid": blank_unless(
                    ids("00000000-0000-4000-8000-", part.base + sent, 12), ~rejected
                ),
                "message": chosen([REFUSAL], np.where(rejected, 0, -1)),
                "exported_at": times(answered - HOUR),
                "answered_at": times(answered),
                "recorded_at": times(answered + MINUTE),
            }
        )
        self.landing.gather(
            "removals/filings",
            f"{part.label}.jsonl.gz",
            rows.filter(answered < self.world.last_knowledge),
            together="few.jsonl.gz",
        )


def _texts(prefix: str, part: str) -> pl.Series:
    values = [getattr(reason, part) for reason in REASONS]
    return pl.Series([prefix + value if value else None for value in values], dtype=pl.String)


def _lists(prefix: str, part: str) -> pl.Series:
    values = [getattr(reason, part) for reason in REASONS]
    return pl.Series(
        [[prefix + value] if value else None for value in values], dtype=pl.List(pl.String)
    )


def _content_types() -> pl.Series:
    return pl.Series(
        [["CONTENT_TYPE_AUDIO"], ["CONTENT_TYPE_AUDIO", "CONTENT_TYPE_SYNTHETIC_MEDIA"]]
    )


def _faulty(rows: pl.DataFrame, label: str) -> pl.DataFrame:
    """Two rows that the intake must reject: an unknown content type, no legal ground."""
    bad = pl.concat([rows.head(1), rows.head(1)])
    return bad.with_columns(
        puid=pl.Series([f"rm-faulty-{label}-{n}" for n in range(2)]),
        content_type=pl.Series([["CONTENT_TYPE_MUSIC"], ["CONTENT_TYPE_AUDIO"]]),
        decision_ground=pl.Series(
            ["DECISION_GROUND_INCOMPATIBLE_CONTENT", "DECISION_GROUND_ILLEGAL_CONTENT"]
        ),
        legal_ground=pl.lit(None, pl.String),
    )
