"""The institutions of the year, their people, and the one box of each: it records, signs, uploads and confirms."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask

from infra import age, clock
from infra.db import db
from infra.manifest import ManifestLine, SignedLine, beside, microseconds, signed
from infra.objects import S3Objects
from infra.signing import public_key_text, sign
from infra.tenancy import Binding, bind
from tenants.actor import Actor, ActorKind, system
from tenants.footage import actions as footage
from tenants.footage.admission import Admitted
from tenants.footage.heartbeats import CameraReport, Heartbeat, record_heartbeat
from tenants.footage.models import DayKey
from tenants.permissions import Role
from tenants.registry import actions as registry
from tenants.registry import classes, devices, notices, policies, queries
from tenants.registry.models import TenantKind
from tenants.registry.period_rules import Adoption
from tests.factories.lines import LOOK, bytes_of

FOUNDER = system("tests.year")
_PLAIN_BYTES = 200
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """An institution as it is founded."""

    code: str
    name: str
    kind: TenantKind
    profile: str
    cameras: tuple[str, ...]
    hours: tuple[int, ...]
    own_days: int = 0


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """A segment as its box uploaded it; `plain` is what it must open to."""

    school: str
    tenant_id: UUID
    day: date
    days: int
    camera: str
    segment_id: UUID
    started_at: datetime
    key: str
    line: SignedLine | None = field(repr=False)
    plain: bytes = field(repr=False)
    cipher: bytes = field(repr=False)


@dataclass(kw_only=True)
class School:
    """One institution with one site and one box."""

    plan: Plan
    app: Flask
    uploads: S3Objects
    tenant_id: UUID = field(init=False)
    site_id: UUID = field(init=False)
    cameras: dict[str, UUID] = field(init=False)
    box: Actor = field(init=False)
    signer: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    head: Actor = field(init=False)
    waiting: list[Recorded] = field(default_factory=list)

    def found(self, operator: Actor) -> None:
        """Open it with its site, its own days and its cameras, and enrol its box, in this order."""
        plan = self.plan
        self.head = person(Role.HEAD, f"{plan.name}園長")
        with self.app.app_context():
            names = {"code": plan.code, "name": plan.name, "short_name": plan.name, "district": "左營區"}
            rest = {"kind": plan.kind, "ownership": "public", "supervising_authority": "直轄市", "actor": operator}
            self.tenant_id = registry.add_tenant(**names, **rest).id
            site = {"code": plan.code, "name": plan.name, "profile": plan.profile}
            self.site_id = registry.add_site(tenant_id=self.tenant_id, **site, actor=operator).id
            db.session.commit()
        if plan.own_days:
            self.adopt(str(plan.own_days), clock.today())
        with self.acting():
            handler = person(Role.HANDLER, "承辦人")
            self.cameras = {
                code: registry.add_camera(
                    tenant_id=self.tenant_id,
                    site_id=self.site_id,
                    code=code,
                    name=code,
                    zone="front_gate",
                    actor=handler,
                ).id
                for code in plan.cameras
            }
            self._enrol()

    def adopt(self, days: str, effective_from: date) -> None:
        """Pass other days for the site; none: the regulation's own again."""
        adoption = Adoption(meeting="第1次園務會議", held_on=clock.today(), minutes="園務字第1號")
        with self.acting():
            policies.adopt_policy(
                tenant_id=self.tenant_id,
                site_id=self.site_id,
                retention_days=days,
                effective_from=effective_from,
                adoption=adoption,
                actor=self.head,
            )

    @contextmanager
    def acting(self) -> Iterator[None]:
        """A transaction of its own, bound to the institution, as a request of somebody there."""
        with self.app.app_context():
            bind(db.session, Binding(tenant_id=self.tenant_id))
            yield
            db.session.commit()

    def record(self, day: date) -> None:
        """Film a day, encrypted to the key that the box was given for it; it waits on the box's disk."""
        with self.acting():
            site = queries.site(tenant_id=self.tenant_id, site_id=self.site_id)
            key = db.session.get_one(DayKey, (self.tenant_id, day, classes.class_of(site=site, day=day)))
            for code in self.plan.cameras:
                self.waiting += [self._segment(key, code, hour) for hour in self.plan.hours]

    def send(self) -> list[Recorded]:
        """Upload and confirm what waits; what of it is new. Raises `RuntimeError` when the ingest refuses any."""
        sent, self.waiting = self.waiting, []
        for made in sent:
            self.put(made)
        with self.acting():
            lines = [made.line for made in sent if made.line is not None]
            told = footage.confirm(actor=self.box, tenant_id=self.tenant_id, lines=lines, now=clock.now())
        refused = {each.code for each in told if not each.accepted}
        if refused:
            raise RuntimeError(f"the ingest refused {refused}")
        return sent

    def put(self, made: Recorded) -> None:
        """Upload a segment with its line beside it; for the second time where no answer came."""
        assert made.line is not None, "a box uploads what it signed"
        self.uploads.put(made.key, made.cipher, beside=beside(made.line))

    def report(self) -> None:
        """Tell that the box lives and what is on its disk, as it does each minute."""
        now, spooled_from = clock.now(), min((made.started_at for made in self.waiting), default=None)
        reports = [
            CameraReport(
                camera_id=camera_id,
                recording=True,
                recorded_until=now,
                spooled=len(self.waiting),
                spooled_from=spooled_from,
                fault=None,
            )
            for camera_id in self.cameras.values()
        ]
        with self.acting():
            heartbeat = Heartbeat(clock_offset_ms=0, cameras=reports, gaps=())
            record_heartbeat(actor=self.box, tenant_id=self.tenant_id, heartbeat=heartbeat, now=now)

    def _enrol(self) -> None:
        where = {"tenant_id": self.tenant_id, "now": clock.now()}
        notice = {"site_id": self.site_id, "posted_on": clock.today(), "places": "大門"}
        notices.post_notice(actor=self.head, tenant_id=self.tenant_id, **notice)
        token = devices.issue_token(actor=self.head, site_id=self.site_id, **where)
        proof = sign(self.signer, token.encode())
        applicant = devices.Applicant(name="主機", public_key=public_key_text(self.signer), proof=proof)
        self.box = devices.device_actor(devices.enrol(actor=self.head, token=token, applicant=applicant, **where))

    def _segment(self, key: DayKey, code: str, hour: int) -> Recorded:
        plain = os.urandom(_PLAIN_BYTES)
        cipher = age.encrypt(plain, key.recipient)
        began = clock.day_start(key.civil_day) + timedelta(hours=hour)
        line = self._line(key, code, began, plain, cipher)
        held = signed(line, self.signer)
        return Recorded(
            school=self.plan.code,
            tenant_id=self.tenant_id,
            day=key.civil_day,
            days=key.retention_days,
            camera=code,
            segment_id=line.segment_id,
            started_at=began,
            key=Admitted(line, held).object_key,
            line=held,
            plain=plain,
            cipher=cipher,
        )

    def _line(self, key: DayKey, code: str, began: datetime, plain: bytes, cipher: bytes) -> ManifestLine:
        return ManifestLine(
            segment_id=uuid4(),
            tenant_id=self.tenant_id,
            site_id=self.site_id,
            camera_id=self.cameras[code],
            device_id=self.box.id or uuid4(),
            civil_day=key.civil_day,
            retention_days=key.retention_days,
            recipient=key.recipient,
            started_us=microseconds(began),
            ended_us=microseconds(began + _MINUTE),
            media_ms=60_000,
            **bytes_of(plain, cipher),
            **LOOK,
        )


def person(role: Role, name: str) -> Actor:
    """Somebody who signed in and holds this role where they act."""
    return Actor(kind=ActorKind.PERSON, id=uuid4(), name=name, roles=frozenset({role}))


def found_bureau(app: Flask) -> UUID:
    """The bureau's own row, where the platform's acts are recorded."""
    with app.app_context():
        names = {"code": "BUREAU", "name": "守園市政府教育局", "short_name": "教育局", "district": ""}
        rest = {"kind": TenantKind.BUREAU, "ownership": "public", "supervising_authority": "直轄市", "actor": FOUNDER}
        made: UUID = registry.add_tenant(**names, **rest).id
        db.session.commit()
        return made
