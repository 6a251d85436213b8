"""The ledger of equipment and restricted brands, long because all of it types one entry in one way."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy.exc import IntegrityError

from infra import clock
from infra.db import db
from tenants.audit import queries as audit
from tenants.errors import Invalid, InvalidTransition, NotFound
from tenants.people import roles
from tenants.permissions import Role
from tenants.profiles import profile
from tenants.registry import devices
from tenants.registry.models import Tenant
from tenants.upkeep.property import actions, queries, rules
from tenants.upkeep.property.models import Asset
from tenants.upkeep.property.rules import AssetKind, Ending, NumberKind, TypedDestruction
from tenants.upkeep.property.standing import standing
from tests.factories import assets, footage, people
from tests.tenants.upkeep.property.conftest import School, enter, measured

TODAY = clock.today()
DAY = timedelta(days=1)
DESTROYED = TypedDestruction(
    destroyed_on=TODAY, method="硬碟打孔", carried_out_by="維護廠商", witness="林組長", document="簽1150001"
)


def end(school: School, found: Asset, how: Ending = Ending.SCRAPPED) -> Asset:
    ended = actions.end_asset(
        actor=school.handler, tenant_id=school.tenant_id, asset_id=found.id, how=how, ended_on=TODAY, document="簽1"
    )
    db.session.commit()
    return ended


@pytest.mark.req("KH-8-2a", "KH-8-2b", "TY-6-2")
def test_a_private_institutions_recorder_is_entered_without_a_public_number(school: School) -> None:
    made = enter(school)
    assert (made.cost, made.service_years, made.number) == (28_000, 4, "")
    (custody,) = queries.custody_of(tenant_id=school.tenant_id, asset_id=made.id)
    assert custody.custodian_id == school.handler.id
    assert audit.latest(tenant_id=school.tenant_id)[0].event == "asset:entered"


@pytest.mark.req("KH-8-2a")
def test_a_number_is_used_once_however_it_is_written_and_the_database_says_so_too(school: School) -> None:
    first = enter(school, number_kind=NumberKind.PROPERTY, number="3140101-03 000123")
    assert first.number == "3140101-03000123"
    with pytest.raises(Invalid, match="編號不能重複") as refused:
        enter(school, number_kind=NumberKind.PROPERTY, number="３１４０１０１-03000123")
    assert (refused.value.field, refused.value.code) == ("number", "duplicate")
    with pytest.raises(IntegrityError, match="uq_assets_number"):
        assets.asset(school.of, custodian=school.staff[0], number="3140101-03000123", number_kind="property")
    db.session.rollback()


@pytest.mark.req("KH-8-2b")
def test_a_public_institution_needs_a_number(school: School) -> None:
    db.session.get_one(Tenant, school.tenant_id).ownership = "public"
    db.session.commit()
    with pytest.raises(Invalid, match="公立機構的設備應列財產或物品"):
        enter(school)
    with pytest.raises(Invalid, match="請填寫財產或物品編號"):
        enter(school, number_kind=NumberKind.ARTICLE, number=" ")


@pytest.mark.req("KH-8-2b", "TY-6-3a", "TY-6-3b")
@pytest.mark.parametrize(
    ("code", "authority", "ownership", "words"),
    [
        ("KH_PRESCHOOL", "直轄市", "public", "高雄市政府公用財產管理或相關規定"),
        ("KH_PRESCHOOL", "直轄市", "private", "自有財產"),
        ("TY_ELEMENTARY", "教育部", "public", "國有公用財產管理手冊"),
        ("TY_ELEMENTARY", "直轄市", "public", "直轄市政府或縣(市)政府"),
        ("TY_ELEMENTARY", "縣市", "public", "直轄市政府或縣(市)政府"),
    ],
)
def test_the_rule_is_the_supervising_authoritys(code: str, authority: str, ownership: str, words: str) -> None:
    found = rules.property_rule(profile(code, TODAY).property_rules, authority=authority, ownership=ownership)
    assert words in found


@pytest.mark.req("KH-8-2a")
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": " "}, "name"),
        ({"brand": ""}, "brand"),
        ({"origin": ""}, "origin"),
        ({"place": ""}, "place"),
        ({"acquired_on": None}, "acquired_on"),
        ({"acquired_on": TODAY + DAY}, "acquired_on"),
        ({"cost": None}, "cost"),
        ({"cost": -1}, "cost"),
        ({"service_years": 0}, "service_years"),
        ({"custodian_id": None}, "custodian"),
        ({"custodian_id": uuid4()}, "custodian"),
        ({"camera_id": uuid4()}, "camera"),
        ({"device_id": uuid4()}, "device"),
        ({"serial": "字" * 201}, "serial"),
    ],
)
def test_an_entry_that_lacks_something_is_refused_beside_its_field(
    school: School, changed: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        enter(school, **changed)
    assert refused.value.field == field


@pytest.mark.req("KH-8-2c")
def test_a_change_of_custodian_is_a_record_of_handing_over(school: School) -> None:
    made = enter(school)
    ids = {"tenant_id": school.tenant_id, "asset_id": made.id}
    with pytest.raises(Invalid, match="目前的保管人"):
        actions.hand_over(actor=school.head, **ids, custodian_id=school.staff[1], from_day=TODAY, note="")
    with pytest.raises(Invalid, match="交接日期"):
        actions.hand_over(actor=school.head, **ids, custodian_id=school.staff[0], from_day=TODAY + DAY, note="")
    actions.hand_over(actor=school.head, **ids, custodian_id=school.staff[0], from_day=TODAY, note="職務調整")
    db.session.commit()
    last, first = queries.custody_of(**ids)
    assert (last.handed_by, last.custodian_id, first.custodian_id) == ("林組長", school.staff[0], school.staff[1])
    assert [each.id for each in queries.held_by(tenant_id=school.tenant_id, user_id=school.staff[0])] == [made.id]


@pytest.mark.req("KH-8-2c")
def test_a_custodian_who_left_and_was_not_replaced_shows_from_that_day_on(school: School) -> None:
    made = enter(school)
    assert standing(tenant_id=school.tenant_id, day=TODAY).orphaned == ()
    other = people.person(name="新組長")
    people.membership(other, Role.HANDLER, tenant_id=school.tenant_id)
    roles.end_role(tenant_id=school.tenant_id, user_id=school.staff[1], role=Role.HANDLER, actor=school.head)
    db.session.commit()
    assert standing(tenant_id=school.tenant_id, day=TODAY).orphaned == ((made.id, TODAY),)
    assert standing(tenant_id=school.tenant_id, day=TODAY - DAY).assets == 0


@pytest.mark.req("KH-8-2a")
@pytest.mark.parametrize("how", list(Ending))
def test_a_recorder_leaves_only_after_its_media_were_destroyed(school: School, how: Ending) -> None:
    made = enter(school)
    with pytest.raises(InvalidTransition, match="還有未銷毀的影像"):
        end(school, made, how)
    actions.destroy_media(actor=school.handler, tenant_id=school.tenant_id, asset_id=made.id, typed=DESTROYED)
    assert end(school, made, how).ended_as == how
    with pytest.raises(InvalidTransition, match="已報廢或移撥"):
        end(school, made, how)
    assert standing(tenant_id=school.tenant_id, day=TODAY).assets == 0


@pytest.mark.req("KH-8-2a")
def test_a_recorder_that_still_records_is_revoked_first(school: School) -> None:
    device_id = footage.device(school.of)
    made = enter(school, device_id=device_id)
    actions.destroy_media(actor=school.handler, tenant_id=school.tenant_id, asset_id=made.id, typed=DESTROYED)
    with pytest.raises(InvalidTransition, match="仍在錄影"):
        end(school, made)
    devices.revoke(actor=school.head, tenant_id=school.tenant_id, device_id=device_id, now=clock.now())
    assert end(school, made).ended_on == TODAY


@pytest.mark.req("KH-8-2a")
def test_a_camera_has_no_media_and_leaves_at_once(school: School) -> None:
    made = enter(school, kind=AssetKind.CAMERA)
    with pytest.raises(InvalidTransition, match="沒有儲存媒體"):
        actions.destroy_media(actor=school.handler, tenant_id=school.tenant_id, asset_id=made.id, typed=DESTROYED)
    assert end(school, made).ended_as == Ending.SCRAPPED


@pytest.mark.req("KH-8-2a")
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"destroyed_on": None}, "destroyed_on"),
        ({"destroyed_on": TODAY + DAY}, "destroyed_on"),
        ({"method": ""}, "method"),
        ({"carried_out_by": " "}, "carried_out_by"),
        ({"witness": ""}, "witness"),
        ({"witness": "維護廠商"}, "witness"),
    ],
)
def test_a_destruction_of_media_that_says_too_little_is_refused(changed: dict[str, object], field: str) -> None:
    found = list(rules.faults_of_destruction(replace(DESTROYED, **changed), today=TODAY))  # type: ignore[arg-type]
    assert [fault.field for fault in found] == [field]


@pytest.mark.req("KH-8-2a")
def test_what_is_seen_and_not_listed_and_what_is_listed_and_not_seen(school: School) -> None:
    device_id = footage.device(school.of)
    listed = enter(school, kind=AssetKind.CAMERA, camera_id=school.of.cameras["C-GATE"])
    found = standing(tenant_id=school.tenant_id, day=TODAY)
    assert {each for each, _ in found.unlisted} == {school.of.cameras["C-ROOM2"], device_id}
    assert found.unseen == (), "entered today, so nobody could have seen it for a week"
    listed.created_at = clock.now() - timedelta(days=9)
    db.session.commit()
    assert [each for each, _ in standing(tenant_id=school.tenant_id, day=TODAY).unseen] == [listed.id]
    measured(school, device_id)
    assert standing(tenant_id=school.tenant_id, day=TODAY).unseen == ()


def test_what_is_another_institutions_is_not_found(school: School) -> None:
    with pytest.raises(NotFound):
        queries.asset(tenant_id=school.tenant_id, asset_id=uuid4())
