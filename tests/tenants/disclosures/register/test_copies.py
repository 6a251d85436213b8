"""The register on paper and as a spreadsheet: whole pages, title and time always, an identity number never."""

from datetime import timedelta

import pytest

from infra import clock, spreadsheets
from infra.db import db
from tenants.audit import queries as chain
from tenants.disclosures.register import copies
from tenants.disclosures.register.rules import Accessor
from tenants.errors import NotAllowed
from tenants.registry import queries as registry
from tenants.registry.regulations import profile
from tenants.roc_dates import format_date, format_time, roc_year
from tests import printouts
from tests.factories.insiders import application
from tests.tenants.disclosures.conftest import Scene
from tests.tenants.disclosures.insider.conftest import Desk
from tests.tenants.disclosures.register.test_writing import OFFICER, SERGEANT, correct, enter, line
from tests.tenants.forms.made import printed

YEAR = roc_year(clock.today())
needs_faces = pytest.mark.needs("faces", "pdftotext")


def pdf(scene: Scene, **period: object) -> bytes:
    scene.at_school()
    tenant = registry.tenant(tenant_id=scene.school.tenant_id)
    rule = profile("KH_PRESCHOOL", clock.today())
    made = printed(copies.printed(actor=scene.head, tenant=tenant, rule=rule, year=YEAR, **period))  # type: ignore[arg-type]
    db.session.commit()
    return made


def rows(scene: Scene) -> list[dict[str, object]]:
    scene.at_school()
    found = copies.exported(actor=scene.head, tenant_id=scene.school.tenant_id, year=YEAR, form="csv")
    db.session.commit()
    return [dict(zip(found[0], row, strict=True)) for row in found[1:]]  # type: ignore[call-overload]


@needs_faces
@pytest.mark.req("KH-7-3", "KH-A2-02", "KH-A2-03", "KH-A2-04", "DR-20", "DR-21")
def test_a_printed_line_has_title_clock_time_the_marks_and_what_corrects_it(scene: Scene) -> None:
    case = scene.file()
    written = line(people=(OFFICER, SERGEANT))
    correct(scene, enter(scene, case, "紙115-3", line=written))

    said = printouts.words(pdf(scene))

    hours = f"{format_time(written.started_at)}–{format_time(written.ended_at)}"
    assert f"{hours}陳志明李國華向陽分局偵查隊偵查佐向陽分局偵查隊小隊長" in said
    assert "1補登紙115-3見第2號更正" in said
    assert "2更正第1號" in said
    assert "偵辦詐欺案（更正：事由誤繕）" in said


@needs_faces
@pytest.mark.req("KH-7-1", "KH-7-3", "KH-A2-06")
def test_who_accompanied_stands_with_the_reason_on_paper_and_in_a_column_of_a_file(scene: Scene) -> None:
    enter(scene, scene.file(), line=line(accompanied_by="張老師、李老師"))
    assert "偵辦竊盜案（陪同：張老師、李老師）" in printouts.words(pdf(scene))
    assert [row["陪同人員"] for row in rows(scene)] == ["張老師、李老師"]


@needs_faces
@pytest.mark.req("KH-A2-09")
def test_a_period_prints_whole_pages_under_their_own_numbers(scene: Scene) -> None:
    case = scene.file()
    for number in range(16):
        enter(scene, case, f"紙{number}", line=line(24 * 3 - 12 if number == 15 else 24 * 9))
    day = clock.today() - timedelta(days=3)
    tomorrow = clock.today() + timedelta(days=1)

    whole = printouts.words(pdf(scene))
    assert f"冊次：{YEAR}年第1頁／共2頁" in whole
    assert f"冊次：{YEAR}年第2頁／共2頁" in whole
    only = printouts.words(pdf(scene, first=day - timedelta(days=1), last=day + timedelta(days=1)))
    assert f"冊次：{YEAR}年第2頁／共2頁" in only
    assert "第1頁／共2頁" not in only
    assert "冊次：第頁／共頁" in printouts.words(pdf(scene, first=tomorrow))


@needs_faces
@pytest.mark.req("DR-37", "KH-A2-06")
def test_a_sealed_case_prints_and_exports_its_number_and_not_why(preschool: Desk) -> None:
    case = preschool.file(preschool.application(ground="gender_incident"))
    enter(preschool.scene, case, line=line(summary="性別事件，被害人林可可"))

    assert f"{case.serial}密封案件" in printouts.words(pdf(preschool.scene))
    assert "性別" not in printouts.words(pdf(preschool.scene))
    assert rows(preschool.scene)[0]["調閱原因摘要"] == f"{case.serial} 密封案件"


@pytest.mark.req("KH-7-3", "DR-24", "DR-21")
def test_an_export_drops_neither_title_nor_time(scene: Scene) -> None:
    written = line(people=(OFFICER, SERGEANT))
    enter(scene, scene.file(), line=written)

    (row,) = rows(scene)
    assert (row["申請人"], row["職稱"]) == ("陳志明；李國華", "偵查佐；小隊長")
    assert row["調閱日期"] == format_date(clock.civil_day(written.started_at))
    assert (row["開始時間"], row["補登紙本編號"], row["登載者"]) == (
        format_time(written.started_at),
        "紙115-1",
        "林怡君",
    )
    events = [each for each in chain.latest(tenant_id=scene.school.tenant_id) if each.event == "register:copied"]
    assert [(each.fields["form"], each.fields["lines"]) for each in events] == [("csv", 1)]


@pytest.mark.req("DR-22", "DR-24")
def test_no_export_has_an_identity_number_and_none_runs_a_formula(preschool: Desk) -> None:
    made = application(preschool.scene.window())
    case = preschool.file(made)
    people = (Accessor(name="=cmd|'/c calc'!A0", unit="+1", title="@x"),)
    enter(preschool.scene, case, line=line(people=people, summary="-1"))

    found = copies.exported(actor=preschool.scene.head, tenant_id=preschool.tenant_id, year=YEAR, form="ods")
    for file in (spreadsheets.as_csv(found), spreadsheets.as_ods(found, sheet="115年")):
        assert made.identity.full.encode() not in file
    said = spreadsheets.as_csv(found).decode("utf-8-sig")
    assert "'=cmd|'/c calc'!A0" in said
    assert [cell for cell in ("'+1", "'@x", "'-1") if cell not in said] == []


@pytest.mark.req("KH-7-2")
def test_only_who_may_read_the_register_takes_a_copy(scene: Scene) -> None:
    with pytest.raises(NotAllowed):
        copies.exported(actor=scene.officer, tenant_id=scene.school.tenant_id, year=YEAR, form="csv")
