"""緊急保全: kept at once on a call, seen by nobody, gone after seven days unless something arrives (DR-02)."""

from datetime import timedelta
from uuid import UUID

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import Actor, ActorKind
from tenants.audit import queries as audit
from tenants.errors import Destroyed, Invalid, InvalidTransition, NotAllowed, NotFound
from tenants.permissions import Role
from tenants.registry.models import Tenant
from tenants.retention import lapsing, reviewing
from tenants.retention import queries as retained
from tenants.retention.models import Hold, HoldBasis
from tenants.retention.rules import CameraWindow, Grounds
from tenants.retention.urgent import actions, queries, rules
from tenants.retention.urgent.models import Source, UrgentHold
from tenants.retention.urgent.rules import Call, Load
from tests.factories import people, retention
from tests.factories.evidence import ACTOR, Archive
from tests.factories.holds import copied

pytestmark = pytest.mark.req("DR-02")
CALL = Call(source=Source.VISIT, caller="向陽派出所 陳警員", reason="校門口車禍，警方將來函")


def one(role: Role, name: str = "王小美") -> Actor:
    return Actor(kind=ActorKind.PERSON, id=people.person(name=name), name=name, roles=frozenset({role}))


def window(archive: Archive, *, hours: float = 1, camera: str = "C-GATE") -> CameraWindow:
    end = clock.now().replace(second=0, microsecond=0)
    return CameraWindow(camera_id=archive.of.cameras[camera], started_at=end - timedelta(hours=hours), ended_at=end)


def press(archive: Archive, *, role: Role = Role.GUARD, call: Call = CALL, **said: object) -> UrgentHold:
    windows = said.pop("windows", None) or [window(archive)]
    made = actions.preserve(
        actor=one(role),
        tenant_id=archive.of.tenant_id,
        call=call,
        windows=windows,  # type: ignore[arg-type]
        **said,  # type: ignore[arg-type]
    )
    db.session.commit()
    return made


def hold_of(made: UrgentHold) -> Hold:
    return retained.hold(tenant_id=made.tenant_id, hold_id=made.hold_id)


@pytest.mark.req("KH-6-1e")
@pytest.mark.parametrize("role", [Role.GUARD, Role.HANDLER, Role.HEAD, Role.OFFICE_HEAD])
def test_whoever_is_found_at_the_institution_may_press_it(archive: Archive, role: Role) -> None:
    made = press(archive, role=role)
    hold = hold_of(made)
    assert (hold.basis, hold.reference, hold.ends_on) == ("urgent", made.number, clock.today() + timedelta(days=7))
    assert made.number.startswith("緊急保全-")
    assert made.number.endswith("-0001")


def test_a_teacher_may_not(archive: Archive) -> None:
    with pytest.raises(NotAllowed):
        press(archive, role=Role.STAFF)


def test_numbers_go_on_and_say_when_to_the_minute_and_by_whom(archive: Archive) -> None:
    first, second = press(archive), press(archive)
    assert second.number[-4:] == "0002"
    assert first.pressed_by == "王小美"
    event = next(
        each for each in audit.latest(tenant_id=archive.of.tenant_id, limit=9) if each.event == "hold:called_for"
    )
    assert event.fields["number"] == second.number
    assert "陳警員" not in str(event.fields), "the chain holds no personal data"


def test_what_it_keeps_is_copied_with_a_margin_and_survives_the_day(archive: Archive) -> None:
    end = clock.now().replace(second=0, microsecond=0) - timedelta(minutes=5)
    minute = archive.record(end - timedelta(minutes=8))
    around = CameraWindow(camera_id=archive.of.cameras["C-GATE"], started_at=end - timedelta(minutes=3), ended_at=end)
    made = press(archive, windows=[around])
    done = copied(archive, made.hold_id)
    assert (done.segments, minute.state) == (1, "stored")


