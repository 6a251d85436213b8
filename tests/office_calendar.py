"""`make calendar announced=2027`: writes the office calendar that the service ships, by the rules of `holidays`.

The package itself is not loaded in production: it brings every country, 46 MB and half a second for each process. Its
days were compared with the calendars that the government published for 2019, 2020 and 2022 to 2027: no day differed.
`announced` is the last year whose calendar was published (行政院人事行政總處, 政府行政機關辦公日曆表, each summer for
the next year); the package does not tell.
"""

import sys
from datetime import date, timedelta
from importlib import import_module
from importlib.util import find_spec

from infra.stack.processes import Missing
from tests.architecture.source import ROOT

FILE = ROOT / "tenants" / "office_calendar.toml"
FIRST_YEAR = 2019
YEARS_AHEAD = 8
_SATURDAY = 5
_HEAD = """\
# Days on which the offices of the government rest or work against the week: 政府行政機關辦公日曆表, and for the years
# after `announced_through` what 紀念日及節日實施條例 will make of them. Written by `make calendar`.
# `off`: Mondays to Fridays without work. `on`: Saturdays and Sundays with work (補行上班).
"""


def require_holidays() -> None:
    """Raise `Missing` where the package is not installed."""
    if find_spec("holidays") is None:
        raise Missing("holidays", "holidays of requirements-dev.txt (make setup)")


def written(*, announced: int) -> str:
    """The whole file, for years of which the last published one is `announced`."""
    years = range(FIRST_YEAR, announced + YEARS_AHEAD + 1)
    # A year's rest can be made up for in the year before, so its neighbours are asked too.
    rules = import_module("holidays").country_holidays("TW", years=range(years.start - 1, years.stop + 1))
    lines = [_HEAD, f"announced_through = {announced}\n"]
    for year in years:
        days = [date(year, 1, 1) + timedelta(days=n) for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]
        off = [day for day in days if day.weekday() < _SATURDAY and not rules.is_working_day(day)]
        on = [day for day in days if day.weekday() >= _SATURDAY and rules.is_working_day(day)]
        lines += [f"\n[{year}]\n", f"off = {_listed(off)}\n", f"on = {_listed(on)}\n"]
    return "".join(lines)


def _listed(days: list[date]) -> str:
    return "[" + ", ".join(f'"{day:%m-%d}"' for day in days) + "]"


if __name__ == "__main__":
    FILE.write_text(written(announced=int(sys.argv[1])), encoding="utf-8")
