"""Which mails of a case go at night and which wait for the morning, against a real mail server."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from uuid import UUID

import pytest
from flask import Flask

from infra import clock
from infra.clock import TAIPEI, civil_day
from infra.db import db
from infra.queues import Job
from infra.tenancy import Binding, bind
from tenants import mail_hours
from tenants.disclosures import queries
from tenants.disclosures.insider.panel.models import PanelLink, PanelMeeting, PanelMember
from tenants.disclosures.insider.panel.notices import Notice as PanelNotice
from tenants.disclosures.models import HaltCause
from tenants.disclosures.notices import WORDS
from tenants.disclosures.official.models import OfficialRequest
from tenants.emergency.notices import Notice as EmergencyNotice
from tenants.mail_hours import HOURS, Goes
from tenants.people.models import User
from tenants.retention.urgent.rules import Notice as HoldNotice
from tenants.working_days import is_working_day, working_days_after
from tests.factories import disclosures, insiders, panels, people, viewings
from tests.factories.notices import wish
from tests.factories.registry import Institution, institution
from tests.mailbox import Mailbox
from tests.workers import hours
from workers import mail_jobs

pytestmark = pytest.mark.req("DR-31")


@pytest.fixture
def environment(environment: dict[str, str], smtp: Mailbox) -> dict[str, str]:
    """A worker's, whose mail goes to a real server."""
    return environment | {"SHOUYUAN_MAIL_URL": smtp.url}


