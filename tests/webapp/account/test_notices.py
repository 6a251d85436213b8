"""A person's own choices of when to be told, and the address for their calendar."""

import re
from datetime import date, timedelta
from uuid import UUID

import pytest
from flask import Flask
from icalendar import Calendar

from infra import clock, queues
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.notices.models import CalendarFeed, NoticeWish
from tenants.people.models import Membership, User
from tenants.permissions import Role
from tests.factories import people, rights
from tests.factories.registry import Institution, institution
from tests.webapp.conftest import WebClient


@pytest.fixture
def k1(domain: Flask) -> Institution:
    assert domain
    people.bureau()
    made = institution("K1")
    bind(db.session, Binding(tenant_id=made.tenant_id))
    return made


@pytest.fixture
def handler(k1: Institution, web_client: WebClient) -> UUID:
    made = people.person("handler", name="歐陽靜慧")
    people.membership(made, Role.HANDLER, tenant_id=k1.tenant_id)
    web_client.sign_in("handler")
    return made


@pytest.fixture
def address(web_client: WebClient, handler: UUID) -> str:
    """The path of the handler's calendar."""
    assert handler
    return made(web_client)


def made(client: WebClient) -> str:
    page = client.post("/account/notices/calendar").text
    found = re.search(r"https?://[^/]+(/calendar/[\w-]+\.ics)", page)
    assert found is not None
    return found[1]


def dues(client: WebClient, address: str) -> dict[str, date]:
    """The summaries of a calendar's days, by their ids."""
    answer = client.get(address)
    assert answer.status_code == 200
    events = Calendar.from_ical(answer.data).walk("VEVENT")
    return {f"{each['UID']} {each['SUMMARY']}": each["DTSTART"].dt for each in events}


@pytest.mark.req("DR-31")
@pytest.mark.usefixtures("handler")
def test_quiet_hours_can_be_moved_within_bounds(web_client: WebClient) -> None:
    assert "20:00" in web_client.get("/account/notices/").text
    sent = {"quiet_from": "22", "quiet_until": "8", "digest": "y"}
    assert web_client.post("/account/notices/", data=sent).status_code == 303
    wish = db.session.scalars(db.select(NoticeWish)).one()
    assert (wish.quiet_from, wish.quiet_until, wish.digest) == (22, 8, True)
    assert web_client.post("/account/notices/", data=sent | {"quiet_from": "12"}).status_code == 422


@pytest.mark.req("DR-31")
@pytest.mark.usefixtures("handler")
def test_whoever_is_bound_by_law_is_told_why_the_digest_stays(web_client: WebClient) -> None:
    answer = web_client.post("/account/notices/", data={"quiet_from": "20", "quiet_until": "7"})
    assert answer.status_code == 422
    assert "不能關閉每日提醒" in answer.text
    assert db.session.scalars(db.select(NoticeWish)).all() == []


@pytest.mark.req("DR-31")
def test_a_calendar_holds_due_days_and_nobodys_name(
    web_client: WebClient, other_client: WebClient, k1: Institution, handler: UUID, address: str
) -> None:
    rights.request(k1, entered_by=handler)
    assert web_client.get(address).headers["Content-Type"] == "text/calendar; charset=utf-8"
    found = dues(other_client, address)  # no cookie
    assert any("個人資料權利請求的期限（晨光幼兒園）" in words for words in found)
    assert all(type(day) is date for day in found.values()), "days, not moments"
    assert found == dues(other_client, address), "the same things bear the same ids"
    raw = other_client.get(address).data.replace(b"\r\n ", b"").decode()
    assert not [word for word in ("歐陽靜慧", "林怡君", "C-GATE", str(handler)) if word in raw]


@pytest.mark.req("DR-31")
def test_what_did_not_change_is_not_fetched_again(web_client: WebClient, address: str) -> None:
    first = web_client.get(address)
    again = web_client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert first.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.req("DR-31")
def test_the_address_is_shown_once_and_kept_as_a_hash(web_client: WebClient, address: str) -> None:
    token = address.rsplit("/", maxsplit=1)[-1].removesuffix(".ics")
    assert len(token) >= 43
    assert token not in web_client.get("/account/notices/").text
    feed = db.session.scalars(db.select(CalendarFeed)).one()
    assert token not in str(vars(feed))


@pytest.mark.req("DR-31", "DR-15")
def test_an_address_that_was_taken_back_or_replaced_is_not_there(web_client: WebClient, address: str) -> None:
    newer = made(web_client)
    assert web_client.get(address).status_code == 404
    assert web_client.get(newer).status_code == 200
    web_client.post("/account/notices/calendar/end")
    assert web_client.get(newer).status_code == 404
    assert web_client.get("/calendar/wrong.ics").status_code == 404


@pytest.mark.req("DR-15", "KH-5-2")
def test_a_calendar_ends_with_the_account_and_with_the_role(
    other_client: WebClient, k1: Institution, handler: UUID, address: str
) -> None:
    rights.request(k1, entered_by=handler)
    assert dues(other_client, address)
    held = db.session.scalars(db.select(Membership).where(Membership.user_id == handler)).one()
    held.ended_at, held.ended_by = clock.now(), handler
    db.session.commit()
    assert dues(other_client, address) == {}

    user = db.session.get_one(User, handler)
    user.deactivated_at, user.deactivated_by = clock.now() - timedelta(seconds=1), handler
    db.session.commit()
    assert other_client.get(address).status_code == 404


@pytest.mark.req("DR-31")
def test_a_calendar_that_is_fetched_all_the_time_is_told_to_wait(
    web_client: WebClient, address: str, valkey: str
) -> None:
    queues.configure(valkey)
    answers = [web_client.get(address) for _ in range(14)]
    wrong = [web_client.get("/calendar/wrong.ics").status_code for _ in range(32)]
    assert [each.status_code for each in answers] == [200] * 12 + [429] * 2
    assert answers[-1].headers["Retry-After"] == "60"
    assert wrong == [404] * 30 + [429] * 2
