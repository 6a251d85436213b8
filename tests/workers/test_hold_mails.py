"""An institution is told by mail of an urgent preservation, warned, and told of its lapse; the sweep forgets none."""

from datetime import datetime, time, timedelta
from uuid import UUID

import pytest
from flask import Flask

from infra import clock
from infra.db import db
from infra.mail import MailNotSent
from infra.queues import Job
from infra.tenancy import Binding, bind
from tenants.people.models import User
from tenants.retention.urgent import queries
from tenants.retention.urgent.models import UrgentHold
from tenants.working_days import working_days_after
from tests.factories import people, retention
from tests.factories.registry import institution
from tests.mailbox import Mailbox
from workers import mail_jobs, retention_jobs, sweep_jobs

pytestmark = pytest.mark.req("DR-02", "DR-31")
MAIL = "head@school.example"


@pytest.fixture
def environment(environment: dict[str, str], smtp: Mailbox) -> dict[str, str]:
    """A worker's, whose mail goes to a real server."""
    return environment | {"SHOUYUAN_MAIL_URL": smtp.url}


@pytest.fixture
def pressed(worker: Flask) -> dict[str, str]:
    """An urgent preservation of which nobody was told yet, as the job's arguments."""
    assert worker
    school = institution("K1")
    head = people.head(school.tenant_id)
    db.session.get_one(User, head).email = MAIL
    people.guard(school.tenant_id)
    bind(db.session, Binding(tenant_id=school.tenant_id))
    hold_id = retention.urgent(school)
    db.session.scalars(db.select(UrgentHold)).one().untold = ["placed"]
    db.session.commit()
    return {"tenant_id": str(school.tenant_id), "hold_id": str(hold_id), "occasion": "placed"}


def untold(pressed: dict[str, str]) -> list[tuple[UUID, str]]:
    db.session.rollback()
    return queries.untold(tenant_id=UUID(pressed["tenant_id"]))


@pytest.mark.req("KH-1-2")
def test_the_head_is_told_once_and_the_mail_names_nothing_but_the_number(
    pressed: dict[str, str], smtp: Mailbox
) -> None:
    for _ in range(2):
        mail_jobs.send_about_hold(**pressed)
    (mail,) = smtp.messages
    body = mail.get_body()
    assert body is not None
    text = f"{mail['Subject']} {body.get_content()}"
    assert str(mail["To"]) == MAIL
    assert mail["Subject"] == "晨光幼兒園：已緊急保全 緊急保全-115-0001"
    for hidden in ("陳警員", "車禍", "C-GATE"):
        assert hidden not in text
    assert untold(pressed) == []


def test_while_the_mail_server_takes_nothing_the_sweep_finds_it(pressed: dict[str, str], smtp: Mailbox) -> None:
    smtp.codes[MAIL] = 451
    with pytest.raises(MailNotSent):
        mail_jobs.send_about_hold(**pressed)
    waiting = list(sweep_jobs.waiting(tenant_id=UUID(pressed["tenant_id"]), today=clock.today()))
    assert (Job.SEND_HOLD_MAIL, {"hold_id": UUID(pressed["hold_id"]), "occasion": "placed"}) in waiting


def test_the_sweep_warns_before_the_lapse_and_ends_it_after(
    pressed: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant_id, now = UUID(pressed["tenant_id"]), clock.now()
    for days, wanted in ((4, False), (5, True), (8, True)):
        today = clock.civil_day(now + timedelta(days=days))
        bind(db.session, Binding(tenant_id=tenant_id))
        assert ((Job.END_HOLDS, {}) in list(sweep_jobs.waiting(tenant_id=tenant_id, today=today))) is wanted
        monkeypatch.setattr(clock, "now", lambda days=days: now + timedelta(days=days))
        retention_jobs.end_holds(tenant_id=str(tenant_id))
    assert [notice for _, notice in untold(pressed)] == ["lapsed", "lapsing", "placed"]


def test_that_a_hold_lapses_is_found_at_midnight_and_told_in_the_morning(
    pressed: dict[str, str], smtp: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    db.session.scalars(db.select(UrgentHold)).one().untold = ["lapsing"]
    db.session.commit()
    day = working_days_after(clock.today(), 1)
    for hour, told in ((0, 0), (7, 1)):
        now = datetime.combine(day, time(hour, 5), clock.TAIPEI)
        monkeypatch.setattr(clock, "now", lambda now=now: now)
        mail_jobs.send_about_hold(**pressed | {"occasion": "lapsing"})
        assert len(smtp.messages) == told
