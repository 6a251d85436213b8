"""A booth at E1 in which an approved application is looked at, and a clock that can jump."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from infra import clock
from infra.db import db
from tenants.actor import Actor, person
from tenants.audit.models import AuditEvent
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.models import DisclosureWindow
from tenants.disclosures.viewing import actions, presence, queries
from tenants.disclosures.viewing.actions import Running
from tenants.disclosures.viewing.models import ViewingOpening, ViewingSession
from tenants.disclosures.viewing.rules import Viewer
from tenants.permissions import Role
from tests.factories import footage, people, retention
from tests.tenants.disclosures.conftest import Scene, member
from tests.tenants.disclosures.insider.conftest import Desk

VIEWER = Viewer(name="林小惠", unit="家長", title="家長", identity_by="national_id", acknowledged=True)

_NOBODY = UUID(int=0)


@dataclass
class Booth:
    """What happens in one booth, each step committed as a request would."""

    desk: Desk
    case: InsiderRequest
    companion: Actor
    jump: Callable[[timedelta], None]
    token: str = ""
    viewing_id: UUID = _NOBODY

    @property
    def tenant_id(self) -> UUID:
        return self.desk.tenant_id

    @property
    def operator(self) -> Actor:
        return self.desk.scene.handler

    def begin(self, *, companion: UUID | None = None, pin: str = people.PIN, **viewer: object) -> Running:
        begun = actions.begin(
            actor=self.operator,
            tenant_id=self.tenant_id,
            disclosure_id=self.case.id,
            viewer=replace(VIEWER, **viewer),  # type: ignore[arg-type]
            companion_id=companion or person(self.companion),
            pin=pin,
        )
        db.session.commit()
        self.viewing_id, self.token = begun.viewing.id, begun.token
        return begun

    @property
    def ids(self) -> dict[str, UUID]:
        return {"tenant_id": self.tenant_id, "viewing_id": self.viewing_id}

    @property
    def own(self) -> dict[str, object]:
        """What every call of the page carries."""
        return {"actor": self.operator, "token": self.token, **self.ids}

    def beat(self) -> ViewingSession:
        found = presence.beat(**self.own)  # type: ignore[arg-type]
        db.session.commit()
        return found

    def stopped(self) -> str:
        """Why the picture is refused now, which is committed as the media process does; empty while it is shown."""
        try:
            presence.live(**self.own)  # type: ignore[arg-type]
        except presence.Stopped:
            db.session.commit()
            return self.row().pause_reason
        return ""

    def open(self) -> None:
        """As if a window had been opened: a row that the media process writes."""
        made = ViewingOpening(window_id=self.window().id, take=1, opened_at=clock.now(), seq=1, **self.ids)
        db.session.add(made)
        db.session.commit()

    def row(self) -> ViewingSession:
        return queries.session(**self.ids)

    def window(self) -> DisclosureWindow:
        query = select(DisclosureWindow).where(DisclosureWindow.disclosure_id == self.case.id)
        return db.session.scalars(query).one()

    def events(self) -> list[str]:
        """What the institution's chain says of viewings, in order."""
        query = select(AuditEvent).where(AuditEvent.tenant_id == self.tenant_id, AuditEvent.event.like("viewing:%"))
        return [event.event for event in db.session.scalars(query.order_by(AuditEvent.seq))]


@pytest.fixture
def jump(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Let time pass without waiting for it."""
    real, passed = clock.now, [timedelta()]

    def ahead(by: timedelta) -> None:
        passed[0] += by
        monkeypatch.setattr(clock, "now", lambda: real() + passed[0])

    return ahead


def copied(room_of: Desk, case: InsiderRequest) -> None:
    """The copy that the worker makes of the case's footage, as rows."""
    windows = room_of.scene.windows(case)  # type: ignore[arg-type]
    minute = footage.segment(
        room_of.scene.school, device_id=footage.device(room_of.scene.school), started_at=windows[0].started_at
    )
    retention.preserved(room_of.scene.school, hold_id=case.held_as, segment=minute)


@pytest.fixture
def booth(elementary: Scene, jump: Callable[[timedelta], None]) -> Booth:
    """An application that the head approved, its footage copied, and a teacher with a PIN."""
    people.bureau()
    desk = Desk(elementary, member(elementary.school, Role.OFFICE_HEAD, "周主任"))
    case = desk.up_to_the_head(desk.file(desk.application(ground="personal_rights", incident=None)))
    desk.approve(case)
    copied(desk, case)
    teacher = member(desk.scene.school, Role.STAFF, "張老師")
    people.pin(person(teacher))
    return Booth(desk, case, teacher, jump)
