"""Expectations on delivered ownership. The intake checks single rows."""

from expectations.suite import Suite, expect_known, expect_no_rows, expect_rows

SUITE = Suite(
    table="raw_catalog__ownership",
    relied_on_by="It determines who is paid for a use; gaps become UNCLAIMED and overlaps DISPUTE.",
    expectations=(
        expect_rows(reason="Without owners, all money is on hold as UNCLAIMED."),
        expect_known(
            "party_id",
            "raw_catalog__parties",
            "party_id",
            reason="An owner without a party is paid under its id, without a name.",
        ),
        expect_no_rows(
            "few_objects_are_over_claimed",
            "with latest as (select * from {batch} qualify row_number() over ("
            "partition by object_type, object_id, side, party_id, territory, valid_from"
            " order by recorded_at desc) = 1),"
            " claims as (select object_id, side, sum(share_pct) as claimed from latest"
            " where not is_withdrawn and valid_to is null and territory = 'WW' group by all)"
            " select side from claims group by side"
            " having count(*) filter (where claimed > 100) * 100 > count(*) * 2",
            reason="If claims exceed 100 %, the whole side of an object is on hold as DISPUTE."
            " Over 2 % of objects means a faulty export rather than disputes, such as"
            " transfers that did not end the seller's share.",
            severity="warn",
        ),
        expect_no_rows(
            "side_fits_the_object",
            "select object_id from {batch} where not is_withdrawn"
            " and (object_type, side) not in (('recording', 'MASTER'), ('work', 'WORK'))",
            reason="A recording has only a master side and a work only a work side; other shares"
            " are never paid: ask the catalog to correct them.",
            severity="warn",
        ),
    ),
)
