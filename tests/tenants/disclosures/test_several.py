"""One letter to several institutions: linked cases, each decided alone, each seen by its own (KH-6-1c, DR-11)."""

from dataclasses import replace

import pytest
from sqlalchemy import select, text

from infra.db import db
from infra.tenancy import Binding, bind
from tenants.disclosures.official import actions
from tenants.disclosures.official import queries as official
from tenants.disclosures.official.models import OfficialRequest
from tenants.errors import Invalid, NeedsConfirmation, NotAllowed, NotFound
from tenants.retention.models import Hold
from tests.factories.registry import attached_preschool, institution
from tests.factories.requests import document, scan
from tests.tenants.disclosures.conftest import Scene, make_scene

pytestmark = pytest.mark.req("KH-6-1c")


@pytest.fixture
def other(scene: Scene) -> Scene:
    """A second institution, asked by the same officer."""
    school = institution("E1", kind="elementary_school", name="向陽國小", profile="TY_ELEMENTARY", cameras=("C-GATE",))
    return replace(make_scene(school), agency_id=scene.agency_id, officer=scene.officer, shelf=scene.shelf)


def send(scene: Scene, *scenes: Scene, **changes: object) -> tuple[OfficialRequest, ...]:
    places = [actions.Place(tenant_id=each.school.tenant_id, windows=(each.window(),)) for each in (scene, *scenes)]
    scene.at_agency()
    filing = scene.filing(**changes)
    cases = actions.file_letter(actor=scene.officer, places=places, filing=filing, store=scene.store)
    db.session.commit()
    for case in cases:
        db.session.refresh(case)  # while the agency sees them all
    return cases


def test_one_letter_becomes_a_case_and_a_hold_at_each_under_one_number_of_the_agencys(
    scene: Scene, other: Scene
) -> None:
    first, second = send(scene, other, document=document(copy_necessity="移送檢察官偵辦需附證物"))

    assert (first.tenant_id, second.tenant_id) == (scene.school.tenant_id, other.school.tenant_id)
    assert first.parent_number == second.parent_number
    assert first.parent_number.startswith("聯-")
    assert (first.profile, second.profile) == ("KH_PRESCHOOL", "TY_ELEMENTARY")
    assert len(scene.shelf.objects) == 2, "each institution has the letter under its own key"
    for of, case in ((scene, first), (other, second)):
        of.at_school()
        assert db.session.get_one(Hold, case.hold_id).released_at is None
    bind(db.session, Binding(agency_id=scene.agency_id))
    lines = official.agency_cases(agency_id=scene.agency_id)
    assert {line.parent_number for line in lines} == {first.parent_number}


@pytest.mark.req("DR-08")
def test_an_institution_learns_how_many_others_and_nothing_of_them(scene: Scene, other: Scene) -> None:
    first, second = send(scene, other)

    scene.at_school()
    ours = official.case(tenant_id=scene.school.tenant_id, disclosure_id=first.id)

    assert ours.disclosure.also_sent_to == 1
    assert (ours.siblings, ours.linked) == ((), ())
    with pytest.raises(NotFound):
        official.case(tenant_id=other.school.tenant_id, disclosure_id=second.id)
    for table in ("official_requests", "disclosures", "disclosure_windows", "letters", "holds"):
        seen = db.session.scalars(text(f"select distinct tenant_id from {table}")).all()  # noqa: S608 - our own names
        assert seen == [scene.school.tenant_id], table
    scene.at_agency()
    theirs = official.agency_case(agency_id=scene.agency_id, tenant_id=scene.school.tenant_id, disclosure_id=first.id)
    assert [line.id for line in theirs.siblings] == [second.id]
    assert theirs.linked == ()


@pytest.mark.req("KH-6-1g", "TY-5-2d")
def test_what_one_decides_changes_nothing_at_the_other(scene: Scene, other: Scene) -> None:
    first, second = send(scene, other)
    first_id, second_id = first.id, second.id
    scene.at_school()
    actions.refuse(actor=scene.head, tenant_id=scene.school.tenant_id, disclosure_id=first_id, reasons="範圍與案情無關")
    db.session.commit()

    other.at_school()
    assert db.session.get_one(OfficialRequest, second_id).state == "submitted"
    with pytest.raises(NotFound):
        actions.refuse(actor=scene.head, tenant_id=scene.school.tenant_id, disclosure_id=second_id, reasons="代為決定")
    db.session.rollback()
    bind(db.session, Binding(tenant_id=other.school.tenant_id))
    assert other.decide(db.session.get_one(OfficialRequest, second_id), copy=False, reasons="僅調閱").state


