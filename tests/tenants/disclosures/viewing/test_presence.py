"""The picture stops within seconds of nobody being there, and goes on only with a PIN."""

import re
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from infra import clock
from infra.db import db
from tenants.actor import person, system
from tenants.disclosures.viewing import actions, ending, presence, rules
from tenants.disclosures.viewing.companions import shifts_of, turns_of
from tenants.disclosures.viewing.models import Pause, ViewingMark
from tenants.disclosures.viewing.rules import Presence
from tenants.errors import Invalid, InvalidTransition, NotAllowed, NotFound
from tenants.people import actions as accounts
from tenants.people import pins, roles
from tenants.people.models import User
from tenants.permissions import Role
from tests.factories import people
from tests.tenants.disclosures.conftest import member
from tests.tenants.disclosures.viewing.conftest import Booth

SECOND = timedelta(seconds=1)
_SCRIPT = Path(__file__).parents[4] / "webapp/static/viewing.js"


@pytest.mark.req("DR-14", "KH-7-1")
def test_while_the_page_lives_and_the_companion_confirms_the_picture_is_shown(booth: Booth) -> None:
    booth.begin()
    for _ in range(3):
        booth.jump(rules.BEAT_EVERY)
        booth.beat()
        assert booth.stopped() == ""
    assert booth.events() == ["viewing:begun"], "signs of life are no acts"


@pytest.mark.req("DR-14", "KH-7-1", "DR-12")
def test_silence_stops_the_picture_and_a_late_sign_of_life_wakes_nothing(booth: Booth) -> None:
    booth.begin()
    booth.jump(rules.SILENT_AFTER + SECOND)
    assert booth.stopped() == "silent"
    with pytest.raises(presence.Stopped):
        booth.beat()
    assert booth.stopped() == "silent"
    assert booth.events() == ["viewing:begun", "viewing:paused"], "once, however often it is asked"


@pytest.mark.req("DR-14")
def test_what_is_shown_after_the_last_sign_of_life_ends_within_ten_seconds() -> None:
    script = _SCRIPT.read_text()
    told = dict(re.findall(r"(maxBufferLength|maxMaxBufferLength): (\d+)", script))
    assert told["maxBufferLength"] == told["maxMaxBufferLength"]
    buffered = timedelta(seconds=int(told["maxBufferLength"]) + 2)  # a piece of two seconds begun while less is in hand
    assert rules.SILENT_AFTER + buffered < 10 * SECOND


@pytest.mark.req("KH-7-1", "TY-5-4a", "DR-14")
def test_a_companion_who_does_not_confirm_again_lapses(booth: Booth) -> None:
    booth.begin()
    _live_for(booth, rules.CONFIRMED_FOR - 10 * SECOND)
    assert booth.stopped() == ""
    actions.confirm(**booth.own, pin=people.PIN)  # type: ignore[arg-type]
    db.session.commit()
    _live_for(booth, rules.CONFIRMED_FOR - 10 * SECOND)
    assert booth.stopped() == ""
    _live_for(booth, 12 * SECOND)
    assert booth.row().pause_reason == "lapsed"


def _live_for(booth: Booth, time: timedelta) -> None:
    """Let time pass with signs of life: the last of them as the page would send it."""
    row = booth.row()
    booth.jump(time)
    row.seen_at = clock.now() - SECOND
    db.session.commit()
    booth.stopped()


@pytest.mark.req("KH-7-1")
def test_a_wrong_pin_confirms_nothing_and_counts(booth: Booth) -> None:
    booth.begin()
    before = booth.row().confirmed_at
    booth.jump(2 * SECOND)
    with pytest.raises(pins.WrongPin):
        actions.confirm(**booth.own, pin="000111")  # type: ignore[arg-type]
    db.session.commit()
    assert booth.row().confirmed_at == before
    assert db.session.get_one(User, booth.companion.id).pin_failures == 1


@pytest.mark.req("DR-15", "KH-7-1", "KH-5-2")
def test_the_companions_account_or_role_ending_stops_the_picture(booth: Booth) -> None:
    booth.begin()
    assert booth.companion.id is not None
    roles.end_role(tenant_id=booth.tenant_id, user_id=booth.companion.id, role=Role.STAFF, actor=booth.desk.scene.head)
    db.session.commit()
    assert booth.stopped() == "companion_gone"


@pytest.mark.req("DR-15", "KH-5-2")
def test_so_does_the_companions_account_being_closed(booth: Booth) -> None:
    booth.begin()
    assert booth.companion.id is not None
    accounts.deactivate(user_id=booth.companion.id, actor=system("test"))
    db.session.commit()
    assert booth.stopped() == "companion_gone"


@pytest.mark.req("DR-27")
@pytest.mark.parametrize("who", ["companion", "operator"])
def test_so_does_a_conflict_that_is_found_while_it_runs(booth: Booth, who: str) -> None:
    booth.begin()
    booth.case.excluded = [str(getattr(booth, who).id)]
    db.session.commit()
    assert booth.stopped() == "companion_gone"


@pytest.mark.req("DR-12")
def test_so_does_the_end_of_the_case_and_the_limit(booth: Booth) -> None:
    booth.begin()
    booth.case.state = "refused"
    db.session.commit()
    assert booth.stopped() == "case_over"


@pytest.mark.req("DR-14")
def test_a_session_has_a_limit_that_no_pin_prolongs(booth: Booth) -> None:
    booth.begin()
    row = booth.row()
    row.began_at = clock.now() - rules.LONGEST
    db.session.commit()
    assert booth.stopped() == "limit"
    with pytest.raises(InvalidTransition, match="時間上限"):
        _go_on(booth)


