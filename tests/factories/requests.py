"""Walks a request through the real actions up to the decision, over footage that can be looked at."""

import io
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import Actor, ActorKind
from tenants.disclosures.asking import AskedWindow, Grant
from tenants.disclosures.models import DisclosureWindow
from tenants.disclosures.official import actions
from tenants.disclosures.official.actions import Filing, Scan
from tenants.disclosures.official.documents import OfficialDocument
from tenants.disclosures.official.models import OfficialRequest
from tenants.disclosures.official.rules import Decision
from tenants.disclosures.packages.models import Package
from tenants.footage import keys
from tenants.footage.models import Segment
from tenants.permissions import Role
from tests import made_segments
from tests.factories import holds, people
from tests.factories.evidence import ACTOR, Archive
from tests.made_documents import a_pdf

STEP = timedelta(seconds=4)
NUMBER = "高市警左分偵字第11571234500號"


@dataclass(frozen=True)
class Request:
    """A granted request: its people and ids. The session is bound to the institution afterwards."""

    archive: Archive
    agency_id: UUID
    officer: Actor
    handler: Actor
    disclosure_id: UUID
    package_id: UUID

    @property
    def tenant_id(self) -> UUID:
        """The institution."""
        return self.archive.of.tenant_id

    def package(self) -> Package:
        """The package as the database has it now."""
        return db.session.get_one(Package, self.package_id, populate_existing=True)

    def disclosure(self) -> OfficialRequest:
        """The case as the database has it now."""
        return db.session.get_one(OfficialRequest, self.disclosure_id, populate_existing=True)

    def copy_hold(self) -> None:
        """What the worker does after filing."""
        while holds.copied(self.archive, self.disclosure().held_as).left:
            pass


def footage_of(archive: Archive, start: datetime, *, segments: int = 3, **shape: object) -> list[Segment]:
    """Segments of four seconds that follow one another, of a picture that can be played."""
    made = [made_segments.clip(4, first=number * 40, **shape) for number in range(segments)]  # type: ignore[arg-type]
    return [archive.record(start + STEP * number, seconds=4, plain=one.plain) for number, one in enumerate(made)]


def granted(
    archive: Archive,
    start: datetime,
    *,
    asked: timedelta,
    approved: tuple[timedelta, timedelta] | None = None,
    wants_copy: bool = True,
) -> Request:
    """File for one camera from `start` on, and approve all of it, or the part between two offsets."""
    of = archive.of
    bind(db.session, Binding(tenant_id=of.tenant_id))
    keys.make_records_key(actor=ACTOR, tenant_id=of.tenant_id, kms=archive.kms, kind=archive.kind)
    db.session.commit()
    agency_id = people.agency()
    officer = _person(Role.AGENCY_OFFICER, agency_id=agency_id, name="陳志明")
    head = _person(Role.HEAD, tenant_id=of.tenant_id, name="王園長")
    handler = _person(Role.HANDLER, tenant_id=of.tenant_id, name="林怡君")
    bind(db.session, Binding(tenant_id=of.tenant_id, agency_id=agency_id))
    window = AskedWindow(camera_id=of.cameras["C-GATE"], started_at=start, ended_at=start + asked)
    filed = actions.file_request(
        actor=officer, tenant_id=of.tenant_id, filing=_filing(window, wants_copy=wants_copy), store=archive.store
    )
    db.session.commit()
    disclosure_id = filed.disclosure.id
    bind(db.session, Binding(tenant_id=of.tenant_id))
    asked_window = db.session.scalars(
        db.select(DisclosureWindow).where(DisclosureWindow.disclosure_id == disclosure_id)
    ).one()
    first, last = approved or (timedelta(), asked)
    grant = Grant(window_id=asked_window.id, started_at=start + first, ended_at=start + last)
    assert handler.id is not None
    decision = Decision(grants=(grant,), reasons="與案情有關之時段", copy=wants_copy, escort_id=handler.id)
    actions.decide(actor=head, tenant_id=of.tenant_id, disclosure_id=disclosure_id, decision=decision)
    db.session.commit()
    package = db.session.scalars(db.select(Package).where(Package.disclosure_id == disclosure_id)).one()
    return Request(archive, agency_id, officer, handler, disclosure_id, package.id)


def scan() -> Scan:
    """One blank page."""
    return Scan(file_name="來文.pdf", stream=io.BytesIO(a_pdf()))


def document(**changes: object) -> OfficialDocument:
    """A complete letter about a theft."""
    complete = OfficialDocument(
        number=NUMBER,
        dated=clock.today(),
        subject="調閱貴園監錄資料",
        duty="偵辦竊盜案",
        legal_basis="刑事訴訟法第230條",
        purpose="查明行竊經過",
        scope="前門鏡頭",
        intended_use="移送檢察官偵辦",
        wants_copy=True,
    )
    return replace(complete, **changes)  # type: ignore[arg-type]


def _filing(window: AskedWindow, *, wants_copy: bool) -> Filing:
    return Filing(
        officer_name="陳志明",
        officer_title="偵查佐",
        officer_phone="07-0000000",
        document=document(wants_copy=wants_copy),
        windows=(window,),
        scan=scan(),
        confirmed=True,
    )


def _person(role: Role, *, name: str, tenant_id: UUID | None = None, agency_id: UUID | None = None) -> Actor:
    user_id = people.person(name=name)
    people.membership(user_id, role, tenant_id=tenant_id, agency_id=agency_id)
    return Actor(kind=ActorKind.PERSON, id=user_id, name=name, roles=frozenset({role}), agency_id=agency_id)
