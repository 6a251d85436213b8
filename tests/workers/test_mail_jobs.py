"""The job that tells people, against a real mail server."""

import pytest
from flask import Flask

from infra.db import db
from infra.tenancy import Binding, bind
from tenants.people.models import User
from tests.factories import disclosures, people
from tests.factories.registry import institution
from tests.mailbox import Mailbox
from workers import mail_jobs


@pytest.fixture
def environment(environment: dict[str, str], smtp: Mailbox) -> dict[str, str]:
    """A worker's, whose mail goes to a real server."""
    return environment | {"SHOUYUAN_MAIL_URL": smtp.url}


@pytest.mark.req("DR-31")
def test_a_filed_request_reaches_the_heads_mailbox(worker: Flask, smtp: Mailbox) -> None:
    assert worker
    school = institution("K1")
    db.session.get_one(User, people.head(school.tenant_id)).email = "head@school.test"
    agency_id = people.agency()
    officer = people.agency_officer(agency_id)
    bind(db.session, Binding(tenant_id=school.tenant_id, agency_id=agency_id))
    case = disclosures.case(school, agency_id=agency_id, filed_by=officer)
    mail_jobs.send(tenant_id=str(school.tenant_id), disclosure_id=str(case.disclosure_id), step="file")
    (message,) = [each for each in smtp.messages if each["To"] == "head@school.test"]
    body = message.get_body()
    assert body is not None
    assert f"/schools/{school.tenant_id}/cases/{case.disclosure_id}" in body.get_content()
