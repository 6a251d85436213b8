"""K1 with its people, a police station with its officer, and a letter between them."""

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask

from infra import age, clock
from infra.db import db
from infra.objects import ObjectStore
from infra.queues import Job
from infra.tenancy import Binding, bind
from tenants.actor import Actor, ActorKind
from tenants.disclosures.asking import AskedWindow, Grant
from tenants.disclosures.models import DisclosureWindow
from tenants.disclosures.official import actions
from tenants.disclosures.official.actions import Filing
from tenants.disclosures.official.models import OfficialRequest
from tenants.disclosures.official.rules import Decision
from tenants.footage.models import RecordsKey
from tenants.permissions import Role
from tests.factories import people
from tests.factories.registry import Institution, institution
from tests.factories.requests import document, scan
from tests.factories.shelf import Shelf


@dataclass(frozen=True)
class Scene:
    """Actors and ids. Actions run with the session bound as the web would bind it for that actor."""

    school: Institution
    agency_id: UUID
    officer: Actor
    head: Actor
    handler: Actor
    shelf: Shelf
    records_secret: str

    @property
    def store(self) -> ObjectStore:
        return self.shelf  # type: ignore[return-value]  # filing only puts

    def at_school(self) -> None:
        bind(db.session, Binding(tenant_id=self.school.tenant_id))

    def at_agency(self, agency_id: UUID | None = None) -> None:
        bind(db.session, Binding(tenant_id=self.school.tenant_id, agency_id=agency_id or self.agency_id))

    def window(self, camera: str = "C-GATE", *, ago: timedelta = timedelta(hours=2), minutes: int = 30) -> AskedWindow:
        start = clock.now().replace(second=0, microsecond=0) - ago
        return AskedWindow(
            camera_id=self.school.cameras[camera], started_at=start, ended_at=start + timedelta(minutes=minutes)
        )

    def filing(self, *windows: AskedWindow, **changes: object) -> Filing:
        return replace(
            Filing(
                officer_name="陳志明",
                officer_title="偵查佐",
                officer_phone="07-0000000",
                document=document(),
                windows=windows or (self.window(),),
                scan=scan(),
            ),
            **changes,  # type: ignore[arg-type]
        )

    def file(self, filing: Filing | None = None) -> OfficialRequest:
        self.at_agency()
        filed = actions.file_request(
            actor=self.officer, tenant_id=self.school.tenant_id, filing=filing or self.filing(), store=self.store
        )
        db.session.commit()
        return filed.disclosure

    def windows(self, disclosure: OfficialRequest) -> list[DisclosureWindow]:
        query = db.select(DisclosureWindow).where(DisclosureWindow.disclosure_id == disclosure.id)
        return list(db.session.scalars(query.order_by(DisclosureWindow.started_at)))

    def decision(self, disclosure: OfficialRequest, **changes: object) -> Decision:
        """Full consent, with the handler to accompany."""
        grants = tuple(
            Grant(window_id=w.id, started_at=w.started_at, ended_at=w.ended_at) for w in self.windows(disclosure)
        )
        handler = self.handler.id
        assert handler is not None
        full = Decision(grants=grants, reasons="", copy=disclosure.wants_copy, escort_id=handler)
        return replace(full, **changes)  # type: ignore[arg-type]

    def decide(self, disclosure: OfficialRequest, **changes: object) -> OfficialRequest:
        self.at_school()
        decided = actions.decide(
            actor=self.head,
            tenant_id=self.school.tenant_id,
            disclosure_id=disclosure.id,
            decision=self.decision(disclosure, **changes),
        )
        db.session.commit()
        return decided


def actor_of(user_id: UUID, role: Role, *, agency_id: UUID | None = None, name: str = "林怡君") -> Actor:
    return Actor(
        kind=ActorKind.PERSON,
        id=user_id,
        name=name,
        roles=frozenset({role}),
        agency_id=agency_id,
        address="127.0.0.1",
        client="test",
    )


def member(school: Institution, role: Role, name: str) -> Actor:
    user_id = people.person(name=name)
    people.membership(user_id, role, tenant_id=school.tenant_id)
    return actor_of(user_id, role, name=name)


def officer_of(agency_id: UUID, name: str = "陳志明") -> Actor:
    user_id = people.person(name=name)
    people.membership(user_id, Role.AGENCY_OFFICER, agency_id=agency_id)
    return actor_of(user_id, Role.AGENCY_OFFICER, agency_id=agency_id, name=name)


def make_scene(school: Institution) -> Scene:
    identity = age.new_identity(age.Kind.CLASSIC)
    bind(db.session, Binding(tenant_id=school.tenant_id))
    db.session.add(RecordsKey(tenant_id=school.tenant_id, recipient=identity.recipient, wrapped_secret=b"w"))
    db.session.commit()
    agency_id = people.agency(f"守園市政府警察局{uuid4().hex[:6]}分局")
    return Scene(
        school=school,
        agency_id=agency_id,
        officer=officer_of(agency_id),
        head=member(school, Role.HEAD, "王園長"),
        handler=member(school, Role.HANDLER, "林怡君"),
        shelf=Shelf(),
        records_secret=identity.secret,
    )


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Job, dict[str, object]]]:
    """The jobs that commits sent; there is no queue here."""
    jobs: list[tuple[Job, dict[str, object]]] = []
    monkeypatch.setattr("infra.queues.enqueue", lambda job, **arguments: jobs.append((job, arguments)))
    return jobs


@pytest.fixture
def scene(domain: Flask, sent: list[tuple[Job, dict[str, object]]]) -> Scene:  # noqa: ARG001 - its database
    return make_scene(institution())


@pytest.fixture
def elementary(domain: Flask, sent: list[tuple[Job, dict[str, object]]]) -> Scene:  # noqa: ARG001 - as above
    school = institution("E1", kind="elementary_school", name="向陽國小", profile="TY_ELEMENTARY")
    return make_scene(school)
