"""The bureau's officer sets weights and targets: ahead, with a reason, all faults at once (DR-30)."""

from datetime import timedelta

import pytest
from flask import Flask

from infra import clock
from tenants.compliance.scoring import weights
from tenants.compliance.scoring.rules import DEFAULT, WEIGHED, Aim
from tenants.roc_dates import short_date
from tests.factories import compliance, people
from tests.webapp.conftest import WebClient

ADDRESS = "/bureau/weights"
TOMORROW = clock.today() + timedelta(days=1)
pytestmark = pytest.mark.req("DR-30")


def typed(**changes: object) -> dict[str, object]:
    numbers = {f"weight_{each.key}": 2 for each in WEIGHED}
    shares = {f"target_{each.key}": "95" for each in WEIGHED}
    whole = {"target": "99.5 %", "effective_from": short_date(TOMORROW), "reason": "合規會議決議"}
    return {**numbers, **shares, **whole, **changes}


@pytest.fixture
def client(web_client: WebClient, domain: Flask) -> WebClient:
    assert domain
    people.bureau_officer()
    return web_client.sign_in("bureau")


def test_numbers_count_from_a_day_ahead_and_the_page_says_which_count_today(client: WebClient) -> None:
    assert "本系統預設" in client.get(ADDRESS).text
    assert client.post(ADDRESS, data=typed(weight_zones=0)).status_code == 303
    assert weights.in_force(day=clock.today()) == DEFAULT
    begun = weights.in_force(day=TOMORROW)
    assert (begun.target, begun.aims["continuity"]) == (995, Aim(weight=2, target=950))
    page = client.get(ADDRESS).text
    assert "合規會議決議" in page
    assert "設置區域：不計分，目標 95.0 %" in page


def test_all_faults_are_told_at_once_each_beside_its_field_and_what_was_typed_stays(client: WebClient) -> None:
    wrong = typed(
        target="101", weight_continuity="", target_zones="95.55", effective_from=short_date(clock.today()), reason=" "
    )
    answer = client.post(ADDRESS, data={**wrong, "weight_secrecy": "101"})
    assert answer.status_code == 422
    for field in ("target", "weight_continuity", "target_zones", "effective_from", "reason", "weight_secrecy"):
        assert f'id="{field}-error"' in answer.text, field
    assert "95.55" in answer.text
    summary = answer.text[answer.text.index("請先修正以下問題") :].split("</ul>")[0]
    for label in ("「設置區域：目標（%）」", "「整體目標（%）」"):
        assert label in summary, label
    assert weights.versions() == []


def test_a_full_width_number_is_read(client: WebClient) -> None:
    assert client.post(ADDRESS, data=typed(target="９９．５％")).status_code == 303
    assert weights.in_force(day=TOMORROW).target == 995


@pytest.mark.parametrize("share", ["100.1", "-1", "x", "", "1e2", "999"])
def test_what_is_no_share_is_refused(client: WebClient, share: str) -> None:
    assert client.post(ADDRESS, data=typed(target=share)).status_code == 422


def test_a_day_has_one_version(client: WebClient) -> None:
    assert client.post(ADDRESS, data=typed()).status_code == 303
    assert "這一天已經有一個版本" in client.post(ADDRESS, data=typed()).text


def test_an_auditor_reads_and_sets_nothing(web_client: WebClient, domain: Flask) -> None:
    assert domain
    people.auditor()
    client = web_client.sign_in("auditor")
    assert "訂定新的版本" not in client.get(ADDRESS).text
    assert client.post(ADDRESS, data=typed()).status_code == 403


def test_a_version_that_names_fewer_articles_is_shown_as_it_was(client: WebClient) -> None:
    compliance.weighting(continuity=3)
    page = client.get(ADDRESS).text
    assert "未訂" in page
    assert "90.0 %" in page
