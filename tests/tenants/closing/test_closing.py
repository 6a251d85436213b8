"""停辦 and 併校: nothing begins any more, what is left ends under a custodian, and no record goes (DR-33)."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants import periods
from tenants.actor import Actor, system
from tenants.closing import actions, queries
from tenants.closing.models import ClosingKind, ClosingState
from tenants.errors import Invalid, InvalidTransition
from tenants.people import queries as people
from tenants.permissions import Role
from tenants.registry import actions as registry_actions
from tenants.registry import device_queries, devices, policies, renaming
from tenants.registry import queries as registry
from tenants.registry.name_rules import Naming
from tenants.registry.period_rules import Adoption
from tenants.registry.standing import Closed
from tests.factories import footage
from tests.tenants.closing.conftest import Scene, events, roles_at

pytestmark = pytest.mark.req("DR-33")

TODAY = clock.today()
SYSTEM = system("carry_out_changes")


def test_on_the_day_roles_end_codes_are_taken_back_and_the_custodian_is_let_in(scene: Scene) -> None:
    footage.token(scene.k1)
    head = scene.ids["k1-head"]
    epoch = people.user(user_id=head).session_epoch  # type: ignore[union-attr]
    scene.close()
    assert roles_at(scene.k1.tenant_id) == {(scene.ids["custodian"], Role.CUSTODIAN)}
    assert people.user(user_id=head).session_epoch == epoch + 1  # type: ignore[union-attr]
    assert device_queries.open_tokens(tenant_id=scene.k1.tenant_id, now=clock.now()) == []
    told = events(scene.k1.tenant_id, "tenant:closing_scheduled", "tenant:closed", "custodian:appointed")
    assert [each.event for each in told] == ["tenant:closing_scheduled", "tenant:closed", "custodian:appointed"]
    assert {each.actor_id for each in told} == {scene.operator.id}
    tenant = registry.tenant(tenant_id=scene.k1.tenant_id)
    assert (tenant.code, tenant.closed_from, tenant.keeper) == ("K1", TODAY, "守園市政府教育局")
    bind(db.session, Binding(tenant_id=scene.bureau_id))
    assert [each.subject_id for each in events(scene.bureau_id, "tenant:closing_scheduled")] == [scene.k1.tenant_id]


def test_a_closing_ahead_changes_nothing_until_its_day_and_is_carried_out_once(scene: Scene) -> None:
    begins = TODAY + timedelta(days=30)
    scene.close(scene.decision(begins))
    before = roles_at(scene.k1.tenant_id)
    assert len(before) == 2
    ask = {"tenant_id": scene.k1.tenant_id, "actor": SYSTEM}
    assert [actions.carry_out(today=day, **ask) for day in (begins - timedelta(days=1), begins, begins)] == [
        False,
        True,
        False,
    ]
    assert roles_at(scene.k1.tenant_id) == {(scene.ids["custodian"], Role.CUSTODIAN)}


def test_a_closing_is_taken_back_before_its_day_and_never_on_it(scene: Scene) -> None:
    scene.close(scene.decision(TODAY + timedelta(days=1)))
    taken = actions.withdraw_closing(tenant_id=scene.k1.tenant_id, actor=scene.operator)
    db.session.commit()
    assert (taken.state, registry.tenant(tenant_id=scene.k1.tenant_id).closed_from) == (ClosingState.WITHDRAWN, None)
    assert not actions.carry_out(tenant_id=scene.k1.tenant_id, today=TODAY + timedelta(days=1), actor=SYSTEM)
    scene.close()
    with pytest.raises(InvalidTransition, match="已停辦"):
        actions.withdraw_closing(tenant_id=scene.k1.tenant_id, actor=scene.operator)


NO_CLOSING: list[tuple[date, dict[str, object], str, str]] = [
    (TODAY - timedelta(days=31), {}, "effective_from", "最早可補登到"),
    (TODAY + timedelta(days=731), {}, "effective_from", "兩年後"),
    (TODAY, {"document": " "}, "document", "公文文號"),
    (TODAY, {"document_date": TODAY + timedelta(days=1)}, "document_date", "不能晚於今天"),
    (TODAY, {"keeper": " "}, "keeper", "保管資料的機關"),
    (TODAY, {"kind": ClosingKind.MERGED}, "successor", "請選擇承接"),
]


def test_what_is_no_closing_is_refused_and_changes_nothing(scene: Scene) -> None:
    for begins, changes, field, sentence in NO_CLOSING:
        with pytest.raises(Invalid, match=sentence) as refused:
            scene.close(scene.decision(begins, **changes))
        assert refused.value.field == field
    assert queries.closings(tenant_id=scene.k1.tenant_id) == []
    assert registry.tenant(tenant_id=scene.k1.tenant_id).closed_from is None


def test_an_institution_closes_once(scene: Scene) -> None:
    scene.close()
    with pytest.raises(InvalidTransition, match="目前為「已停辦」"):
        scene.close()


def test_nobody_merges_into_itself_the_bureau_or_what_is_closed(scene: Scene) -> None:
    merged = {"kind": ClosingKind.MERGED, "custodian_id": scene.ids["e1-head"]}
    with pytest.raises(Invalid, match="不能併入自己"):
        scene.close(scene.decision(successor_id=scene.k1.tenant_id, **merged))
    with pytest.raises(Invalid, match="教育局不能承接"):
        scene.close(scene.decision(successor_id=scene.bureau_id, **merged))
    with pytest.raises(Invalid, match="停辦、裁撤沒有承接"):
        scene.close(scene.decision(successor_id=scene.e1.tenant_id))
    scene.close(of=scene.e1)
    with pytest.raises(Invalid, match=r"向陽國小.*起已停辦，不能承接"):
        scene.close(scene.merger())


def test_an_institution_that_others_are_about_to_join_does_not_close_before(scene: Scene) -> None:
    scene.close(scene.merger(TODAY + timedelta(days=9)))
    with pytest.raises(Invalid, match="晨光幼兒園已排定併入"):
        scene.close(of=scene.e1)


@pytest.mark.req("KH-7-5", "DR-06")
def test_closing_removes_no_record_and_nobody_can(scene: Scene) -> None:
    scene.close()
    for table in ("tenants", "register_entries", "disclosures", "closings", "institution_names"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            db.session.execute(text(f"delete from {table}"))  # noqa: S608 - a name of this file
        db.session.rollback()


def test_nothing_begins_any_more_at_a_closed_institution(scene: Scene) -> None:
    scene.close()
    tenant_id, site_id = scene.k1.tenant_id, scene.k1.site_id
    handler = Actor(kind=scene.operator.kind, id=uuid4(), name="組長", roles=frozenset({Role.HANDLER, Role.HEAD}))
    camera = {"tenant_id": tenant_id, "site_id": site_id, "code": "NEW", "name": "後門", "zone": "back_gate"}
    with pytest.raises(Closed, match="不能再新增鏡頭"):
        registry_actions.add_camera(**camera, actor=handler)  # type: ignore[arg-type]
    with pytest.raises(Closed, match="不能再新增場所"):
        registry_actions.add_site(
            tenant_id=tenant_id, code="X", name="分班", profile="KH_PRESCHOOL", actor=scene.operator
        )
    scene.enter(scene.k1)
    with pytest.raises(Closed, match="註冊碼"):
        devices.issue_token(actor=handler, tenant_id=tenant_id, site_id=site_id, now=clock.now())
    with pytest.raises(Closed, match="保存天數"):
        policies.adopt_policy(
            tenant_id=tenant_id,
            site_id=site_id,
            retention_days="30",
            effective_from=periods.changeable_from(TODAY),
            adoption=Adoption(),
            actor=handler,
        )
    with pytest.raises(Invalid, match="不再更名"):
        renaming.rename(
            tenant_id=tenant_id,
            to=Naming(name="甲", short_name="", district="左營區"),
            effective_from=TODAY,
            document="府1",
            actor=scene.operator,
        )


def test_a_camera_that_would_begin_after_the_closing_day_is_refused_before_it(scene: Scene) -> None:
    scene.close(scene.decision(TODAY + timedelta(days=5)))
    handler = Actor(kind=scene.operator.kind, id=uuid4(), name="組長", roles=frozenset({Role.HANDLER}))
    camera = {"tenant_id": scene.k1.tenant_id, "site_id": scene.k1.site_id, "name": "後門", "zone": "back_gate"}
    registry_actions.add_camera(**camera, code="NOW", actor=handler)  # type: ignore[arg-type]
    with pytest.raises(Closed):
        registry_actions.add_camera(**camera, code="LATE", active_from=TODAY + timedelta(days=5), actor=handler)  # type: ignore[arg-type]


@pytest.mark.req("KH-5-3c")
def test_a_box_sends_what_it_has_until_nothing_more_is_taken_and_is_then_revoked(scene: Scene) -> None:
    footage.device(scene.k1)
    scene.close()
    ask = {"tenant_id": scene.k1.tenant_id, "actor": SYSTEM}
    last = periods.kept_through(TODAY, periods.LEAST_RETENTION_DAYS)
    assert [actions.end_devices(today=day, **ask) for day in (TODAY, last, last + timedelta(days=1))] == [0, 0, 1]
    assert queries.boxes_left(tenant_id=scene.k1.tenant_id) == []