class Night:
    """K1, whose head and handler have addresses, and a case of a police station; the clock says what a test says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, smtp: Mailbox) -> None:
        self.patch, self._smtp = monkeypatch, smtp
        self.of: Institution = institution("K1")
        self.head, self.handler = people.head(self.of.tenant_id), people.handler(self.of.tenant_id)
        for user_id, name in ((self.head, "head"), (self.handler, "handler")):
            db.session.get_one(User, user_id).email = f"{name}@school.test"
        agency_id = people.agency()
        officer = people.agency_officer(agency_id)
        db.session.get_one(User, officer).email = "officer@police.test"
        bind(db.session, Binding(tenant_id=self.of.tenant_id, agency_id=agency_id))
        self.case = disclosures.case(self.of, agency_id=agency_id, filed_by=officer).disclosure_id
        db.session.commit()

    def at(self, hour: int, minute: int = 0, *, days: int = 1) -> datetime:
        """Set the clock to an hour of an office day."""
        return hours.at(self.patch, hour, minute, days=days)

    def untold(self, *steps: str) -> None:
        """Steps were taken of which nobody was told."""
        db.session.get_one(OfficialRequest, self.case).untold = list(steps)
        db.session.commit()

    def run(self) -> list[str]:
        """What the sweep finds is sent; to whom, in order."""
        before = len(self._smtp.messages)
        bind(db.session, Binding(tenant_id=self.of.tenant_id))
        db.session.rollback()
        for disclosure_id, step in queries.untold(tenant_id=self.of.tenant_id):
            mail_jobs.send(tenant_id=str(self.of.tenant_id), disclosure_id=str(disclosure_id), step=step)
        bind(db.session, Binding(tenant_id=self.of.tenant_id))
        db.session.rollback()
        return sorted(str(each["To"]) for each in self._smtp.messages[before:])


@pytest.fixture
def night(worker: Flask, smtp: Mailbox, monkeypatch: pytest.MonkeyPatch) -> Night:
    assert worker
    return Night(monkeypatch, smtp)


def test_every_mail_that_answers_an_act_has_its_line_in_the_table_and_no_line_lacks_its_mail() -> None:
    of: Mapping[Job, set[str]] = {
        Job.SEND_MAIL: {step.value for words in WORDS.values() for step in words},
        Job.SEND_PANEL_MAIL: {each.value for each in PanelNotice},
        Job.SEND_HOLD_MAIL: {each.value for each in HoldNotice},
        Job.SEND_EMERGENCY_MAIL: {each.value for each in EmergencyNotice},
        Job.SEND_INVITATION: {mail_hours.ONLY},
        Job.SEND_CODE: {mail_hours.ONLY},
        Job.SEND_RULE_NOTICE: {mail_hours.ONLY},
    }
    assert {job: {str(said) for said in rows} for job, rows in HOURS.items()} == of
    # A duty's mail has its own hours in its row.
    assert {job for job in Job if job.name.startswith("SEND_")} - {Job.SEND_NOTICE} == set(HOURS)


def test_what_goes_at_night_is_urgent_or_somebody_waits_for_it() -> None:
    at_once = {(job, str(said)) for job, rows in HOURS.items() for said, goes in rows.items() if goes is Goes.AT_ONCE}
    assert at_once == {
        (Job.SEND_MAIL, "halt"),
        (Job.SEND_PANEL_MAIL, "code"),
        (Job.SEND_HOLD_MAIL, "placed"),
        (Job.SEND_EMERGENCY_MAIL, "opened"),
        (Job.SEND_INVITATION, ""),
        (Job.SEND_CODE, ""),
    }


def test_a_request_of_the_night_is_told_in_the_morning_once(night: Night) -> None:
    night.at(23)
    night.untold("file")
    assert night.run() == []
    assert queries.untold(tenant_id=night.of.tenant_id) == [(night.case, "file")]
    night.at(6, 59, days=2)
    assert night.run() == []
    night.at(7, days=2)
    assert night.run() == ["handler@school.test", "head@school.test"]
    assert night.run() == []


def test_an_answer_to_an_agency_waits_as_well_and_on_a_day_without_office(night: Night) -> None:
    first = night.at(10)
    off = next(now for days in range(1, 9) if not is_working_day(civil_day(now := first + timedelta(days=days))))
    night.patch.setattr(clock, "now", lambda: off)
    night.untold("reply")
    assert night.run() == []
    back = datetime.combine(working_days_after(civil_day(off), 1), time(7), TAIPEI)
    night.patch.setattr(clock, "now", lambda: back)
    assert night.run() == ["officer@police.test"]


@pytest.mark.req("DR-29")
def test_that_a_case_is_halted_after_a_breach_is_told_in_the_middle_of_the_night(night: Night) -> None:
    night.at(23)
    db.session.get_one(OfficialRequest, night.case).halt = "all"
    db.session.get_one(OfficialRequest, night.case).halt_cause = HaltCause.BREACH
    db.session.get_one(OfficialRequest, night.case).halted_at = clock.now()
    night.untold("halt")
    assert night.run() == ["handler@school.test", "head@school.test", "officer@police.test"]


def test_what_somebody_must_know_before_they_set_out_goes_at_any_hour(night: Night) -> None:
    now = night.at(23)
    at = {"disclosure_id": night.case, "made_by": night.handler}
    viewings.appointment(night.of, **at, starts_at=now + timedelta(days=3))
    night.untold("call_off")
    assert night.run() == [], "there is a morning before it"
    later = night.at(23, 30)
    viewings.appointment(night.of, **at, starts_at=later + timedelta(hours=8))
    db.session.commit()
    assert night.run() == ["officer@police.test"], "half past seven is within the hour after the night"


def test_a_time_that_is_over_hurries_nobody(night: Night) -> None:
    now = night.at(23)
    viewings.appointment(night.of, disclosure_id=night.case, made_by=night.handler, starts_at=now - timedelta(hours=9))
    night.untold("close")
    assert night.run() == []


def test_a_mail_for_several_keeps_the_longest_night_of_theirs(night: Night) -> None:
    wish(night.head, quiet=(18, 8))
    wish(night.handler, quiet=(22, 6))
    night.at(19)
    night.untold("file")
    assert night.run() == []
    night.at(7, 30, days=2)
    assert night.run() == []
    night.at(8, days=2)
    assert night.run() == ["handler@school.test", "head@school.test"]


def test_a_wish_of_a_later_evening_is_kept_too(night: Night) -> None:
    for user_id in (night.head, night.handler):
        wish(user_id, quiet=(22, 6))
    night.at(21, 30)
    night.untold("file")
    assert night.run() == ["handler@school.test", "head@school.test"]


@pytest.mark.req("KH-6-Pb")
def test_an_invitation_of_the_night_makes_no_link_before_it_goes_and_a_code_goes_at_once(
    night: Night, smtp: Mailbox
) -> None:
    night.at(23)
    panel = panels.panel(night.of, disclosure_id=insiders.request(night.of), convened_by=night.handler)
    db.session.get_one(PanelMeeting, panel.meeting_id).meets_at = clock.now() + timedelta(days=9)
    db.session.get_one(PanelMember, panel.member_id).untold = ["invited"]
    db.session.commit()
    about = {"tenant_id": str(night.of.tenant_id), "member_id": str(panel.member_id), "notice": "invited"}
    link = panel_link(night, panel.member_id)
    mail_jobs.send_to_panel(**about)
    assert smtp.messages == []
    assert panel_link(night, panel.member_id) == link, "the link that was sent before still opens"
    night.at(7, days=2)
    mail_jobs.send_to_panel(**about)
    assert [str(each["To"]) for each in smtp.messages] == ["chen@example.org"]


def panel_link(night: Night, member_id: UUID) -> str:
    """The hash of the member's link."""
    bind(db.session, Binding(tenant_id=night.of.tenant_id))
    db.session.rollback()
    return db.session.scalars(db.select(PanelLink.token_hash).where(PanelLink.member_id == member_id)).one()
