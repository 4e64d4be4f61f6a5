"""Requests for consent that share one resolution, and requests that must not."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from linernotes.base.settings import Settings
from tests.fixtures.worlds import FeedBuilder, Rows, case

ARTIST_ALONE = {"silence": "deny", "required_parties": ["main_artist"]}


@pytest.fixture(scope="module")
def inner_rows(case_home: Path) -> Iterator[Rows]:
    """Run SQL on the warehouse file of the edge cases, including its inner tables."""
    file = Settings(home=case_home).warehouse_file
    with duckdb.connect(str(file), read_only=True) as connection:
        yield lambda sql: connection.execute(sql).fetchall()


@case
def patterns_of_four_recordings(world: FeedBuilder) -> None:
    """Two recordings of an artist, a third that the artist denies, and one of another artist."""
    label = world.licensed("pattern", **ARTIST_ALONE)
    world.product("pattern")
    for name in ("a", "b", "c", "other"):
        artist = "pattern-other-artist" if name == "other" else "pattern-artist"
        world.recording(f"pattern-{name}", owner=label, main_artist_ids=[artist])
        for territory in ("FR", "GB", "DE"):
            world.generation("pattern", [f"pattern-{name}"], territory=territory)
    by_artist = {"voice": "artist"}
    world.decision("pattern-yes", "pattern-artist", "allow", **by_artist)
    world.decision("pattern-other-yes", "pattern-other-artist", "allow", **by_artist)
    world.decision("pattern-not-in-de", "pattern-artist", "deny", territory="DE", **by_artist)
    on_c = {"object_type": "recording", "object_id": "pattern-c"}
    world.decision("pattern-not-c", "pattern-artist", "deny", **by_artist, **on_c)


def test_consent_pattern_is_shared_where_all_candidates_are_equal(inner_rows: Rows) -> None:
    """Regression: recordings shared a resolution although a decision covered only one or none."""
    found = inner_rows(
        "select licences.object_id, scopes.pattern_number "
        "from intermediate.int_consent__requests as scopes "
        "inner join intermediate.int_consent__licences as licences using (licence_number) "
        "where licences.contract_id = 'pattern-contract' and licences.side = 'MASTER'"
    )
    patterns: dict[str, set[int]] = {}
    for object_id, pattern in found:
        patterns.setdefault(object_id, set()).add(pattern)

    assert patterns["pattern-a"] == patterns["pattern-b"]
    assert [len(patterns[f"pattern-{name}"]) for name in ("a", "c", "other")] == [2, 2, 1]
    assert patterns["pattern-a"].isdisjoint(patterns["pattern-c"] | patterns["pattern-other"])
    assert patterns["pattern-c"].isdisjoint(patterns["pattern-other"])


def test_consent_pattern_gives_each_recording_its_own_status(rows: Rows) -> None:
    """Regression: one pattern's resolution was used for another, and a denied use was paid."""
    found = rows(
        "select object_id, territory, consent_status, consent_proof_id from marts.fct_source_uses "
        "where product_id = 'pattern' and side = 'MASTER'"
    )
    statuses = {(name.removeprefix("pattern-"), place): rest for name, place, *rest in found}

    allowed, denied = ["consented", "pattern-yes"], ["unconsented", None]
    assert statuses == {
        ("a", "FR"): allowed, ("a", "GB"): allowed, ("a", "DE"): denied,
        ("b", "FR"): allowed, ("b", "GB"): allowed, ("b", "DE"): denied,
        ("c", "FR"): denied, ("c", "GB"): denied, ("c", "DE"): denied,
        **{("other", place): ["consented", "pattern-other-yes"] for place in ("FR", "GB", "DE")},
    }  # fmt: skip


def test_consent_scopes_of_a_pattern_have_the_candidates_of_its_first(inner_rows: Rows) -> None:
    """Regression: requests with different lists shared a pattern, and so the first's decisions."""
    scoped = (
        "select scopes.{number} as number, scopes.request_number, candidates.candidate_number, "
        "candidates.specificity from intermediate.int_consent__requests as scopes "
        "inner join intermediate.int_consent__requests as listed "
        "on listed.request_number = scopes.{number} "
        "inner join intermediate.int_consent__candidates as candidates "
        "on candidates.licence_number = listed.licence_number "
        "and candidates.context_group_number = listed.context_group_number "
        "and candidates.territory is not distinct from listed.territory "
        "and candidates.includes_owner = listed.includes_owner"
    )
    columns = "request_number, candidate_number, specificity"
    own, first = (scoped.format(number=name) for name in ("request_number", "pattern_number"))
    [(scope_count, pattern_count)] = inner_rows(
        "select count(*), count(distinct pattern_number) from intermediate.int_consent__requests"
    )

    assert pattern_count < scope_count
    own, first = (f"select {columns} from ({rows_of})" for rows_of in (own, first))
    assert not inner_rows(f"{own} except {first}")
    assert not inner_rows(f"{first} except {own}")
