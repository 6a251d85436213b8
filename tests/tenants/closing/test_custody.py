"""Into whose hands a closed institution goes, and what they may (DR-33)."""

from datetime import timedelta

import pytest

from infra import clock
from infra.db import db
from tenants.actor import Actor, system
from tenants.closing import actions, custody
from tenants.closing.models import ClosingKind
from tenants.closing.open_items import open_items
from tenants.disclosures.register import queries as registers
from tenants.errors import Invalid, InvalidTransition, NotAllowed
from tenants.people import queries as people
from tenants.people import roles
from tenants.permissions import Role
from tests.factories import disclosures as cases
from tests.factories import people as make
from tests.tenants.closing.conftest import Scene, events, roles_at

pytestmark = pytest.mark.req("DR-33")

TODAY = clock.today()
SYSTEM = system("carry_out_changes")


@pytest.mark.req("DR-27")
def test_the_papers_go_to_nobody_who_supervises_asks_or_heads_no_successor(scene: Scene) -> None:
    for person, sentence in ((scene.ids["bureau"], "不能再擔任"), (make.agency_officer(), "不能再擔任")):
        with pytest.raises(Invalid, match=sentence) as refused:
            scene.close(scene.decision(custodian_id=person))
        assert refused.value.field == "custodian"
    with pytest.raises(Invalid, match="承接機構現任"):
        scene.close(scene.decision(kind=ClosingKind.MERGED, successor_id=scene.e1.tenant_id))
    head = Actor(kind=scene.operator.kind, id=scene.ids["k1-head"], name="園長", roles=frozenset({Role.HEAD}))
    with pytest.raises(NotAllowed):
        actions.schedule_closing(tenant_id=scene.k1.tenant_id, decision=scene.decision(), actor=head)


@pytest.mark.req("KH-7-4", "KH-7-5")
def test_a_merged_preschools_register_is_read_by_the_successors_head_and_nothing_is_copied(scene: Scene) -> None:
    case = cases.case(scene.k1, agency_id=make.agency(), filed_by=make.person())
    db.session.commit()
    scene.close(scene.merger())
    assert roles_at(scene.k1.tenant_id) == {(scene.ids["e1-head"], Role.CUSTODIAN)}
    custodian = scene.custodian("e1-head")
    year = registers.years(tenant_id=scene.k1.tenant_id)[0]
    assert registers.volume(tenant_id=scene.k1.tenant_id, roc_year=year)
    custody.note_reading(tenant_id=scene.k1.tenant_id, record="register", subject_id=None, actor=custodian)
    (read,) = events(scene.k1.tenant_id, "custody:read")
    assert (read.actor_id, read.actor_roles) == (scene.ids["e1-head"], "custodian")
    scene.enter(scene.e1)
    assert registers.years(tenant_id=scene.e1.tenant_id) == []
    assert [each.fields["institution_id"] for each in events(scene.e1.tenant_id, "custody:taken")] == [
        str(scene.k1.tenant_id)
    ]
    assert case.register_entry_id


@pytest.mark.req("KH-4-2")
def test_a_custodian_lets_in_a_handler_for_open_cases_and_nobody_else(scene: Scene) -> None:
    scene.close(scene.merger())
    custodian = scene.custodian("e1-head")
    ask = {"tenant_id": scene.k1.tenant_id, "actor": custodian}
    for role in (Role.HEAD, Role.STAFF, Role.GUARD):
        with pytest.raises(Invalid, match="機構已停辦"):
            roles.grant_role(user_id=scene.ids["e1-handler"], role=role, **ask)
    with pytest.raises(Invalid, match="不能兼任"):
        roles.grant_role(user_id=scene.ids["e1-head"], role=Role.HANDLER, **ask)
    with pytest.raises(Invalid, match="不是這個機構可以指派"):
        roles.grant_role(user_id=scene.ids["custodian"], role=Role.CUSTODIAN, **ask)
    roles.grant_role(user_id=scene.ids["e1-handler"], role=Role.HANDLER, **ask)
    roles.end_role(user_id=scene.ids["e1-handler"], role=Role.HANDLER, **ask)
    with pytest.raises(Invalid, match="由平台維運人員依公文變更"):
        roles.end_role(user_id=scene.ids["e1-head"], role=Role.CUSTODIAN, **ask)


def test_another_custodian_takes_over_by_document_and_the_first_is_out(scene: Scene) -> None:
    scene.close()
    second = make.person("second")
    ask = {"tenant_id": scene.k1.tenant_id, "actor": scene.operator}
    with pytest.raises(Invalid, match="公文文號"):
        actions.name_custodian(user_id=second, document=" ", **ask)
    actions.name_custodian(user_id=second, document="府教幼字第1150000010號", **ask)
    db.session.commit()
    scene.enter(scene.k1)
    assert roles_at(scene.k1.tenant_id) == {(second, Role.CUSTODIAN)}
    with pytest.raises(InvalidTransition, match="尚未停辦"):
        actions.name_custodian(tenant_id=scene.e1.tenant_id, user_id=second, document="府1", actor=scene.operator)


def test_when_the_successor_closes_too_the_document_names_whom_it_will(scene: Scene) -> None:
    scene.close(scene.merger())
    second = make.person("second")
    ask = {"tenant_id": scene.k1.tenant_id, "user_id": second, "document": "府1", "actor": scene.operator}
    with pytest.raises(Invalid, match="承接機構現任"):
        actions.name_custodian(**ask)  # type: ignore[arg-type]
    scene.enter(scene.e1)
    kept = {item.what: item.then for item in open_items(tenant_id=scene.e1.tenant_id, today=TODAY, now=clock.now())}
    assert "晨光幼兒園" in kept["併入本機構、由本機構首長保管的機構"]
    scene.close(of=scene.e1)
    actions.name_custodian(**ask)  # type: ignore[arg-type]
    scene.enter(scene.k1)
    assert roles_at(scene.k1.tenant_id) == {(second, Role.CUSTODIAN)}


def test_a_custodian_who_left_meanwhile_stops_no_closing(scene: Scene) -> None:
    begins = TODAY + timedelta(days=1)
    scene.close(scene.decision(begins))
    gone = people.user(user_id=scene.ids["custodian"])
    assert gone is not None
    gone.deactivated_at, gone.deactivated_by = clock.now(), gone.id
    db.session.commit()
    assert actions.carry_out(tenant_id=scene.k1.tenant_id, today=begins, actor=SYSTEM)
    assert roles_at(scene.k1.tenant_id) == set()
