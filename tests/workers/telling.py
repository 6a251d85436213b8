"""K1 with ten cameras and the people whom its notices are for, a clock that a test sets, and a real mail server."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from infra import clock, mail
from infra.db import db
from infra.queues import Job
from infra.tenancy import Binding, bind
from tenants.actor import system
from tenants.misuse import actions as misuse_actions
from tenants.misuse import clocks
from tenants.misuse.clocks import Incident
from tenants.notices.models import NoticeMail
from tenants.people.models import User
from tenants.permissions import Role
from tenants.registry.models import Camera
from tenants.upkeep.faults import actions as faults
from tenants.upkeep.faults.kinds import FaultKind, How
from tenants.upkeep.faults.rules import Found
from tenants.working_days import working_days_after
from tests.factories import misuse, people
from tests.factories.registry import Institution, institution
from tests.mailbox import Mailbox
from tests.workers import hours
from workers import job as job_wrapper
from workers import notice_jobs

TEN = tuple(f"C-{number:02}" for number in range(10))


@dataclass
class Town:
    """K1 with ten cameras, a head, a handler and a technician; jobs run here, and the clock says what a test says."""

    of: Institution
    smtp: Mailbox
    freeze: Callable[[datetime], None]
    head: UUID = field(init=False)
    handler: UUID = field(init=False)
    technician: UUID = field(init=False)

    def __post_init__(self) -> None:
        """Make the three."""
        self.monday = working_days_after(clock.today(), 1)
        for name in ("head", "handler", "technician"):
            made = people.person(name, name="歐陽靜慧")
            people.membership(made, Role(name), tenant_id=self.of.tenant_id)
            db.session.get_one(User, made).email = f"{name}@school.test"
            setattr(self, name, made)
        db.session.commit()

    @property
    def tenant_id(self) -> UUID:
        """K1."""
        return self.of.tenant_id

    def at(self, hour: int, minute: int = 0, *, days: int = 0) -> datetime:
        """Set the clock to an hour of the first office day, or so many office days later."""
        now = hours.instant(hour, minute, days=1 + days)
        self.freeze(now)
        return now

    def run(self) -> None:
        """What the sweep finds is done, until it finds nothing: decide, then send."""
        for _ in range(3):
            self.bound()
            for job, arguments in notice_jobs.waiting_jobs(tenant_id=self.tenant_id):
                run = notice_jobs.plan if job is Job.PLAN_NOTICES else notice_jobs.send
                run(tenant_id=str(self.tenant_id), **{key: str(value) for key, value in arguments.items()})
        self.bound()

    def bound(self) -> None:
        """See what was committed."""
        bind(db.session, Binding(tenant_id=self.tenant_id))
        db.session.rollback()

    def switch_fails(self) -> UUID:
        """Ten cameras at once."""
        self.bound()
        cameras = tuple(self.of.cameras[code] for code in TEN)
        found = Found(
            kind=FaultKind.BOX_OR_SWITCH,
            found_at=clock.now(),
            how=How.TELEMETRY,
            camera_ids=cameras,
            words="鏡頭無法連線",
        )
        made = faults.open_fault(actor=system("look_for_faults"), tenant_id=self.tenant_id, found=found).id
        db.session.commit()
        return made

    def mails(self, what: str = "") -> list[NoticeMail]:
        """The rows, the oldest first."""
        self.bound()
        found = db.session.scalars(db.select(NoticeMail).order_by(NoticeMail.planned_at, NoticeMail.id))
        return [each for each in found if not what or each.what == what]

    def to(self) -> list[str]:
        """Who got something, in order."""
        return sorted(str(each["To"]) for each in self.smtp.messages)


@pytest.fixture
def town(domain: Flask, smtp: Mailbox, monkeypatch: pytest.MonkeyPatch) -> Town:
    monkeypatch.setattr(job_wrapper, "worker_app", lambda: domain)
    monkeypatch.setattr(notice_jobs, "outgoing_mail", lambda: mail.mailer(smtp.url))
    monkeypatch.setattr(notice_jobs, "return_addresses", lambda: None)
    monkeypatch.setattr(notice_jobs, "settings", lambda: SimpleNamespace(base_url="https://shouyuan.test"))
    monkeypatch.setattr("infra.queues.enqueue", lambda *_job, **_arguments: None)
    made = Town(institution("K1", cameras=TEN), smtp, lambda now: monkeypatch.setattr(clock, "now", lambda: now))
    made.bound()
    db.session.get_one(Camera, made.of.cameras[TEN[0]]).name = "小熊班歐陽老師座位"
    db.session.commit()
    return made


def body(message: Any) -> str:  # noqa: ANN401 - a message of the standard library
    return str(message.get_body().get_content())


def leak(town: Town, *, suspects: tuple[UUID, ...] = (), incidents: set[Incident] | None = None) -> UUID:
    """A case of a leak, known this minute, reported by the handler."""
    town.bound()
    actor = people.acting(town.handler, Role.HANDLER)
    said = replace(misuse.report(discovered_at=clock.now()), suspects=suspects)
    case = misuse_actions.report(actor=actor, tenant_id=town.tenant_id, said=said)
    if incidents is not None:
        clocks.restate(
            actor=actor,
            tenant_id=town.tenant_id,
            misuse_id=case.id,
            discovered_at=case.discovered_at,
            incidents=incidents,
            reason="查明後更正",
        )
    db.session.commit()
    return case.id
