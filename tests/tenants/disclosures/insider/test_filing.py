"""Filing preserves at once, keeps no number readable, and asks what each regulation asks."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from infra import clock
from infra.db import db
from infra.queues import Job
from tenants.disclosures.asking import HOLD_MARGIN, AskedWindow
from tenants.disclosures.insider import filing
from tenants.disclosures.insider.models import InsiderRequest, Signature
from tenants.disclosures.insider.rules import Applicant, Incident
from tenants.disclosures.models import DisclosureWindow
from tenants.errors import Invalid, NeedsConfirmation, NotAllowed, NotFound
from tenants.people import identity_keeping
from tenants.permissions import Role
from tenants.registry.models import Camera, Site
from tenants.retention.models import Hold, HoldWindow
from tests.factories.insiders import LOOKUP, PARENT
from tests.factories.registry import attached_preschool, institution
from tests.made_identity_numbers import number as made_number
from tests.tenants.disclosures.conftest import member
from tests.tenants.disclosures.insider.conftest import Desk


@pytest.mark.req("KH-6-2d", "KH-6-2g", "DR-01", "KH-A1-12")
def test_filing_gives_a_number_preserves_with_a_margin_and_signs(
    preschool: Desk, sent: list[tuple[Job, dict[str, object]]]
) -> None:
    asked = preschool.scene.window()

    case = preschool.file(replace(preschool.application(), windows=(asked,)))

    held = db.session.scalars(select(HoldWindow).where(HoldWindow.hold_id == case.hold_id)).one()
    assert (held.started_at, held.ended_at) == (asked.started_at - HOLD_MARGIN, asked.ended_at + HOLD_MARGIN)
    assert case.serial.endswith("-0001")
    assert (case.state, case.filed_by, case.panel_required) == ("submitted", None, True)
    assert [s.box for s in db.session.scalars(select(Signature))] == ["applicant"]
    assert (Job.COPY_HOLD, {"tenant_id": case.tenant_id, "hold_id": case.hold_id}) in sent


@pytest.mark.req("TY-5-1f", "TY-X-1")
def test_an_elementary_school_has_no_panel(desk: Desk) -> None:
    case = desk.file(desk.application(ground="personal_rights", incident=None))
    assert not case.panel_required


@pytest.mark.req("DR-22", "KH-A1-04")
def test_the_identity_number_is_sealed_masked_and_found_by_its_hash_only(preschool: Desk) -> None:
    number = made_number()
    case = preschool.file(preschool.application(identity=number))

    key = identity_keeping.lookup_key(LOOKUP, tenant_id=case.tenant_id)
    assert case.id_masked == number.masked
    assert number.full not in str(vars(case))
    assert number.full.encode() not in case.id_sealed
    assert identity_keeping.opened(case.id_sealed, preschool.scene.records_secret, row=case.id) == number
    query = select(InsiderRequest.id).where(InsiderRequest.id_search == identity_keeping.search_key(number, key))
    assert db.session.scalars(query).all() == [case.id]


@pytest.mark.req("KH-6-2c2", "DR-37")
@pytest.mark.parametrize(
    ("ground", "sealed"), [("gender_incident", True), ("suspected_mistreatment", True), ("accident", False)]
)
def test_sensitive_grounds_seal_the_case(preschool: Desk, ground: str, sealed: bool) -> None:  # noqa: FBT001 - a table
    case = preschool.file(preschool.application(ground=ground))

    assert case.sealed is sealed
    (hold,) = db.session.scalars(select(Hold)).all()
    assert (hold.necessity == "密封案件") is sealed


@pytest.mark.req("KH-6-3b")
def test_what_is_wholly_destroyed_may_be_asked_for_and_holds_nothing(
    preschool: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = filing.availability.of_span
    monkeypatch.setattr(filing.availability, "of_span", lambda **of: replace(real(**of), recorded=(), destroyed=True))
    case = preschool.file()
    assert (case.hold_id, db.session.scalars(select(Hold)).all()) == (None, [])
    assert db.session.scalars(select(DisclosureWindow).where(DisclosureWindow.disclosure_id == case.id)).all()


BAD = [
    ({"name": " "}, "name"),
    ({"phone": ""}, "phone"),
    ({"unit": ""}, "unit"),
    ({"title": ""}, "title"),
    ({"acknowledged": ""}, "acknowledged"),
    ({"email": ""}, "email"),
    ({"reason": "。。。"}, "reason"),
    ({"relation": "本人"}, "relation"),
    ({"child_name": ""}, "child_name"),
    ({"ground": "curiosity"}, "ground"),
    ({"incident": None}, "incident"),
    ({"paper_number": "紙-7"}, "paper_number"),
]


@pytest.mark.req("KH-6-2e", "KH-6-2f", "KH-6-3a", "KH-7-3", "KH-A1-02", "KH-A1-05", "KH-A1-07", "KH-A1-17")
@pytest.mark.parametrize(("changes", "field"), BAD, ids=[field for _, field in BAD])
def test_a_form_that_lacks_something_is_refused_beside_it_and_holds_nothing(
    preschool: Desk, changes: dict[str, object], field: str
) -> None:
    actor = preschool.scene.handler if "paper_number" in changes else PARENT
    with pytest.raises(Invalid) as refused:
        preschool.file(preschool.application(**changes), actor=actor)
    assert refused.value.field == field
    db.session.rollback()
    assert db.session.scalars(select(Hold)).all() == []


@pytest.mark.req("KH-A1-03", "DR-20")
def test_a_paper_form_keeps_its_own_day_and_is_keyed_in_by_the_handler(preschool: Desk) -> None:
    day = clock.today() - timedelta(days=2)
    paper = preschool.application(paper_number="紙-7", applied_on=day, email="")

    case = preschool.file(paper, actor=preschool.scene.handler)

    signature = db.session.scalars(select(Signature)).one()
    assert (case.applied_on, case.filed_by, signature.user_id) == (day, preschool.scene.handler.id, None)
    with pytest.raises(Invalid, match="晚於今天"):
        preschool.file(replace(paper, applied_on=clock.today() + timedelta(days=1)), actor=preschool.scene.handler)


@pytest.mark.req("DR-20")
def test_nobody_calls_their_own_application_a_paper(preschool: Desk) -> None:
    paper = preschool.application(paper_number="紙-7", applied_on=clock.today())
    for actor in (PARENT, member(preschool.scene.school, Role.STAFF, "許老師")):
        with pytest.raises(NotAllowed):
            preschool.file(paper, actor=actor)
        db.session.rollback()


@pytest.mark.req("KH-6-2c3")
def test_what_is_unusual_is_sent_once_it_was_confirmed(preschool: Desk) -> None:
    unusual = preschool.application(ground="workplace_bullying")
    with pytest.raises(NeedsConfirmation):
        preschool.file(unusual)
    db.session.rollback()
    assert preschool.file(replace(unusual, confirmed=True)).ground == "workplace_bullying"


@pytest.mark.req("KH-A1-08", "DR-08", "KH-6-2a")
def test_a_camera_of_another_school_is_simply_not_there(preschool: Desk) -> None:
    other = institution("K2")
    foreign = replace(preschool.scene.window(), camera_id=other.cameras["C-GATE"])
    with pytest.raises(Invalid, match="不屬於"):
        preschool.file(replace(preschool.application(), windows=(foreign,)))


@pytest.mark.req("KH-A1-08")
def test_a_camera_that_was_retired_since_is_asked_for_as_any_other(preschool: Desk) -> None:
    asked = preschool.scene.window(ago=timedelta(days=3))
    camera = db.session.get_one(Camera, asked.camera_id)
    camera.active_from, camera.retired_on = clock.today() - timedelta(days=30), clock.today() - timedelta(days=2)
    db.session.commit()

    case = preschool.file(preschool.application(windows=(asked,), incident=_of(asked)))

    held = db.session.scalars(select(HoldWindow).where(HoldWindow.hold_id == case.hold_id)).one()
    assert held.camera_id == asked.camera_id


@pytest.mark.req("KH-A1-08")
@pytest.mark.parametrize(("begins", "minutes"), [(timedelta(days=1), 30), (timedelta(days=3), 2 * 24 * 60)])
def test_for_days_after_it_was_retired_a_camera_cannot_be_asked_for(
    preschool: Desk, begins: timedelta, minutes: int
) -> None:
    asked = preschool.scene.window(ago=begins, minutes=minutes)
    camera = db.session.get_one(Camera, asked.camera_id)
    camera.active_from, camera.retired_on = clock.today() - timedelta(days=30), clock.today() - timedelta(days=2)
    db.session.commit()
    with pytest.raises(Invalid, match="之後沒有錄影") as refused:
        preschool.file(preschool.application(windows=(asked,), incident=_of(asked)))
    assert refused.value.field == "windows"


def _of(window: AskedWindow) -> Incident:
    return Incident(started_at=window.started_at, ended_at=window.ended_at)


@pytest.mark.req("KH-6-2f", "KH-A1-10")
def test_a_window_may_cross_midnight(preschool: Desk) -> None:
    midnight = clock.day_start(clock.today() - timedelta(days=1))
    asked = replace(
        preschool.scene.window(), started_at=midnight - timedelta(minutes=10), ended_at=midnight + timedelta(minutes=10)
    )
    case = preschool.file(preschool.application(windows=(asked,), incident=_of(asked)))
    (row,) = preschool.scene.windows(case)  # type: ignore[arg-type]
    assert (row.started_at, row.ended_at) == (asked.started_at, asked.ended_at)


@pytest.mark.req("DR-11", "TY-X-1", "KH-A1-08")
def test_places_under_two_regulations_are_asked_for_apart(preschool: Desk) -> None:
    school = Site(tenant_id=preschool.tenant_id, code="E9", name="國小部", profile="TY_ELEMENTARY")
    db.session.add(school)
    db.session.flush()
    first = preschool.scene.window()
    other = Camera(
        tenant_id=preschool.tenant_id,
        site_id=school.id,
        code="E-HALL",
        name="川堂",
        zone=db.session.get_one(Camera, first.camera_id).zone,
        active_from=clock.today() - timedelta(days=30),
    )
    db.session.add(other)
    db.session.commit()
    with pytest.raises(Invalid, match="請分件申請"):
        preschool.file(preschool.application(windows=(first, replace(first, camera_id=other.id))))


@pytest.mark.req("DR-11")
def test_a_camera_that_moved_to_the_preschool_goes_by_its_rules_from_that_day_only(desk: Desk) -> None:
    school, moved_on = desk.scene.school, clock.today() - timedelta(days=2)
    before, after = desk.scene.window(ago=timedelta(days=4)), desk.scene.window(ago=timedelta(days=1))
    _, moved = attached_preschool(school)
    desk.scene.at_school()
    old, new = db.session.get_one(Camera, before.camera_id), db.session.get_one(Camera, moved)
    old.active_from, old.retired_on, new.active_from = moved_on - timedelta(days=30), moved_on, moved_on
    db.session.commit()
    plain = {"ground": "personal_rights", "incident": None}
    assert desk.file(desk.application(windows=(before,), **plain)).profile == "TY_ELEMENTARY"
    there = replace(after, camera_id=moved)
    asked = desk.file(desk.application(windows=(there,), incident=_of(there)))
    assert (asked.profile, asked.panel_required) == ("KH_PRESCHOOL", True)
    for wrong in (after, replace(before, camera_id=moved)):
        with pytest.raises(Invalid, match="沒有錄影"):
            desk.file(desk.application(windows=(wrong,), incident=_of(wrong)))
        db.session.rollback()


@pytest.mark.req("KH-6-2c6")
def test_a_right_that_nobody_names_is_asked_about_and_kept_as_nothing(desk: Desk) -> None:
    unnamed = desk.application(ground="personal_rights", incident=None, concerned_right="")
    with pytest.raises(NeedsConfirmation) as asked:
        desk.file(unnamed)
    assert [each.code for each in asked.value.cautions] == ["no_right"]
    db.session.rollback()
    assert desk.file(replace(unnamed, confirmed=True)).concerned_right == ""
    named = desk.application(ground="personal_rights", incident=None)
    assert desk.file(named).concerned_right == "財物遺失或毀損"


@pytest.mark.req("KH-6-2a")
def test_somebody_of_another_institution_files_nothing_here(preschool: Desk) -> None:
    elsewhere = replace(member(institution("K2"), Role.STAFF, "許老師"), roles=frozenset())
    preschool.scene.at_school()
    with pytest.raises(NotAllowed):
        preschool.file(actor=elsewhere)


@pytest.mark.req("KH-6-2a")
def test_an_agencys_officer_is_no_insider(preschool: Desk) -> None:
    with pytest.raises(NotAllowed):
        preschool.file(actor=preschool.scene.officer)


@pytest.mark.req("DR-01", "KH-6-2g")
def test_withdrawing_ends_the_hold_after_the_appeal_period(preschool: Desk) -> None:
    case = preschool.file()
    filing.withdraw_application(actor=PARENT, tenant_id=case.tenant_id, disclosure_id=case.id)
    db.session.commit()
    hold = db.session.get_one(Hold, case.hold_id)
    assert (case.state, hold.released_at) == ("withdrawn", None)
    assert hold.ends_on is not None
    assert hold.ends_on > clock.today()


@pytest.mark.req("DR-08")
def test_a_member_of_staff_takes_back_only_their_own(preschool: Desk) -> None:
    teacher, other = (member(preschool.scene.school, Role.STAFF, name) for name in ("許老師", "邱老師"))
    own = preschool.application(applicant=Applicant.TEACHER, relation="本人", child_name="", child_class="", email="")
    case = preschool.file(own, actor=teacher)
    for actor, of in ((other, case.id), (teacher, uuid4())):
        with pytest.raises(NotFound):
            filing.withdraw_application(actor=actor, tenant_id=case.tenant_id, disclosure_id=of)
        db.session.rollback()
    filing.withdraw_application(actor=teacher, tenant_id=case.tenant_id, disclosure_id=case.id)
