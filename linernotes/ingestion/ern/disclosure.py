"""What a message discloses about AI: the role table and DDEX's rules for contributions.

How the elements are found in a message does not belong here.
"""

from collections.abc import Iterable
from dataclasses import dataclass

GENERATIVE_AI = "GenerativeAI"

# Raise it with every change of the table below; each loaded message says which one it was read by.
ROLE_TABLE_VERSION = 1

# DDEX publishes no such grouping. A role that is not here is `other`, which discloses nothing.
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

# The groups that a recording states in columns of its own.
DISCLOSED_GROUPS = ("vocals", "instruments", "composition", "lyrics", "post_production")
_SUNG_GROUPS = ("vocals", "lyrics")


@dataclass(frozen=True)
class Contribution:
    """One contributor in one role, as far as AI is concerned."""

    groups: list[str]
    effective: str | None


def groups_of_role(role: str | None, *, has_instrument: bool) -> list[str]:
    """Give the AI groups of a role; an instrument says what a bare or general role leaves open."""
    if role in _GROUPS_BY_ROLE:
        return _GROUPS_BY_ROLE[role]
    return ["instruments"] if has_instrument else ["other"]


def effective_contribution(sent: str | None, special: str | None) -> tuple[str | None, str | None]:
    """Apply DDEX's third rule: who counts as what, and the warning when the sender broke it.

    A generative AI counts as all. Anyone else may only be none or partly, so a person's "all" is
    read as partly: they did something, by being named.
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
    """Give none, partly, all or nothing per disclosed group.

    Nothing said is not "none": a group that neither the recording as a whole nor all of its
    contributors speak about stays undeclared. What a contributor admits outweighs a recording that
    says none, and an instrumental declared as all AI says nothing about voices it has not.
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
    """Name DDEX's first two rules where the contributors (special kind, as sent) break them."""
    broken = []
    for special, sent in contributors:
        if contains_ai == "all" and special != GENERATIVE_AI:
            broken.append("ContainsAI is All, but a contributor is not GenerativeAI")
        if contains_ai == "none" and (sent in ("partly", "all") or special == GENERATIVE_AI):
            broken.append("ContainsAI is None, but a contributor's part is AI")
    return list(dict.fromkeys(broken))
