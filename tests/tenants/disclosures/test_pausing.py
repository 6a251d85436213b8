"""The head halts a case by hand, without a breach: for a stay, a complaint, a doubt about who asks (KH-6-5b, DR-15)."""

from datetime import timedelta

import pytest

from infra import clock
from infra.db import db
from tenants.actor import Actor
from tenants.audit.models import AuditEvent
from tenants.disclosures import halting, halts
from tenants.disclosures.halts import Halted
from tenants.disclosures.models import Disclosure, Halt, HaltCause
from tenants.disclosures.notices import messages
from tenants.disclosures.official.models import OfficialRequest
from tenants.disclosures.steps import Step
from tenants.disclosures.viewing import appointing
from tenants.errors import Invalid, InvalidTransition, NotAllowed, NotFound
from tenants.retention import queries as retention
from tests.tenants.disclosures.conftest import Scene
from tests.tenants.disclosures.test_handover import collect, link
from tests.tenants.disclosures.test_reopening import waiting
from tests.tenants.disclosures.viewing.conftest import Booth, booth, jump

__all__ = ["booth", "jump"]
pytestmark = pytest.mark.req("KH-6-5b", "DR-15")
ORDER = "高雄高等行政法院裁定停止執行"


def pause(
    case: Disclosure, actor: Actor, *, cause: HaltCause | None = HaltCause.ORDER, note: str = ORDER
) -> Disclosure:
    paused = halting.pause(actor=actor, tenant_id=case.tenant_id, disclosure_id=case.id, cause=cause, note=note)
    db.session.commit()
    return paused


def events(case: Disclosure) -> list[AuditEvent]:
    """What the chain has of its halts."""
    query = db.select(AuditEvent).where(AuditEvent.event.in_(("disclosure:paused", "disclosure:went_on")))
    return list(db.session.scalars(query.where(AuditEvent.subject_id == case.id).order_by(AuditEvent.seq)))


@pytest.mark.req("DR-12")
def test_a_picture_that_is_shown_stops_and_nobody_comes_in_vain(booth: Booth) -> None:
    head, ids = booth.desk.scene.head, {"tenant_id": booth.tenant_id, "disclosure_id": booth.case.id}
    appointing.appoint(actor=booth.operator, starts_at=clock.now() + timedelta(days=1), place="辦公室", **ids)
    booth.begin()
    paused = pause(booth.case, head)
    assert booth.stopped() == "case_over"
    assert (paused.halt, paused.halt_cause, paused.halt_note) == (Halt.ALL, HaltCause.ORDER, ORDER)
    assert "pause" in paused.untold
    (mail,) = messages(**ids, step=Step.PAUSE, base_url="")
    assert ("先不必到場" in mail.text, mail.to, ORDER in mail.text) == (True, booth.case.email, False)
    with pytest.raises(Halted, match="待機構首長決定"):
        booth.begin()
    db.session.rollback()
    assert [each.id for each in halting.waiting(tenant_id=booth.tenant_id, actor=head)] == [booth.case.id]

    halting.go_on(actor=head, reasons="裁定經廢棄", **ids)
    db.session.commit()
    assert appointing.appointment(**ids) is not None, "what was agreed holds again"
    assert [(each.event, each.fields["reason"]) for each in events(booth.case)] == [
        ("disclosure:paused", ORDER),
        ("disclosure:went_on", "裁定經廢棄"),
    ]


def test_a_copy_on_offer_waits_and_its_hold_stays(scene: Scene) -> None:
    disclosure = waiting(scene)
    issued = link(scene, disclosure)
    scene.at_school()
    pause(disclosure, scene.head, cause=HaltCause.IDENTITY, note="來電號碼與公文不符")
    with pytest.raises(Halted, match="待機構首長決定"):
        collect(scene, issued)
    db.session.rollback()
    scene.at_school()
    ids = {"tenant_id": disclosure.tenant_id, "disclosure_id": disclosure.id}
    assert "pause" in disclosure.untold, "the agency is told"
    hold = retention.hold(tenant_id=disclosure.tenant_id, hold_id=disclosure.held_as)
    assert (hold.released_at, hold.ends_on) == (None, None), "and nothing of it is destroyed meanwhile"
    halting.take_back(actor=scene.head, reasons="查無此承辦人", **ids)
    db.session.commit()
    with pytest.raises(InvalidTransition, match="已撤銷"):
        pause(disclosure, scene.head)


def test_only_the_head_pauses_and_says_why(booth: Booth) -> None:
    head = booth.desk.scene.head
    with pytest.raises(NotAllowed):
        pause(booth.case, booth.operator)
    db.session.rollback()
    for cause, note, field in (
        (None, ORDER, "cause"),
        (HaltCause.BREACH, ORDER, "cause"),
        (HaltCause.OTHER, "  ", "note"),
    ):
        with pytest.raises(Invalid) as refused:
            pause(booth.case, head, cause=cause, note=note)
        assert refused.value.field == field
        db.session.rollback()
    assert not halts.waits(booth.case)
    assert events(booth.case) == []


@pytest.mark.req("DR-27")
def test_a_head_whom_the_case_concerns_holds_nothing_up(booth: Booth) -> None:
    head = booth.desk.scene.head
    booth.case.excluded = [str(head.id)]
    db.session.commit()
    with pytest.raises(NotAllowed):
        pause(booth.case, head)


def test_what_waits_is_not_paused_again_and_a_breach_adds_nothing(booth: Booth) -> None:
    head = booth.desk.scene.head
    pause(booth.case, head)
    with pytest.raises(InvalidTransition, match="已經暫停"):
        pause(booth.case, head, cause=HaltCause.OTHER, note="再一次")
    db.session.rollback()
    ids = {"tenant_id": booth.tenant_id, "disclosure_id": booth.case.id}
    halting.halt(actor=booth.operator, what=Halt.VIEWING, **ids)
    assert (booth.case.halt_cause, booth.case.halt_note) == (HaltCause.ORDER, ORDER)


def test_what_nobody_granted_has_nothing_to_wait_and_another_institutions_is_not_there(scene: Scene) -> None:
    disclosure = scene.file()
    scene.at_school()
    with pytest.raises(InvalidTransition):
        pause(disclosure, scene.head)
    db.session.rollback()
    scene.at_school()
    stranger = OfficialRequest(tenant_id=disclosure.tenant_id, id=disclosure.site_id)
    with pytest.raises(NotFound):
        pause(stranger, scene.head)
