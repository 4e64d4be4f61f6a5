"""The content of the sample feeds: reproducible, in proportion to the scale, exact and varied.

The intake's tests check that it accepts them.
"""

import csv
import hashlib
import io
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from sampleservice import SampleReport, write_sample
from sampleservice.names import HOSTILE_TITLES

PARTNERS = {"sony", "umg", "wmg", "merlin", "believe"}
Feed = Callable[[str], pl.DataFrame]


def _hashes(root: Path) -> dict[str, str]:
    return {
        file.relative_to(root).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(root.rglob("*"))
        if file.is_file()
    }


@pytest.fixture(scope="module")
def feed(landing: Path) -> Feed:
    """All rows of a feed as text, whatever the format of its files; lists are joined by `|`."""

    def read(name: str) -> pl.DataFrame:
        frames = []
        for file in sorted((landing / name).iterdir()):
            if file.suffix == ".parquet":
                rows = pl.read_parquet(file)
            elif ".csv" in file.name:
                rows = pl.read_csv(file, infer_schema=False)
            else:
                rows = pl.read_ndjson(file, infer_schema_length=None)
            lists = [c for c, kind in rows.schema.items() if isinstance(kind, pl.List)]
            rows = rows.with_columns(pl.col(lists).cast(pl.List(pl.String)).list.join("|"))
            frames.append(rows.cast(pl.String))
        return pl.concat(frames, how="diagonal")

    return read


def test_sample_of_one_seed_has_the_same_bytes_in_another_process_with_one_thread(
    sample: SampleReport, tmp_path: Path
) -> None:
    code = (
        "import sys; from pathlib import Path; from sampleservice import write_sample; "
        "write_sample(Path(sys.argv[1]), scale=0.01)"
    )

    subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "landing")],
        check=True,
        env={"POLARS_MAX_THREADS": "1", "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"},
    )

    assert _hashes(tmp_path / "landing") == _hashes(sample.out)


def test_sample_of_another_seed_has_other_plays(sample: SampleReport, tmp_path: Path) -> None:
    other = write_sample(tmp_path / "landing", scale=0.01, seed=2)

    plays = "ai_usage/derivative_plays/2026-03_001.csv.gz"
    assert _hashes(other.out)[plays] != _hashes(sample.out)[plays]


@pytest.mark.parametrize(
    ("feed_name", "tolerance"),
    [
        ("ai_usage/derivative_plays", 0.25),
        ("ai_usage/generations", 0.05),
        ("removals/actions", 0.1),
        ("ai_usage/fan_signals", 0.05),
    ],
)
def test_rows_grow_in_proportion_to_the_scale(
    scaled: tuple[SampleReport, SampleReport], feed_name: str, tolerance: float
) -> None:
    smaller, larger = scaled

    assert larger.rows[feed_name] / smaller.rows[feed_name] == pytest.approx(3, rel=tolerance)


@pytest.fixture(scope="module")
def scaled(tmp_path_factory: pytest.TempPathFactory) -> tuple[SampleReport, SampleReport]:
    root = tmp_path_factory.mktemp("scaled")
    first = write_sample(root / "one", scale=0.05, months=3)
    return first, write_sample(root / "three", scale=0.15, months=3)


def test_feed_scale_leaves_other_sources_as_they_are(sample: SampleReport, tmp_path: Path) -> None:
    more = write_sample(tmp_path / "landing", scale=0.01, feed_scales={"removals": 0.1})

    assert more.rows["removals/actions"] > 6 * sample.rows["removals/actions"]
    ours, theirs = _hashes(sample.out), _hashes(more.out)
    changed = {name.split("/")[0] for name in theirs if theirs[name] != ours.get(name)}
    assert changed == {"removals"}


def test_parquet_has_no_binary_floats(landing: Path) -> None:
    floats = [
        (file.name, column)
        for file in landing.rglob("*.parquet")
        for column, kind in pl.read_parquet_schema(file).items()
        if kind.is_float()
    ]

    assert floats == []


def test_nothing_was_known_after_october_2026(feed: Feed, landing: Path) -> None:
    for name in sorted({path.parent.relative_to(landing) for path in landing.rglob("*.*")}):
        if name.name in {"ern", "ecb", "contracts", "products"}:
            continue
        latest = feed(str(name))["recorded_at"].max()
        assert str(latest) < str(datetime(2026, 11, 1, tzinfo=UTC)), name


@pytest.mark.parametrize(
    ("feed_name", "key"),
    [
        ("ai_usage/derivative_plays", ["play_date", "derivative_id", "territory", "tier"]),
        ("ai_usage/generations", ["generation_id"]),
        ("removals/actions", ["puid"]),
        ("licensing/consents", ["decision_id"]),
        ("catalog/credits", ["derivative_id", "object_id", "party_id", "role"]),
    ],
)
def test_rows_of_one_key_and_knowledge_are_the_same(
    feed: Feed, feed_name: str, key: list[str]
) -> None:
    rows = feed(feed_name).unique()

    assert rows.select(*key, "recorded_at").is_duplicated().sum() == 0


