"""What a panel has on paper: minutes, the statement to sign with ink, and that somebody signed it."""

from datetime import timedelta
from typing import Any

import pytest

from infra import clock
from infra.db import db
from tenants.audit import queries as chain
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.insider.panel import papers, resolving, sitting, statements
from tenants.disclosures.insider.panel.models import Attendance, Capacity, PanelMeeting, PanelMember
from tenants.disclosures.insider.panel.sitting import PaperStatement
from tenants.errors import Invalid, InvalidTransition, NotAllowed
from tests import printouts
from tests.tenants.disclosures.insider.panel.conftest import Panel
from tests.tenants.forms.made import printed

needs_faces = pytest.mark.needs("faces", "pdftotext")


def minutes(case: InsiderRequest, met: PanelMeeting) -> str:
    return printouts.words(printed(papers.minutes(case, met, printed_by="林怡君")))


def record(panel: Panel, seat: PanelMember, **changes: Any) -> PanelMember:  # noqa: ANN401 - as the action's
    signed = {"paper_number": "切結115-3", "signed_on": clock.today()} | changes
    made = sitting.record_paper_statement(
        actor=signed.pop("actor", panel.desk.scene.handler),
        tenant_id=panel.tenant_id,
        member_id=seat.id,
        statement=PaperStatement(**signed),
    )
    db.session.commit()
    return made


@needs_faces
@pytest.mark.req("KH-6-Pc", "KH-6-2h")
def test_minutes_say_who_came_what_they_declared_how_they_voted_and_what_was_resolved(
    panel: Panel, case: InsiderRequest
) -> None:
    met = panel.met(case)
    panel.narrowed_by_the_panel(case, met)

    said = minutes(case, met)

    assert said.startswith(f"專案小組會議紀錄案號{case.serial}開會時間")
    for capacity, name in (("教保服務人員代表", "張淑芬"), ("家長代表", "陳美玲"), ("校（園）長／負責人", "王園長")):
        assert f"{capacity}{name}到場線上簽署" in said
    assert said.count("部分同意") >= 4
    assert "最後五分鐘與事件無關" in said
    assert "全體同意調閱一支鏡頭" in said
    assert "第1次" in said


@needs_faces
@pytest.mark.req("KH-6-Pc")
def test_minutes_keep_what_was_noted_and_what_was_corrected_side_by_side(panel: Panel, case: InsiderRequest) -> None:
    met = panel.met(case)
    made = panel.resolve(case, met)
    seat = panel.member(met, Capacity.HEAD)
    resolving.correct_attendance(
        actor=panel.desk.scene.handler,
        tenant_id=panel.tenant_id,
        resolution_id=made.id,
        member_id=seat.id,
        said=Attendance.VIDEO,
        reason="簽到單誤植",
    )
    db.session.commit()

    said = minutes(case, met)
    assert "王園長到場" in said
    assert "更正紀錄" in said
    assert "到場視訊簽到單誤植" in said


@needs_faces
@pytest.mark.req("KH-6-Pb", "DR-37", "DR-22")
def test_minutes_name_neither_the_applicant_nor_the_child_nor_a_number(panel: Panel) -> None:
    made = panel.desk.application(reason="115年11月18日上午，林可可於滑梯旁跌倒，左臂擦傷，需了解經過")
    case = panel.desk.check(panel.desk.file(made))
    said = minutes(case, panel.met(case))

    assert "幼兒（學生）甲於滑梯旁跌倒" in said
    assert [name for name in ("林可可", "林小惠", made.identity.full, "0912-345-678") if name in said] == []


@needs_faces
@pytest.mark.req("KH-6-Pc", "DR-27")
def test_before_the_resolution_the_paper_says_that_there_is_none(panel: Panel, case: InsiderRequest) -> None:
    met = panel.convene(case)
    panel.declare(panel.member(met, Capacity.EDUCATOR_REP), conflict=True, note="當事幼兒的姑姑")

    said = minutes(case, met)
    assert "尚未作成決議" in said
    assert "聲明有利害關係，迴避" in said


@needs_faces
@pytest.mark.req("KH-6-Pb", "KH-5-1c")
def test_a_statement_to_sign_has_the_very_text_of_the_page(panel: Panel, case: InsiderRequest) -> None:
    seat = panel.member(panel.convene(case), Capacity.PARENT_REP)

    said = printouts.words(printed(papers.statement(case, seat, printed_by="林怡君")))

    assert "姓名陳美玲擔任身分家長代表" in said
    for words in (statements.CONFLICT, *statements.SECRECY[statements.NEWEST_SECRECY]):
        assert "".join(words.split()) in said
    assert "簽名" in said


@pytest.mark.req("KH-6-Pb", "KH-6-Pc", "DR-20")
def test_a_statement_signed_with_ink_counts_once_the_convener_recorded_it(panel: Panel, case: InsiderRequest) -> None:
    met = panel.convene(case)
    for capacity in (Capacity.EDUCATOR_REP, Capacity.HEAD):
        panel.declare(panel.member(met, capacity))
    seat = record(panel, panel.member(met, Capacity.PARENT_REP))
    panel.note(met)

    assert panel.resolve(case, met).number == 1
    assert (seat.statement_paper, seat.statement_signed_on) == ("切結115-3", clock.today())
    assert seat.statement_recorded_by == panel.desk.scene.handler.id
    events = [each for each in chain.latest(tenant_id=panel.tenant_id) if each.event == "panel:statement_recorded"]
    assert [each.fields["number"] for each in events] == ["切結115-3"]
    with pytest.raises(InvalidTransition):
        record(panel, seat)


@pytest.mark.req("KH-6-Pb")
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"paper_number": " "}, "paper_number"),
        ({"signed_on": None}, "signed_on"),
        ({"signed_on": clock.today() + timedelta(days=2)}, "signed_on"),
        ({"version": "99"}, "paper_number"),
    ],
)
def test_a_paper_without_number_or_day_is_not_recorded(
    panel: Panel, case: InsiderRequest, changes: dict[str, object], field: str
) -> None:
    seat = panel.member(panel.convene(case), Capacity.PARENT_REP)
    with pytest.raises(Invalid) as refused:
        record(panel, seat, **changes)
    assert refused.value.field == field


@pytest.mark.req("KH-6-Pb", "DR-27")
def test_who_signed_on_line_needs_no_paper_and_only_the_convener_records_one(
    panel: Panel, case: InsiderRequest
) -> None:
    seat = panel.member(panel.convene(case), Capacity.PARENT_REP)
    with pytest.raises(NotAllowed):
        record(panel, seat, actor=panel.educator)
    db.session.rollback()
    panel.declare(seat)
    with pytest.raises(Invalid, match="不必再登記紙本"):
        record(panel, seat)
