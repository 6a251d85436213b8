"""What was filled in becomes one case, preserved in the same moment, with a receipt that says so."""

import re
from datetime import timedelta

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.disclosures import notices
from tenants.disclosures.applying import rules
from tenants.disclosures.steps import Step
from tenants.people.models import User
from tenants.retention import queries as retention
from tenants.roc_dates import format_span
from tests.factories import footage
from tests.factories import retention as made_retention
from tests.made_identity_numbers import made
from tests.webapp.conftest import WebClient
from tests.webapp.public.applying.conftest import Door
from tests.webapp.visitor import BICYCLE, END, PARENT, START, WHO, Visitor, what, where

_MARGIN = timedelta(minutes=10)


@pytest.mark.req("DR-01", "KH-6-2d", "KH-6-2g")
def test_the_receipt_says_what_the_hold_really_keeps(parent: Visitor) -> None:
    parent.fill_in()
    sent = parent.send()

    page = parent.get(sent.location.removeprefix("/apply/K1")).text

    assert "調閱-115-0001" in page
    assert f"已先行保全 {format_span(START - _MARGIN, END + _MARGIN)} 影像，不會因保存期限屆滿而刪除" in page
    assert "監視錄影系統監錄資料調閱申請單" in page
    case = parent.cases()[0]
    assert case.hold_id is not None
    kept = retention.windows(tenant_id=parent.tenant_id, hold_id=case.hold_id)
    assert [(each.started_at, each.ended_at) for each in kept] == [(START - _MARGIN, END + _MARGIN)]


@pytest.mark.req("KH-6-2d", "TY-5-1c", "TY-A1-03", "TY-A1-04", "TY-A1-07", "TY-A1-09", "TY-A1-11")
def test_the_schools_form_has_its_own_title_and_needs_no_incident(door: Door) -> None:
    school = door("E1")
    school.prove()
    school.post("/form/who", WHO)
    school.post("/form/what", BICYCLE)
    assert "攝影機地點" in school.get("/form/where").text
    school.post("/form/where", where(school.cast.e1.cameras["E-GATE"]))
    school.post("/form/check", {"acknowledged": "y"})
    assert "身分證號" in school.get("/form/identity").text
    sent = school.send()
    assert sent.status_code == 303, sent.text

    page = school.get(sent.location.removeprefix("/apply/E1")).text

    assert "監視器攝錄資料調閱申請單" in page
    assert "專案小組" not in page
    case = school.cases()[0]
    assert (case.ground, case.panel_required, case.incident_from) == ("personal_rights", False, None)
    assert case.acknowledged == "TY_APPENDIX1 1 note 1"


@pytest.mark.req("TY-5-1d")
def test_a_wide_window_at_a_school_is_advised_to_be_narrowed(door: Door) -> None:
    school = door("E1")
    school.prove()
    school.post("/form/who", WHO)
    school.post("/form/what", BICYCLE)
    camera = school.cast.e1.cameras["E-GATE"]
    assert school.post("/form/where", where(camera, **{"windows-0-until_time": ""})).status_code == 422
    school.post("/form/where", where(camera, START - timedelta(hours=3), START))
    assert "有時段超過2小時，建議縮小" in school.get("/form/check").text


@pytest.mark.req("KH-6-2g")
def test_a_form_that_is_sent_twice_is_filed_once(parent: Visitor) -> None:
    parent.fill_in()
    number = made()
    assert parent.send(number=number).status_code == 303
    assert parent.send(number=number).location == "/apply/K1/follow"
    assert len(parent.cases()) == 1
    assert parent.visits()[0].answers == {}


@pytest.mark.req("KH-6-2g", "DR-08")
def test_an_institution_named_in_the_form_is_not_looked_at(parent: Visitor) -> None:
    theirs = str(parent.cast.e1.tenant_id)
    parent.fill_in(who={"tenant_id": theirs, "code": "E1"}, where={"tenant_id": theirs})
    assert parent.send(tenant_id=theirs, code="E1").status_code == 303
    assert parent.cases()[0].tenant_id == parent.cast.k1.tenant_id
    parent.code = "E1"
    assert parent.cases() == []


