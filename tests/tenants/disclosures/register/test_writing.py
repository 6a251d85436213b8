"""補登 and 更正: lines keep the times of their paper, numbers go on, and nothing that stands is ever changed."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from infra import age, clock, object_keys
from infra.db import db
from tenants.audit import queries as chain
from tenants.disclosures import inventory
from tenants.disclosures.official.models import OfficialRequest
from tenants.disclosures.papers import scans
from tenants.disclosures.register import reading, writing
from tenants.disclosures.register.models import RegisterEntry
from tenants.disclosures.register.rules import Accessor, Seen, WrittenLine
from tenants.errors import Invalid, NotAllowed, NotFound
from tenants.roc_dates import roc_year
from tests.factories.requests import scan
from tests.tenants.disclosures.conftest import Scene, officer_of
from tests.tenants.disclosures.insider.conftest import Desk

OFFICER = Accessor(name="陳志明", unit="向陽分局偵查隊", title="偵查佐")
# Whenever the test is run: a line begins half a day before today and takes twenty minutes.
BEHIND, AHEAD = clock.day_start(clock.today()), clock.now() + timedelta(days=7)
SERGEANT = Accessor(name="李國華", unit="向陽分局偵查隊", title="小隊長")


def line(hours_before: int = 12, **changes: object) -> WrittenLine:
    """A viewing of twenty minutes, so many hours before today began, as the paper has it."""
    start = clock.day_start(clock.today()) - timedelta(hours=hours_before)
    seen = Seen(camera="前門", started_at=start - timedelta(hours=2), ended_at=start - timedelta(hours=1))
    made = WrittenLine(
        people=(OFFICER,),
        started_at=start,
        ended_at=start + timedelta(minutes=20),
        seen=(seen,),
        summary="偵辦竊盜案",
        viewed=True,
        copied=False,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def enter(scene: Scene, case: Any, number: str = "紙115-1", **changes: Any) -> RegisterEntry:  # noqa: ANN401 - either door
    scene.at_school()
    given: dict[str, Any] = {
        "actor": scene.handler,
        "tenant_id": scene.school.tenant_id,
        "disclosure_id": case.id,
        "line": line(),
        "operator_id": scene.handler.id,
        "paper_number": number,
        "store": scene.store,
    }
    made = writing.enter_paper(**given | changes)
    db.session.commit()
    return made


def correct(scene: Scene, entry: RegisterEntry, **changes: Any) -> RegisterEntry:  # noqa: ANN401 - as the action's
    given: dict[str, Any] = {
        "actor": scene.handler,
        "tenant_id": scene.school.tenant_id,
        "entry_id": entry.id,
        "line": line(summary="偵辦詐欺案"),
        "operator_id": None,
        "reason": "事由誤繕",
    }
    made = writing.correct(**given | changes)
    db.session.commit()
    return made


@pytest.fixture
def case(scene: Scene) -> OfficialRequest:
    return scene.file()


@pytest.mark.req("DR-20", "KH-7-2", "KH-7-3", "KH-A2-02")
def test_three_paper_lines_after_an_outage_keep_their_own_times_and_get_the_next_numbers(
    scene: Scene, case: OfficialRequest
) -> None:
    written = [line(hours) for hours in (9, 6, 3)]
    for index, each in enumerate(written):
        enter(scene, case, f"紙115-{index}", line=each)

    found = reading.lines(tenant_id=scene.school.tenant_id, roc_year=roc_year(clock.today()))
    assert [each.number for each in found] == [1, 2, 3]
    assert [(each.accessed_from, each.accessed_until) for each in found] == [
        (each.started_at, each.ended_at) for each in written
    ]
    assert [each.paper_number for each in found] == ["紙115-0", "紙115-1", "紙115-2"]
    assert {each.entered_by for each in found} == {"林怡君"}
    assert all(each.entered_at > each.accessed_until and each.scan_id is None for each in found)
    assert [each.event for each in chain.latest(tenant_id=scene.school.tenant_id)].count("register:paper_entered") == 3


@pytest.mark.req("KH-A2-03", "KH-A2-04", "KH-A2-05", "KH-7-3")
def test_everybody_who_was_there_and_what_was_really_seen_is_kept(scene: Scene, case: OfficialRequest) -> None:
    entry = enter(scene, case, line=line(people=(OFFICER, SERGEANT), copied=True))

    (shown,) = reading.shown([entry], tenant_id=scene.school.tenant_id)
    assert shown.people == (OFFICER, SERGEANT)
    assert [each.camera for each in shown.seen] == ["前門"]
    assert (shown.viewed, shown.copied, shown.online) == (True, True, False)


@pytest.mark.req("DR-20", "KH-7-3", "KH-A2-05", "KH-A2-06", "KH-A2-08")
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"people": ()}, "people"),
        ({"people": (replace(OFFICER, title=" "),)}, "people"),
        ({"people": (replace(OFFICER, unit=""),)}, "people"),
        ({"people": (OFFICER,) * 11}, "people"),
        ({"ended_at": AHEAD}, "ended_at"),
        ({"started_at": AHEAD}, "ended_at"),
        ({"seen": ()}, "windows"),
        ({"seen": (Seen(camera="前門", started_at=BEHIND, ended_at=BEHIND),)}, "windows"),
        ({"seen": (Seen(camera="前門", started_at=BEHIND, ended_at=AHEAD),)}, "windows"),
        ({"summary": " "}, "summary"),
        ({"summary": "案" * 61}, "summary"),
        ({"viewed": False}, "handling"),
    ],
)
def test_a_line_that_says_too_little_or_lies_ahead_is_refused(
    scene: Scene, case: OfficialRequest, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        enter(scene, case, line=line(**changes))
    assert refused.value.field == field


@pytest.mark.req("DR-20")
def test_one_paper_is_entered_once(scene: Scene, case: OfficialRequest) -> None:
    enter(scene, case)
    with pytest.raises(Invalid, match=r"已登載於.*第1號"):
        enter(scene, case)
    db.session.rollback()
    with pytest.raises(Invalid, match="紙本編號"):
        enter(scene, case, " ")


@pytest.mark.req("KH-A2-07", "DR-08", "KH-6-2d")
def test_only_the_institution_enters_about_its_own_cases_with_one_of_its_people_as_the_operator(
    scene: Scene, case: OfficialRequest
) -> None:
    with pytest.raises(NotAllowed):
        enter(scene, case, actor=scene.officer)
    with pytest.raises(Invalid, match="系統操作承辦人"):
        enter(scene, case, operator_id=officer_of(scene.agency_id).id)
    with pytest.raises(NotFound):
        enter(scene, case, disclosure_id=UUID(int=7))


@pytest.mark.req("KH-A2-08", "KH-6-2j")
def test_what_an_insider_looked_at_was_never_copied(preschool: Desk) -> None:
    case = preschool.file()
    with pytest.raises(Invalid, match="不得複製") as refused:
        enter(preschool.scene, case, line=line(copied=True))
    assert refused.value.field == "handling"


@pytest.mark.req("DR-27")
def test_whom_a_case_concerns_enters_nothing_about_it(preschool: Desk) -> None:
    handler = preschool.scene.handler
    assert handler.id is not None
    case = preschool.check(preschool.file(), excluded=(handler.id,))
    with pytest.raises(NotFound):
        enter(preschool.scene, case)


@pytest.mark.req("KH-7-2", "KH-7-5")
def test_a_correction_adds_a_line_that_names_the_one_it_corrects_and_changes_none(
    scene: Scene, case: OfficialRequest
) -> None:
    first = enter(scene, case)
    before = {name: getattr(first, name) for name in ("summary", "number", "accessed_from", "entered_at")}
    made = correct(scene, first)
    again = correct(scene, made, line=line(summary="偵辦恐嚇案"), reason="再更正")

    found = reading.lines(tenant_id=scene.school.tenant_id, roc_year=first.roc_year)
    assert [each.number for each in found] == [1, 2, 3]
    assert {name: getattr(first, name) for name in before} == before
    assert [each.corrects for each in found] == [None, (first.roc_year, 1), (first.roc_year, 2)]
    assert found[0].corrected_by == ((first.roc_year, 2),)
    assert (found[1].correction_reason, found[1].operator, found[1].paper_number) == ("事由誤繕", "林怡君", "")
    assert again.summary == "偵辦恐嚇案"
    with pytest.raises(Invalid, match="原因"):
        correct(scene, first, reason=" ")
    db.session.rollback()
    with pytest.raises(NotAllowed):
        correct(scene, first, actor=scene.officer)


@pytest.mark.req("KH-7-2", "KH-7-4", "KH-7-5")
@pytest.mark.parametrize(
    "statement",
    [
        "update register_entries set summary = 'x'",
        "delete from register_entries",
        "update paper_scans set pages = 2",
        "delete from paper_scans",
        "delete from disclosures",
        "delete from insider_requests",
        "delete from signatures",
    ],
)
def test_the_database_itself_lets_nobody_change_or_remove_what_must_be_kept(scene: Scene, statement: str) -> None:
    scene.at_school()
    with pytest.raises(Exception, match="permission denied"):
        db.session.execute(db.text(statement))
    db.session.rollback()


@pytest.mark.req("DR-20", "KH-6-2d", "DR-22")
def test_a_scan_is_sealed_to_the_institution_and_may_come_later(scene: Scene, case: OfficialRequest) -> None:
    tenant_id = scene.school.tenant_id
    entry = enter(scene, case)
    assert scans.of_entries(tenant_id=tenant_id, entry_ids=[entry.id]) == {}, "待補掃描"

    kept = scans.scan_entry(actor=scene.head, tenant_id=tenant_id, entry_id=entry.id, scan=scan(), store=scene.store)
    db.session.commit()

    key = object_keys.letter(tenant_id=tenant_id, letter_id=kept.id)
    assert age.decrypt(scene.shelf.objects[key], scene.records_secret).startswith(b"%PDF")
    assert scans.of_entries(tenant_id=tenant_id, entry_ids=[entry.id]) == {entry.id: kept.id}
    expected = [each.key for each in inventory.letters(tenant_id=tenant_id)]
    assert key in expected, "or the nightly comparison would call it a stray"
    assert expected == sorted(expected)


@pytest.mark.req("DR-20")
def test_a_scan_comes_with_the_line_too_and_a_file_that_is_none_is_refused(scene: Scene, case: OfficialRequest) -> None:
    entry = enter(scene, case, scan=scan())
    assert entry.id in scans.of_entries(tenant_id=scene.school.tenant_id, entry_ids=[entry.id])
    with pytest.raises(Invalid, match="請選擇"):
        scans.scan_entry(
            actor=scene.head, tenant_id=scene.school.tenant_id, entry_id=entry.id, scan=None, store=scene.store
        )


@pytest.mark.req("DR-37", "KH-A2-06")
def test_of_a_sealed_case_the_book_says_its_number_and_not_why(preschool: Desk) -> None:
    case = preschool.file(preschool.application(ground="gender_incident"))
    entry = enter(preschool.scene, case, line=line(summary="性別事件，被害人林可可"))

    (shown,) = reading.shown([entry], tenant_id=preschool.tenant_id)
    assert shown.summary == f"{case.serial} 密封案件"
