"""Raw tables of the catalog: parties, recordings, works, owners and routes, DDEX messages.

What a row may hold is the door's matter.
"""

from collections.abc import Iterable

import dagster as dg

from orchestration.assets.loading import admit, admit_tables, raw_specs
from orchestration.partitions import delivery_days
from orchestration.resources import Home

ERN_TABLES = {
    "raw_catalog__ern_messages": "DDEX messages as read. One row per message and version.",
    "raw_catalog__ern_parties": "Parties named in DDEX messages. One row per party of a message.",
    "raw_catalog__ern_recordings": "Sound recordings and videos of DDEX messages, with their AI"
    " disclosure."
    " One row per resource and edition of a message.",
    "raw_catalog__ern_contributors": "Contributors to recordings of DDEX messages, human and AI."
    " One row per recording, contributor and role.",
    "raw_catalog__ern_rights": "Right shares claimed in DDEX messages."
    " One row per recording, controller and territory.",
    "raw_catalog__ern_related_recordings": "What recordings of DDEX messages say they derive from."
    " One row per recording and related resource.",
    "raw_catalog__ern_releases": "Releases of DDEX messages. One row per release, track releases"
    " included.",
    "raw_catalog__ern_deals": "Deals of DDEX messages. One row per deal, territory, model, use"
    " type and period.",
}


@dg.asset(key_prefix="raw", kinds={"polars", "delta"}, partitions_def=delivery_days)
def raw_catalog__parties(home: Home) -> dg.MaterializeResult:
    """Artists, writers, labels, publishers, members and partners. One row per party and version."""
    return admit(home, "catalog/parties", "raw_catalog__parties")


@dg.asset(key_prefix="raw", kinds={"polars", "delta"}, partitions_def=delivery_days)
def raw_catalog__party_links(home: Home) -> dg.MaterializeResult:
    """Who belongs to whom, and for what fee. One row per parent, child, role, start and version."""
    return admit(home, "catalog/party_links", "raw_catalog__party_links")


@dg.asset(key_prefix="raw", kinds={"polars", "delta"}, partitions_def=delivery_days)
def raw_catalog__recordings(home: Home) -> dg.MaterializeResult:
    """Recordings and their AI disclosure. One row per recording and version."""
    return admit(home, "catalog/recordings", "raw_catalog__recordings")


@dg.asset(key_prefix="raw", kinds={"polars", "delta"}, partitions_def=delivery_days)
def raw_catalog__works(home: Home) -> dg.MaterializeResult:
    """Musical works and their writers. One row per work and version."""
    return admit(home, "catalog/works", "raw_catalog__works")


@dg.asset(key_prefix="raw", kinds={"polars", "delta"}, partitions_def=delivery_days)
def raw_catalog__recording_works(home: Home) -> dg.MaterializeResult:
    """Which works a recording embodies. One row per recording, work, start and version."""
    return admit(home, "catalog/recording_works", "raw_catalog__recording_works")


@dg.asset(key_prefix="raw", kinds={"polars", "delta"}, partitions_def=delivery_days)
def raw_catalog__ownership(home: Home) -> dg.MaterializeResult:
    """Who owns which share. One row per object, side, party, territory, start and version."""
    return admit(home, "catalog/ownership", "raw_catalog__ownership")


@dg.asset(key_prefix="raw", kinds={"polars", "delta"}, partitions_def=delivery_days)
def raw_catalog__routes(home: Home) -> dg.MaterializeResult:
    """Where an owner's money goes. One row per owner, side, scope, start and version."""
    return admit(home, "catalog/routes", "raw_catalog__routes")


@dg.asset(key_prefix="raw", kinds={"polars", "delta"}, partitions_def=delivery_days)
def raw_catalog__credits(home: Home) -> dg.MaterializeResult:
    """Who is credited on a derivative. One row per derivative, object, party, role and version."""
    return admit(home, "catalog/credits", "raw_catalog__credits")


@dg.multi_asset(specs=raw_specs(ERN_TABLES, delivery_days))
def raw_catalog__ern(home: Home) -> Iterable[dg.MaterializeResult]:
    """DDEX messages, cut into the tables that they fill."""
    yield from admit_tables(home, "catalog/ern", ERN_TABLES)
