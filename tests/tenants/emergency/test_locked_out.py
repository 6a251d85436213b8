"""Heads who are locked out set a new password themselves, by a link to the address on file (ADR 0060)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from infra import clock
from infra.db import db
from tenants.actor import system
from tenants.emergency import actions
from tenants.emergency.models import Scope
from tenants.errors import Invalid, NotFound
from tenants.people import actions as accounts
from tenants.people.invitations import actions as invitations
from tenants.people.invitations import queries as invited
from tenants.people.invitations.models import AccountInvitation, Occasion
from tenants.people.models import User
from tests.factories import people as make
from tests.tenants.emergency.conftest import Bureau

pytestmark = pytest.mark.req("DR-15")

PASSWORD = "a new phrase for the morning 116"


def test_a_head_sets_a_new_password_by_the_address_on_file_and_the_act_is_marked(bureau: Bureau) -> None:
    made = bureau.opened(Scope.HEAD_RESET)
    named = {"tenant_id": bureau.of.tenant_id, "access_id": made.id}
    head = bureau.head.id or uuid4()
    sent = actions.invite_head(actor=bureau.operator, **named, user_id=head)
    db.session.commit()
    assert bureau.chain()[-1].actor_roles == f"emergency:{made.serial},operator"
    about = {"tenant_id": bureau.of.tenant_id, "invitation_id": sent.id}
    token = invitations.issue(actor=system("mail"), **about)
    assert token is not None
    assert invitations.issue(actor=system("mail"), **about) is None, "a link is made once"
    who = replace(bureau.head, roles=frozenset())
    invitations.accept(actor=who, tenant_id=bureau.of.tenant_id, token=token, password=PASSWORD)
    db.session.commit()
    assert accounts.sign_in(login="head", password=PASSWORD, actor=who) is not None
    with pytest.raises(NotFound):
        invited.invited(tenant_id=bureau.of.tenant_id, token=token)


@pytest.mark.parametrize("why", ["another scope", "another person", "no head", "ended"])
def test_a_head_is_invited_only_under_an_open_access_for_that_by_who_asked(bureau: Bureau, why: str) -> None:
    made = bureau.opened(Scope.TRAIL if why == "another scope" else Scope.HEAD_RESET)
    named: dict[str, Any] = {"tenant_id": bureau.of.tenant_id, "access_id": made.id}
    user_id = make.staff(bureau.of.tenant_id) if why == "no head" else bureau.head.id
    if why == "ended":
        actions.end(actor=bureau.head, **named)
        db.session.commit()
    with pytest.raises(NotFound):
        actions.invite_head(
            actor=bureau.second if why == "another person" else bureau.operator, **named, user_id=user_id
        )


def test_a_head_without_an_address_is_told_of_and_not_mailed(bureau: Bureau) -> None:
    made = bureau.opened(Scope.HEAD_RESET)
    db.session.get_one(User, bureau.head.id).email = ""
    db.session.commit()
    with pytest.raises(Invalid, match="沒有登載電子郵件"):
        actions.invite_head(
            actor=bureau.operator, tenant_id=bureau.of.tenant_id, access_id=made.id, user_id=bureau.head.id or uuid4()
        )


def test_a_later_invitation_ends_the_one_before_and_a_link_dies_with_its_day(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, head = bureau.opened(Scope.HEAD_RESET), bureau.head.id or uuid4()
    named: dict[str, Any] = {"tenant_id": bureau.of.tenant_id}
    tokens = []
    for _ in range(2):
        sent = actions.invite_head(actor=bureau.operator, **named, access_id=made.id, user_id=head)
        tokens.append(invitations.issue(actor=system("mail"), **named, invitation_id=sent.id) or "")
        db.session.commit()
    with pytest.raises(NotFound):
        invited.invited(**named, token=tokens[0])
    assert invited.invited(**named, token=tokens[1]).id == head
    then = clock.now() + timedelta(hours=24)
    monkeypatch.setattr(clock, "now", lambda: then)
    with pytest.raises(NotFound):
        invited.invited(**named, token=tokens[1])
    assert db.session.scalar(db.select(db.func.count()).select_from(AccountInvitation)) == 2


def test_a_closed_account_gets_no_link_and_one_sent_before_is_dead(bureau: Bureau) -> None:
    made, head = bureau.opened(Scope.HEAD_RESET), bureau.head.id or uuid4()
    named: dict[str, Any] = {"tenant_id": bureau.of.tenant_id}
    sent = actions.invite_head(actor=bureau.operator, **named, access_id=made.id, user_id=head)
    token = invitations.issue(actor=system("mail"), **named, invitation_id=sent.id) or ""
    assert invited.invited(**named, token=token).id == head
    closed = db.session.get_one(User, head)
    closed.deactivated_at, closed.deactivated_by = clock.now(), bureau.operator.id
    db.session.commit()
    with pytest.raises(NotFound):
        invited.invited(**named, token=token)
    with pytest.raises(Invalid, match="已停用"):
        invitations.invite(actor=system("mail"), **named, user_id=head, occasion=Occasion.EMERGENCY)
