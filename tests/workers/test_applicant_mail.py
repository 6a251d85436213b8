"""The codes of people without an account, against a real mail server; and what is forgotten of them."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from infra import clock
from infra.db import db
from infra.mail import MailNotSent
from infra.queues import Job
from infra.tenancy import Binding, bind
from tenants.disclosures.applying.models import Visit
from tenants.people import passwords
from tests.factories import applicants
from tests.factories.registry import institution
from tests.mailbox import Mailbox
from workers import mail_jobs, sweep_jobs

PARENT = "parent@example.org"
pytestmark = pytest.mark.req("KH-6-2g")


@pytest.fixture
def environment(environment: dict[str, str], smtp: Mailbox) -> dict[str, str]:
    """A worker's, whose mail goes to a real server."""
    return environment | {"SHOUYUAN_MAIL_URL": smtp.url}


@pytest.fixture
def asked(worker: Flask) -> dict[str, str]:
    """Somebody waits for a code; the job's arguments."""
    assert worker
    school = institution("K1")
    bind(db.session, Binding(tenant_id=school.tenant_id))
    visit = db.session.get_one(Visit, applicants.visit(school, email=PARENT))
    visit.code_sent_at = visit.proved_at = None
    db.session.commit()
    return {"tenant_id": str(school.tenant_id), "visit_id": str(visit.id)}


def the_visit(asked: dict[str, str]) -> Visit:
    db.session.rollback()
    return db.session.get_one(Visit, UUID(asked["visit_id"]), populate_existing=True)


def test_the_code_reaches_the_mailbox_once_and_its_hash_the_row(asked: dict[str, str], smtp: Mailbox) -> None:
    for _ in range(2):
        mail_jobs.send_code(**asked)

    assert [str(each["To"]) for each in smtp.messages] == [PARENT]
    body = smtp.messages[0].get_body()
    assert body is not None
    code = re.search(r"驗證碼：(\d{6})\n", body.get_content())
    assert code is not None
    assert smtp.messages[0]["Subject"] == "晨光幼兒園：驗證碼", "a locked telephone shows the subject, so not the code"
    assert passwords.matches(code[1], the_visit(asked).code_hash)


def test_while_the_server_takes_nothing_the_code_is_not_made_and_the_sweep_asks_again(
    asked: dict[str, str], smtp: Mailbox
) -> None:
    smtp.codes[PARENT] = 451
    with pytest.raises(MailNotSent):
        mail_jobs.send_code(**asked)

    visit = the_visit(asked)
    assert (visit.code_hash, visit.code_sent_at) == ("", None)
    waiting = list(sweep_jobs.waiting(tenant_id=visit.tenant_id, today=clock.today()))
    assert (Job.SEND_CODE, {"visit_id": visit.id}) in waiting


def test_an_address_that_does_not_exist_is_nobodys_to_know(asked: dict[str, str], smtp: Mailbox) -> None:
    smtp.codes[PARENT] = 550
    mail_jobs.send_code(**asked)
    assert smtp.messages == []
    assert the_visit(asked).code_sent_at is not None


def test_the_sweep_empties_what_was_typed_a_day_ago(asked: dict[str, str]) -> None:
    visit = the_visit(asked)
    visit.asked_at = clock.now() - timedelta(hours=25)
    db.session.commit()
    waiting = [job for job, _ in sweep_jobs.waiting(tenant_id=visit.tenant_id, today=clock.today())]
    assert Job.FORGET_APPLICANTS in waiting
    assert Job.SEND_CODE not in waiting

    mail_jobs.forget_applicants(tenant_id=asked["tenant_id"])

    after = the_visit(asked)
    assert (after.email, after.email_search, after.answers) == ("", "", {})
