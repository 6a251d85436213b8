"""A camera before a washroom: a second person's look, again after every move, and no picture before (KH-3-4)."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from infra import clock
from infra.causes import PictureFault
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import Actor, ActorKind
from tenants.audit import queries as audit
from tenants.errors import Invalid, NotAllowed, NotFound
from tenants.footage.heartbeats import CameraReport, Heartbeat, record_heartbeat
from tenants.footage.pictures import PictureHealth
from tenants.permissions import Role
from tenants.registry.assessments import actions, playback, queries, rules
from tenants.registry.assessments.models import CameraMove
from tenants.registry.assessments.playback import NotReviewed
from tenants.registry.assessments.rules import EntranceState, Look, TypedReview
from tenants.registry.assessments.standing import standing
from tests.factories import assessments, footage
from tests.factories.registry import Institution

HEAD = Actor(kind=ActorKind.PERSON, id=uuid4(), name="園長", roles=frozenset({Role.HEAD}))
TEACHER = Actor(kind=ActorKind.PERSON, id=uuid4(), name="張雅婷", roles=frozenset({Role.STAFF}))
GUARD = Actor(kind=ActorKind.PERSON, id=uuid4(), name="警衛", roles=frozenset({Role.GUARD}))
NOW = clock.now()
SEEN = TypedReview(
    looked_at=NOW - timedelta(minutes=10),
    look=Look.ON_SITE,
    seen="走廊與門外一公尺",
    set_up_by="安裝廠商王先生",
    is_clear=True,
    signed=True,
)

pytestmark = pytest.mark.req("KH-3-4")


@pytest.fixture
def camera_id(k1: Institution) -> UUID:
    """K1's camera before a washroom, with a box."""
    return assessments.before_washroom(k1)


def review(of: Institution, typed: TypedReview = SEEN, *, actor: Actor = TEACHER) -> None:
    actions.review_entrance(
        actor=actor, tenant_id=of.tenant_id, camera_id=of.cameras["C-GATE"], typed=typed, now=clock.now()
    )
    db.session.commit()


def state(of: Institution) -> EntranceState:
    return queries.entrances(tenant_id=of.tenant_id)[0].state


def play(of: Institution) -> None:
    playback.check_playable(tenant_id=of.tenant_id, camera_ids=of.cameras.values())


def look(*, faults: tuple[PictureFault, ...] = (), reference_at: datetime | None = None) -> PictureHealth:
    return PictureHealth(
        taken_at=clock.now(),
        brightness=120,
        contrast=40,
        sharpness=90,
        likeness=20 if faults else 95,
        reference_at=reference_at or NOW - timedelta(days=3),
        faults=faults,
    )


def beat(of: Institution, device_id: UUID, picture: PictureHealth, *, camera: str = "C-GATE") -> None:
    box = Actor(kind=ActorKind.DEVICE, id=device_id, name="主機", roles=frozenset())
    report = CameraReport(
        camera_id=of.cameras[camera],
        recording=True,
        recorded_until=clock.now(),
        spooled=0,
        spooled_from=None,
        fault=None,
        picture=picture,
    )
    heartbeat = Heartbeat(clock_offset_ms=0, cameras=[report], gaps=[])
    record_heartbeat(actor=box, tenant_id=of.tenant_id, heartbeat=heartbeat, now=clock.now())
    db.session.commit()


def test_a_camera_that_nobody_looked_at_is_not_played_and_one_that_was_seen_is(
    k1: Institution, camera_id: UUID
) -> None:
    assert state(k1) is EntranceState.NEVER
    with pytest.raises(NotReviewed, match="尚未由第二人查看"):
        play(k1)
    review(k1)
    assert state(k1) is EntranceState.CLEAR
    play(k1)
    (kept,) = queries.reviews(tenant_id=k1.tenant_id, camera_id=camera_id)
    assert (kept.statement, kept.reviewed_by) == (rules.STATEMENT, TEACHER.id)


