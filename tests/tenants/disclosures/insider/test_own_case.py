"""Nobody checks, signs or decides for the institution about an application of their own (DR-27)."""

from dataclasses import replace

import pytest

from infra.db import db
from tenants.actor import Actor
from tenants.disclosures.insider import deciding, signing
from tenants.disclosures.insider.models import Box, InsiderRequest
from tenants.disclosures.insider.rules import Refusal
from tenants.errors import NotAllowed
from tenants.permissions import Acting, Role
from tests.tenants.disclosures.conftest import member
from tests.tenants.disclosures.insider.conftest import Desk

pytestmark = pytest.mark.req("DR-27")


def test_a_handler_neither_checks_nor_signs_nor_returns_their_own_application(desk: Desk) -> None:
    handler = desk.scene.handler
    own = _asked(desk, handler)
    with pytest.raises(NotAllowed, match="利害關係"):
        desk.check(own)
    db.session.rollback()
    desk.check(own, actor=member(desk.scene.school, Role.HANDLER, "李組長"))
    with pytest.raises(NotAllowed, match="利害關係"):
        desk.sign(own, Box.CCTV_HANDLER)
    db.session.rollback()
    with pytest.raises(NotAllowed, match="利害關係"):
        signing.return_application(actor=handler, tenant_id=own.tenant_id, disclosure_id=own.id, note="補件")


def test_who_stands_in_for_the_head_does_not_decide_what_they_asked_themselves(desk: Desk) -> None:
    teacher = member(desk.scene.school, Role.STAFF, "張老師")
    own = desk.up_to_the_head(_asked(desk, teacher))
    deputy = replace(teacher, roles=frozenset({Role.STAFF, Role.HEAD}), acting={Role.HEAD: Acting.DEPUTY})
    with pytest.raises(NotAllowed, match="利害關係"):
        _approve(desk, own, deputy)
    db.session.rollback()
    with pytest.raises(NotAllowed, match="利害關係"):
        deciding.refuse(
            actor=deputy, tenant_id=own.tenant_id, disclosure_id=own.id, refusal=Refusal.OTHER, reasons="無此必要"
        )
    db.session.rollback()
    assert desk.approve(own).state == "approved"


def _asked(desk: Desk, who: Actor) -> InsiderRequest:
    return desk.file(desk.application(ground="personal_rights", incident=None), actor=who)


def _approve(desk: Desk, case: InsiderRequest, actor: Actor) -> InsiderRequest:
    return deciding.approve(
        actor=actor, tenant_id=case.tenant_id, disclosure_id=case.id, grants=desk.grants(case), reasons=""
    )
