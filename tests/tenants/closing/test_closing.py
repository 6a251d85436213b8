"""停辦 and 併校: nothing begins any more, what is left ends under a custodian, and no record goes (DR-33)."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants import periods
from tenants.actor import Actor, system
from tenants.audit import queries as audit
from tenants.closing import actions, custody, queries
from tenants.closing.models import ClosingKind, ClosingState
from tenants.closing.open_items import open_items
from tenants.disclosures import queries as disclosures
from tenants.errors import Invalid, InvalidTransition, NotAllowed
from tenants.people import queries as people
from tenants.people import roles
from tenants.permissions import Role
from tenants.registry import actions as registry_actions
from tenants.registry import device_queries, devices, policies, renaming
from tenants.registry import queries as registry
from tenants.registry.name_rules import Naming
from tenants.registry.period_rules import Adoption
from tenants.registry.standing import Closed
from tests.factories import disclosures as cases
from tests.factories import footage
from tests.factories import people as make
from tests.tenants.closing.conftest import Scene

pytestmark = pytest.mark.req("DR-33")

TODAY = clock.today()
SYSTEM = system("carry_out_changes")


def roles_at(tenant_id: UUID) -> set[tuple[UUID, str]]:
    return {(held.user_id, held.role) for held, _ in people.staff(tenant_id=tenant_id)}


def events(tenant_id: UUID, *keys: str) -> list[audit.AuditEvent]:
    return [each for each in reversed(audit.latest(tenant_id=tenant_id, limit=100)) if each.event in keys]


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
    year = disclosures.register_years(tenant_id=scene.k1.tenant_id)[0]
    assert disclosures.register(tenant_id=scene.k1.tenant_id, roc_year=year)
    custody.note_reading(tenant_id=scene.k1.tenant_id, record="register", subject_id=None, actor=custodian)
    (read,) = events(scene.k1.tenant_id, "custody:read")
    assert (read.actor_id, read.actor_roles) == (scene.ids["e1-head"], "custodian")
    scene.enter(scene.e1)
    assert disclosures.register_years(tenant_id=scene.e1.tenant_id) == []
    assert [each.fields["institution_id"] for each in events(scene.e1.tenant_id, "custody:taken")] == [
        str(scene.k1.tenant_id)
    ]
    assert case.register_entry_id


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


@pytest.mark.req("KH-5-3c")
def test_a_box_sends_what_it_has_until_nothing_more_is_taken_and_is_then_revoked(scene: Scene) -> None:
    footage.device(scene.k1)
    scene.close()
    ask = {"tenant_id": scene.k1.tenant_id, "actor": SYSTEM}
    last = TODAY + timedelta(days=periods.LATE_UPLOAD_DAYS)
    assert [actions.end_devices(today=day, **ask) for day in (TODAY, last, last + timedelta(days=1))] == [0, 0, 1]
    assert queries.boxes_left(tenant_id=scene.k1.tenant_id) == []