@pytest.mark.req("KH-6-2e")
@pytest.mark.parametrize(
    "said", ["<script>alert(1)</script> 女兒於滑梯旁跌倒左臂擦傷", '=HYPERLINK("http://x") 女兒於滑梯旁跌倒左臂擦傷']
)
def test_what_looks_like_code_is_kept_as_said_and_shown_as_text(parent: Visitor, said: str) -> None:
    parent.fill_in(what={"reason": said})
    assert "<script>alert" not in parent.get("/form/check").text
    parent.send()

    case = parent.cases()[0]

    assert case.reason == said
    page = parent.get(f"/follow/{case.id}").text
    assert "<script>alert" not in page
    assert "女兒於滑梯旁跌倒左臂擦傷" in page


@pytest.mark.req("KH-6-3b")
def test_who_comes_too_late_is_told_before_sending_and_may_still_ask(parent: Visitor) -> None:
    late = clock.now().replace(second=0, microsecond=0) - timedelta(days=35)
    bind(db.session, Binding(tenant_id=parent.tenant_id))
    key = footage.day_key(parent.cast.k1, day=late)
    key.destroyed_at, key.wrapped_secret = clock.now(), None
    footage.filmed_day(parent.cast.k1, day=late)
    made_retention.destruction(parent.cast.k1, day=clock.civil_day(late))
    db.session.commit()
    until = late + timedelta(minutes=10)
    camera = parent.cast.k1.cameras["C-GATE"]
    parent.prove()
    parent.post("/form/who", WHO)
    parent.post("/form/what", what(late, until))
    assert "可查最早日期" in parent.get("/form/where").text
    assert parent.post("/form/where", where(camera, late, until)).status_code == 303

    check = parent.get("/form/check").text
    assert "已超過保存期限，依規定銷毀了" in check
    assert "可查最早日期" in check
    assert parent.post("/form/check", {"acknowledged": "y"}).status_code == 422
    assert parent.post("/form/check", {"acknowledged": "y", "confirmed": "y"}).status_code == 303
    assert parent.send().status_code == 303

    case = parent.cases()[0]
    assert case.hold_id is None
    receipt = parent.get(f"/follow/{case.id}/receipt").text
    assert "已先行保全" not in receipt
    assert "銷毀證明" in receipt


@pytest.mark.req("DR-01")
def test_one_address_cannot_freeze_the_storage(parent: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST_OPEN", 1)
    parent.filed()
    parent.post("/form/who", WHO)
    parent.post("/form/what", what())
    parent.post("/form/where", where(parent.cast.k1.cameras["C-GATE"]))
    parent.post("/form/check", {"acknowledged": "y"})

    answer = parent.send()

    assert answer.status_code == 422
    assert "尚在辦理中" in answer.text
    assert len(parent.cases()) == 1


@pytest.mark.req("KH-1-2", "DR-31")
def test_the_mail_has_the_number_and_the_way_and_nothing_else(parent: Visitor) -> None:
    case = parent.filed()
    mails = notices.messages(
        tenant_id=parent.tenant_id, disclosure_id=case.id, step=Step.FILE, base_url="https://x.test"
    )
    mine = next(mail for mail in mails if mail.to == PARENT)
    assert case.serial in mine.text
    assert "https://x.test/apply/K1/follow" in mine.text
    assert mine.heading == f"晨光幼兒園：已收到調閱申請 {case.serial}"
    for word in ("林小惠", "林可可", "滑梯", "C-GATE", str(case.id)):
        assert word not in mine.heading + mine.text


@pytest.mark.req("KH-6-2g")
def test_the_institutions_mail_leads_to_the_application(parent: Visitor) -> None:
    case = parent.filed()
    db.session.get_one(User, parent.cast.ids["k1-handler"]).email = "handler@school.example"
    db.session.commit()
    told = notices.messages(tenant_id=parent.tenant_id, disclosure_id=case.id, step=Step.FILE, base_url="")
    mail = next(each for each in told if each.to == "handler@school.example")
    address = re.search(r"：(/schools/\S+)", mail.text)
    assert address is not None
    handler = parent.browser.application.test_client()
    assert isinstance(handler, WebClient)
    assert case.serial in handler.sign_in("k1-handler").get(address[1]).text
