"""An agency's public key: an officer brings it, the operator confirms it, and nobody does both (KH-6-5b)."""

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError, ProgrammingError

from infra import age
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import Actor, ActorKind
from tenants.audit.models import AuditEvent
from tenants.errors import Invalid, NotAllowed, NotFound
from tenants.permissions import Role
from tenants.registry.agency_keys import actions, queries
from tenants.registry.agency_keys.models import AgencyKey
from tests.factories import people
from tests.factories.registry import institution

pytestmark = pytest.mark.req("KH-6-5b")


class Scene:
    """A bureau, an agency with its officer, and an operator."""

    def __init__(self) -> None:
        self.bureau = people.bureau()
        self.agency_id = people.agency()
        self.officer = self._actor(Role.AGENCY_OFFICER, agency_id=self.agency_id)
        self.operator = self._actor(Role.OPERATOR)
        self.at_agency()

    def at_agency(self) -> None:
        bind(db.session, Binding(agency_id=self.agency_id))

    def at_bureau(self) -> None:
        bind(db.session, Binding(tenant_id=self.bureau))

    def registered(self, recipient: str = "") -> AgencyKey:
        self.at_agency()
        recipient = recipient or age.new_identity(age.Kind.CLASSIC).recipient
        key = actions.register_key(actor=self.officer, agency_id=self.agency_id, recipient=recipient)
        db.session.commit()
        return key

    def confirmed(self, key: AgencyKey) -> AgencyKey:
        self.at_bureau()
        actions.confirm_key(actor=self.operator, agency_id=self.agency_id, agency_key_id=key.id)
        db.session.commit()
        self.at_agency()
        return key

    def in_use(self) -> str:
        key = queries.key_in_use(agency_id=self.agency_id)
        return key.recipient if key is not None else ""

    def events(self) -> list[str]:
        self.at_bureau()
        found = list(db.session.scalars(select(AuditEvent.event).order_by(AuditEvent.seq)))
        self.at_agency()
        return [event for event in found if event.startswith("agency_key:")]

    def _actor(self, role: Role, *, agency_id: object = None) -> Actor:
        return Actor(
            kind=ActorKind.PERSON,
            id=people.person(),
            name="陳志明",
            roles=frozenset({role}),
            agency_id=agency_id,  # type: ignore[arg-type]
        )


@pytest.fixture
def scene(domain: Flask) -> Scene:
    assert domain
    return Scene()


def test_a_key_is_used_from_its_confirmation_until_its_end(scene: Scene) -> None:
    key = scene.registered()
    assert scene.in_use() == "", "nobody has compared it with the agency yet"

    scene.confirmed(key)
    assert scene.in_use() == key.recipient

    actions.revoke_key(actor=scene.officer, agency_id=scene.agency_id, agency_key_id=key.id, reason="保管人異動")
    db.session.commit()
    assert scene.in_use() == ""
    assert scene.events() == ["agency_key:registered", "agency_key:confirmed", "agency_key:revoked"]


def test_of_two_confirmed_keys_the_later_is_used_and_its_end_brings_the_earlier_back(scene: Scene) -> None:
    first = scene.confirmed(scene.registered())
    second = scene.confirmed(scene.registered())
    assert scene.in_use() == second.recipient

    scene.at_bureau()
    actions.revoke_key(actor=scene.operator, agency_id=scene.agency_id, agency_key_id=second.id, reason="不知情")
    db.session.commit()

    scene.at_agency()
    assert scene.in_use() == first.recipient


def test_a_private_key_is_refused_with_a_warning_and_kept_nowhere(scene: Scene) -> None:
    secret = age.new_identity(age.Kind.CLASSIC).secret
    with pytest.raises(Invalid, match="這是私鑰，切勿提供") as refused:
        scene.registered(secret.lower())

    assert secret not in str(refused.value).upper()
    for text in ("age1qqqq", "ssh-ed25519 AAAA", ""):
        with pytest.raises(Invalid, match="這不是 age 的公鑰"):
            actions.register_key(actor=scene.officer, agency_id=scene.agency_id, recipient=text)
    assert db.session.scalar(select(func.count()).select_from(AgencyKey)) == 0


def test_one_key_waits_at_a_time_and_none_is_registered_twice(scene: Scene) -> None:
    key = scene.registered()
    with pytest.raises(Invalid, match="等待核定"):
        scene.registered()
    with pytest.raises(Invalid, match="已登記"):
        scene.registered(key.recipient)


def test_an_officer_confirms_nothing_and_the_operator_registers_nothing(scene: Scene) -> None:
    key = scene.registered()
    with pytest.raises(NotAllowed):
        actions.confirm_key(actor=scene.officer, agency_id=scene.agency_id, agency_key_id=key.id)
    with pytest.raises(NotAllowed):
        actions.register_key(
            actor=scene.operator, agency_id=scene.agency_id, recipient=age.new_identity(age.Kind.CLASSIC).recipient
        )
    key.confirmed_at, key.confirmed_by = key.registered_at, key.registered_by
    with pytest.raises(IntegrityError, match="confirmed_by_another"):
        db.session.flush()


def test_what_was_revoked_is_not_confirmed_and_an_end_has_its_reason(scene: Scene) -> None:
    key = scene.registered()
    with pytest.raises(Invalid, match="理由"):
        actions.revoke_key(actor=scene.officer, agency_id=scene.agency_id, agency_key_id=key.id, reason=" ")
    actions.revoke_key(actor=scene.officer, agency_id=scene.agency_id, agency_key_id=key.id, reason="貼錯")
    db.session.commit()
    with pytest.raises(Invalid, match="已停用"):
        scene.confirmed(key)


@pytest.mark.req("DR-08")
def test_another_agency_and_an_institution_neither_see_nor_write_a_key(scene: Scene) -> None:
    key = scene.confirmed(scene.registered())
    key_id, at, by = key.id, key.registered_at, key.registered_by
    other = people.agency("守園地方檢察署", kind="prosecution")
    for binding in (Binding(agency_id=other), Binding(tenant_id=institution("K1").tenant_id)):
        bind(db.session, binding)
        assert queries.keys_of(agency_id=scene.agency_id) == []
        with pytest.raises(NotFound):
            actions.confirm_key(actor=scene.operator, agency_id=scene.agency_id, agency_key_id=key_id)
        planted = AgencyKey(agency_id=scene.agency_id, recipient="age1x", registered_at=at)
        planted.registered_by = by
        db.session.add(planted)
        with pytest.raises(ProgrammingError, match="row-level security"):
            db.session.flush()
        db.session.rollback()