@pytest.mark.req("DR-11")
def test_one_letter_about_two_sites_of_a_school_is_split_by_regulation(scene: Scene, other: Scene) -> None:
    site_id, camera_id = attached_preschool(other.school)
    places = [
        actions.Place(tenant_id=other.school.tenant_id, windows=(other.window(),)),
        actions.Place(tenant_id=other.school.tenant_id, windows=(replace(other.window(), camera_id=camera_id),)),
    ]
    other.at_agency()

    cases = actions.file_letter(actor=other.officer, places=places, filing=other.filing(), store=scene.store)

    assert [case.profile for case in cases] == ["TY_ELEMENTARY", "KH_PRESCHOOL"]
    assert cases[1].site_id == site_id
    assert {case.also_sent_to for case in cases} == {0}, "no other institution has it"
    db.session.commit()
    other.at_school()
    found = official.case(tenant_id=other.school.tenant_id, disclosure_id=cases[0].id)
    assert [line.id for line in found.siblings] == [cases[1].id]


@pytest.mark.req("DR-11")
def test_one_request_across_two_sites_is_refused_and_says_to_split_it(scene: Scene, other: Scene) -> None:
    _site, camera_id = attached_preschool(other.school)
    windows = (other.window(), replace(other.window(), camera_id=camera_id))
    other.at_agency()

    with pytest.raises(Invalid, match="請分件申請"):
        actions.file_request(
            actor=other.officer,
            tenant_id=other.school.tenant_id,
            filing=other.filing(windows=windows),
            store=scene.store,
        )


def test_what_one_institution_cannot_take_is_filed_nowhere(scene: Scene, other: Scene) -> None:
    scene.at_agency()
    foreign = replace(other.window(), camera_id=scene.school.cameras["C-ROOM2"])
    places = [
        actions.Place(tenant_id=scene.school.tenant_id, windows=(scene.window(),)),
        actions.Place(tenant_id=other.school.tenant_id, windows=(foreign,)),
    ]

    with pytest.raises(actions.Elsewhere, match=r"向陽國小：.*不屬於這個機構") as raised:
        actions.file_letter(actor=scene.officer, places=places, filing=scene.filing(), store=scene.store)

    assert (raised.value.place, raised.value.field) == (1, "windows")
    db.session.rollback()
    bind(db.session, Binding(agency_id=scene.agency_id))
    assert official.agency_cases(agency_id=scene.agency_id) == []
    assert scene.shelf.objects == {}


@pytest.mark.req("KH-6-1e")
def test_what_is_unusual_anywhere_is_confirmed_once_for_all(scene: Scene, other: Scene) -> None:
    other.file()
    scene.at_agency()

    with pytest.raises(NeedsConfirmation) as raised:
        send(scene, other)

    assert [caution.code for caution in raised.value.cautions] == ["duplicate_number"]
    assert "向陽國小" in raised.value.cautions[0].message
    db.session.rollback()
    assert len(send(scene, other, confirmed=True, scan=scan())) == 2


def test_the_agencys_numbers_have_no_holes(scene: Scene, other: Scene) -> None:
    numbers = [send(scene, other)[0].parent_number]
    second = document(number="高市警左分偵字第11571234501號")
    numbers.append(send(scene, other, document=second, scan=scan())[0].parent_number)

    assert [number.rsplit("-", 1)[1] for number in numbers] == ["0001", "0002"]


@pytest.mark.parametrize("count", [0, 11])
def test_a_letter_goes_somewhere_and_not_everywhere(scene: Scene, count: int) -> None:
    scene.at_agency()
    places = [actions.Place(tenant_id=scene.school.tenant_id, windows=(scene.window(),))] * count

    with pytest.raises(Invalid, match="至多同時向10個場所"):
        actions.file_letter(actor=scene.officer, places=places, filing=scene.filing(), store=scene.store)


def test_nobody_of_a_school_sends_a_letter(scene: Scene) -> None:
    scene.at_school()
    place = actions.Place(tenant_id=scene.school.tenant_id, windows=(scene.window(),))

    with pytest.raises(NotAllowed):
        actions.file_letter(actor=scene.handler, places=[place], filing=scene.filing(), store=scene.store)

    db.session.rollback()
    scene.at_school()
    assert db.session.scalars(select(OfficialRequest)).all() == []


def test_the_window_of_each_place_is_its_own(scene: Scene, other: Scene) -> None:
    send(scene, other)

    for each in (scene, other):
        each.at_school()
        row = db.session.scalars(select(OfficialRequest)).one()
        (window,) = each.windows(row)
        assert window.camera_id == each.school.cameras["C-GATE"]
