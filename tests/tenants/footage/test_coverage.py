"""The account of a day, from the ledger alone."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.causes import GapCause
from tenants.footage.coverage import RECORDED, CameraDay, account, camera_day
from tenants.footage.rules import Gap, Reported, Window

MORNING = datetime(2026, 11, 19, 16, 0, tzinfo=UTC)
DAY = Window(MORNING, MORNING + timedelta(days=1))
WHOLE_US = 24 * 3600 * 1_000_000
SPANS = st.lists(
    st.tuples(st.integers(-WHOLE_US // 8, WHOLE_US), st.integers(1, WHOLE_US // 3)).map(
        lambda pair: Window(
            MORNING + timedelta(microseconds=pair[0]), MORNING + timedelta(microseconds=pair[0] + pair[1])
        )
    ),
    max_size=8,
)
REPORTS = st.lists(st.tuples(SPANS, st.sampled_from(GapCause), st.booleans()), max_size=3).map(
    lambda found: [Gap(span, cause, signed) for spans, cause, signed in found for span in spans]
)


@pytest.mark.req("DR-17", "KH-5-3b")
@given(SPANS, REPORTS)
def test_every_microsecond_of_a_day_is_in_the_account_once(footage: list[Window], gaps: list[Gap]) -> None:
    settled = account(DAY, footage=footage, gaps=gaps)
    assert sum(settled.microseconds.values()) == WHOLE_US
    assert sum(settled.seconds.values()) == 24 * 3600
    assert all(abs(settled.seconds[name] * 1_000_000 - us) < 1_000_000 for name, us in settled.microseconds.items())
    parts = sorted([*settled.recorded, *(gap.window for gap in settled.gaps)])
    reached = DAY.started_at
    for part in parts:
        assert part.started_at == reached
        reached = part.ended_at
    assert reached == DAY.ended_at


@given(SPANS, REPORTS)
def test_the_same_facts_in_any_order_give_the_same_seconds_recorded(footage: list[Window], gaps: list[Gap]) -> None:
    again = account(DAY, footage=reversed(footage), gaps=gaps)
    assert account(DAY, footage=footage, gaps=gaps) == again


def test_a_signed_word_counts_before_an_unsigned_one() -> None:
    told = Gap(DAY, GapCause.CAMERA_UNREACHABLE)
    signed = Gap(Window(MORNING, MORNING + timedelta(hours=1)), GapCause.BOX_RESTARTED, signed=True)
    assert account(DAY, footage=[], gaps=[told, signed]).seconds == {
        RECORDED: 0,
        "box_restarted": 3600,
        "camera_unreachable": 23 * 3600,
    }


def test_a_day_of_which_nobody_said_anything_is_unknown_and_not_missing() -> None:
    assert account(DAY, footage=[], gaps=[]).seconds == {RECORDED: 0, "not_explained": 24 * 3600}


def said(**word: object) -> Reported:
    """A box's last word of a camera, half an hour after the day; it cannot reach it, unless told otherwise."""
    usual = {"at": DAY.ended_at + timedelta(minutes=19), "recording": False, "late": None, "frozen_since": None}
    return Reported(**{"fault": GapCause.CAMERA_UNREACHABLE, **usual, **word})  # type: ignore[arg-type]


def day_of(reported: Reported | None) -> CameraDay:
    """The day as it is told when it is over, without footage and without a gap that has ended."""
    return camera_day(DAY, arrived=[], reports=[], reported=reported, now=DAY.ended_at + timedelta(minutes=20))


@pytest.mark.req("DR-30", "KH-5-3b")
def test_of_a_camera_that_fails_for_days_each_day_is_known_although_its_gap_has_not_ended() -> None:
    known = day_of(said(recorded_until=MORNING - timedelta(hours=30)))
    assert known.heard
    assert [(gap.window, gap.cause) for gap in known.gaps] == [(DAY, GapCause.CAMERA_UNREACHABLE)]


@pytest.mark.req("DR-30")
def test_of_a_box_that_is_silent_and_a_camera_that_never_recorded_the_day_stays_unknown() -> None:
    before = MORNING - timedelta(hours=1)
    silent = said(at=before, recording=True, recorded_until=before, fault=None)
    never = said(recorded_until=None)
    assert [day_of(each).heard for each in (silent, never, None)] == [False, False, False]


def claimed(*, days: float, silent: bool = False) -> CameraDay:
    """A day of which a box says that it holds all of it and has sent nothing, so many days after the day's end."""
    now = DAY.ended_at + timedelta(days=days)
    at = DAY.ended_at if silent else now
    word = Reported(at=at, recording=True, recorded_until=at, late=Window(DAY.started_at, at), fault=None)
    return camera_day(DAY, arrived=[], reports=[], reported=word, now=now)


@pytest.mark.req("DR-17")
@pytest.mark.parametrize("silent", [False, True], ids=["it goes on saying so", "and is never heard again"])
def test_what_a_box_says_it_recorded_and_never_sends_is_a_loss_once_it_can_arrive_no_more(*, silent: bool) -> None:
    assert claimed(days=13.9, silent=silent).coverage == 1
    assert claimed(days=14.5, silent=silent).coverage == pytest.approx(0.5), "the morning could not be taken any more"
    lost = claimed(days=15, silent=silent)
    assert (lost.coverage, list(lost.late), [gap.window for gap in lost.gaps]) == (0, [], [DAY])
