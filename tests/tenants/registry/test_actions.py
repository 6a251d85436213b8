"""Opening institutions, entering cameras, listing agencies."""

from datetime import date
from uuid import uuid4

import pytest
from flask import Flask

from infra.db import db
from infra.tenancy import Binding, bind, binding_of
from tenants.actor import Actor, ActorKind
from tenants.audit import queries as audit
from tenants.errors import Invalid, NotAllowed, NotFound
from tenants.permissions import Role
from tenants.registry import actions, agencies, queries, rules
from tenants.registry.models import Tenant, TenantKind
from tests.factories import people
from tests.factories.registry import Institution, institution

HEAD = Actor(kind=ActorKind.PERSON, id=uuid4(), name="園長", roles=frozenset({Role.HEAD}))
GUARD = Actor(kind=ActorKind.PERSON, id=uuid4(), name="警衛", roles=frozenset({Role.GUARD}))


@pytest.fixture
def operator(domain: Flask) -> Actor:
    assert domain
    return Actor(kind=ActorKind.PERSON, id=people.operator(), name="維運", roles=frozenset({Role.OPERATOR}))


def opened(operator: Actor, code: str = "e1") -> Tenant:
    return actions.add_tenant(
        code=code,
        kind=TenantKind.ELEMENTARY_SCHOOL,
        name="向陽國小",
        short_name="向陽國小",
        district="八德區",
        ownership="public",
        supervising_authority="直轄市或縣(市)",
        actor=operator,
    )


def events(tenant: Tenant) -> list[str]:
    bind(db.session, Binding(tenant_id=tenant.id))
    return [event.event for event in audit.latest(tenant_id=tenant.id)][::-1]


@pytest.mark.req("DR-11")
def test_one_school_holds_two_sites_under_two_regulations(operator: Actor) -> None:
    school = opened(operator)
    for code, profile in (("E1", "TY_ELEMENTARY"), ("E1K", "KH_PRESCHOOL")):
        actions.add_site(tenant_id=school.id, code=code, name=code, profile=profile, actor=operator)
    db.session.commit()
    assert events(school) == ["chain:started", "site:added", "site:added"]
    sites = queries.sites(tenant_id=school.id)
    assert [(site.code, site.profile) for site in sites] == [("E1", "TY_ELEMENTARY"), ("E1K", "KH_PRESCHOOL")]


def test_opening_an_institution_is_in_the_bureaus_chain_and_leaves_the_binding_as_it_was(operator: Actor) -> None:
    bind(db.session, Binding(tenant_id=people.bureau()))
    held = binding_of(db.session)
    opened(operator)
    assert binding_of(db.session) == held
    assert "tenant:added" in events(queries.bureau())


def test_a_code_is_used_once_in_the_city(operator: Actor) -> None:
    opened(operator)
    with pytest.raises(Invalid, match="已有機構使用"):
        opened(operator, code="Ｅ１")


def test_a_head_opens_no_institution(operator: Actor) -> None:
    assert operator
    with pytest.raises(NotAllowed):
        opened(HEAD)


def test_planned_storage_is_said_in_gigabytes_or_not_at_all(k1: Institution) -> None:
    def declared(gigabytes: str) -> int | None:
        site = actions.declare_capacity(tenant_id=k1.tenant_id, site_id=k1.site_id, gigabytes=gigabytes, actor=HEAD)
        return site.capacity_bytes

    assert declared("２,０００") == 2000 * 10**9
    assert declared(" ") is None
    for wrong in ("0", "-5", "1.5", "很多", "1000001"):
        with pytest.raises(Invalid, match="單位為 GB"):
            declared(wrong)


@pytest.mark.req("KH-3-6", "DR-19")
def test_a_camera_in_a_washroom_is_refused_with_the_article_and_leaves_nothing(k1: Institution) -> None:
    with pytest.raises(Invalid, match="要點第三點"):
        actions.add_camera(
            tenant_id=k1.tenant_id, site_id=k1.site_id, code="C-9", name="2F 女廁", zone="indoor_other", actor=HEAD
        )
    assert queries.camera_by_code(tenant_id=k1.tenant_id, site_id=k1.site_id, code="C-9") is None


