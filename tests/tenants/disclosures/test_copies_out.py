"""Until when an agency may keep a copy, what it reports, and that it is reminded and nothing lapses (row 61)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from infra import clock
from infra.db import db
from tenants import periods
from tenants.actor import system
from tenants.audit.models import AuditEvent
from tenants.disclosures.official import actions, copies_out
from tenants.disclosures.official.actions import CopyEnd
from tenants.disclosures.official.documents import OfficialDocument
from tenants.disclosures.official.models import OfficialRequest
from tenants.disclosures.packages.models import Package
from tenants.errors import Invalid, InvalidTransition, NotAllowed, NotFound
from tests.factories import people, retained
from tests.factories.requests import document
from tests.tenants.disclosures.conftest import Scene, officer_of
from tests.tenants.disclosures.test_handover import ready
from tests.tenants.disclosures.test_reopening import collected, fetch, reopen

pytestmark = pytest.mark.req("KH-6-5a", "KH-6-5b")
DAY = timedelta(days=1)


def report(scene: Scene, disclosure: OfficialRequest, **changes: object) -> OfficialRequest:
    scene.at_agency()
    told = {"how": CopyEnd.DESTROYED, "ended_on": clock.today(), "document": "銷毀紀錄第3號"} | changes
    done = actions.report_end(
        actor=scene.officer,
        tenant_id=scene.school.tenant_id,
        disclosure_id=disclosure.id,
        **told,  # type: ignore[arg-type]
    )
    db.session.commit()
    return done


def made_late(scene: Scene, disclosure: OfficialRequest) -> OfficialRequest:
    """The day of its copy was yesterday."""
    scene.at_school()
    row = db.session.get_one(OfficialRequest, disclosure.id)
    row.return_by = clock.today() - DAY
    db.session.commit()
    return row


def chase(scene: Scene, disclosure: OfficialRequest) -> bool:
    told = actions.chase(actor=system("chase_copy"), tenant_id=scene.school.tenant_id, disclosure_id=disclosure.id)
    db.session.commit()
    return told


@pytest.mark.req("KH-6-1g")
def test_the_head_sets_the_day_else_the_letter_else_six_months(scene: Scene) -> None:
    soon, later = clock.today() + 30 * DAY, clock.today() + 60 * DAY

    by_head = scene.decide(scene.file(scene.filing(document=document(return_by=later))), return_by=soon)
    by_letter = scene.decide(scene.file(scene.filing(document=_other("1", return_by=later))))
    by_default = scene.decide(scene.file(scene.filing(document=_other("2"))))

    assert [case.return_by for case in (by_head, by_letter)] == [soon, later]
    assert by_default.return_by == periods.add_months(clock.today(), 6)


def test_a_day_that_is_over_cannot_be_set(scene: Scene) -> None:
    with pytest.raises(Invalid, match="應晚於今天"):
        scene.file(scene.filing(document=document(return_by=clock.today())))
    db.session.rollback()
    disclosure = scene.file()

    with pytest.raises(Invalid, match="應晚於今天"):
        scene.decide(disclosure, return_by=clock.today())


def test_looking_alone_leaves_nothing_to_return(scene: Scene) -> None:
    assert scene.decide(scene.file(), copy=False, reasons="僅調閱").return_by is None


def test_an_agency_reports_what_became_of_its_copy_also_after_the_case_is_closed(scene: Scene) -> None:
    disclosure = collected(scene)
    scene.at_school()
    ids = {"tenant_id": scene.school.tenant_id, "disclosure_id": disclosure.id}
    actions.record_reply(actor=scene.handler, reply_number="晨幼字第1150000001號", reply_date=clock.today(), **ids)
    package_id = db.session.scalars(select(Package.id)).one()
    retained.copy(scene.school, package_id=package_id, custodian="學務組長", place="檔案室")
    actions.close(actor=scene.handler, **ids)
    db.session.commit()
    assert [copy.serial for copy in copies_out.copies_out(tenant_id=scene.school.tenant_id)] == [disclosure.serial]

    done = report(scene, disclosure)

    assert (done.copy_ended, done.copy_ended_on, done.state) == ("destroyed", clock.today(), "closed")
    scene.at_school()
    assert copies_out.copies_out(tenant_id=scene.school.tenant_id) == []
    event = db.session.scalars(select(AuditEvent).order_by(AuditEvent.seq.desc())).first()
    assert event is not None
    assert (event.event, event.fields["document"]) == ("disclosure:copy_ended", "銷毀紀錄第3號")
    with pytest.raises(Invalid, match="已回報"):
        report(scene, disclosure)


def test_a_copy_that_is_fetched_again_is_outside_again(scene: Scene) -> None:
    disclosure = collected(scene)
    report(scene, disclosure)
    reopen(scene, disclosure)
    fetch(scene, disclosure)

    scene.at_school()
    assert [copy.serial for copy in copies_out.copies_out(tenant_id=scene.school.tenant_id)] == [disclosure.serial]
    assert report(scene, disclosure).copy_ended == "destroyed"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ended_on": clock.today() + 2 * DAY}, "ended_on"),
        ({"ended_on": clock.today() - 2 * DAY}, "ended_on"),
        ({"document": " "}, "document"),
    ],
    ids=["ahead", "before it was fetched", "no document"],
)
def test_a_report_that_cannot_be_is_refused(scene: Scene, changes: dict[str, object], field: str) -> None:
    disclosure = collected(scene)

    with pytest.raises(Invalid) as raised:
        report(scene, disclosure, **changes)

    assert raised.value.field == field


@pytest.mark.req("DR-08")
def test_only_the_agency_that_has_the_copy_reports(scene: Scene) -> None:
    disclosure = collected(scene)
    other = people.agency("守園地方檢察署", kind="prosecution")
    ids = {"tenant_id": scene.school.tenant_id, "disclosure_id": disclosure.id}
    told = {"how": CopyEnd.RETURNED, "ended_on": clock.today(), "document": "1"}

    scene.at_agency(other)
    with pytest.raises(NotFound):
        actions.report_end(actor=officer_of(other), **ids, **told)  # type: ignore[arg-type]
    db.session.rollback()
    scene.at_school()
    with pytest.raises(NotAllowed):
        actions.report_end(actor=scene.handler, **ids, **told)  # type: ignore[arg-type]


def test_nothing_is_reported_before_it_was_fetched(scene: Scene) -> None:
    disclosure = scene.decide(scene.file())
    ready(scene, disclosure)

    with pytest.raises(InvalidTransition):
        report(scene, disclosure)


@pytest.mark.req("DR-31", "DR-06")
def test_an_agency_is_reminded_once_a_week_and_nothing_lapses(scene: Scene) -> None:
    disclosure = made_late(scene, collected(scene))
    tenant_id = scene.school.tenant_id
    assert copies_out.to_chase(tenant_id=tenant_id) == [disclosure.id]

    assert chase(scene, disclosure) is True
    assert copies_out.to_chase(tenant_id=tenant_id) == []
    assert chase(scene, disclosure) is False, "a job that is sent twice tells once"
    row = db.session.get_one(OfficialRequest, disclosure.id)
    assert (row.state, row.untold.count("chase")) == ("exported", 1)
    row.chased_at = clock.now() - copies_out.CHASED_EVERY
    db.session.commit()
    assert copies_out.to_chase(tenant_id=tenant_id) == [disclosure.id]
    assert [copy.return_by for copy in copies_out.copies_out(tenant_id=tenant_id)] == [clock.today() - DAY]


def test_who_reported_and_whose_day_is_not_over_is_left_alone(scene: Scene) -> None:
    disclosure = collected(scene)
    tenant_id = scene.school.tenant_id
    assert copies_out.to_chase(tenant_id=tenant_id) == []
    late = made_late(scene, disclosure)
    report(scene, late)
    scene.at_school()

    assert copies_out.to_chase(tenant_id=tenant_id) == []


def test_a_copy_that_nobody_fetched_is_chased_by_nobody(scene: Scene) -> None:
    disclosure = scene.decide(scene.file())
    ready(scene, disclosure)
    made_late(scene, disclosure)

    assert copies_out.to_chase(tenant_id=scene.school.tenant_id) == []
    fetch(scene, disclosure)
    scene.at_school()
    assert copies_out.to_chase(tenant_id=scene.school.tenant_id) == [disclosure.id]


def _other(last: str, return_by: date | None = None) -> OfficialDocument:
    return document(number=f"高市警左分偵字第1157123450{last}號", return_by=return_by)
