"""The job that tells a panel's members, against a real mail server; what a lost queue forgot, the sweep finds."""

import re
from datetime import date
from uuid import UUID

import pytest
from flask import Flask

from infra.db import db
from infra.mail import MailNotSent
from infra.queues import Job
from infra.tenancy import Binding, bind
from tenants.disclosures.insider.panel import links, queries
from tenants.disclosures.insider.panel.models import PanelMember
from tests.factories import insiders, panels, people
from tests.factories.registry import institution
from tests.mailbox import Mailbox
from tests.workers import hours
from workers import mail_jobs, sweep_jobs

pytestmark = pytest.mark.req("DR-31", "KH-6-Pb")


@pytest.fixture
def environment(environment: dict[str, str], smtp: Mailbox) -> dict[str, str]:
    """A worker's, whose mail goes to a real server."""
    return environment | {"SHOUYUAN_MAIL_URL": smtp.url}


@pytest.fixture
def invited(worker: Flask, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A parents' representative who was not invited yet at ten in the morning, as the job's arguments."""
    assert worker
    hours.at(monkeypatch, 10)
    school = institution("K1")
    handler = people.handler(school.tenant_id)
    bind(db.session, Binding(tenant_id=school.tenant_id))
    panel = panels.panel(school, disclosure_id=insiders.request(school), convened_by=handler)
    db.session.get_one(PanelMember, panel.member_id).untold = ["invited"]
    db.session.commit()
    return {"tenant_id": str(school.tenant_id), "member_id": str(panel.member_id), "notice": "invited"}


def _untold(invited: dict[str, str]) -> list[tuple[UUID, str]]:
    db.session.rollback()
    return queries.untold(tenant_id=UUID(invited["tenant_id"]))


def test_an_invitation_brings_a_link_that_opens_and_goes_out_once(invited: dict[str, str], smtp: Mailbox) -> None:
    for _ in range(2):
        mail_jobs.send_to_panel(**invited)
    (mail,) = smtp.messages
    body = mail.get_body()
    assert str(mail["To"]) == "chen@example.org"
    assert mail["Subject"].startswith("晨光幼兒園：專案小組開會通知 ")
    assert body is not None
    found = re.search(r"/panel/([0-9a-f-]{36})/([\w-]{43})", body.get_content().replace("=\n", ""))
    assert found is not None
    db.session.rollback()
    member = links.invited(tenant_id=UUID(found[1]), token=found[2])
    assert str(member.id) == invited["member_id"]
    assert _untold(invited) == []


def test_while_the_mail_server_takes_nothing_the_invitation_stays_and_the_sweep_finds_it(
    invited: dict[str, str], smtp: Mailbox
) -> None:
    smtp.codes["chen@example.org"] = 451
    with pytest.raises(MailNotSent):
        mail_jobs.send_to_panel(**invited)
    member = UUID(invited["member_id"])
    assert _untold(invited) == [(member, "invited")]
    waiting = list(sweep_jobs.waiting(tenant_id=UUID(invited["tenant_id"]), today=date(2026, 11, 20)))
    assert (Job.SEND_PANEL_MAIL, {"member_id": member, "notice": "invited"}) in waiting
