"""The bureau sets within what time faults are dealt with: ahead, by document, and nothing open is moved."""

from datetime import timedelta

import pytest
from flask import Flask

from infra import clock
from tenants.roc_dates import short_date
from tenants.upkeep.faults import targets
from tenants.upkeep.faults.rules import DEFAULT
from tests.factories import people
from tests.webapp.conftest import WebClient

ADDRESS = "/bureau/fault-targets"
pytestmark = pytest.mark.req("KH-8-1d", "TY-6-1b")


def typed(**changes: object) -> dict[str, object]:
    whole = {"assign_hours": 1, "report_hours": 2, "repair_days": 2, "recheck_days": 1, "bureau_hours": 4}
    return {
        **whole,
        "effective_from": short_date(clock.today() + timedelta(days=1)),
        "document": "高市教幼字第1150000001號",
        **changes,
    }


@pytest.fixture
def city(domain: Flask) -> None:
    assert domain
    people.bureau_officer()
    people.auditor()


@pytest.mark.usefixtures("city")
def test_numbers_count_from_a_day_ahead_and_the_days_before_keep_theirs(web_client: WebClient) -> None:
    client = web_client.sign_in("bureau")
    assert "本系統預設" in client.get(ADDRESS).text

    assert client.post(ADDRESS, data=typed()).status_code == 303

    assert targets.in_force(day=clock.today()) == DEFAULT
    assert targets.in_force(day=clock.today() + timedelta(days=1)).report_hours == 2
    assert client.post(ADDRESS, data=typed()).status_code == 422, "a day has one version"


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize(
    "changed",
    [{"report_hours": 0}, {"repair_days": 31}, {"document": " "}, {"report_hours": "x"}, {"effective_from": "115/1/1"}],
)
def test_a_version_is_whole(web_client: WebClient, changed: dict[str, object]) -> None:
    client = web_client.sign_in("bureau")

    assert client.post(ADDRESS, data=typed(**changed)).status_code == 422
    assert targets.versions() == []


@pytest.mark.usefixtures("city")
def test_an_auditor_reads_and_sets_nothing(web_client: WebClient) -> None:
    client = web_client.sign_in("auditor")

    assert "訂定新的時限" not in client.get(ADDRESS).text
    assert client.post(ADDRESS, data=typed()).status_code == 403
