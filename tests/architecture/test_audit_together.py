"""An act and its line in the chain stand or fall together: where the line cannot be written, nothing has changed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from unittest.mock import Mock
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import ProgrammingError

from infra import clock
from infra.age_keys import Kind
from infra.baseapp import create_base_app
from infra.db import Base, db
from infra.kms import FileKms, create_master_key
from infra.stack.postgres import DatabaseUrls, Postgres
from infra.tenancy import Binding, bind
from tenants.actor import Actor, ActorKind, system
from tenants.closing import actions as closing
from tenants.closing.models import ClosingKind
from tenants.closing.rules import Decision
from tenants.disclosures.official import actions as disclosures
from tenants.disclosures.official.documents import Element
from tenants.footage import keys
from tenants.people import actions as people
from tenants.people import roles
from tenants.permissions import Role
from tenants.registry import actions as registry
from tenants.registry import agencies, devices, renaming
from tenants.registry.models import TenantKind
from tenants.registry.name_rules import Naming
from tenants.retention import actions as retention
from tenants.retention import destruction
from tenants.retention.models import HoldBasis
from tenants.retention.rules import CameraWindow, DayAndClass
from tests.apps import dispose, worker_settings
from tests.factories import footage as made_footage
from tests.factories import people as make
from tests.factories.registry import institution
from tests.factories.whole import Whole, whole

pytestmark = pytest.mark.req("DR-06")
_SYSTEM = system("test")


@dataclass(frozen=True)
class Stage:
    """An institution with one of everything."""

    app: Flask
    urls: DatabaseUrls
    of: Whole
    bureau_id: UUID
    bureau_person: Actor
    kms: FileKms

    def person(self, role: Role) -> Actor:
        """A person of the institution or of its agency."""
        officer = role is Role.AGENCY_OFFICER
        return Actor(
            kind=ActorKind.PERSON,
            id=self.of.officer_id if officer else self.of.head_id,
            name="王淑芬",
            roles=frozenset({role}),
            agency_id=self.of.agency_id if officer else None,
        )

    def seen(self) -> dict[str, str]:
        """A digest of every table."""
        query = "select coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from {} t"
        with create_engine(self.urls.superuser, poolclass=NullPool).connect() as connection:
            return {name: str(connection.scalar(text(query.format(name)))) for name in Base.metadata.tables}


@pytest.fixture(scope="module")
def stage(postgres: Postgres, migrated: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    urls = postgres.database("together", template=migrated, fresh=True)
    app = create_base_app(worker_settings(urls))
    key: Path = tmp_path_factory.mktemp("keys") / "master.key"
    create_master_key(key)
    with app.app_context():
        k1 = whole(institution("K1"), agency_name="守園市政府警察局向陽分局")
        bind(db.session, Binding(tenant_id=k1.tenant_id))
        made_footage.day_key(k1.institution, day=clock.now() - timedelta(days=40))
        operator = Actor(kind=ActorKind.PERSON, id=make.operator(), name="周立平", roles=frozenset({Role.OPERATOR}))
        bureau_id = make.bureau()
        db.session.remove()
    yield Stage(app, urls, k1, bureau_id, operator, FileKms(key))
    dispose(app)
    postgres.drop("together")


@pytest.fixture(params=[("insert", "audit_events"), ("update", "audit_heads")], ids=["no event", "no head"])
def deaf_chains(stage: Stage, request: pytest.FixtureRequest) -> Iterator[str]:
    """Nobody can write into any chain: the event itself is refused, or the chain's end may not move to it."""
    right, table = request.param
    with create_engine(stage.urls.superuser, poolclass=NullPool).begin() as connection:
        connection.execute(text(f"revoke {right} on {table} from shouyuan_app"))
    yield table
    with create_engine(stage.urls.superuser, poolclass=NullPool).begin() as connection:
        connection.execute(text(f"grant {right} on {table} to shouyuan_app"))


def _hold(s: Stage) -> object:
    now = clock.now()
    window = CameraWindow(
        camera_id=s.of.institution.cameras["C-GATE"], started_at=now - timedelta(hours=2), ended_at=now
    )
    return retention.place_hold(
        actor=_SYSTEM,
        tenant_id=s.of.tenant_id,
        basis=HoldBasis.REQUEST,
        reference="調閱-115-0009",
        necessity="",
        windows=[window],
        review_on=clock.today() + timedelta(days=90),
    )


def _camera(s: Stage) -> object:
    return registry.add_camera(
        tenant_id=s.of.tenant_id,
        site_id=s.of.institution.site_id,
        code="C-NEW",
        name="後門",
        zone="back_gate",
        actor=s.person(Role.HANDLER),
    )


def _tenant(s: Stage) -> object:
    return registry.add_tenant(
        code="K9",
        kind=TenantKind.PRESCHOOL,
        name="新的幼兒園",
        short_name="",
        district="",
        ownership="private",
        supervising_authority="直轄市",
        actor=s.bureau_person,
    )