@pytest.mark.parametrize(("field", "call"), [("caller", {"caller": " "}), ("reason", {"reason": ""})])
def test_who_and_why_must_be_said(archive: Archive, field: str, call: dict[str, str]) -> None:
    said = {"source": Source.TELEPHONE, "caller": "陳警員", "reason": "車禍"} | call
    with pytest.raises(Invalid) as refused:
        press(archive, call=Call(**said))  # type: ignore[arg-type]
    assert refused.value.field == field


def test_the_camera_of_another_school_is_not_there(archive: Archive) -> None:
    there = CameraWindow(camera_id=UUID(int=1), started_at=window(archive).started_at, ended_at=clock.now())
    with pytest.raises(NotFound):
        press(archive, windows=[there])


def test_what_is_gone_is_said_with_its_certificate(archive: Archive) -> None:
    day = clock.today() - timedelta(days=20)
    retention.destruction(archive.of, day=day)
    gone = clock.day_start(day) + timedelta(hours=9)
    wanted = CameraWindow(camera_id=archive.of.cameras["C-GATE"], started_at=gone, ended_at=gone + timedelta(minutes=5))
    with pytest.raises(Destroyed, match="銷毀-"):
        press(archive, windows=[wanted])


# ---- the lapse


def test_it_lapses_after_seven_whole_days_and_not_before(archive: Archive) -> None:
    made, today = press(archive), clock.today()
    for day in range(8):
        assert lapsing.end_holds(actor=ACTOR, tenant_id=made.tenant_id, today=today + timedelta(days=day)) == 0
    assert lapsing.end_holds(actor=ACTOR, tenant_id=made.tenant_id, today=today + timedelta(days=8)) == 1
    db.session.commit()
    assert hold_of(made).released_at is not None
    assert queries.found(tenant_id=made.tenant_id, hold_id=made.hold_id).has_lapsed


def test_the_institution_is_told_at_once_on_the_fifth_day_and_at_the_lapse(archive: Archive) -> None:
    made, today = press(archive), clock.today()
    assert made.untold == ["placed"]
    assert lapsing.warn(actor=ACTOR, tenant_id=made.tenant_id, today=today + timedelta(days=4)) == 0
    assert lapsing.warn(actor=ACTOR, tenant_id=made.tenant_id, today=today + timedelta(days=5)) == 1
    assert lapsing.warn(actor=ACTOR, tenant_id=made.tenant_id, today=today + timedelta(days=6)) == 0, "once"
    lapsing.end_holds(actor=ACTOR, tenant_id=made.tenant_id, today=today + timedelta(days=8))
    db.session.commit()
    assert made.untold == ["lapsed", "lapsing", "placed"]


@pytest.mark.req("KH-5-4b", "KH-5-4c")
def test_it_is_extended_by_a_number_only(archive: Archive) -> None:
    made = press(archive)
    head, later = one(Role.HEAD), clock.today() + timedelta(days=90)
    ids = {"actor": head, "tenant_id": made.tenant_id, "hold_id": made.hold_id, "review_on": later}
    for grounds in (None, _grounds(basis=HoldBasis.REQUEST), _grounds(document="")):
        with pytest.raises(Invalid):
            reviewing.extend_hold(**ids, reason="等公文", grounds=grounds)  # type: ignore[arg-type]
        db.session.rollback()
    reviewing.extend_hold(**ids, reason="已有案號", grounds=_grounds())  # type: ignore[arg-type]
    db.session.commit()
    assert lapsing.end_holds(actor=ACTOR, tenant_id=made.tenant_id, today=later) == 0
    assert not queries.found(tenant_id=made.tenant_id, hold_id=made.hold_id).is_urgent


def _grounds(**changed: object) -> Grounds:
    said: dict[str, object] = {
        "basis": HoldBasis.CRIME_INVESTIGATION,
        "reference": "高市警左分偵字第11571234500號",
        "document": "高市警左分偵字第11571234500號",
        "necessity": "偵辦車禍案",
    }
    return Grounds(**(said | changed))  # type: ignore[arg-type]


