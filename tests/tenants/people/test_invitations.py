"""A first head whose link expired or was lost gets a new one; whoever has a password is helped by two people."""

from datetime import timedelta

import pytest
from flask import Flask

from infra import clock
from infra.db import db
from infra.queues import Job
from infra.tenancy import Binding, bind
from tenants.actor import Actor, ActorKind, system
from tenants.audit.models import AuditEvent
from tenants.errors import Invalid, InvalidTransition, NotAllowed, NotFound
from tenants.people.invitations import actions, queries
from tenants.people.invitations.models import AccountInvitation, Occasion
from tenants.people.invitations.rules import Standing, standing
from tenants.people.models import Membership, User
from tenants.permissions import Role
from tests.factories import people as make
from tests.factories.registry import Institution, institution

pytestmark = pytest.mark.req("DR-15", "DR-33")
PASSWORD = "a new phrase for the morning 116"
MAIL = system("send_invitation")


class Opened:
    """An institution whose first head was invited by an operator, and every job that was sent."""

    def __init__(self, of: Institution, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sent: list[Job] = []
        monkeypatch.setattr("infra.queues.enqueue", lambda job, **_: self.sent.append(job))
        self.tenant_id = of.tenant_id
        self.operator = make.acting(make.operator(), Role.OPERATOR)
        self.head_id = make.head(self.tenant_id, "k1-head")
        db.session.get_one(User, self.head_id).email = "head@k1.example"
        bind(db.session, Binding(tenant_id=self.tenant_id))
        self.first = self.invite(Occasion.OPENED)

    def invite(self, occasion: Occasion) -> AccountInvitation:
        made = actions.invite(actor=self.operator, tenant_id=self.tenant_id, user_id=self.head_id, occasion=occasion)
        db.session.commit()
        return made

    def issue(self, found: AccountInvitation) -> str:
        token = actions.issue(actor=MAIL, tenant_id=self.tenant_id, invitation_id=found.id)
        db.session.commit()
        assert token is not None
        return token

    def renew(self, found: AccountInvitation, *, by: Actor | None = None) -> AccountInvitation:
        made = actions.renew(actor=by or self.operator, tenant_id=self.tenant_id, invitation_id=found.id)
        db.session.commit()
        return made

    def use(self, token: str) -> None:
        head = Actor(kind=ActorKind.PERSON, id=self.head_id)
        actions.accept(actor=head, tenant_id=self.tenant_id, token=token, password=PASSWORD)
        db.session.commit()

    def events(self) -> list[str]:
        own = db.select(AuditEvent).where(AuditEvent.tenant_id == self.tenant_id).order_by(AuditEvent.seq)
        return [each.event for each in db.session.scalars(own)]


@pytest.fixture
def opened(domain: Flask, monkeypatch: pytest.MonkeyPatch) -> Opened:
    assert domain
    return Opened(institution("K1"), monkeypatch)


def test_a_new_link_works_and_the_lost_one_is_dead(opened: Opened) -> None:
    lost = opened.issue(opened.first)
    opened.sent.clear()
    made = opened.renew(opened.first)
    assert opened.sent == [Job.SEND_INVITATION]
    assert opened.events()[-1] == "account:invited"
    with pytest.raises(NotFound):
        queries.invited(tenant_id=opened.tenant_id, token=lost)
    opened.use(opened.issue(made))
    assert standing(made, now=clock.now()) is Standing.USED


def test_one_that_expired_is_renewed_for_another_fortnight(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    token = opened.issue(opened.first)
    then = clock.now() + timedelta(days=14)
    monkeypatch.setattr(clock, "now", lambda: then)
    assert standing(opened.first, now=then) is Standing.EXPIRED
    with pytest.raises(NotFound):
        queries.invited(tenant_id=opened.tenant_id, token=token)
    made = opened.renew(opened.first)
    opened.issue(made)
    assert made.expires_at == then + timedelta(days=14)


def test_a_second_click_sends_no_second_link(opened: Opened) -> None:
    opened.issue(opened.first)
    opened.renew(opened.first)
    with pytest.raises(InvalidTransition, match="已經寄送新的連結"):
        opened.renew(opened.first)
    db.session.rollback()
    assert db.session.scalar(db.select(db.func.count()).select_from(AccountInvitation)) == 2


def test_a_mail_that_still_waits_is_not_sent_twice(opened: Opened) -> None:
    assert standing(opened.first, now=clock.now()) is Standing.WAITING
    with pytest.raises(InvalidTransition, match="等待寄出"):
        opened.renew(opened.first)


def test_an_address_that_was_refused_is_kept_and_can_be_tried_again(opened: Opened) -> None:
    opened.issue(opened.first)
    actions.note_refused(actor=MAIL, tenant_id=opened.tenant_id, invitation_id=opened.first.id)
    db.session.commit()
    assert standing(opened.first, now=clock.now()) is Standing.REFUSED
    assert opened.events()[-1] == "account:invitation_refused"
    assert standing(opened.renew(opened.first), now=clock.now()) is Standing.WAITING
    assert standing(opened.first, now=clock.now()) is Standing.REPLACED


def test_who_has_set_a_password_is_not_helped_by_one_person_alone(opened: Opened) -> None:
    opened.use(opened.issue(opened.first))
    with pytest.raises(InvalidTransition, match="緊急存取"):
        opened.renew(opened.first)


def test_nor_who_set_it_by_a_link_of_another_institution(opened: Opened) -> None:
    opened.issue(opened.first)
    other = institution("K2", name="月光幼兒園")
    make.membership(opened.head_id, Role.HEAD, tenant_id=other.tenant_id)
    bind(db.session, Binding(tenant_id=other.tenant_id))
    used = AccountInvitation(tenant_id=other.tenant_id, user_id=opened.head_id, occasion="emergency")
    used.asked_at = used.sent_at = used.expires_at = used.used_at = clock.now()
    used.token_hash = "0" * 64
    db.session.add(used)
    db.session.commit()
    bind(db.session, Binding(tenant_id=opened.tenant_id))
    with pytest.raises(InvalidTransition, match="緊急存取"):
        opened.renew(opened.first)


@pytest.mark.parametrize("why", ["no head any more", "closed account", "no address", "emergency"])
def test_only_a_first_head_in_office_gets_one(opened: Opened, why: str) -> None:
    found = opened.invite(Occasion.EMERGENCY) if why == "emergency" else opened.first
    opened.issue(found)
    user = db.session.get_one(User, opened.head_id)
    if why == "no head any more":
        held = db.session.scalars(db.select(Membership).where(Membership.user_id == opened.head_id)).one()
        held.ended_at, held.ended_by = clock.now(), opened.operator.id
    elif why == "closed account":
        user.deactivated_at, user.deactivated_by = clock.now(), opened.operator.id
    elif why == "no address":
        user.email = ""
    db.session.commit()
    with pytest.raises(Invalid):
        opened.renew(found)


def test_only_an_operator_and_only_of_that_institution(opened: Opened) -> None:
    opened.issue(opened.first)
    invitation_id, other = opened.first.id, institution("K2", name="月光幼兒園")
    bind(db.session, Binding(tenant_id=other.tenant_id))
    with pytest.raises(NotFound):
        actions.renew(actor=opened.operator, tenant_id=other.tenant_id, invitation_id=invitation_id)
    bind(db.session, Binding(tenant_id=opened.tenant_id))
    for role in (Role.HEAD, Role.BUREAU_OFFICER, Role.AUDITOR):
        with pytest.raises(NotAllowed):
            opened.renew(opened.first, by=make.acting(opened.head_id, role))


def test_heads_are_listed_with_their_latest_link(opened: Opened) -> None:
    opened.issue(opened.first)
    made = opened.renew(opened.first)
    make.head(opened.tenant_id, "k1-second")
    bind(db.session, Binding(tenant_id=opened.tenant_id))
    assert [(user.id, each.id) for user, each in queries.of_heads(tenant_id=opened.tenant_id)] == [
        (opened.head_id, made.id)
    ]
