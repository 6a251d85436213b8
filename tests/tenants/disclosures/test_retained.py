"""The copy for reference as its case and its keepers know it: closing, custody, review, and whom it concerns."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from unittest.mock import patch
from uuid import UUID

import pytest

from infra import clock
from infra.db import db
from infra.queues import Job
from tenants.actor import system
from tenants.audit import queries as audit
from tenants.audit.openings import OPEN_FOR
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.official import actions
from tenants.disclosures.official.models import OfficialRequest
from tenants.disclosures.packages.models import Package
from tenants.disclosures.register import actions as register
from tenants.disclosures.register.actions import Line
from tenants.disclosures.retained import clocks, closing, ending, history, opening, queries, reviewing
from tenants.disclosures.retained.form_data import form_text
from tenants.disclosures.retained.models import RetainedCopy
from tenants.errors import DomainError, Invalid, InvalidTransition, NotAllowed, NotFound
from tenants.permissions import Role
from tenants.retention.clocks import CopyClass
from tests.factories import insiders, retained
from tests.factories.registry import institution
from tests.factories.requests import document
from tests.factories.retained import BY_LAW, NEEDED
from tests.tenants.disclosures.conftest import Scene, make_scene, member
from tests.tenants.disclosures.test_handover import collect, link, ready

DAY = timedelta(days=1)


def carried_out(scene: Scene) -> OfficialRequest:
    """A case that was answered, and whose copy its officer fetched."""
    necessary = document(copy_necessity="現場調閱無法逐格比對")
    disclosure = scene.decide(scene.file(scene.filing(document=necessary)))
    ready(scene, disclosure)
    collect(scene, link(scene, disclosure))
    scene.at_school()
    actions.record_reply(
        actor=scene.handler,
        tenant_id=scene.school.tenant_id,
        disclosure_id=disclosure.id,
        reply_number="晨園字第1150000001號",
        reply_date=clock.today(),
    )
    db.session.commit()
    return disclosure


def copied(scene: Scene, disclosure: OfficialRequest, **changes: object) -> UUID:
    package_id = db.session.scalars(db.select(Package.id).where(Package.disclosure_id == disclosure.id)).one()
    return retained.copy(scene.school, package_id=package_id, **changes)


def close(scene: Scene, disclosure: OfficialRequest) -> str:
    """The state afterwards, or the code of the refusal."""
    try:
        return actions.close(actor=scene.handler, tenant_id=scene.school.tenant_id, disclosure_id=disclosure.id).state
    except Invalid as refused:
        db.session.rollback()
        return refused.code


def refused(error: type[DomainError], act: Callable[..., object], **given: object) -> str:
    with pytest.raises(error) as caught:
        act(**given)
    db.session.rollback()
    return str(caught.value)


@pytest.mark.req("KH-6-4a", "DR-06")
def test_the_line_of_the_register_sends_the_job_and_the_case_waits_for_it(
    scene: Scene, sent: list[tuple[Job, dict[str, object]]]
) -> None:
    disclosure = carried_out(scene)
    of = {"tenant_id": scene.school.tenant_id, "disclosure_id": disclosure.id}
    assert (Job.MAKE_RETAINED_COPY, of) in sent
    assert close(scene, disclosure) == "no_retained_copy"
    copy_id = copied(scene, disclosure, made_at=None, sha256="", review_on=None, failures=3, last_error="x: 沒有回應。")
    assert close(scene, disclosure) == "no_retained_copy", "a copy that failed is no copy"
    assert [kept.copy.id for kept in queries.incomplete(tenant_id=scene.school.tenant_id)] == [copy_id]


@pytest.mark.req("KH-6-4a")
def test_a_preschool_closes_once_the_copy_is_made_and_need_not_say_who_keeps_it(scene: Scene) -> None:
    disclosure = carried_out(scene)
    copied(scene, disclosure)
    assert close(scene, disclosure) == "closed"


@pytest.mark.req("TY-5-3a")
def test_a_school_says_who_keeps_the_copy_and_where_before_the_case_closes(elementary: Scene) -> None:
    scene = elementary
    disclosure = carried_out(scene)
    of = {"tenant_id": scene.school.tenant_id, "copy_id": copied(scene, disclosure)}
    assert close(scene, disclosure) == "no_custodian"
    for wrong in ({"custodian": "", "place": "總務處"}, {"custodian": "事務組長", "place": " "}):
        refused(Invalid, reviewing.keep_at, actor=scene.handler, **of, **wrong)
    for custodian in ("事務組長", "總務主任"):
        reviewing.keep_at(actor=scene.handler, **of, custodian=custodian, place="總務處")
        db.session.commit()
    assert close(scene, disclosure) == "closed"
    told = [(each.step, each.custodian) for each in history.history(**of)]
    assert told == [("made", ""), ("kept", "事務組長"), ("kept", "總務主任")], "what was said before stays"
    events = [event for event in audit.latest(tenant_id=of["tenant_id"], limit=20) if event.event == "retained:kept"]
    assert len(events) == 2
    assert "總務主任" not in str([event.fields for event in events]), "the chain names nobody who keeps it"


@pytest.mark.req("KH-6-4a")
def test_a_refused_case_keeps_its_form_only(scene: Scene) -> None:
    disclosure = scene.file()
    scene.at_school()
    ids = {"tenant_id": scene.school.tenant_id, "disclosure_id": disclosure.id}
    actions.refuse(actor=scene.head, **ids, reasons="與案情無關")
    actions.record_reply(actor=scene.handler, **ids, reply_number="晨園字第1150000001號", reply_date=clock.today())
    db.session.commit()
    assert queries.waiting(tenant_id=scene.school.tenant_id) == []
    assert close(scene, disclosure) == "closed"
    assert queries.living(tenant_id=scene.school.tenant_id) == []


def test_where_the_year_took_what_it_would_be_made_of_the_case_may_still_close(scene: Scene) -> None:
    disclosure = carried_out(scene)
    assert closing.fault_of(disclosure) is not None
    package = db.session.scalars(db.select(Package).where(Package.disclosure_id == disclosure.id)).one()
    package.destroyed_at = clock.now()
    db.session.flush()
    assert closing.fault_of(disclosure) is None


@pytest.mark.req("KH-6-4a", "DR-20")
def test_a_line_of_a_paper_about_what_was_never_granted_here_keeps_no_case_open(scene: Scene) -> None:
    disclosure, now = scene.file(), clock.now()
    scene.at_school()
    said = {"name": "陳志明", "unit": "向陽分局", "title": "偵查佐", "summary": "補登", "operator": "林怡君"}
    register.enter(
        actor=scene.handler, disclosure=disclosure, line=Line(**said, started_at=now, ended_at=now, copied=False)
    )
    assert queries.is_carried_out(disclosure)
    assert closing.fault_of(disclosure) is None


@pytest.mark.req("KH-6-4a")
def test_the_sweep_finds_what_a_lost_queue_forgot_and_nothing_that_is_made_or_over(scene: Scene) -> None:
    disclosure, of = carried_out(scene), scene.school.tenant_id
    assert queries.waiting(tenant_id=of) == [], "there is nothing to make it of"
    package = db.session.scalars(db.select(Package).where(Package.disclosure_id == disclosure.id)).one()
    package.wrapped_secret = b"sealed"
    db.session.commit()
    assert queries.waiting(tenant_id=of) == [disclosure.id]
    with patch.object(clock, "now", return_value=clock.now() + 365 * DAY):
        assert queries.waiting(tenant_id=of) == [], "its year is over, so the copy would be destroyed at once"
    copied(scene, disclosure)
    assert queries.waiting(tenant_id=of) == []


def in_days(days: int) -> date:
    return clock.today() + days * DAY


@pytest.mark.req("KH-6-4b", "KH-5-4a", "KH-5-4b")
def test_the_head_keeps_a_copy_within_its_year_and_past_it_by_law_only(scene: Scene) -> None:
    of = {"tenant_id": scene.school.tenant_id, "copy_id": copied(scene, carried_out(scene))}
    said = of | {"actor": scene.head, "reason": "申訴審理中"}
    refused(
        NotAllowed, reviewing.extend_copy, **said | {"actor": scene.handler}, review_on=in_days(300), grounds=NEEDED
    )
    refused(
        NotAllowed, reviewing.extend_copy, **said | {"actor": system("sweep")}, review_on=in_days(300), grounds=NEEDED
    )
    assert "逾一年仍須保存者" in refused(Invalid, reviewing.extend_copy, **said, review_on=in_days(365), grounds=NEEDED)
    kept = reviewing.extend_copy(**said, review_on=in_days(300), grounds=NEEDED)
    assert (kept.review_on, kept.basis, kept.document) == (in_days(300), "request", "")
    kept = reviewing.extend_copy(**said, review_on=in_days(365), grounds=BY_LAW)
    assert (kept.basis, kept.reference, kept.document) == ("other_law", "檔案法第8條", "高市教字第11500123號")
    with patch.object(clock, "now", return_value=clock.now() + 400 * DAY):
        assert ending.ended_since(tenant_id=of["tenant_id"]) == [], "a law keeps it"
        (overdue,) = clocks.of_cameras(tenant_id=of["tenant_id"], now=clock.now())
        assert (overdue.excused, overdue.alert_days(clock.now())) == (False, 360), "whose review passed is an alarm"
    kept = reviewing.extend_copy(**said, review_on=in_days(10), grounds=NEEDED)
    assert (kept.basis, kept.reference, kept.document) == ("request", "", "")


@pytest.mark.req("KH-6-4b", "KH-5-4a")
def test_a_copy_is_destroyed_on_the_heads_word_with_a_reason_and_after_its_case(
    scene: Scene, sent: list[tuple[Job, dict[str, object]]]
) -> None:
    disclosure = carried_out(scene)
    of = {"tenant_id": scene.school.tenant_id, "copy_id": copied(scene, disclosure)}
    said = of | {"actor": scene.head, "reason": "無保存之必要"}
    refused(InvalidTransition, reviewing.end_copy, **said)
    assert close(scene, disclosure) == "closed"
    db.session.commit()
    refused(NotAllowed, reviewing.end_copy, **said | {"actor": scene.handler})
    refused(Invalid, reviewing.end_copy, **said | {"reason": " "})
    assert ending.ended_since(tenant_id=of["tenant_id"]) == []
    reviewing.end_copy(**said)
    db.session.commit()
    assert (Job.DESTROY_RETAINED_COPY, of) in sent
    assert [copy_id for copy_id, _ in ending.ended_since(tenant_id=of["tenant_id"])] == [of["copy_id"]]
    for again in (
        reviewing.end_copy,
        lambda **given: reviewing.extend_copy(**given, review_on=in_days(9), grounds=NEEDED),
    ):
        refused(InvalidTransition, again, **said)


def test_a_copy_goes_before_nobodys_word_and_not_before_its_year(scene: Scene) -> None:
    of = {"tenant_id": scene.school.tenant_id, "copy_id": copied(scene, carried_out(scene))}
    refused(InvalidTransition, ending.destroy_copy, actor=system("destroy_retained_copy"), **of, store=None)
    with patch.object(clock, "now", return_value=clock.now() + 365 * DAY):
        ending.destroy_copy(actor=system("destroy_retained_copy"), **of, store=None)  # type: ignore[arg-type]
        kept = db.session.get_one(RetainedCopy, of["copy_id"])
        assert (kept.wrapped_secret, kept.end_reason, kept.ended_by) == (None, ending.YEAR_IS_OVER, None)


@pytest.mark.req("KH-6-4b", "TY-5-3b", "TY-4-4a")
@pytest.mark.parametrize(("door", "late"), [("scene", 1), ("elementary", 0)])
def test_an_overdue_review_is_a_violation_where_it_must_go_and_a_reminder_where_it_may(
    door: str, late: int, request: pytest.FixtureRequest
) -> None:
    scene: Scene = request.getfixturevalue(door)
    of = scene.school.tenant_id
    copied(scene, carried_out(scene), review_on=in_days(-1))
    now = clock.now()
    assert clocks.waiting(tenant_id=of, now=now) == clocks.Waiting(ended=[], late_reviews=late, incomplete=0)
    year = now + 366 * DAY
    with patch.object(clock, "now", return_value=year):
        found = clocks.waiting(tenant_id=of, now=year)
        (told,) = clocks.of_cameras(tenant_id=of, now=year)
    assert len(found.ended) == 1, "past its year it is late at either"
    assert (told.copy, told.alert_days(year), told.late_minutes(year) > 0) == (CopyClass.RETAINED, 360, True)


@pytest.mark.req("KH-6-4a", "DR-27")
def test_it_is_opened_by_who_operates_with_a_reason_and_by_nobody_whom_it_concerns(scene: Scene) -> None:
    of = {"tenant_id": scene.school.tenant_id, "copy_id": copied(scene, carried_out(scene))}
    refused(NotAllowed, opening.open_copy, actor=scene.head, **of, reason="看一下")
    refused(Invalid, opening.open_copy, actor=scene.handler, **of, reason=" ")
    refused(NotAllowed, opening.check_opened, actor=scene.handler, **of)
    opening.open_copy(actor=scene.handler, **of, reason="救濟程序核對")
    assert opening.check_opened(actor=scene.handler, **of).id == of["copy_id"]
    other = member(scene.school, Role.HANDLER, "林大同")
    refused(NotAllowed, opening.check_opened, actor=other, **of)
    with patch.object(clock, "now", return_value=clock.now() + OPEN_FOR):
        refused(NotAllowed, opening.check_opened, actor=scene.handler, **of)


@pytest.mark.req("DR-27", "DR-37")
def test_whom_an_application_concerns_reads_nothing_of_its_copy(scene: Scene) -> None:
    scene.at_school()
    of = scene.school.tenant_id
    case = db.session.get_one(InsiderRequest, insiders.request(scene.school))
    package = Package(tenant_id=of, disclosure_id=case.id, state="ready", ordered_at=clock.now())
    db.session.add(package)
    db.session.flush()
    copy_id = retained.copy(scene.school, package_id=package.id)
    case.excluded = [str(scene.handler.id)]
    db.session.commit()
    assert queries.shown(tenant_id=of, actor=scene.handler) == []
    assert [kept.copy.id for kept in queries.shown(tenant_id=of, actor=scene.head)] == [copy_id]
    refused(NotFound, queries.shown_one, tenant_id=of, copy_id=copy_id, actor=scene.handler)
    refused(NotAllowed, opening.open_copy, actor=scene.handler, tenant_id=of, copy_id=copy_id, reason="看一下")
    kept = reviewing.keep_at(actor=scene.head, tenant_id=of, copy_id=copy_id, custodian="", place="")
    assert kept.custodian == ""


@pytest.mark.req("KH-6-4a", "DR-37")
def test_the_form_that_is_kept_shows_no_more_of_an_identity_number_than_the_form_itself(scene: Scene) -> None:
    scene.at_school()
    case = db.session.get_one(InsiderRequest, insiders.request(scene.school))
    kept = json.loads(form_text(case, []))
    assert kept["form"]["id_masked"] == case.id_masked
    assert not [name for name in ("id_sealed", "id_search", "excluded", "event_id") if name in kept["form"]]
    assert [each["box"] for each in kept["signatures"]] == ["applicant"]


@pytest.mark.req("DR-08")
def test_another_institution_finds_nothing(scene: Scene) -> None:
    copy_id = copied(scene, carried_out(scene))
    elsewhere = make_scene(institution("K2", name="青草幼兒園"))
    elsewhere.at_school()
    of = {"tenant_id": elsewhere.school.tenant_id, "copy_id": copy_id}
    refused(NotFound, queries.kept, **of)
    refused(NotFound, opening.open_copy, actor=elsewhere.handler, **of, reason="看一下")
    refused(NotFound, reviewing.keep_at, actor=elsewhere.head, **of, custodian="甲", place="乙")
    refused(NotFound, ending.destroy_copy, actor=system("destroy_retained_copy"), **of, store=None)
    assert queries.living(tenant_id=of["tenant_id"]) == []
