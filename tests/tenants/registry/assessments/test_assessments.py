"""Where cameras may be and why: assessments, privacy notes, the head's word, attempts, and the three groups."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from infra import clock
from infra.db import bureau_session, db
from infra.private_places import private_place_in
from infra.tenancy import Binding, bind
from tenants.actor import Actor, ActorKind, system
from tenants.audit import queries as audit
from tenants.compliance.articles import actions as articles
from tenants.errors import Invalid, InvalidTransition, NotAllowed, NotFound
from tenants.permissions import Role
from tenants.registry import actions as registry_actions
from tenants.registry.assessments import actions, attempts, city, queries
from tenants.registry.assessments.attempts import Tried
from tenants.registry.assessments.models import ZoneAssessment
from tenants.registry.assessments.rules import Decision, TypedAssessment, Way
from tenants.registry.assessments.standing import standing
from tenants.registry.models import Camera
from tenants.registry.zones import Zone, ZoneGroup
from tests.factories import assessments, people
from tests.factories.registry import Institution, closed, institution

HEAD = Actor(kind=ActorKind.PERSON, id=uuid4(), name="園長", roles=frozenset({Role.HEAD}))
HANDLER = Actor(kind=ActorKind.PERSON, id=uuid4(), name="林組長", roles=frozenset({Role.HANDLER}))
TODAY = clock.today()
GATE = TypedAssessment(
    zone=Zone.FRONT_GATE,
    place="前門",
    need="出入口安全",
    decision=Decision.INSTALL,
    reason="人車進出頻繁",
    assessor="園長、林組長",
    assessed_on=TODAY,
    meeting="115學年度第1次園務會議",
)


def assess(of: Institution, typed: TypedAssessment = GATE) -> ZoneAssessment:
    made = actions.assess(actor=HANDLER, tenant_id=of.tenant_id, site_id=of.site_id, typed=typed)
    db.session.commit()
    return made


def add_camera(of: Institution, zone: Zone, *, code: str, name: str = "走廊") -> UUID:
    site = {"tenant_id": of.tenant_id, "site_id": of.site_id}
    made = registry_actions.add_camera(**site, code=code, name=name, zone=zone, actor=HANDLER)
    db.session.commit()
    return made.id


def link(of: Institution, camera_id: UUID, found: ZoneAssessment) -> None:
    actions.link_camera(actor=HANDLER, tenant_id=of.tenant_id, camera_id=camera_id, assessment_id=found.id)
    db.session.commit()


@pytest.mark.req("KH-3-1")
def test_a_decision_for_no_camera_is_kept_with_its_reason_and_is_no_breach(k1: Institution) -> None:
    assess(k1, replace(GATE, zone=Zone.BEDROOM, decision=Decision.OMIT, reason="幼兒午睡更衣"))
    found = standing(tenant_id=k1.tenant_id, day=TODAY)
    assert dict(found.omitted) == {
        ZoneGroup.OUTDOOR_PUBLIC: 0, ZoneGroup.INDOOR_PUBLIC: 1, ZoneGroup.ACTIVITY_ROOM: 0
    }  # fmt: skip
    assert found.unnoted == ()


@pytest.mark.req("KH-3-1")
def test_a_camera_without_an_assessment_waits_for_one_and_no_longer_once_it_has_it(k1: Institution) -> None:
    assert {camera for camera, _ in standing(tenant_id=k1.tenant_id, day=TODAY).unassessed} == set(k1.cameras.values())
    found = assess(k1)
    for camera_id in k1.cameras.values():
        link(k1, camera_id, found)
    assert standing(tenant_id=k1.tenant_id, day=TODAY).unassessed == ()
    assert "zone:camera_linked" in [event.event for event in audit.latest(tenant_id=k1.tenant_id)]


@pytest.mark.req("KH-3-1")
def test_the_assessment_of_a_camera_in_use_is_not_taken_back(k1: Institution) -> None:
    found = assess(k1)
    link(k1, k1.cameras["C-GATE"], found)
    with pytest.raises(InvalidTransition, match="仍以這筆評估為依據"):
        actions.withdraw(actor=HEAD, tenant_id=k1.tenant_id, assessment_id=found.id)
    registry_actions.retire_camera(tenant_id=k1.tenant_id, camera_id=k1.cameras["C-GATE"], actor=HEAD)
    for _ in range(2):
        actions.withdraw(actor=HEAD, tenant_id=k1.tenant_id, assessment_id=found.id)
    db.session.commit()
    with pytest.raises(InvalidTransition, match="已撤回"):
        actions.note_privacy(actor=HEAD, tenant_id=k1.tenant_id, assessment_id=found.id, note="x")


@pytest.mark.req("KH-3-1", "KH-3-2")
@pytest.mark.parametrize(
    ("zone", "decision", "sentence"),
    [(Zone.BACK_GATE, Decision.INSTALL, "同一區域"), (Zone.FRONT_GATE, Decision.OMIT, "決定不設置")],
)
def test_a_camera_rests_only_on_an_assessment_of_its_zone_that_was_for_one(
    k1: Institution, zone: Zone, decision: Decision, sentence: str
) -> None:
    found = assess(k1, replace(GATE, zone=zone, decision=decision))
    with pytest.raises(Invalid, match=sentence):
        link(k1, k1.cameras["C-GATE"], found)


@pytest.mark.req("KH-3-1", "KH-3-2", "KH-3-3")
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"zone": Zone.OUTDOOR_OTHER, "place": " "}, "place"),
        ({"zone": Zone.INDOOR_OTHER, "place": ""}, "place"),
        ({"zone": Zone.INDOOR_OTHER, "place": "廁所內"}, "place"),
        ({"zone": Zone.INDOOR_OTHER, "place": "更衣室"}, "place"),
        ({"zone": Zone.INDOOR_OTHER, "place": "哺乳室"}, "place"),
        ({"need": ""}, "need"),
        ({"reason": ""}, "reason"),
        ({"assessor": ""}, "assessor"),
        ({"assessed_on": None}, "assessed_on"),
        ({"assessed_on": TODAY + timedelta(days=1)}, "assessed_on"),
        ({"meeting": "會" * 501}, "meeting"),
    ],
)
def test_an_assessment_that_lacks_something_is_refused_beside_its_field(
    k1: Institution, changed: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        assess(k1, replace(GATE, **changed))  # type: ignore[arg-type]
    assert refused.value.field == field


@pytest.mark.req("KH-3-3")
def test_a_bedroom_without_a_privacy_note_is_kept_and_waits_for_it(k1: Institution) -> None:
    found = assess(k1, replace(GATE, zone=Zone.BEDROOM, place="小班寢室"))
    link(k1, camera_id := add_camera(k1, Zone.BEDROOM, code="C-BED", name="小班寢室"), found)
    assert standing(tenant_id=k1.tenant_id, day=TODAY).unnoted == ((camera_id, TODAY),)
    with pytest.raises(Invalid, match="隱私註記"):
        actions.note_privacy(actor=HANDLER, tenant_id=k1.tenant_id, assessment_id=found.id, note=" ")
    actions.note_privacy(actor=HANDLER, tenant_id=k1.tenant_id, assessment_id=found.id, note="床位區已遮罩")
    db.session.commit()
    assert standing(tenant_id=k1.tenant_id, day=TODAY).unnoted == ()
    with pytest.raises(InvalidTransition, match="已有隱私註記"):
        actions.note_privacy(actor=HANDLER, tenant_id=k1.tenant_id, assessment_id=found.id, note="又一次")


@pytest.mark.req("KH-3-3")
def test_a_bedroom_with_its_note_waits_for_nothing(k1: Institution) -> None:
    found = assess(k1, replace(GATE, zone=Zone.BEDROOM, place="小班寢室", privacy_note="床位區已遮罩"))
    link(k1, add_camera(k1, Zone.BEDROOM, code="C-BED", name="小班寢室"), found)
    assert standing(tenant_id=k1.tenant_id, day=TODAY).unnoted == ()


@pytest.mark.req("KH-3-6", "KH-3-5")
def test_a_nappy_table_in_an_activity_room_needs_its_mask_noted(k1: Institution) -> None:
    found = assess(k1, replace(GATE, zone=Zone.ACTIVITY_ROOM, place="幼幼班", nappy_table=True))
    link(k1, add_camera(k1, Zone.ACTIVITY_ROOM, code="C-BABY", name="幼幼班"), found)
    assert len(standing(tenant_id=k1.tenant_id, day=TODAY).unnoted) == 1


@pytest.mark.req("KH-3-3")
def test_another_indoor_place_waits_for_the_heads_word(k1: Institution) -> None:
    found = assess(k1, replace(GATE, zone=Zone.INDOOR_OTHER, place="玄關"))
    link(k1, camera_id := add_camera(k1, Zone.INDOOR_OTHER, code="C-HALL", name="玄關"), found)
    assert camera_id in dict(standing(tenant_id=k1.tenant_id, day=TODAY).unassessed)
    with pytest.raises(NotAllowed):
        actions.confirm(actor=HANDLER, tenant_id=k1.tenant_id, assessment_id=found.id)
    actions.confirm(actor=HEAD, tenant_id=k1.tenant_id, assessment_id=found.id)
    db.session.commit()
    assert camera_id not in dict(standing(tenant_id=k1.tenant_id, day=TODAY).unassessed)
    gate = assess(k1)
    with pytest.raises(InvalidTransition, match="不需要首長確認"):
        actions.confirm(actor=HEAD, tenant_id=k1.tenant_id, assessment_id=gate.id)


@pytest.mark.req("DR-30")
def test_a_past_day_asked_again_gives_what_was_known_then(k1: Institution) -> None:
    yesterday = TODAY - timedelta(days=1)
    db.session.execute(text("update cameras set created_at = now() - interval '9 days'"))
    found = assess(k1)
    link(k1, k1.cameras["C-GATE"], found)
    assert len(standing(tenant_id=k1.tenant_id, day=yesterday).unassessed) == 2
    assert len(standing(tenant_id=k1.tenant_id, day=TODAY).unassessed) == 1
    registry_actions.retire_camera(tenant_id=k1.tenant_id, camera_id=k1.cameras["C-ROOM2"], actor=HEAD)
    db.session.commit()
    assert [standing(tenant_id=k1.tenant_id, day=day).cameras for day in (yesterday, TODAY)] == [2, 1]


@pytest.mark.req("KH-3-6", "DR-19")
@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("2F 女廁", "washroom"),
        ("淋浴間", "bathroom"),
        ("教師更衣室", "changing_room"),
        ("集乳室", "nursing_room"),
        ("尿布台", "nappy_place"),
        ("宿舍203", "dormitory"),
        ("廁所入口前走廊", None),
        ("操場", None),
    ],
)
def test_a_forbidden_place_is_told_by_its_kind(name: str, place: str | None) -> None:
    assert private_place_in(name) == place


@pytest.mark.req("KH-3-6")
def test_an_attempt_is_kept_and_the_bureau_reads_its_kind_and_no_word(k1: Institution) -> None:
    tried = Tried(typed="2F 女廁", zone="indoor_other", way=Way.FORM)
    attempts.note_attempt(actor=HANDLER, tenant_id=k1.tenant_id, tried=tried)
    db.session.commit()
    assert [each.typed for each in queries.attempts(tenant_id=k1.tenant_id)] == ["2F 女廁"]
    (line,) = city.attempts(since=TODAY)
    assert (line.place, line.zone, line.way, line.tried_on) == ("washroom", "indoor_other", "form", TODAY)
    told = audit.latest(tenant_id=k1.tenant_id)[0]
    assert (told.event, "女廁" in str(told.fields)) == ("camera:place_refused", False)
    assert standing(tenant_id=k1.tenant_id, day=TODAY).attempts == 1
    with bureau_session() as session, pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text("select typed from place_attempts"))


@pytest.mark.req("KH-3-5")
def test_the_bureau_counts_the_three_groups_apart(k1: Institution) -> None:
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    add_camera(k1, Zone.ACTIVITY_ROOM, code="C-ROOM3", name="鹿鹿班")
    add_camera(k1, Zone.OFFICE, code="C-OFF", name="辦公室")
    articles.take_findings(tenant_id=k1.tenant_id, day=clock.today(), now=clock.now(), actor=system("test"))
    db.session.commit()
    line = next(each for each in city.zones() if each.tenant_id == k1.tenant_id)
    assert {group.value: count.cameras for group, count in line.groups.items()} == {
        "outdoor_public": 2,
        "indoor_public": 1,
        "activity_room": 1,
    }
    assert line.waits
    assert line.groups[ZoneGroup.OUTDOOR_PUBLIC].unassessed == 2


@pytest.mark.req("DR-30")
def test_an_institution_of_which_nothing_was_counted_has_no_figures(k1: Institution) -> None:
    assert next(each for each in city.zones() if each.tenant_id == k1.tenant_id).groups == {}


@pytest.mark.req("KH-3-5", "DR-33")
def test_an_institution_that_is_to_close_is_counted_until_the_day_on_which_it_does(k1: Institution) -> None:
    for closed_from, listed in ((TODAY + timedelta(days=1), True), (TODAY, False)):
        bind(db.session, Binding(tenant_id=k1.tenant_id))
        closed(k1, on=closed_from)
        assert (k1.tenant_id in {each.tenant_id for each in city.zones()}) is listed


def test_what_is_another_institutions_is_not_found(k1: Institution) -> None:
    k2 = institution("K2", name="月光幼兒園")
    bind(db.session, Binding(tenant_id=k2.tenant_id))
    theirs = assessments.assessment(k2, by=people.person())
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    with pytest.raises(NotFound):
        actions.withdraw(actor=HEAD, tenant_id=k1.tenant_id, assessment_id=theirs)
    with pytest.raises(NotFound):
        link(k1, uuid4(), assess(k1))


def test_a_camera_of_the_rows_is_in_use(k1: Institution) -> None:
    assert db.session.get_one(Camera, k1.cameras["C-GATE"]).active_from == date(2026, 1, 1)
