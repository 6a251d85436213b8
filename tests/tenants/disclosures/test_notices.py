"""What is told by mail: a number and a link, to the other side, and never anything personal."""

import string
from itertools import chain
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import inspect

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.disclosures.models import DisclosureWindow, Halt, HaltCause
from tenants.disclosures.notices import PAUSED, WORDS, messages
from tenants.disclosures.official.lifecycle import TRANSITIONS
from tenants.disclosures.official.models import OfficialRequest
from tenants.disclosures.steps import Notice, Step
from tenants.errors import NotFound
from tenants.people.models import User
from tenants.registry.models import Tenant
from tests.factories import disclosures, people
from tests.factories.registry import Institution, institution

TOLD = [step for step, row in TRANSITIONS.items() if row.notice is not Notice.NOBODY]


@pytest.fixture
def school(domain: Flask) -> Institution:
    assert domain
    return institution("K1")


@pytest.fixture
def case_id(school: Institution) -> UUID:
    """A case of an officer, at a school with a head, a handler, a guard and a handler who left."""
    for make in (people.head, people.handler, people.guard):
        address(make(school.tenant_id), f"{make.__name__}@school.test")
    gone = people.handler(school.tenant_id, "gone")
    address(gone, "gone@school.test")
    db.session.get_one(User, gone).deactivated_at = db.session.get_one(User, gone).created_at
    db.session.get_one(User, gone).deactivated_by = gone
    db.session.commit()
    agency_id = people.agency("向陽分局")
    officer = people.agency_officer(agency_id)
    address(officer, "officer@police.test")
    bind(db.session, Binding(tenant_id=school.tenant_id, agency_id=agency_id))
    made = disclosures.case(school, agency_id=agency_id, filed_by=officer)
    bind(db.session, Binding(tenant_id=school.tenant_id))
    return made.disclosure_id


def address(user_id: UUID, email: str) -> None:
    db.session.get_one(User, user_id).email = email
    db.session.commit()


@pytest.mark.req("KH-1-2", "DR-31")
def test_no_template_has_a_field_besides_the_case_number() -> None:
    fields = {
        name
        for table in (*WORDS.values(), PAUSED)
        for words in table.values()
        for text in words
        for _, name, *_ in string.Formatter().parse(text)
    }
    assert fields - {None} == {"serial"}


@pytest.mark.req("KH-1-2", "DR-31")
def test_no_mail_carries_anything_personal_or_a_picture(school: Institution, case_id: UUID) -> None:
    row = db.session.get_one(OfficialRequest, case_id)
    for column in sorted(OfficialRequest.personal):
        setattr(row, column, f"SECRET-{column}")
    window = db.session.scalars(db.select(DisclosureWindow)).one()
    window.camera_name = "SECRET-camera"
    name = db.session.get_one(Tenant, school.tenant_id).name
    names = [
        getattr(user, column) for user in db.session.scalars(db.select(User)) for column in User.personal - {"email"}
    ]
    row.halted_at, row.halt, row.halt_cause = clock.now(), Halt.ALL, HaltCause.BREACH
    sent = {step: messages(tenant_id=school.tenant_id, disclosure_id=case_id, step=step, base_url="") for step in TOLD}
    assert all(sent.values())
    for mail in chain.from_iterable(sent.values()):
        text = mail.subject + mail.text
        assert "SECRET" not in text
        assert not [name for name in names if name and name in text]
        assert "向陽分局" not in text
        assert row.serial in text
        assert mail.heading == f"{name}：{mail.subject}", "who has to do with two institutions knows which"
        assert {column.key for column in inspect(OfficialRequest).columns} > OfficialRequest.personal


@pytest.mark.req("DR-31")
@pytest.mark.parametrize(
    ("step", "addressees", "path"),
    [
        (Step.FILE, ["handler@school.test", "head@school.test"], "/schools/{tenant}/cases/{case}"),
        (Step.APPROVE, ["officer@police.test"], "/agency/institutions/{tenant}/requests/{case}"),
    ],
)
def test_the_other_side_is_told_and_nobody_else(
    school: Institution, case_id: UUID, step: Step, addressees: list[str], path: str
) -> None:
    sent = messages(tenant_id=school.tenant_id, disclosure_id=case_id, step=step, base_url="https://shouyuan.test")
    assert [mail.to for mail in sent] == addressees
    assert "https://shouyuan.test" + path.format(tenant=school.tenant_id, case=case_id) in sent[0].text


@pytest.mark.req("KH-5-1c", "DR-31")
@pytest.mark.parametrize(("what", "words"), [(Halt.ALL, "調閱與領取已暫停"), (Halt.VIEWING, "到場調閱已暫停")])
def test_the_agency_is_told_that_its_case_waits_beside_the_head(
    school: Institution, case_id: UUID, what: Halt, words: str
) -> None:
    row = db.session.get_one(OfficialRequest, case_id)
    row.halted_at, row.halt, row.halt_cause = clock.now(), what, HaltCause.BREACH
    sent = messages(tenant_id=school.tenant_id, disclosure_id=case_id, step=Step.HALT, base_url="")
    assert [mail.to for mail in sent] == ["handler@school.test", "head@school.test", "officer@police.test"]
    told = sent[-1]
    assert words in told.subject
    assert f"/agency/institutions/{school.tenant_id}/requests/{case_id}" in told.text
    assert f"/schools/{school.tenant_id}/cases/{case_id}" not in told.text


@pytest.mark.req("DR-08")
def test_another_institutions_case_is_not_found(case_id: UUID) -> None:
    other = institution("K2")
    bind(db.session, Binding(tenant_id=other.tenant_id))
    with pytest.raises(NotFound):
        messages(tenant_id=other.tenant_id, disclosure_id=case_id, step=Step.FILE, base_url="")
