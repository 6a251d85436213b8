"""The head decides: all, part or nothing; with reasons and somebody to accompany, and only on a complete letter."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from infra import clock
from infra.db import db
from infra.queues import Job
from tenants.disclosures.asking import Grant
from tenants.disclosures.official import actions
from tenants.disclosures.official.documents import Element
from tenants.disclosures.packages.models import Package
from tenants.errors import Invalid, NotAllowed, NotFound
from tenants.people.models import User
from tenants.permissions import Role
from tenants.retention.models import Hold
from tests.factories.registry import institution
from tests.factories.requests import document
from tests.tenants.disclosures.conftest import Scene, actor_of, member


@pytest.mark.req("KH-6-1g", "KH-6-4a", "TY-5-2d")
@pytest.mark.parametrize("where", ["scene", "elementary"])
def test_full_consent_needs_no_reasons_and_orders_one_package(
    where: str, request: pytest.FixtureRequest, sent: list[tuple[Job, dict[str, object]]]
) -> None:
    scene: Scene = request.getfixturevalue(where)
    disclosure = scene.file(scene.filing(document=document(copy_necessity="移送檢察官偵辦需附證物光碟")))

    decided = scene.decide(disclosure)

    package = db.session.scalars(select(Package).where(Package.disclosure_id == decided.id)).one()
    assert (decided.state, decided.copy_approved, package.state) == ("approved", True, "pending")
    assert decided.decided_by == scene.head.id
    assert (Job.BUILD_PACKAGE, {"tenant_id": scene.school.tenant_id, "package_id": package.id}) in sent


@pytest.mark.req("KH-6-1g")
def test_partial_consent_narrows_the_window_and_says_why(scene: Scene) -> None:
    disclosure = scene.file()
    window = scene.windows(disclosure)[0]
    first_ten = Grant(
        window_id=window.id, started_at=window.started_at, ended_at=window.started_at + timedelta(minutes=10)
    )

    with pytest.raises(Invalid, match="理由") as silent:
        scene.decide(disclosure, grants=(first_ten,))
    db.session.rollback()
    decided = scene.decide(disclosure, grants=(first_ten,), reasons="其餘時段與案情無關")

    assert silent.value.field == "reasons"
    assert decided.state == "partially_approved"
    assert scene.windows(decided)[0].approved_until == first_ten.ended_at


@pytest.mark.req("KH-6-1g", "KH-6-1d")
def test_consent_to_look_but_not_to_copy_is_partial(scene: Scene) -> None:
    decided = scene.decide(scene.file(), copy=False, reasons="到場調閱即足")

    assert (decided.state, decided.copy_approved) == ("partially_approved", False)


@pytest.mark.req("KH-6-1d", "KH-6-1g")
def test_no_second_outside_the_asked_window_can_be_approved(scene: Scene) -> None:
    disclosure = scene.file()
    window = scene.windows(disclosure)[0]
    whole = Grant(window_id=window.id, started_at=window.started_at, ended_at=window.ended_at)
    second = timedelta(seconds=1)
    wrong = [
        (replace(whole, ended_at=window.ended_at + second),),
        (replace(whole, started_at=window.started_at - second),),
        (replace(whole, ended_at=window.started_at),),
        (replace(whole, window_id=uuid4()),),
        (whole, whole),
        (),
    ]

    for grants in wrong:
        with pytest.raises(Invalid) as refused:
            scene.decide(disclosure, grants=grants, reasons="理由")
        assert refused.value.field == "grants"
        db.session.rollback()


@pytest.mark.req("KH-6-1f", "KH-6-1b", "TY-5-2c")
def test_a_letter_that_lacks_an_element_cannot_be_approved_and_can_be_sent_back(scene: Scene) -> None:
    for element in Element:
        lacking = document(
            number=f"高市警左分偵字第1157123450{list(Element).index(element)}號",
            **{element.value: "了解狀況" if element is Element.DUTY else None},
        )
        disclosure = scene.file(scene.filing(document=lacking))
        with pytest.raises(Invalid, match="退請補正") as refused:
            scene.decide(disclosure)
        db.session.rollback()
        returned = actions.return_for_completion(
            actor=scene.handler,
            tenant_id=scene.school.tenant_id,
            disclosure_id=disclosure.id,
            missing=frozenset({element}),
            note="",
        )
        db.session.commit()
        assert refused.value.code == "incomplete_document"
        assert returned.state == "returned"
        assert db.session.get_one(Hold, disclosure.hold_id).ends_on is None


@pytest.mark.req("KH-6-1f")
def test_a_scope_that_is_too_wide_needs_reasons_even_for_full_consent(scene: Scene) -> None:
    disclosure = scene.file(scene.filing(document=document(scope="全部鏡頭"), confirmed=True))

    with pytest.raises(Invalid, match="範圍過廣"):
        scene.decide(disclosure)
    db.session.rollback()

    assert scene.decide(disclosure, reasons="連續竊案，確有必要").state == "approved"


@pytest.mark.req("TY-5-2b")
def test_at_an_elementary_school_a_copy_needs_its_necessity_and_looking_does_not(elementary: Scene) -> None:
    disclosure = elementary.file()

    with pytest.raises(Invalid, match="僅能核准調閱") as refused:
        elementary.decide(disclosure)
    db.session.rollback()
    decided = elementary.decide(disclosure, copy=False, reasons="未敘明複製必要性")

    assert refused.value.field == "copy"
    assert decided.copy_approved is False


@pytest.mark.req("KH-6-1d", "TY-5-2b")
def test_at_a_preschool_a_copy_needs_no_necessity_but_must_have_been_asked_for(scene: Scene) -> None:
    looking = scene.file(scene.filing(document=document(wants_copy=False)))

    with pytest.raises(Invalid, match="未申請複製"):
        scene.decide(looking, copy=True)


@pytest.mark.req("KH-7-1")
def test_who_accompanies_is_of_the_institution_at_work_and_not_who_asked(scene: Scene) -> None:
    disclosure = scene.file()
    elsewhere = member(institution("K2", name="青草幼兒園"), Role.STAFF, "別園的人")
    left = member(scene.school, Role.STAFF, "離職的人")
    user = db.session.get_one(User, left.id)
    user.deactivated_at, user.deactivated_by = clock.now(), uuid4()
    db.session.commit()

    for escort in (elsewhere.id, left.id, scene.officer.id, uuid4()):
        with pytest.raises(Invalid) as refused:
            scene.decide(disclosure, escort_id=escort)
        assert refused.value.field == "escort_id"
        db.session.rollback()


@pytest.mark.req("KH-6-1c", "KH-6-1g", "DR-09")
def test_nobody_but_the_head_and_a_closed_institutions_custodian_decides(scene: Scene) -> None:
    disclosure = scene.file()
    decision = scene.decision(disclosure)
    ids = {"tenant_id": scene.school.tenant_id, "disclosure_id": disclosure.id}
    scene.at_school()

    for role in set(Role) - {Role.HEAD, Role.CUSTODIAN}:
        somebody = actor_of(uuid4(), role)
        with pytest.raises(NotAllowed):
            actions.decide(actor=somebody, decision=decision, **ids)
        with pytest.raises(NotAllowed):
            actions.refuse(actor=somebody, reasons="理由", **ids)


@pytest.mark.req("DR-08", "KH-6-1c")
def test_a_case_of_another_institution_does_not_exist(scene: Scene) -> None:
    disclosure_id = scene.file().id
    other = institution("K2", name="青草幼兒園")
    head = member(other, Role.HEAD, "另一位園長")
    replace(scene, school=other).at_school()

    with pytest.raises(NotFound):
        actions.refuse(actor=head, tenant_id=other.tenant_id, disclosure_id=disclosure_id, reasons="理由")
    with pytest.raises(NotFound):
        actions.refuse(actor=head, tenant_id=scene.school.tenant_id, disclosure_id=disclosure_id, reasons="理由")
