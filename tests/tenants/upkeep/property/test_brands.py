"""Devices of restricted brands, planned replacements, and the figures that the bureau reads (DR-35)."""

from datetime import timedelta
from uuid import uuid4

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import Actor, ActorKind, system
from tenants.compliance.articles import actions as articles
from tenants.errors import Invalid, NotAllowed
from tenants.permissions import Role
from tenants.upkeep.property import actions, brands, counting, queries
from tenants.upkeep.property.rules import AssetKind
from tenants.upkeep.property.standing import standing
from tests.factories import assets, footage, people
from tests.factories.registry import closed
from tests.tenants.upkeep.property.conftest import School, enter, measured

TODAY = clock.today()
DAY = timedelta(days=1)
OFFICER = Actor(kind=ActorKind.PERSON, id=uuid4(), name="趙承辦", roles=frozenset({Role.BUREAU_OFFICER}))


@pytest.mark.req("DR-35")
def test_a_restricted_brand_is_enrolled_by_the_head_with_both_notes_alone(school: School) -> None:
    assets.restricted("危視 科技")
    told = {"brand": "危視科技 DS-2", "head_note": "汰換前續用", "bureau_document": "教資字第1號"}
    with pytest.raises(Invalid, match="須由首長登記") as refused:
        enter(school, **told)
    assert refused.value.code == "restricted_brand"
    for lacking in ("head_note", "bureau_document"):
        with pytest.raises(Invalid) as refused:
            enter(school, actor=school.head, **(told | {lacking: " "}))
        assert (refused.value.field, refused.value.code) == (lacking, "restricted_brand")
    made = enter(school, actor=school.head, **told)
    found = standing(tenant_id=school.tenant_id, day=TODAY)
    assert (found.controlled, found.unnoted) == (((made.id, TODAY),), ())


@pytest.mark.req("DR-35")
def test_a_brand_that_is_restricted_later_asks_for_the_notes_of_what_is_there(school: School) -> None:
    made = enter(school, brand="危視科技", kind=AssetKind.CAMERA)
    assets.restricted("危視科技")
    assert standing(tenant_id=school.tenant_id, day=TODAY).unnoted == ((made.id, TODAY),)
    ids = {"tenant_id": school.tenant_id, "asset_id": made.id}
    with pytest.raises(NotAllowed):
        actions.note_restricted(actor=school.handler, **ids, head_note="續用", bureau_document="教資字第1號")
    with pytest.raises(Invalid, match="文號"):
        actions.note_restricted(actor=school.head, **ids, head_note="續用", bureau_document=" ")
    actions.note_restricted(actor=school.head, **ids, head_note="續用", bureau_document="教資字第1號")
    db.session.commit()
    assert standing(tenant_id=school.tenant_id, day=TODAY).unnoted == ()


@pytest.mark.req("DR-35")
def test_a_device_that_calls_itself_by_a_restricted_brand_is_found_whatever_the_ledger_says(school: School) -> None:
    assets.restricted("危視科技")
    made = enter(school, kind=AssetKind.CAMERA, brand="良品", camera_id=school.of.cameras["C-GATE"])
    assert standing(tenant_id=school.tenant_id, day=TODAY).controlled == ()
    measured(school, footage.device(school.of), make="危視科技")
    assert standing(tenant_id=school.tenant_id, day=TODAY).controlled == ((made.id, TODAY),)


@pytest.mark.req("DR-35")
def test_a_planned_replacement_lies_ahead_and_is_due_on_its_day(school: School) -> None:
    made = enter(school)
    ids = {"tenant_id": school.tenant_id, "asset_id": made.id}
    with pytest.raises(Invalid, match="晚於今天"):
        actions.plan_replacement(actor=school.head, **ids, on=TODAY)
    actions.plan_replacement(actor=school.head, **ids, on=TODAY + DAY)
    db.session.commit()
    assert standing(tenant_id=school.tenant_id, day=TODAY).to_replace == ()
    assert standing(tenant_id=school.tenant_id, day=TODAY + DAY).to_replace == ((made.id, TODAY + DAY),)


@pytest.mark.req("DR-35", "DR-09")
def test_the_bureau_restricts_and_lifts_brands_and_reads_figures(school: School) -> None:
    bureau_id = people.bureau()
    bind(db.session, Binding(tenant_id=bureau_id))
    for brand, field in (("危", "brand"), ("危視科技", "document")):
        with pytest.raises(Invalid) as refused:
            brands.restrict_brand(actor=OFFICER, brand=brand, document="", effective_from=TODAY)
        assert refused.value.field == field
    made = brands.restrict_brand(actor=OFFICER, brand="危視科技", document="院授1號", effective_from=TODAY)
    db.session.commit()
    with pytest.raises(Invalid, match="已列為限制廠牌"):
        brands.restrict_brand(actor=OFFICER, brand="危視 科技", document="院授1號", effective_from=TODAY)
    with pytest.raises(NotAllowed):
        brands.lift_brand(actor=school.head, brand_id=made.id)
    bind(db.session, Binding(tenant_id=school.tenant_id))
    assets.asset(school.of, custodian=school.staff[0], brand="危視科技")
    articles.take_findings(tenant_id=school.tenant_id, day=clock.today(), now=clock.now(), actor=system("test"))
    db.session.commit()
    figures = {tenant.id: count for tenant, count in counting.city()}[school.tenant_id]
    assert figures is not None
    assert (figures.assets, figures.controlled, figures.unnoted, figures.unlisted) == (1, 1, 1, 2)
    bind(db.session, Binding(tenant_id=bureau_id))
    brands.lift_brand(actor=OFFICER, brand_id=made.id)
    db.session.commit()
    assert queries.restricted_on(TODAY) == frozenset()


@pytest.mark.req("DR-35", "DR-33")
def test_an_institution_that_is_to_close_is_listed_until_the_day_on_which_it_does(school: School) -> None:
    for closed_from, listed in ((TODAY + DAY, True), (TODAY, False)):
        bind(db.session, Binding(tenant_id=school.tenant_id))
        closed(school.of, on=closed_from)
        assert (school.tenant_id in {each.id for each, _ in counting.city()}) is listed
