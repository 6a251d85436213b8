"""After a breach: an application that is looked at waits for the head, who takes it back or lets it go on."""

from datetime import timedelta

import pytest

from infra import clock
from infra.db import db
from tenants.actor import person
from tenants.audit import queries as audit
from tenants.disclosures import halting, halts
from tenants.disclosures.halts import Halted
from tenants.disclosures.insider import deciding
from tenants.disclosures.models import Halt
from tenants.disclosures.viewing import appointing, ending, presence, queries
from tenants.disclosures.viewing.rules import Breach
from tenants.errors import Invalid, InvalidTransition, NotAllowed
from tenants.permissions import Role
from tests.factories import people
from tests.tenants.disclosures.conftest import member
from tests.tenants.disclosures.viewing.conftest import Booth

WHY = "全程監看，翻攝屬實"


def breach(booth: Booth, *by: str) -> None:
    """Somebody of those in the room filmed the screen, and the handler says so."""
    booth.begin()
    booth.open()
    told = Breach(kind="filmed", note="以手機拍攝螢幕", by=frozenset(by or {"viewer"}))
    ending.report_breach(actor=booth.operator, breach=told, **booth.ids)
    db.session.commit()


def decided(booth: Booth) -> list[str]:
    """What the chain has of halts, the oldest first."""
    said = [event.event for event in audit.latest(tenant_id=booth.tenant_id)]
    return [each for each in reversed(said) if each in {f"disclosure:{a}" for a in ("halted", "went_on", "taken_back")}]


def ids(booth: Booth) -> dict[str, object]:
    return {"tenant_id": booth.tenant_id, "disclosure_id": booth.case.id}


@pytest.mark.req("KH-6-2i", "KH-5-1c", "KH-6-5b")
def test_after_a_breach_nobody_looks_until_the_head_decided_and_the_head_is_told(booth: Booth) -> None:
    breach(booth)
    with pytest.raises(Halted, match="待機構首長決定"):
        booth.begin()
    db.session.rollback()
    with pytest.raises(Halted):
        appointing.appoint(
            actor=booth.operator, starts_at=clock.now() + timedelta(days=1), place="辦公室", **ids(booth)
        )
    db.session.rollback()
    with pytest.raises(Halted):
        deciding.close_application(actor=booth.operator, **ids(booth))
    db.session.rollback()
    head = booth.desk.scene.head
    assert [case.id for case in halting.waiting(tenant_id=booth.tenant_id, actor=head)] == [booth.case.id]
    assert "halt" in booth.case.untold
    with pytest.raises(NotAllowed):
        halting.go_on(actor=booth.operator, reasons=WHY, **ids(booth))
    with pytest.raises(Invalid) as refused:
        halting.go_on(actor=head, reasons=" ", **ids(booth))
    assert refused.value.field == "reasons"
    db.session.rollback()

    halting.go_on(actor=head, reasons="查明為誤會", **ids(booth))
    db.session.commit()
    assert halting.waiting(tenant_id=booth.tenant_id, actor=head) == []
    assert booth.begin().viewing.state == "running"
    assert decided(booth) == ["disclosure:halted", "disclosure:went_on"]


@pytest.mark.req("KH-6-2i", "KH-5-1c", "KH-7-4")
def test_what_was_taken_back_is_shown_to_nobody_and_can_be_closed_at_once(booth: Booth) -> None:
    head = booth.desk.scene.head
    appointing.appoint(actor=booth.operator, starts_at=clock.now() + timedelta(days=1), place="辦公室", **ids(booth))
    booth.begin()
    told = Breach(kind="others", note="另一人在場", by=frozenset({"other"}))
    ending.report_breach(actor=booth.operator, breach=told, **booth.ids)
    halting.take_back(actor=head, reasons=WHY, **ids(booth))
    db.session.commit()
    with pytest.raises(Halted, match="已撤銷"):
        booth.begin()
    db.session.rollback()
    assert appointing.appointment(**ids(booth)) is None  # type: ignore[arg-type]
    assert decided(booth) == ["disclosure:halted", "disclosure:taken_back"]
    with pytest.raises(InvalidTransition):
        halting.take_back(actor=head, reasons=WHY, **ids(booth))
    closed = deciding.close_application(actor=booth.operator, **ids(booth))
    assert closed.state == "closed", "nobody will come any more, and nothing was shown"