def test_whom_it_concerns_cannot_end_it_early(archive: Archive) -> None:
    made = press(archive)
    with pytest.raises(InvalidTransition, match="自行失效"):
        reviewing.end_hold(actor=one(Role.HEAD), tenant_id=made.tenant_id, hold_id=made.hold_id, reason="不需要")


@pytest.mark.req("KH-5-4a")
def test_a_call_alone_is_no_exception_from_the_year(archive: Archive) -> None:
    old, camera = clock.now() - timedelta(days=400), archive.of.cameras["C-GATE"]
    wanted = CameraWindow(camera_id=camera, started_at=old, ended_at=old + timedelta(hours=1))
    made = press(archive, windows=[wanted])
    assert hold_of(made).review_on == clock.today()


# ---- the caps (DR-01: mass requests to block all deletion)


@pytest.mark.req("DR-01")
@pytest.mark.parametrize(
    ("load", "said"),
    [
        (Load(at_once=9, today=4, camera_hours=100), ""),
        (Load(at_once=10, today=0, camera_hours=0), "進行中"),
        (Load(at_once=0, today=5, camera_hours=0), "今日"),
        (Load(at_once=0, today=0, camera_hours=199.5), "鏡頭小時"),
    ],
)
def test_the_caps_count_at_once_a_day_and_camera_hours(load: Load, said: str) -> None:
    end = clock.now()
    one_hour = CameraWindow(camera_id=UUID(int=1), started_at=end - timedelta(hours=1), ended_at=end)
    found = rules.beyond_caps(load, [one_hour])
    assert said in found
    assert bool(found) is bool(said)


@pytest.mark.req("DR-01")
def test_beyond_the_caps_only_the_head_may_and_says_so(archive: Archive) -> None:
    for _ in range(rules.MOST_A_DAY):
        press(archive)
    for role in (Role.GUARD, Role.HANDLER):
        with pytest.raises(Invalid, match="須由該機構首長"):
            press(archive, role=role, confirmed=True)
    with pytest.raises(Invalid) as asked:
        press(archive, role=Role.HEAD)
    assert asked.value.field == "confirmed"
    assert press(archive, role=Role.HEAD, confirmed=True).over_cap


@pytest.mark.req("DR-01")
def test_a_whole_month_of_everything_is_beyond_the_caps(archive: Archive) -> None:
    everything = [window(archive, hours=31 * 24, camera=code) for code in archive.of.cameras]
    with pytest.raises(Invalid, match="鏡頭小時"):
        press(archive, windows=everything)


# ---- the bureau


@pytest.mark.req("DR-09", "KH-1-3")
def test_the_bureaus_act_stands_in_the_institutions_chain(archive: Archive) -> None:
    bureau_id = people.bureau()
    officer = one(Role.BUREAU_OFFICER, "趙承辦")
    bind(db.session, Binding(tenant_id=bureau_id))
    made = actions.preserve(actor=officer, tenant_id=archive.of.tenant_id, call=CALL, windows=[window(archive)])
    assert db.session.scalar(db.select(Hold.id)) is None, "bound to the bureau again, its officer reads no hold"
    db.session.commit()
    bind(db.session, Binding(tenant_id=archive.of.tenant_id))
    assert made.from_bureau
    events = audit.latest(tenant_id=archive.of.tenant_id, limit=3)
    assert {(event.actor_name, event.actor_roles) for event in events} == {("趙承辦", "bureau_officer")}
    assert made.untold == ["placed"], "the institution is told at once"


def test_the_bureau_itself_has_nothing_to_keep(archive: Archive) -> None:
    bureau_id = people.bureau()
    bind(db.session, Binding(tenant_id=bureau_id))
    assert db.session.get_one(Tenant, bureau_id)
    with pytest.raises(Invalid):
        actions.preserve(actor=one(Role.BUREAU_OFFICER), tenant_id=bureau_id, call=CALL, windows=[window(archive)])