@pytest.mark.usefixtures("camera_id")
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"set_up_by": " 張 雅婷"}, "set_up_by"),
        ({"set_up_by": ""}, "set_up_by"),
        ({"seen": " "}, "seen"),
        ({"looked_at": NOW + timedelta(hours=1)}, "day"),
        ({"signed": False}, "signed"),
        ({"seen": "字" * 501}, "seen"),
    ],
    ids=["the same person", "nobody mounted it", "nothing seen", "not yet", "unsigned", "too much"],
)
def test_a_look_that_is_none_is_refused(k1: Institution, changed: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        review(k1, replace(SEEN, **changed))  # type: ignore[arg-type]
    assert refused.value.field == field


@pytest.mark.usefixtures("camera_id")
def test_a_camera_that_shows_the_inside_is_not_played(k1: Institution) -> None:
    review(k1, replace(SEEN, is_clear=False, signed=False))
    assert state(k1) is EntranceState.UNCLEAR
    with pytest.raises(NotReviewed, match="拍得到盥洗室內部"):
        play(k1)
    assert len(standing(tenant_id=k1.tenant_id, day=clock.today()).unreviewed) == 1


@pytest.mark.req("KH-3-9")
@pytest.mark.usefixtures("camera_id")
def test_a_move_that_the_box_saw_asks_for_a_new_look_once(k1: Institution) -> None:
    device_id = footage.device(k1)
    review(k1)
    beat(k1, device_id, look())
    assert state(k1) is EntranceState.CLEAR
    for _ in range(2):
        beat(k1, device_id, look(faults=(PictureFault.MOVED,)))
    assert state(k1) is EntranceState.MOVED
    assert db.session.query(CameraMove).count() == 1
    with pytest.raises(NotReviewed, match="移動或重設基準後尚未由第二人複核"):
        play(k1)
    assert dict(standing(tenant_id=k1.tenant_id, day=clock.today()).unreviewed) == {k1.cameras["C-GATE"]: clock.today()}
    assert "camera:moved" in [event.event for event in audit.latest(tenant_id=k1.tenant_id)]
    review(k1)
    play(k1)


@pytest.mark.usefixtures("camera_id")
def test_a_new_reference_is_a_move_too(k1: Institution) -> None:
    device_id = footage.device(k1)
    review(k1)
    beat(k1, device_id, look(reference_at=clock.now() + timedelta(seconds=1)))
    assert state(k1) is EntranceState.MOVED


@pytest.mark.usefixtures("camera_id")
def test_a_camera_elsewhere_may_move_and_be_played(k1: Institution) -> None:
    device_id = footage.device(k1)
    beat(k1, device_id, look(faults=(PictureFault.MOVED,)), camera="C-ROOM2")
    playback.check_playable(tenant_id=k1.tenant_id, camera_ids=[k1.cameras["C-ROOM2"]])
    assert db.session.query(CameraMove).count() == 0


def test_the_head_lets_it_be_played_for_a_week_and_only_until_it_moves_again(k1: Institution, camera_id: UUID) -> None:
    assessments.reviewed(k1, by=uuid4())
    assessments.moved(k1)
    asked = {"tenant_id": k1.tenant_id, "camera_id": camera_id}
    with pytest.raises(NotAllowed):
        actions.allow_playback(actor=TEACHER, **asked, reason="警詢案件")
    with pytest.raises(Invalid, match="理由"):
        actions.allow_playback(actor=HEAD, **asked, reason=" ")
    actions.allow_playback(actor=HEAD, **asked, reason="警詢案件 115-A-3")
    db.session.commit()
    play(k1)
    found = queries.entrances(tenant_id=k1.tenant_id)[0]
    assert not found.may_play(clock.today() + timedelta(days=8))
    assessments.moved(k1)
    with pytest.raises(NotReviewed):
        play(k1)


def test_who_may_not_review_does_not_and_a_camera_elsewhere_has_none(k1: Institution, camera_id: UUID) -> None:
    with pytest.raises(NotAllowed):
        review(k1, actor=GUARD)
    with pytest.raises(NotFound):
        actions.review_entrance(
            actor=TEACHER, tenant_id=k1.tenant_id, camera_id=k1.cameras["C-ROOM2"], typed=SEEN, now=clock.now()
        )
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    assert camera_id
