"""The seed of US federal holidays, compared with an official calendar.

Tests beside `fct_appeals` cover the periods that are counted with it.
"""

import csv
from datetime import date

import holidays

from linernotes.base.settings import PROJECT_ROOT

SEED = PROJECT_ROOT / "seeds" / "us_federal_holidays.csv"


def test_seed_lists_the_weekdays_on_which_federal_holidays_are_observed_e116() -> None:
    """A holiday missing from the seed would reinstate content a day too early."""
    years = range(2015, 2043)
    official = holidays.country_holidays("US", years=years, observed=True)

    with SEED.open(encoding="utf-8") as file:
        listed = {date.fromisoformat(row["holiday_date"]) for row in csv.DictReader(file)}

    assert listed == {day for day in official if day.weekday() < 5 and day.year in years}
    assert date(2026, 7, 3) in listed