def test_what_came_first_is_told() -> None:
    now = clock.now()
    found = Presence(
        began_at=now - timedelta(hours=3),
        confirmed_at=now - timedelta(hours=3),
        seen_at=now - timedelta(hours=3),
        companion_there=False,
        case_granted=False,
    )
    reason = rules.stopped(found, now=now)
    assert reason is not None
    assert reason == ("silent", found.seen_at + rules.SILENT_AFTER)


def _go_on(booth: Booth, *, companion: UUID | None = None, pin: str = people.PIN) -> None:
    assert booth.companion.id is not None
    running = actions.go_on(actor=booth.operator, companion_id=companion or booth.companion.id, pin=pin, **booth.ids)
    db.session.commit()
    booth.token = running.token


@pytest.mark.req("DR-14")
def test_leaving_stops_and_only_the_pin_goes_on_with_a_new_token(booth: Booth) -> None:
    booth.begin()
    presence.pause(actor=booth.operator, **booth.ids)
    db.session.commit()
    assert booth.stopped() == "left"
    with pytest.raises(pins.WrongPin):
        _go_on(booth, pin="000111")
    db.session.commit()
    assert booth.stopped() == "left"
    before = booth.token
    _go_on(booth)
    assert booth.stopped() == ""
    booth.token = before
    with pytest.raises(NotAllowed):
        booth.stopped()
    assert booth.events() == ["viewing:begun", "viewing:paused", "viewing:resumed"]


@pytest.mark.req("DR-12")
def test_another_persons_browser_or_token_shows_nothing(booth: Booth) -> None:
    booth.begin()
    own = booth.own
    for changed in ({"token": booth.token[:-1] + "~"}, {"token": ""}, {"actor": booth.companion}):
        with pytest.raises(NotAllowed):
            presence.live(**(own | changed))  # type: ignore[arg-type]
        with pytest.raises(NotAllowed):
            presence.beat(**(own | changed))  # type: ignore[arg-type]
        db.session.rollback()
    with pytest.raises(NotFound):
        presence.live(**(own | {"viewing_id": UUID(int=2)}))  # type: ignore[arg-type]


@pytest.mark.req("DR-14", "KH-7-1")
def test_a_colleague_takes_over_with_their_own_pin_and_the_chain_knows(booth: Booth) -> None:
    booth.begin()
    colleague = member(booth.desk.scene.school, Role.GUARD, "陳警衛")
    assert colleague.id is not None
    people.pin(colleague.id, "730264")
    with pytest.raises(pins.WrongPin):
        actions.hand_over(**booth.own, companion_id=colleague.id, pin=people.PIN)  # type: ignore[arg-type]
    db.session.rollback()
    with pytest.raises(Invalid, match="目前的陪同人員"):
        actions.hand_over(**booth.own, companion_id=booth.companion.id, pin=people.PIN)  # type: ignore[arg-type]
    db.session.rollback()
    actions.hand_over(**booth.own, companion_id=colleague.id, pin="730264")  # type: ignore[arg-type]
    db.session.commit()
    assert booth.row().companion_id == colleague.id
    assert booth.events() == ["viewing:begun", "viewing:handed_over"]


def test_a_mark_lies_in_the_approved_span_and_says_something(booth: Booth) -> None:
    booth.begin()
    window = booth.window()
    where = {"window_id": window.id, "taken_at": window.started_at + SECOND, "note": "黑衣男子進入"}
    actions.mark(**booth.own, **where)  # type: ignore[arg-type]
    db.session.commit()
    for wrong in ({"note": " "}, {"taken_at": window.ended_at + SECOND}, {"taken_at": window.started_at - SECOND}):
        with pytest.raises(Invalid):
            actions.mark(**booth.own, **(where | wrong))  # type: ignore[arg-type]
        db.session.rollback()
    with pytest.raises(NotFound):
        actions.mark(**booth.own, **(where | {"window_id": UUID(int=3)}))  # type: ignore[arg-type]
    db.session.rollback()
    assert [mark.note for mark in db.session.scalars(select(ViewingMark))] == ["黑衣男子進入"]


@pytest.mark.req("DR-12", "KH-7-1")
def test_a_stop_is_told_of_when_the_picture_stopped_and_not_of_when_somebody_came_back(booth: Booth) -> None:
    booth.begin()
    dark = booth.row().seen_at + rules.SILENT_AFTER
    booth.jump(20 * 60 * SECOND)

    presence.look(actor=booth.operator, tenant_id=booth.tenant_id, viewing_id=booth.viewing_id)
    db.session.commit()

    (stop,) = turns_of(booth.row())
    assert (stop.stopped, stop.at) == (Pause.SILENT, dark)


@pytest.mark.req("KH-7-1")
def test_each_companion_has_the_time_of_their_own(booth: Booth) -> None:
    booth.begin()
    first = person(booth.companion)
    booth.jump(3 * SECOND)
    other = member(booth.desk.scene.school, Role.STAFF, "林老師")
    people.pin(person(other))
    actions.hand_over(**booth.own, companion_id=person(other), pin=people.PIN)  # type: ignore[arg-type]
    db.session.commit()

    before, after = shifts_of(booth.row())

    assert (before.companion_id, after.companion_id) == (first, person(other))
    assert before.until == after.since
    assert after.until is None


@pytest.mark.req("DR-14")
def test_a_companion_whose_room_went_dark_here_may_enter_another_at_once(booth: Booth) -> None:
    booth.begin()
    first = booth.viewing_id
    booth.jump(rules.SILENT_AFTER + SECOND)
    assert booth.row().state == "running", "nobody has asked yet"
    ending.settle(actor=system("sweep"), tenant_id=booth.tenant_id)
    db.session.commit()
    assert booth.row().pause_reason == "silent"
    assert booth.viewing_id == first
