"""The job that tells people, against a real mail server."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from redis import Redis

from infra import clock
from infra.db import db
from infra.mail import MailNotSent
from infra.tenancy import Binding, bind
from tenants.disclosures import queries
from tenants.disclosures.official.models import OfficialRequest
from tenants.people.invitations.models import AccountInvitation
from tenants.people.models import User
from tests.factories import disclosures, emergencies, people, viewings
from tests.factories.evidence import Archive
from tests.factories.registry import institution
from tests.factories.requests import granted
from tests.mailbox import Mailbox
from tests.workers import hours
from tests.workers.conftest import Run
from workers import mail_jobs, sweep_jobs


@pytest.fixture
def environment(environment: dict[str, str], smtp: Mailbox) -> dict[str, str]:
    """A worker's, whose mail goes to a real server."""
    return environment | {"SHOUYUAN_MAIL_URL": smtp.url}


@pytest.fixture
def filed(worker: Flask, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A request filed at ten, of which the head and the handler of K1 were not told yet, as the job's arguments."""
    assert worker
    hours.at(monkeypatch, 10)
    school = institution("K1")
    for make in (people.head, people.handler):
        db.session.get_one(User, make(school.tenant_id)).email = f"{make.__name__}@school.test"
    agency_id = people.agency()
    officer = people.agency_officer(agency_id)
    bind(db.session, Binding(tenant_id=school.tenant_id, agency_id=agency_id))
    case = disclosures.case(school, agency_id=agency_id, filed_by=officer)
    db.session.get_one(OfficialRequest, case.disclosure_id).untold = ["file"]
    db.session.commit()
    return {"tenant_id": str(school.tenant_id), "disclosure_id": str(case.disclosure_id), "step": "file"}


def addressees(smtp: Mailbox) -> list[str]:
    return [str(each["To"]) for each in smtp.messages]


def untold(filed: dict[str, str]) -> list[tuple[UUID, str]]:
    db.session.rollback()
    return queries.untold(tenant_id=UUID(filed["tenant_id"]))


@pytest.mark.req("DR-31")
def test_a_filed_request_reaches_the_schools_mailboxes_once(filed: dict[str, str], smtp: Mailbox) -> None:
    for _ in range(2):
        mail_jobs.send(**filed)
    assert addressees(smtp) == ["handler@school.test", "head@school.test"]
    body = smtp.messages[0].get_body()
    assert body is not None
    assert f"/schools/{filed['tenant_id']}/cases/{filed['disclosure_id']}" in body.get_content()
    assert untold(filed) == []


def test_while_the_mail_server_takes_nothing_the_step_stays_to_be_told(filed: dict[str, str], smtp: Mailbox) -> None:
    smtp.codes["handler@school.test"] = 451
    with pytest.raises(MailNotSent):
        mail_jobs.send(**filed)
    assert untold(filed) == [(UUID(filed["disclosure_id"]), "file")]


def test_an_address_that_does_not_exist_stands_in_nobodys_way(filed: dict[str, str], smtp: Mailbox) -> None:
    smtp.codes["handler@school.test"] = 550
    mail_jobs.send(**filed)
    assert addressees(smtp) == ["head@school.test"]
    assert untold(filed) == []


def test_notices_of_an_emptied_queue_are_sent_by_the_sweep(
    archive: Archive, smtp: Mailbox, valkey: str, run: Run
) -> None:
    request = granted(archive, clock.now() - timedelta(hours=2), asked=timedelta(seconds=8))
    for user in db.session.scalars(db.select(User)):
        user.email = f"{user.id}@school.test"
    # Somebody comes within the hour: what is told of the case goes whenever this test runs.
    at, by = clock.now() + timedelta(minutes=30), request.handler.id
    assert by is not None
    viewings.appointment(archive.of, disclosure_id=request.disclosure_id, made_by=by, starts_at=at)
    db.session.commit()
    Redis.from_url(valkey).flushall()

    sweep_jobs.sweep_tenant(tenant_id=str(request.tenant_id))
    worked = run("-m", "workers.main", "--burst", "default")
    assert worked.returncode == 0, worked.stderr
    assert len([each for each in smtp.messages if "：新的調閱申請" in each["Subject"]]) == 2
    assert len([each for each in smtp.messages if "：調閱申請已核定" in each["Subject"]]) == 1
    db.session.rollback()
    assert queries.untold(tenant_id=request.tenant_id) == []


@pytest.mark.req("DR-15", "DR-33")
@pytest.mark.parametrize("codes", [{}, {"head@school.test": 550}], ids=["taken", "refused"])
def test_a_link_whose_address_is_refused_says_so_and_one_that_went_out_does_not(
    worker: Flask, smtp: Mailbox, codes: dict[str, int]
) -> None:
    assert worker
    school = institution("K1")
    head_id = people.head(school.tenant_id)
    db.session.get_one(User, head_id).email = "head@school.test"
    smtp.codes |= codes
    bind(db.session, Binding(tenant_id=school.tenant_id))
    invitation_id = emergencies.invitation(school.tenant_id, user_id=head_id)
    db.session.commit()
    mail_jobs.send_invitation(tenant_id=str(school.tenant_id), invitation_id=str(invitation_id))
    db.session.rollback()
    found = db.session.get_one(AccountInvitation, invitation_id)
    assert found.sent_at is not None
    assert (found.refused_at is not None) is bool(codes)
    assert addressees(smtp) == ([] if codes else ["head@school.test"])
