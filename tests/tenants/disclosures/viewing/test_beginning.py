"""Who may begin a viewing session, for whom, and with whom beside them."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import person
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.viewing import actions, presence, queries
from tenants.disclosures.viewing.models import ViewingSession
from tenants.errors import Invalid, InvalidTransition, NotAllowed, NotFound
from tenants.people import pins, roles
from tenants.permissions import Role
from tenants.retention.models import Hold
from tests.factories import disclosures, people, viewings
from tests.factories.registry import institution
from tests.tenants.disclosures.conftest import Scene, member
from tests.tenants.disclosures.insider.conftest import Desk
from tests.tenants.disclosures.viewing.conftest import VIEWER, Booth


def sessions() -> list[ViewingSession]:
    db.session.rollback()
    return list(db.session.scalars(select(ViewingSession)))


def refused_for(booth: Booth, field: str, **changes: object) -> str:
    with pytest.raises(Invalid) as refused:
        booth.begin(**changes)  # type: ignore[arg-type]
    assert refused.value.field == field
    assert sessions() == []
    return str(refused.value)


@pytest.mark.req("KH-7-1", "TY-5-4a", "KH-6-2i", "TY-5-1f")
def test_a_session_begins_with_viewer_warning_and_companion(booth: Booth) -> None:
    begun = booth.begin()
    assert (begun.viewing.state, begun.viewing.viewer_name) == ("running", "林小惠")
    assert begun.viewing.companion_id == booth.companion.id
    assert begun.token not in str(vars(begun.viewing)), "the row keeps a hash"
    assert booth.events() == ["viewing:begun"]


@pytest.mark.req("KH-7-3")
def test_without_a_title_no_session_begins(booth: Booth) -> None:
    assert "職稱" in refused_for(booth, "title", title=" ")


@pytest.mark.req("KH-6-2i")
@pytest.mark.parametrize(
    ("field", "value"), [("name", ""), ("unit", ""), ("identity_by", "selfie"), ("acknowledged", False)]
)
def test_nor_without_identity_and_the_warning(booth: Booth, field: str, value: object) -> None:
    refused_for(booth, field, **{field: value})


@pytest.mark.req("KH-7-1")
def test_nor_without_a_companions_own_pin(booth: Booth) -> None:
    guard = member(booth.desk.scene.school, Role.GUARD, "陳警衛")
    assert guard.id is not None
    assert "尚未設定" in refused_for(booth, "pin", companion=guard.id)
    with pytest.raises(pins.WrongPin):
        booth.begin(pin="111213")
    assert sessions() == []


@pytest.mark.req("KH-7-1", "DR-14")
def test_the_companion_is_not_who_asked_or_looks(booth: Booth) -> None:
    refused_for(booth, "companion", name="張老師")
    booth.case.filed_by = booth.companion.id
    db.session.commit()
    refused_for(booth, "companion")


@pytest.mark.req("KH-7-1")
def test_who_only_keyed_in_a_paper_form_may_accompany(booth: Booth) -> None:
    booth.case.filed_by, booth.case.paper_number = booth.companion.id, "115-7"
    db.session.commit()
    assert booth.begin().viewing.state == "running"


@pytest.mark.req("DR-27", "KH-7-1")
def test_nobody_whom_the_case_concerns_accompanies_or_operates(booth: Booth) -> None:
    booth.case.excluded = [str(booth.companion.id)]
    db.session.commit()
    assert "利害關係" in refused_for(booth, "companion")
    assert booth.companion.id not in {each.id for each in queries.companions(booth.case)}
    booth.case.excluded = [str(booth.operator.id)]
    db.session.commit()
    with pytest.raises(NotAllowed, match="利害關係"):
        booth.begin()
    with pytest.raises(NotFound):
        queries.case_for(tenant_id=booth.tenant_id, disclosure_id=booth.case.id, actor=booth.operator)


@pytest.mark.req("KH-7-1")
def test_the_companion_works_here_today(booth: Booth) -> None:
    stranger = people.person(name="外人")
    people.pin(stranger)
    refused_for(booth, "companion", companion=stranger)
    assert booth.companion.id is not None
    roles.end_role(tenant_id=booth.tenant_id, user_id=booth.companion.id, role=Role.STAFF, actor=booth.desk.scene.head)
    db.session.commit()
    refused_for(booth, "companion")


@pytest.mark.req("DR-14")
def test_nobody_accompanies_in_two_rooms_not_even_at_two_institutions(booth: Booth) -> None:
    elsewhere = institution("E2", kind="elementary_school", name="曙光國小", profile="TY_ELEMENTARY")
    bind(db.session, Binding(tenant_id=elsewhere.tenant_id, agency_id=booth.desk.scene.agency_id))
    case = disclosures.case(elsewhere, agency_id=booth.desk.scene.agency_id, filed_by=person(booth.operator))
    seen = {"disclosure_id": case.disclosure_id, "window_id": case.window_id, "operator_id": person(booth.operator)}
    busy = viewings.viewing(elsewhere, companion_id=booth.companion.id, running=True, **seen)
    booth.desk.scene.at_school()

    with pytest.raises(Invalid, match="另一場") as refused:
        booth.begin()
    db.session.rollback()
    assert refused.value.code == "two_rooms"

    bind(db.session, Binding(tenant_id=elsewhere.tenant_id))
    presence.pause(actor=booth.operator, tenant_id=elsewhere.tenant_id, viewing_id=busy)
    db.session.commit()
    booth.desk.scene.at_school()
    assert booth.begin().viewing.state == "running"


@pytest.mark.req("KH-6-2h", "KH-6-2i", "TY-5-1f")
@pytest.mark.parametrize("state", ["submitted", "returned", "refused", "withdrawn", "closed"])
def test_only_a_granted_case_is_looked_at(booth: Booth, state: str) -> None:
    booth.case.state = state
    if state == "closed":
        booth.case.closed_at, booth.case.closed_by = clock.now(), booth.operator.id
    db.session.commit()
    with pytest.raises(InvalidTransition):
        booth.begin()


@pytest.mark.req("KH-6-2h")
def test_where_a_panel_decides_its_resolution_alone_opens_nothing(scene: Scene) -> None:
    people.bureau()
    desk = Desk(scene, member(scene.school, Role.OFFICE_HEAD, "周主任"))
    case = desk.up_to_the_head(desk.file())
    for state in ("submitted", "resolved"):
        case.state = state
        db.session.commit()
        with pytest.raises(InvalidTransition):
            _begin(desk, case)


def _begin(desk: Desk, case: InsiderRequest) -> None:
    assert desk.office_head.id is not None
    actions.begin(
        actor=desk.scene.handler,
        tenant_id=desk.tenant_id,
        disclosure_id=case.id,
        viewer=VIEWER,
        companion_id=desk.office_head.id,
        pin=people.PIN,
    )


@pytest.mark.req("KH-4-2", "KH-1-3")
def test_only_the_handler_operates(booth: Booth) -> None:
    with pytest.raises(NotAllowed):
        actions.begin(
            actor=booth.desk.scene.head,
            tenant_id=booth.tenant_id,
            disclosure_id=booth.case.id,
            viewer=VIEWER,
            companion_id=UUID(int=1),
            pin=people.PIN,
        )


def test_a_case_has_one_session_at_a_time(booth: Booth) -> None:
    booth.begin()
    with pytest.raises(InvalidTransition, match="尚未結束"):
        booth.begin()


@pytest.mark.req("KH-6-3b")
def test_nothing_begins_while_the_footage_is_not_copied_or_gone(booth: Booth) -> None:
    hold = db.session.get_one(Hold, booth.case.held_as)
    hold.released_at, hold.release_reason = clock.now() - timedelta(days=1), "結束"
    db.session.commit()
    with pytest.raises(Invalid, match="保全已結束"):
        booth.begin()
