"""稽核軌跡: acts in words, people's apart from machines', and whether the chain is whole."""

import re
from http import HTTPStatus
from pathlib import Path

import pytest

from infra.db import db
from infra.queues import Job
from infra.tenancy import Binding, bind
from tenants.actor import system
from tenants.audit import actions as audit
from tenants.audit import queries
from tenants.audit.events import BY_KEY, Event
from tests.webapp.desk import Desk
from webapp.audit_event_names import EVENT_NAMES
from webapp.audit_view import JOB_NAMES, done_by


@pytest.mark.req("DR-06")
def test_the_trail_names_each_act_in_words_and_says_whether_it_is_whole(desk: Desk) -> None:
    desk.filed()
    head = desk.browser("k1-head")

    page = head.get(f"{desk.school}/audit/?verify=1").text

    assert "收文" in page
    assert "軌跡完整" in page
    assert head.get(f"{desk.school}/audit/?before=1").status_code == HTTPStatus.OK
    assert head.get(f"{desk.school}/audit/?before=x").status_code == HTTPStatus.OK


@pytest.mark.req("DR-06")
def test_what_an_act_carries_is_named_in_words_and_never_by_its_code(desk: Desk) -> None:
    desk.decide(desk.filed())

    page = desk.browser("k1-head").get(f"{desk.school}/audit/").text

    names = re.findall(r"<dt>([^<]+)</dt>", page)
    assert {"案號", "發文字號", "時段", "檔案雜湊（SHA-256）", "來源位址", "本筆雜湊"} <= set(names)
    assert not [name for name in names if re.fullmatch(r"[a-z_0-9]+", name)]
    assert "&#39;from&#39;" not in page, "nor inside a list"


def test_every_event_of_the_catalogue_has_words() -> None:
    assert EVENT_NAMES.keys() == BY_KEY.keys()


def test_every_job_has_words() -> None:
    assert JOB_NAMES.keys() == set(Job)


def destroyed_by_the_service(desk: Desk) -> None:
    tenant_id = desk.cast.k1.tenant_id
    bind(db.session, Binding(tenant_id=tenant_id))
    audit.record(Event.CHAIN_STARTED, tenant_id=tenant_id, actor=system("destroy_day"), subject_id=tenant_id, code="K1")
    db.session.commit()


@pytest.mark.req("DR-06")
def test_a_machines_act_bears_its_name_in_words_and_does_not_bury_peoples(desk: Desk) -> None:
    desk.filed()
    destroyed_by_the_service(desk)
    head = desk.browser("k1-head")

    everything, people = (head.get(f"{desk.school}/audit/{query}").text for query in ("", "?who=people"))

    assert "到期影像銷毀" in everything
    assert "destroy_day" not in everything
    assert "收文" in everything
    assert "到期影像銷毀" not in people
    assert "收文" in people
    assert "who=people" in head.get(f"{desk.school}/audit/").text


@pytest.mark.req("DR-06")
def test_a_verification_says_how_much_was_checked_and_when(desk: Desk) -> None:
    desk.filed()
    head = desk.browser("k1-head")

    page = head.get(f"{desk.school}/audit/?verify=1").text

    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    length = queries.length(tenant_id=desk.cast.k1.tenant_id)
    assert length > 1
    assert f"由第 1 筆驗證到第 {length} 筆，共 {length} 筆" in page
    assert "已於民國" in page


@pytest.mark.req("DR-06")
def test_whatever_acts_as_the_service_itself_has_a_name_in_words() -> None:
    sources = [path.read_text(encoding="utf-8") for path in Path("workers").rglob("*.py")]
    named = {name for source in sources for name in re.findall(r'\bsystem\("([^"]+)"\)', source)}
    assert "footage rebuild" in named
    assert {name for name in named if done_by(name) == name} == set()
