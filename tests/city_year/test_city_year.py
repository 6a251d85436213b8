"""Every figure of the bureau's in a year of an invented city is the one that follows from what happened (DR-30).

`CITY_YEAR_SEEDS=1,2,3` invents other years, and `CITY_YEAR_WHOLE=1` looks at three times as many mornings.
"""

import os
from collections.abc import Iterator, Mapping
from datetime import date

import pytest
from flask import Flask

from tests.city_year.days import ONE_DAY, SETTLED, at
from tests.city_year.inventing import invent
from tests.city_year.looking import Looking
from tests.city_year.oracle.answers import Answer
from tests.city_year.oracle.city import Key
from tests.city_year.passing import MORNING, OVER, Passing
from tests.city_year.screens.every import Screens
from tests.city_year.writing.moment import Moment, moving
from tests.webapp.conftest import WebClient
from workers import job as job_wrapper

pytestmark = pytest.mark.req("DR-30", "DR-09")
SEEDS = [int(seed) for seed in os.environ.get("CITY_YEAR_SEEDS", "115").split(",")]
WHOLE = bool(os.environ.get("CITY_YEAR_WHOLE"))


@pytest.fixture(params=SEEDS)
def passing(request: pytest.FixtureRequest, domain: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Passing]:
    """A year that was invented and has not happened yet."""
    monkeypatch.setattr(job_wrapper, "worker_app", lambda: domain)
    moment = Moment(at(SETTLED, "08:00"))
    with moving(moment):
        yield Passing(invent(request.param, whole=WHOLE), moment)


def test_every_figure_of_the_year_follows_from_what_happened(passing: Passing, web_client: WebClient) -> None:
    year = passing.year
    looking = Looking(year, passing.tenants, web_client)
    screens = Screens(year, passing.tenants, web_client, whole=WHOLE)
    wrong: list[str] = []
    told: dict[date, Mapping[Key, Answer]] = {}
    for day in year.mornings:
        before, over, seen = day - ONE_DAY, at(day, OVER), at(day, MORNING)
        passing.take_over(before, over)
        screens.taken.note(before, over, over=True)
        wrong += [*looking.articles(before, over), *looking.city(before, over)]
        wrong += [*looking.institution_scores(before, over), *looking.city_scores(before, over)]
        passing.take_morning(day)
        screens.taken.note(day, seen)
        wrong += [*looking.articles(day, seen), *looking.institution_scores(day, seen)]
        wrong += [*looking.board(seen, day), *looking.pages(seen, day), *screens.at(seen)]
        for code in looking.silent(seen):  # the nights after take its day anew, with what the box brought
            passing.take_over(before, over + 2 * ONE_DAY, of=code)
            screens.taken.note(before, over + 2 * ONE_DAY, of=code, over=True)
            wrong += looking.late(code, before, over + 2 * ONE_DAY)
        told[before] = looking.found(before)
    passing.take_again({day: {code for code, _ in found} for day, found in told.items()})
    wrong += [line for day in told for line in looking.again(day, told[day])]
    wrong += screens.desk.left_out()
    assert not wrong, "\n".join(wrong)