def test_every_month_has_plays_of_all_five_partners(feed: Feed, sample: SampleReport) -> None:
    known = {
        f"drv-{generation.removeprefix('gen-')}": partner
        for partner in PARTNERS
        for generation in sample.scenarios[f"steady_{partner}"]
    }
    plays = feed("ai_usage/derivative_plays").filter(pl.col("derivative_id").is_in(list(known)))

    months = plays.group_by(pl.col("play_date").str.slice(0, 7)).agg("derivative_id")

    by_month = {
        month: {known[derivative] for derivative in derivatives}
        for month, derivatives in months.iter_rows()
    }
    assert by_month == dict.fromkeys(sample.months, PARTNERS)


def test_masters_and_works_have_routes_to_their_contracts(feed: Feed, landing: Path) -> None:
    routes = feed("catalog/routes")

    assert set(routes.filter(side="MASTER")["partner_id"]) == PARTNERS
    assert {"sony", "umg", "wmg"} <= set(routes.filter(side="WORK")["partner_id"])
    contracts = "".join(f.read_text() for f in (landing / "licensing/contracts").iterdir())
    assert all(f'"{contract}"' in contracts for contract in routes["contract_id"].unique())


def test_contracts_pay_in_currencies_of_no_two_and_three_decimals(landing: Path) -> None:
    text = "".join(f.read_text() for f in (landing / "licensing/contracts").iterdir())

    assert all(f'"currency":"{code}"' in text for code in ("JPY", "EUR", "USD", "GBP", "TND"))
    assert all(f'"model":"{name}"' in text for name in ("pro_rata", "per_use", "greater_of"))
    assert '"training_fee"' in text


def test_weights_of_a_side_and_version_never_exceed_one_but_where_planted(feed: Feed) -> None:
    weights = feed("ai_usage/attributions").with_columns(pl.col("weight").cast(pl.Decimal(38, 9)))

    sums = weights.group_by("derivative_id", "side", "attribution_version").agg(
        pl.col("weight").sum(), pl.len()
    )

    over = sums.filter(pl.col("weight") > 1)
    assert set(over["derivative_id"].str.slice(0, 10)) == {"drv-faulty"}
    assert sums.filter(weight=1).height > 0.8 * sums.height


def test_central_bank_file_is_wide_newest_first_and_of_weekdays(landing: Path) -> None:
    lines = (landing / "finance/ecb/eurofxref-hist.csv").read_text().splitlines()

    assert lines[0].startswith("Date,USD,JPY,BGN,")
    assert all(line.endswith(",") for line in lines)
    days = [datetime.strptime(line[:10], "%Y-%m-%d").replace(tzinfo=UTC) for line in lines[1:]]
    assert days == sorted(days, reverse=True)
    assert all(day.weekday() < 5 for day in days)
    assert "N/A" in lines[1]


def test_every_revenue_currency_has_rates(feed: Feed, landing: Path) -> None:
    quoted = next(csv.reader(io.StringIO((landing / "finance/ecb/eurofxref-hist.csv").read_text())))
    others = set(feed("finance/fx_rates")["quote_currency"])

    currencies = set(feed("finance/revenue")["currency"]) | {"TND"}

    assert currencies <= {"EUR", *quoted, *others}
    assert others.isdisjoint(quoted)


def test_hostile_titles_survive_in_the_recordings(feed: Feed) -> None:
    titles = set(feed("catalog/recordings")["title"])

    assert set(HOSTILE_TITLES) <= titles


def test_cycle_of_two_derivatives_is_planted(feed: Feed, sample: SampleReport) -> None:
    one, other = (
        f"drv-{generation.removeprefix('gen-')}" for generation in sample.scenarios["cycle"]
    )
    rows = feed("ai_usage/derivatives").filter(pl.col("derivative_id").is_in([one, other]))

    parents = dict(rows.select("derivative_id", "parent_derivative_id").unique().iter_rows())

    assert parents == {one: other, other: one}


def test_attack_is_one_case_of_one_uploader_with_a_puid_per_track(
    feed: Feed, sample: SampleReport
) -> None:
    case, uploader, *_ = sample.scenarios["mass_upload_attack"]
    actions = feed("removals/actions").filter(case_id=case)
    actions = actions.filter(~pl.col("puid").str.starts_with("rm-faulty"))

    assert set(actions["uploader_party_id"]) == {uploader}
    assert actions["puid"].n_unique() == actions["recording_id"].n_unique() >= 8


def test_disclosing_messages_name_the_machine(landing: Path) -> None:
    text = (landing / "catalog/ern/partly_by_machine.xml").read_text()

    assert "<ContainsAI>Partly</ContainsAI>" in text
    assert "<AiContribution>Partly</AiContribution>" in text
    assert "<SpecialContributor>GenerativeAI</SpecialContributor>" in text
