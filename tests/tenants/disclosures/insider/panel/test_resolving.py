"""The resolution: who must have attended, what may be granted, and how a wrong note is put right."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import ProgrammingError

from infra import clock
from infra.db import db
from infra.queues import Job
from tenants.audit import queries as audit
from tenants.audit.events import Event
from tenants.disclosures.insider import filing
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.insider.panel import queries, resolving
from tenants.disclosures.insider.panel.models import (
    Attendance,
    Capacity,
    PanelCorrection,
    PanelResolution,
    Verdict,
)
from tenants.disclosures.insider.rules import Incident
from tenants.errors import Invalid, InvalidTransition, NeedsConfirmation, NotAllowed
from tests.tenants.disclosures.insider.panel.conftest import Panel


@pytest.mark.req("KH-6-2h", "KH-6-Pc")
def test_both_attend_and_agree_and_the_case_is_resolved(
    panel: Panel, case: InsiderRequest, sent: list[tuple[Job, dict[str, object]]]
) -> None:
    met = panel.met(case, parent_rep=Attendance.VIDEO)
    made = panel.resolve(case, met)
    assert (case.state, made.decision, made.number) == ("resolved", "agree", 1)
    assert {each["capacity"]: each["attendance"] for each in made.attendance}["parent_rep"] == "video"
    assert queries.resolution(tenant_id=panel.tenant_id, disclosure_id=case.id) == made
    told = {job[1]["member_id"] for job in sent if job[1].get("notice") == "resolved"}
    assert told == {each.id for each in queries.seated(tenant_id=panel.tenant_id, meeting_id=met.id)}
    assert (Job.SEND_MAIL, {"tenant_id": case.tenant_id, "disclosure_id": case.id, "step": "resolve"}) in sent
    events = [event.event for event in audit.latest(tenant_id=panel.tenant_id, limit=50)]
    assert "panel:resolved" in events
    assert audit.verify(tenant_id=panel.tenant_id) is None


@pytest.mark.req("KH-6-Pc", "KH-6-2h")
@pytest.mark.parametrize(
    ("absent", "words"), [("parent_rep", "家長代表未與會"), ("educator_rep", "教保服務人員代表未與會")]
)
def test_a_representative_who_was_invited_and_did_not_come_blocks_the_resolution(
    panel: Panel, case: InsiderRequest, absent: str, words: str
) -> None:
    met = panel.met(case, **{absent: Attendance.ABSENT})
    with pytest.raises(Invalid, match=words):
        panel.resolve(case, met)
    db.session.rollback()
    assert case.state == "submitted"


@pytest.mark.req("KH-6-Pc")
def test_nothing_is_resolved_before_attendance_is_noted_nor_noted_before_the_meeting(
    panel: Panel, case: InsiderRequest
) -> None:
    met = panel.convene(case, meets_at=clock.now() + timedelta(days=1))
    panel.all_declare(met)
    seats = queries.seated(tenant_id=panel.tenant_id, meeting_id=met.id)
    with pytest.raises(Invalid, match="還沒有到"):
        resolving.note_attendance(
            actor=panel.desk.scene.handler,
            tenant_id=panel.tenant_id,
            meeting_id=met.id,
            attendance={each.id: Attendance.PRESENT for each in seats},
        )
    met.meets_at = clock.now()
    with pytest.raises(Invalid, match="先登記每位成員的出席"):
        panel.resolve(case, met)


@pytest.mark.req("KH-6-Pc")
def test_nothing_is_resolved_before_the_meetings_time_though_attendance_stands(
    panel: Panel, case: InsiderRequest
) -> None:
    met = panel.met(case)
    met.meets_at = clock.now() + timedelta(minutes=18)
    with pytest.raises(Invalid, match="還沒有到") as refused:
        panel.resolve(case, met)
    assert refused.value.code == "not_begun"
    db.session.rollback()
    assert case.state == "submitted"


@pytest.mark.req("KH-6-Pc")
def test_once_everybody_is_there_a_meeting_begins_early_at_the_time_it_truly_began(
    panel: Panel, case: InsiderRequest
) -> None:
    met = panel.convene(case)
    was = met.meets_at
    panel.all_declare(met)
    panel.start(met)
    assert met.meets_at <= clock.now() < was
    begun = audit.of_subject(tenant_id=panel.tenant_id, subject_id=case.id, kinds=[Event.PANEL_STARTED_EARLY])
    told = next(each.fields for each in begun)
    assert (told["planned_at"], told["meets_at"]) == (was.isoformat(), met.meets_at.isoformat())
    assert panel.resolve(case, met).resolved_at >= met.meets_at
    with pytest.raises(InvalidTransition):
        panel.start(met)


@pytest.mark.req("KH-6-Pc")
@pytest.mark.parametrize("capacity", ["parent_rep", "educator_rep", "head"])
def test_a_meeting_does_not_begin_early_without_somebody_who_was_invited(
    panel: Panel, case: InsiderRequest, capacity: str
) -> None:
    met = panel.convene(case)
    was = met.meets_at
    with pytest.raises(Invalid, match="全體成員") as refused:
        panel.start(met, **{capacity: Attendance.ABSENT})
    db.session.rollback()
    assert refused.value.code == "not_all_there"
    assert met.meets_at == was


@pytest.mark.req("KH-6-Pc")
def test_a_meeting_whose_time_has_come_is_not_begun_early(panel: Panel, case: InsiderRequest) -> None:
    met = panel.convene(case)
    met.meets_at = clock.now()
    with pytest.raises(InvalidTransition, match="直接登記"):
        panel.start(met)


@pytest.mark.req("DR-27")
def test_a_member_who_attends_without_declaring_blocks_the_resolution(panel: Panel, case: InsiderRequest) -> None:
    met = panel.convene(case)
    for capacity in (Capacity.EDUCATOR_REP, Capacity.HEAD):
        panel.declare(panel.member(met, capacity))
    panel.note(met)
    with pytest.raises(Invalid, match="家長代表尚未完成利害關係聲明與保密切結"):
        panel.resolve(case, met)


@pytest.mark.req("DR-27")
def test_a_member_whom_the_case_was_found_to_concern_blocks_the_resolution(panel: Panel, case: InsiderRequest) -> None:
    met = panel.met(case)
    assert panel.educator.id is not None
    panel.desk.check(case, excluded=(panel.educator.id,))
    with pytest.raises(NotAllowed, match="利害關係"):
        panel.resolve(case, met)


@pytest.mark.req("KH-6-2h")
def test_a_second_meeting_makes_a_second_resolution_and_keeps_the_first(panel: Panel, case: InsiderRequest) -> None:
    first = panel.refused_by_the_panel(case, panel.met(case))
    second = panel.resolve(case, panel.met(case))
    kept = queries.resolutions(tenant_id=panel.tenant_id, disclosure_id=case.id)
    assert [(each.number, each.decision) for each in kept] == [(2, "agree"), (1, "refuse")]
    assert queries.resolution(tenant_id=panel.tenant_id, disclosure_id=case.id) == second
    assert first.id != second.id


@pytest.mark.req("KH-6-2h")
def test_a_meeting_resolves_once(panel: Panel, case: InsiderRequest) -> None:
    met = panel.met(case)
    panel.resolve(case, met)
    with pytest.raises(InvalidTransition, match="已作成決議"):
        panel.resolve(case, met)


@pytest.mark.req("KH-6-2h")
@pytest.mark.parametrize("table", [PanelResolution, PanelCorrection])
def test_the_database_lets_nobody_change_what_was_resolved(panel: Panel, case: InsiderRequest, table: type) -> None:
    panel.resolve(case, panel.met(case))
    changed = "minutes" if table is PanelResolution else "reason"
    with pytest.raises(ProgrammingError, match="permission denied"):
        db.session.execute(update(table).values({changed: "改寫"}))


@pytest.mark.req("KH-6-Pc")
def test_attendance_is_not_ticked_after_the_resolution_but_corrected_by_a_record(
    panel: Panel, case: InsiderRequest
) -> None:
    met = panel.met(case, head=Attendance.ABSENT)
    made = panel.resolve(case, met)
    with pytest.raises(InvalidTransition, match="更正紀錄"):
        panel.note(met)
    db.session.rollback()
    head = panel.member(met, Capacity.HEAD)
    for said, reason, words in ((Attendance.PRESENT, " ", "原因"), (Attendance.ABSENT, "誤植", "相同")):
        with pytest.raises(Invalid, match=words):
            _correct(panel, made, head.id, said, reason)
        db.session.rollback()
    _correct(panel, made, head.id, Attendance.PRESENT, "簽到單誤植")
    assert queries.attendance_of(made)[head.id] is Attendance.PRESENT
    assert {each["attendance"] for each in made.attendance if each["capacity"] == "head"} == {"absent"}
    assert queries.lacks(made) == ""


@pytest.mark.req("KH-6-Pc", "KH-6-2h")
def test_a_correction_that_takes_a_representative_away_takes_the_resolution_away(
    panel: Panel, case: InsiderRequest
) -> None:
    case = panel.desk.up_to_the_head(case)
    met = panel.met(case)
    made = panel.resolve(case, met)
    _correct(panel, made, panel.member(met, Capacity.PARENT_REP).id, Attendance.ABSENT, "家長代表實未到場")
    assert "家長代表未與會" in queries.lacks(made)
    with pytest.raises(InvalidTransition, match="家長代表未與會"):
        panel.desk.approve(case)


def _correct(panel: Panel, made: PanelResolution, member_id: object, said: Attendance, reason: str) -> None:
    resolving.correct_attendance(
        actor=panel.desk.scene.handler,
        tenant_id=panel.tenant_id,
        resolution_id=made.id,
        member_id=member_id,  # type: ignore[arg-type]
        said=said,
        reason=reason,
    )
    db.session.commit()


@pytest.mark.req("KH-6-3a")
def test_the_panel_grants_no_second_beyond_what_was_asked(panel: Panel, case: InsiderRequest) -> None:
    met = panel.met(case)
    wider = panel.grants(case, cut=-timedelta(seconds=1))
    with pytest.raises(Invalid, match="超出申請"):
        panel.resolve(case, met, grants=wider)
    db.session.rollback()
    with pytest.raises(Invalid, match="至少核准"):
        panel.resolve(case, met, grants=())


@pytest.mark.req("KH-6-2h")
def test_a_resolution_has_minutes(panel: Panel, case: InsiderRequest) -> None:
    with pytest.raises(Invalid) as refused:
        panel.resolve(case, panel.met(case), minutes=" ")
    assert refused.value.field == "minutes"


def _wider_than_the_incident(panel: Panel, *, by: timedelta) -> filing.Application:
    window = panel.desk.scene.window()
    incident = Incident(started_at=window.started_at, ended_at=window.ended_at - by)
    return panel.desk.application(incident=incident)


@pytest.mark.req("KH-6-3a")
def test_a_window_a_little_wider_than_the_incident_is_filed_with_a_warning(panel: Panel) -> None:
    made = _wider_than_the_incident(panel, by=timedelta(minutes=3))
    with pytest.raises(NeedsConfirmation, match="專案小組"):
        panel.desk.file(made)
    db.session.rollback()
    assert panel.desk.file(replace(made, confirmed=True)).state == "submitted"
    with pytest.raises(Invalid, match="超出事件"):
        panel.desk.file(replace(_wider_than_the_incident(panel, by=timedelta(minutes=6)), confirmed=True))


@pytest.mark.req("KH-6-3a")
def test_the_panel_confirms_the_margin_with_a_reason_or_narrows(panel: Panel) -> None:
    made = replace(_wider_than_the_incident(panel, by=timedelta(minutes=3)), confirmed=True)
    case = panel.desk.check(panel.desk.file(made))
    met = panel.met(case)
    with pytest.raises(Invalid) as refused:
        panel.resolve(case, met)
    assert refused.value.field == "beyond_reason"
    db.session.rollback()
    confirmed = panel.resolve(case, met, beyond_reason="需確認跌倒後由誰照顧")
    assert (confirmed.beyond_seconds, confirmed.beyond_reason) == (180, "需確認跌倒後由誰照顧")
    again = panel.met(case)
    narrowed = panel.resolve(
        case,
        again,
        decision=Verdict.PART,
        votes=panel.votes(again, Verdict.PART),
        grants=panel.grants(case, cut=timedelta(minutes=3)),
        reasons="以事件期間為限",
    )
    assert narrowed.beyond_seconds == 0


@pytest.mark.req("KH-6-2h")
def test_the_vote_decides_by_the_rule_that_was_stated(panel: Panel, case: InsiderRequest) -> None:
    met = panel.met(case)
    head = panel.member(met, Capacity.HEAD)
    divided = {**panel.votes(met), head.id: Verdict.REFUSE}
    made = panel.resolve(case, met, votes=divided)
    assert {each["vote"] for each in made.attendance} == {"agree", "refuse"}
