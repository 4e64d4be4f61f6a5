"""Determines the AI disclosure of a message: the role table and DDEX's rules for contributions.

The modules beside this one find the elements in a message.
"""

from collections.abc import Iterable
from dataclasses import dataclass

GENERATIVE_AI = "GenerativeAI"

# Increase it with every change of the table below; each loaded message records its version.
ROLE_TABLE_VERSION = 1

# DDEX does not publish such a grouping. Any other role is `other`, which discloses nothing.
_ROLES_BY_GROUP: dict[str, tuple[str, ...]] = {
    "vocals": (
        "AdditionalVocalist",
        "BackgroundVocalist",
        "Choir",
        "ChoirMember",
        "LeadVocalist",
        "Narrator",
        "PlaybackSinger",
        "Rapper",
        "Singer",
        "Speaker",
        "StoryTeller",
        "Vocalist",
        "Vocals",
        "VoiceActor",
    ),
    "lyrics": (
        "Author",
        "AuthorInQuotations",
        "ComposerLyricist",
        "Librettist",
        "Lyricist",
        "Songwriter",
        "SubLyricist",
        "Translator",
    ),
    "composition": (
        "Adapter",
        "Arranger",
        "Composer",
        "ComposerLyricist",
        "MusicArranger",
        "NonLyricAuthor",
        "Orchestrator",
        "Songwriter",
        "SubArranger",
        "VocalArranger",
    ),
    "instruments": (
        "Accompanyist",
        "BandLeader",
        "ClubDJ",
        "ConcertMaster",
        "Conductor",
        "DJ",
        "Ensemble",
        "GuestConductor",
        "Instrumentalist",
        "Musician",
        "Orchestra",
        "OrchestraMember",
        "PrimaryMusician",
        "Programmer",
        "ProgrammingEngineer",
        "Soloist",
        "StudioMusician",
    ),
    "production": (
        "AdditionalStudioProducer",
        "AssistantProducer",
        "AssociateProducer",
        "CoProducer",
        "Engineer",
        "Producer",
        "RecordingEngineer",
        "RecordingSecondEngineer",
        "StringProducer",
        "StudioProducer",
        "TrackingEngineer",
        "VocalEngineer",
        "VocalProducer",
    ),
    "post_production": (
        "AdditionalMixingEngineer",
        "CoMixer",
        "CoMixingEngineer",
        "DigitalEditingEngineer",
        "Editor",
        "ImmersiveMasteringEngineer",
        "ImmersiveMixingEngineer",
        "MasteringEngineer",
        "MasteringSecondEngineer",
        "Mixer",
        "MixingEngineer",
        "MixingSecondEngineer",
        "PostProducer",
        "Remixer",
        "RemixingEngineer",
        "SoundMixer",
        "SurroundMixingEngineer",
        "VocalEditingEngineer",
    ),
}
_GROUPS_BY_ROLE: dict[str, list[str]] = {}
for _group, _roles in _ROLES_BY_GROUP.items():
    for _role in _roles:
        _GROUPS_BY_ROLE.setdefault(_role, []).append(_group)

# The groups that a recording discloses in separate columns.
DISCLOSED_GROUPS = ("vocals", "instruments", "composition", "lyrics", "post_production")
_SUNG_GROUPS = ("vocals", "lyrics")


@dataclass(frozen=True)
class Contribution:
    """The AI contribution of one contributor in one role."""

    groups: list[str]
    effective: str | None


def groups_of_role(role: str | None, *, has_instrument: bool) -> list[str]:
    """Return the AI groups of a role; for a missing or general role, an instrument decides."""
    if role in _GROUPS_BY_ROLE:
        return _GROUPS_BY_ROLE[role]
    return ["instruments"] if has_instrument else ["other"]


def effective_contribution(sent: str | None, special: str | None) -> tuple[str | None, str | None]:
    """Apply DDEX's third rule: return the effective contribution, and a warning if it is broken.

    A generative AI counts as all. Anyone else may only be none or partly, so "all" for a person
    is read as partly: a named contributor contributed something.
    """
    if special == GENERATIVE_AI:
        return "all", None
    if sent == "all":
        return "partly", "AiContribution All on a contributor that is not GenerativeAI"
    return sent, None


def disclosure_by_group(
    contains_ai: str | None,
    contributions: Iterable[Contribution],
    *,
    is_instrumental: bool,
) -> dict[str, str | None]:
    """Return none, partly, all or None per disclosed group.

    A missing statement does not mean "none": a group stays undeclared unless the recording or all
    of its contributors declare it. A contributor's declaration of AI outweighs "none" for the
    recording. "All" for an instrumental does not apply to vocals and lyrics, which it lacks.
    """
    by_group: dict[str, list[str | None]] = {}
    for contribution in contributions:
        for group in contribution.groups:
            by_group.setdefault(group, []).append(contribution.effective)
    disclosed = {}
    for group in DISCLOSED_GROUPS:
        stated = _combine(by_group.get(group, []))
        is_absent_voice = is_instrumental and group in _SUNG_GROUPS
        if contains_ai == "all" and not is_absent_voice:
            stated = "all"
        elif contains_ai == "none" and stated is None:
            stated = "none"
        disclosed[group] = stated
    return disclosed


def _combine(effective: list[str | None]) -> str | None:
    if not effective:
        return None
    if all(value == "all" for value in effective):
        return "all"
    if any(value in ("partly", "all") for value in effective):
        return "partly"
    return "none" if all(value == "none" for value in effective) else None


def broken_rules(
    contains_ai: str | None, contributors: Iterable[tuple[str | None, str | None]]
) -> list[str]:
    """Return the violations of DDEX's first two rules by the contributors (special kind, sent)."""
    broken = []
    for special, sent in contributors:
        if contains_ai == "all" and special != GENERATIVE_AI:
            broken.append("ContainsAI is All, but a contributor is not GenerativeAI")
        if contains_ai == "none" and (sent in ("partly", "all") or special == GENERATIVE_AI):
            broken.append("ContainsAI is None, but a contributor's part is AI")
    return list(dict.fromkeys(broken))