@pytest.mark.req("KH-6-2i", "KH-5-1c")
def test_it_may_turn_out_otherwise_after_it_was_taken_back(booth: Booth) -> None:
    breach(booth)
    head = booth.desk.scene.head
    halting.take_back(actor=head, reasons=WHY, **ids(booth))
    halting.go_on(actor=head, reasons="調查後並無翻攝", **ids(booth))
    db.session.commit()
    assert booth.begin().viewing.state == "running"
    assert decided(booth)[-1] == "disclosure:went_on"


@pytest.mark.req("KH-6-2i", "KH-7-1", "DR-27")
def test_one_of_ours_who_filmed_neither_accompanies_nor_decides_and_who_asked_loses_nothing(booth: Booth) -> None:
    breach(booth, str(person(booth.companion)))
    row, head = booth.case, booth.desk.scene.head
    assert (row.halt, row.barred) == (Halt.VIEWING, [str(booth.companion.id)])
    assert booth.companion.id not in {each.id for each in queries.companions(row)}
    with pytest.raises(InvalidTransition, match="違規的是機構人員"):
        halting.take_back(actor=head, reasons=WHY, **ids(booth))
    db.session.rollback()
    halting.go_on(actor=head, reasons="改由其他人員陪同", **ids(booth))
    db.session.commit()
    with pytest.raises(Invalid) as refused:
        booth.begin()
    assert refused.value.field == "companion"
    db.session.rollback()
    guard = member(booth.desk.scene.school, Role.GUARD, "李警衛")
    people.pin(person(guard))
    assert booth.begin(companion=person(guard)).viewing.state == "running"


@pytest.mark.req("KH-5-1c", "DR-27")
def test_a_head_who_committed_it_decides_nothing_and_hears_of_nothing(booth: Booth) -> None:
    head = booth.desk.scene.head
    people.pin(person(head))
    booth.begin(companion=person(head))
    told = Breach(kind="filmed", note="以手機拍攝螢幕", by=frozenset({str(head.id), "viewer"}))
    ending.report_breach(actor=booth.operator, breach=told, **booth.ids)
    db.session.commit()
    assert halting.waiting(tenant_id=booth.tenant_id, actor=head) == []
    with pytest.raises(NotAllowed, match="不能由您決定"):
        halting.go_on(actor=head, reasons=WHY, **ids(booth))
    db.session.rollback()
    other = member(booth.desk.scene.school, Role.HEAD, "代理園長")
    assert halting.go_on(actor=other, reasons=WHY, **ids(booth)).halt_end == "went_on"


@pytest.mark.req("DR-12", "KH-5-1c")
def test_a_session_that_runs_stops_when_its_case_is_halted(booth: Booth) -> None:
    booth.begin()
    halting.halt(actor=booth.desk.scene.head, what=Halt.ALL, **ids(booth))  # type: ignore[arg-type]
    db.session.commit()
    assert booth.stopped() == "case_over"
    assert decided(booth) == ["disclosure:halted"]
    halting.halt(actor=booth.desk.scene.head, what=Halt.VIEWING, **ids(booth))  # type: ignore[arg-type]
    assert decided(booth) == ["disclosure:halted"], "it waits for more already"


@pytest.mark.req("KH-6-2i")
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "x"}, "kind"),
        ({"by": frozenset()}, "by"),
        ({"by": frozenset({"nobody"})}, "by"),
        ({"note": ""}, "note"),
    ],
)
def test_a_breach_says_what_and_by_whom_of_those_who_were_there(
    booth: Booth, changes: dict[str, object], field: str
) -> None:
    booth.begin()
    said: dict[str, object] = {"kind": "filmed", "note": "拍攝螢幕", "by": frozenset({"viewer"})}
    with pytest.raises(Invalid) as refused:
        ending.report_breach(actor=booth.operator, breach=Breach(**(said | changes)), **booth.ids)  # type: ignore[arg-type]
    assert refused.value.field == field
    assert not halts.waits(booth.case)


@pytest.mark.req("KH-6-2i", "KH-5-1c")
def test_who_tells_of_it_did_not_commit_it(booth: Booth) -> None:
    booth.begin()
    told = Breach(kind="filmed", note="拍攝螢幕", by=frozenset({str(booth.operator.id)}))
    with pytest.raises(Invalid, match="通報的人不能是違規的人"):
        ending.report_breach(actor=booth.operator, breach=told, **booth.ids)


@pytest.mark.req("DR-14")
def test_a_session_that_ended_does_not_ask_for_a_pin_to_go_on(booth: Booth) -> None:
    breach(booth)
    with pytest.raises(presence.Stopped) as refused:
        presence.live(**booth.own)  # type: ignore[arg-type]
    assert "PIN" not in str(refused.value)
