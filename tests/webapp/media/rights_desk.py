"""A mother's granted request for a copy of ten seconds of real footage, over the media process (DR-28)."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from flask import Flask

from infra import clock
from infra.db import db
from infra.manifest import microseconds
from infra.masking import Box
from infra.tenancy import Binding, bind
from tenants.actor import Actor
from tenants.audit.models import AuditEvent
from tenants.permissions import Role
from tenants.retention.rules import CameraWindow
from tenants.rights import actions, looking, masking, queries
from tenants.rights.masks import Plan
from tenants.rights.models import Answer, Right, RightsRequest, RightsState
from tenants.rights.rules import Told
from tests.factories import holds, people, rights
from tests.factories.evidence import Archive
from tests.factories.requests import footage_of
from tests.webapp.conftest import WebClient

SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Desk:
    """A mother's granted request for a copy of ten seconds, the people, and browsers of the media process."""

    app: Flask
    archive: Archive
    handler: Actor
    head: Actor
    colleague: Actor
    rights_id: UUID
    start: datetime

    @property
    def ids(self) -> dict[str, UUID]:
        return {"tenant_id": self.archive.of.tenant_id, "rights_id": self.rights_id}

    @property
    def film(self) -> str:
        return f"/media/schools/{self.archive.of.tenant_id}/rights/{self.rights_id}/1"

    def file(self, copy_id: UUID) -> str:
        return f"/media/schools/{self.archive.of.tenant_id}/rights/{self.rights_id}/copies/{copy_id}/file"

    def browser(self, login: str = "k1-handler") -> WebClient:
        client = self.app.test_client()
        assert isinstance(client, WebClient)
        return client.sign_in(login)

    def at_school(self) -> None:
        db.session.rollback()
        bind(db.session, Binding(tenant_id=self.archive.of.tenant_id))

    def plan(self, *boxes: Box, seconds: tuple[float, float] = (0, 10), sound: bool = False) -> Plan:
        begins, ends = (microseconds(self.start + each * SECOND) for each in seconds)
        return Plan(from_us=begins, until_us=ends, sound=sound, boxes=boxes)

    def hidden(self, *boxes: Box) -> None:
        """As whoever masks saves it."""
        self.at_school()
        masking.set_masks(actor=self.handler, **self.ids, plan=self.plan(*boxes))
        db.session.commit()

    def masked(self, *boxes: Box) -> RightsRequest:
        """Hidden, opened, and confirmed by the colleague."""
        self.hidden(*boxes)
        rights.opened(self.handler, rights_id=self.rights_id)
        found = self.confirmed(nobody_visible=not boxes)
        db.session.commit()
        return found

    def confirmed(
        self, *, who: Actor | None = None, pin: str = people.PIN, nobody_visible: bool = False
    ) -> RightsRequest:
        companion = who or self.colleague
        assert companion.id is not None
        said = {"companion_id": companion.id, "pin": pin, "nobody_visible": nobody_visible}
        return masking.confirm_masks(actor=self.handler, **self.ids, **said)

    def beside(self, who: Actor | None = None, *, pin: str = people.PIN) -> None:
        """Somebody stands beside the handler for a quarter of an hour."""
        companion = who or self.colleague
        assert companion.id is not None
        looking.begin_look(actor=self.handler, **self.ids, companion_id=companion.id, pin=pin)
        db.session.commit()

    def prepared(self) -> UUID:
        self.at_school()
        made = masking.prepare_copy(actor=self.handler, **self.ids, medium_serial="USB-7", take=1)
        db.session.commit()
        return made.id

    def closed(self) -> None:
        """As a case is left that was carried out."""
        self.at_school()
        found = queries.request(**self.ids)
        found.state, found.ended_at, found.ended_by = RightsState.CLOSED, clock.now(), self.handler.id
        db.session.commit()

    def events(self) -> list[str]:
        self.at_school()
        query = db.select(AuditEvent.event).where(AuditEvent.event.like("rights:%")).order_by(AuditEvent.seq)
        return list(db.session.scalars(query))


def person(login: str, role: Role, tenant_id: UUID, *, name: str) -> Actor:
    user_id = people.person(login, name=name)
    people.membership(user_id, role, tenant_id=tenant_id)
    return people.acting(user_id, role)


def received(archive: Archive, app: Flask) -> Desk:
    """A mother's request for a copy of ten seconds, whose footage is preserved and copied."""
    of = archive.of
    people.bureau()
    handler = person("k1-handler", Role.HANDLER, of.tenant_id, name="張雅婷")
    head = person("k1-head", Role.HEAD, of.tenant_id, name="王淑芬")
    colleague = person("k1-staff", Role.STAFF, of.tenant_id, name="林怡君")
    bind(db.session, Binding(tenant_id=of.tenant_id))
    assert colleague.id is not None
    people.pin(colleague.id)
    start = clock.now().replace(microsecond=0) - timedelta(hours=2)
    footage_of(archive, start)
    window = CameraWindow(camera_id=of.cameras["C-GATE"], started_at=start, ended_at=start + 10 * SECOND)
    made = actions.enter_request(
        actor=handler, tenant_id=of.tenant_id, received=rights.received(right=Right.COPY, window=window)
    )
    db.session.commit()
    while holds.copied(archive, made.hold_id).left:
        pass
    return Desk(app, archive, handler, head, colleague, made.id, start)


def granted(archive: Archive, app: Flask) -> Desk:
    """The same, reviewed and granted, with somebody beside the handler who masks it."""
    desk = received(archive, app)
    actions.review(actor=desk.handler, **desk.ids, note="符合第十條", third_parties=True, masking="遮蔽他童")
    told = Told(answer=Answer.GRANTED, refusal_ground="", reasons="")
    actions.answer(actor=desk.head, **desk.ids, told=told)
    db.session.commit()
    desk.at_school()
    desk.beside()
    return desk


def watched(browser: WebClient, film: str) -> bytes:
    """The whole film as a player gets it."""
    playlist = browser.get(f"{film}/index.m3u8")
    assert playlist.status_code == 200, playlist.text
    names = re.findall(r"^\d+\.m4s$", playlist.text, re.MULTILINE)
    answers = [browser.get(f"{film}/{name}") for name in ["init.mp4", *names]]
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.headers["Cache-Control"] for answer in answers} == {"no-store"}
    return b"".join(answer.data for answer in answers)