@pytest.mark.req("KH-3-2")
def test_a_camera_is_entered_recorded_and_retired_without_being_removed(k1: Institution) -> None:
    camera = actions.add_camera(
        tenant_id=k1.tenant_id,
        site_id=k1.site_id,
        code="c-back",
        name="後門",
        zone="back_gate",
        active_from=date(2026, 8, 1),
        actor=HEAD,
    )
    with pytest.raises(Invalid, match="不可早於啟用日期"):
        actions.retire_camera(tenant_id=k1.tenant_id, camera_id=camera.id, on=date(2026, 7, 31), actor=HEAD)
    actions.retire_camera(tenant_id=k1.tenant_id, camera_id=camera.id, on=date(2026, 9, 1), actor=HEAD)
    again = actions.retire_camera(tenant_id=k1.tenant_id, camera_id=camera.id, actor=HEAD)
    assert again.retired_on == date(2026, 9, 1)
    assert camera not in queries.cameras(tenant_id=k1.tenant_id)
    with pytest.raises(Invalid, match="已有代碼 C-BACK"):
        actions.add_camera(
            tenant_id=k1.tenant_id, site_id=k1.site_id, code="C-BACK", name="後門", zone="back_gate", actor=HEAD
        )
    recorded = [event.event for event in audit.latest(tenant_id=k1.tenant_id)][::-1]
    assert recorded == ["chain:started", "camera:added", "camera:retired"]


@pytest.mark.req("KH-4-2")
def test_a_guard_changes_no_camera(k1: Institution) -> None:
    with pytest.raises(NotAllowed):
        actions.retire_camera(tenant_id=k1.tenant_id, camera_id=k1.cameras["C-GATE"], actor=GUARD)


@pytest.mark.req("DR-08")
def test_another_institutions_site_is_not_found(k1: Institution) -> None:
    other = institution("K2", name="月光幼兒園")
    with pytest.raises(NotFound):
        actions.add_camera(
            tenant_id=k1.tenant_id, site_id=other.site_id, code="C-1", name="前門", zone="front_gate", actor=HEAD
        )


@pytest.mark.req("KH-6-1a")
def test_an_agency_spelt_with_the_other_tai_is_offered_not_doubled(operator: Actor) -> None:
    first = agencies.add_agency(name="臺中市政府警察局", code="A1", kind="police", actor=operator)
    with pytest.raises(agencies.AlreadyListed, match="已在機關名單中") as offered:
        agencies.add_agency(name="台中市政府 警察局", code="A2", kind="police", actor=operator)
    assert offered.value.existing is first


@pytest.mark.req("KH-6-1a")
def test_a_private_body_is_sent_to_the_police_or_the_courts(operator: Actor) -> None:
    for name in ("平安保險股份有限公司", "正義徵信社", "每日新聞網", "誠信律師事務所"):
        with pytest.raises(Invalid, match="請先向警察機關報案或循司法程序"):
            agencies.add_agency(name=name, code="", kind="other", actor=operator)


@pytest.mark.req("KH-6-1a")
def test_verifying_an_agency_is_a_persons_act_in_the_bureaus_chain(operator: Actor) -> None:
    agency = agencies.add_agency(name="向陽地方檢察署", code="P1", kind="prosecution", actor=operator)
    assert agency.verified_at is None
    agencies.verify_agency(agency_id=agency.id, actor=operator)
    assert agency.verified_by == operator.id
    assert events(queries.bureau())[-2:] == ["agency:added", "agency:verified"]


@pytest.mark.parametrize(
    ("names", "typed", "found"),
    [
        ("守園市私立晨光幼兒園", "幼稚園", True),
        ("守園市立台北國小", "臺北", True),
        ("守園市立　臺北國小", "守園市立台北國小", True),
        ("向陽國小 E1K", "ｅ１ｋ", True),
        ("向陽國小附幼", "附設幼稚園", True),
        ("向陽國小", "幼兒園", False),
        ("向陽國小", "向陽 國中", False),
        ("向陽國小", "", True),
    ],
)
def test_an_institution_is_found_however_its_name_is_written(names: str, typed: str, *, found: bool) -> None:
    assert rules.is_called(names, typed) is found
