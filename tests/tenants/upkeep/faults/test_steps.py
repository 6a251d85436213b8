"""Repaired, looked at by somebody else, ended: not before the camera is back and each gap has a reason."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from infra import clock
from infra.db import db
from tenants.errors import Invalid, InvalidTransition, NotAllowed, NotFound
from tenants.upkeep.faults import settling, steps
from tenants.upkeep.faults.kinds import FaultKind, FaultState, GapReason
from tenants.upkeep.faults.models import Fault
from tenants.upkeep.faults.settling import Word
from tests.factories import faults as made
from tests.factories import footage
from tests.factories.registry import Institution, institution
from tests.tenants.upkeep.faults.conftest import Cast, faults, look, only, says

_HOUR, _MINUTE = timedelta(hours=1), timedelta(minutes=1)
Later = Callable[[timedelta], AbstractContextManager[object]]

pytestmark = pytest.mark.usefixtures("always_open")


def _repaired(of: Institution, cast: Cast, fault_id: UUID) -> Fault:
    named = {"tenant_id": of.tenant_id, "fault_id": fault_id}
    steps.report(actor=cast.handler, cause="交換器故障", words="", **named)
    steps.begin(actor=cast.handler, words="廠商下午到場", **named)
    return steps.repair(actor=cast.handler, cause="交換器故障", manner="更換交換器", **named)


@pytest.mark.req("KH-8-1d", "TY-6-1b", "KH-5-3b")
def test_an_outage_is_repaired_looked_at_by_another_explained_and_ended(
    k1: Institution, cast: Cast, later: Later
) -> None:
    now = clock.now()
    box = footage.device(k1)
    says(k1, recording=False, at=now, until=now - _HOUR)
    look(k1)
    fault_id = only(k1).id
    named = {"tenant_id": k1.tenant_id, "fault_id": fault_id}
    with later(2 * _MINUTE):
        _repaired(k1, cast, fault_id)
    with later(5 * _MINUTE):
        says(k1, at=clock.now())
        for camera in k1.cameras:
            footage.segment(k1, device_id=box, camera=camera, started_at=now, seconds=300)
        steps.recheck(actor=cast.guard, works=True, words="畫面恢復", **named)
        with pytest.raises(InvalidTransition, match="2 段錄影中斷沒有說明原因"):
            steps.close(actor=cast.head, **named)
        owed = settling.unsettled_of(tenant_id=k1.tenant_id, fault=only(k1), now=clock.now())
        word = Word(reason=GapReason.EQUIPMENT, words="交換器故障")
        settling.settle(actor=cast.handler, keys=[gap.key for gap in owed], word=word, **named)
        ended = steps.close(actor=cast.head, **named)

    assert (ended.state, ended.rechecked_by, ended.ended_by) == (FaultState.CLOSED, cast.guard.id, cast.head.id)


@pytest.mark.req("KH-8-1d")
def test_a_fault_is_not_passed_nor_ended_while_its_camera_is_offline(k1: Institution, cast: Cast, later: Later) -> None:
    now = clock.now()
    says(k1, "C-GATE", recording=False, at=now, until=now - _HOUR)
    says(k1, "C-ROOM2")
    look(k1)
    named = {"tenant_id": k1.tenant_id, "fault_id": only(k1).id}
    _repaired(k1, cast, only(k1).id)
    with pytest.raises(InvalidTransition, match="仍是「沒有錄影」"):
        steps.recheck(actor=cast.head, works=True, words="", **named)
    with later(3 * _MINUTE):
        says(k1, "C-GATE", at=clock.now())
        steps.recheck(actor=cast.head, works=True, words="", **named)
    with later(4 * _MINUTE):
        says(k1, "C-GATE", recording=False, at=clock.now(), until=clock.now())
        with pytest.raises(InvalidTransition, match="目前不能結案"):
            steps.close(actor=cast.head, **named)


@pytest.mark.req("KH-8-1d")
def test_a_fault_is_not_ended_on_a_word_from_before_the_repair(k1: Institution, cast: Cast, later: Later) -> None:
    says(k1, "C-GATE", at=clock.now() - _MINUTE)
    fault_id = made.fault(k1, kind=FaultKind.DAMAGE, opened_at=clock.now() - 2 * _MINUTE)
    _repaired(k1, cast, fault_id)
    named = {"tenant_id": k1.tenant_id, "fault_id": fault_id}
    steps.recheck(actor=cast.head, works=True, words="", **named)

    with pytest.raises(InvalidTransition, match="還沒有收到"):
        steps.close(actor=cast.head, **named)
    with later(_MINUTE):
        says(k1, "C-GATE", at=clock.now())
        footage.segment(k1, device_id=footage.device(k1), started_at=clock.now() - 5 * _MINUTE, seconds=300)
        assert steps.close(actor=cast.head, **named).state == FaultState.CLOSED


@pytest.mark.req("KH-8-1d")
def test_who_repaired_does_not_look_a_second_time(k1: Institution, cast: Cast) -> None:
    says(k1)
    fault_id = made.fault(k1, kind=FaultKind.DAMAGE)
    _repaired(k1, cast, fault_id)

    with pytest.raises(InvalidTransition, match="另一位人員"):
        steps.recheck(actor=cast.handler, tenant_id=k1.tenant_id, fault_id=fault_id, works=True, words="")


def test_what_the_second_look_finds_broken_goes_back(k1: Institution, cast: Cast) -> None:
    fault_id = made.fault(k1, kind=FaultKind.DAMAGE)
    _repaired(k1, cast, fault_id)
    named = {"tenant_id": k1.tenant_id, "fault_id": fault_id}
    with pytest.raises(Invalid):
        steps.recheck(actor=cast.head, works=False, words=" ", **named)

    back = steps.recheck(actor=cast.head, works=False, words="夜間仍無畫面", **named)

    assert (back.state, back.repaired_at) == (FaultState.IN_WORK, None)


def test_a_cause_and_how_it_was_repaired_are_told(k1: Institution, cast: Cast) -> None:
    named = {"tenant_id": k1.tenant_id, "fault_id": made.fault(k1)}
    steps.report(actor=cast.handler, cause="", words="", **named)

    for typed in ({"cause": "", "manner": "更換"}, {"cause": "老化", "manner": ""}):
        with pytest.raises(Invalid):
            steps.repair(actor=cast.handler, **typed, **named)


@pytest.mark.req("KH-8-1d")
def test_a_fault_is_cancelled_with_a_reason_and_comes_back_while_it_is_seen(k1: Institution, cast: Cast) -> None:
    says(k1, "C-GATE", recording=False, until=clock.now() - _HOUR)
    look(k1)
    named = {"tenant_id": k1.tenant_id, "fault_id": only(k1).id}
    with pytest.raises(Invalid):
        steps.cancel(actor=cast.handler, reason="", **named)
    steps.cancel(actor=cast.handler, reason="誤報", **named)
    db.session.commit()

    look(k1)

    assert [fault.state for fault in faults(k1)] == [FaultState.CANCELLED, FaultState.FOUND]


@pytest.mark.req("TY-3-3a")
def test_a_teacher_adds_a_word_and_ends_nothing(k1: Institution, cast: Cast) -> None:
    named = {"tenant_id": k1.tenant_id, "fault_id": made.fault(k1)}
    steps.note(actor=cast.teacher, words="下午還是黑的", **named)

    with pytest.raises(NotAllowed):
        steps.report(actor=cast.teacher, cause="", words="", **named)
    with pytest.raises(NotAllowed):
        steps.cancel(actor=cast.guard, reason="誤報", **named)


@pytest.mark.req("TY-3-3b")
def test_a_fault_is_given_to_somebody_of_the_institution_and_nobody_else(k1: Institution, cast: Cast) -> None:
    named = {"tenant_id": k1.tenant_id, "fault_id": made.fault(k1)}
    assert cast.guard.id is not None
    held = steps.assign(actor=cast.head, user_id=cast.guard.id, **named)

    assert held.handled_by == cast.guard.id
    with pytest.raises(NotFound):
        steps.assign(actor=cast.head, user_id=uuid4(), **named)


@pytest.mark.req("DR-08")
def test_another_institutions_fault_is_not_there(k1: Institution, cast: Cast) -> None:
    e1 = institution("E1")
    for fault_id in (uuid4(), e1.site_id):
        with pytest.raises(NotFound):
            steps.report(actor=cast.handler, tenant_id=k1.tenant_id, fault_id=fault_id, cause="", words="")