def _renaming(s: Stage) -> object:
    naming = Naming(name="晨光附設幼兒園", short_name="", district="向陽區")
    return renaming.rename(
        tenant_id=s.of.tenant_id, to=naming, effective_from=clock.today(), document="府教字第1號", actor=s.bureau_person
    )


def _closing(s: Stage) -> object:
    decision = Decision(
        kind=ClosingKind.CLOSED,
        effective_from=clock.today(),
        document="府教字第2號",
        document_date=clock.today(),
        keeper="守園市政府教育局",
        custodian_id=s.of.head_id,
    )
    return closing.schedule_closing(tenant_id=s.of.tenant_id, decision=decision, actor=s.bureau_person)


def _keys(s: Stage) -> object:
    day = clock.today() + timedelta(days=30)
    return keys.make_day_keys(
        actor=_SYSTEM,
        tenant_id=s.of.tenant_id,
        kms=s.kms,
        store=Mock(),
        first=day,
        last=day,
        retention_days=14,
        kind=Kind.CLASSIC,
    )


def _destruction(s: Stage) -> object:
    day = clock.civil_day(clock.now() - timedelta(days=40))
    return destruction.begin_destruction(
        actor=_SYSTEM, tenant_id=s.of.tenant_id, of=DayAndClass(day=day, retention_days=14), now=clock.now()
    )


def _case(s: Stage) -> dict[str, object]:
    return {"tenant_id": s.of.tenant_id, "disclosure_id": s.of.case.disclosure_id}


ACTS: Mapping[str, Callable[[Stage], object]] = {
    "open an institution": _tenant,
    "close an institution": _closing,
    "rename an institution": _renaming,
    "enter a camera": _camera,
    "retire a camera": lambda s: registry.retire_camera(
        tenant_id=s.of.tenant_id, camera_id=s.of.institution.cameras["C-ROOM2"], actor=s.person(Role.HANDLER)
    ),
    "enter an agency": lambda s: agencies.add_agency(
        name="守園地方法院", code="X", kind="court", actor=s.bureau_person
    ),
    "grant a role": lambda s: roles.grant_role(
        tenant_id=s.of.tenant_id, user_id=s.of.handler_id, role=Role.STAFF, actor=s.person(Role.HEAD)
    ),
    "close an account": lambda s: people.deactivate(user_id=s.of.officer_id, actor=s.bureau_person),
    "sign in": lambda _: people.sign_in(login="operator", password=make.PASSWORD, actor=Actor(kind=ActorKind.PERSON)),
    "issue a code": lambda s: devices.issue_token(
        actor=s.person(Role.HEAD), tenant_id=s.of.tenant_id, site_id=s.of.institution.site_id, now=clock.now()
    ),
    "withdraw a device": lambda s: devices.revoke(
        actor=s.person(Role.HEAD), tenant_id=s.of.tenant_id, device_id=s.of.device_id, now=clock.now()
    ),
    "make keys": _keys,
    "place a hold": _hold,
    "release a hold": lambda s: retention.release_hold(
        actor=_SYSTEM, tenant_id=s.of.tenant_id, hold_id=s.of.hold_id, reason="案件結束"
    ),
    "destroy a day": _destruction,
    "return a request": lambda s: disclosures.return_for_completion(
        actor=s.person(Role.HANDLER),
        missing=frozenset({Element.PURPOSE}),
        note="",
        **_case(s),  # type: ignore[arg-type]
    ),
    "refuse a request": lambda s: disclosures.refuse(actor=s.person(Role.HEAD), reasons="範圍過廣", **_case(s)),  # type: ignore[arg-type]
    "withdraw a request": lambda s: disclosures.withdraw(actor=s.person(Role.AGENCY_OFFICER), **_case(s)),  # type: ignore[arg-type]
}


def _do(stage: Stage, act: Callable[[Stage], object]) -> None:
    bind(db.session, Binding(tenant_id=stage.of.tenant_id, agency_id=stage.of.agency_id))
    act(stage)
    db.session.flush()


def _attempt(stage: Stage, act: Callable[[Stage], object]) -> None:
    _do(stage, act)
    db.session.commit()


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())
def test_an_act_that_cannot_be_recorded_did_not_happen(
    stage: Stage, deaf_chains: str, act: Callable[[Stage], object]
) -> None:
    before = stage.seen()
    with stage.app.app_context(), pytest.raises(ProgrammingError, match=f"permission denied for table {deaf_chains}"):
        _attempt(stage, act)
    assert stage.seen() == before


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())
def test_the_same_act_goes_through_where_it_can_be_recorded(stage: Stage, act: Callable[[Stage], object]) -> None:
    with stage.app.app_context():
        _do(stage, act)
        moved = 0
        for tenant_id in (stage.of.tenant_id, stage.bureau_id):
            bind(db.session, Binding(tenant_id=tenant_id))
            moved += db.session.scalar(text("select count(*) from audit_heads where xmin = pg_current_xact_id()::xid"))
        assert moved
        db.session.rollback()
