"""What will lie in the store: numbers that can be worked out by hand (DR-10, DR-30)."""

from datetime import date, timedelta

import pytest

from tenants.compliance.storage.rules import Course, Kept, Room, course, lying, reached, room_on, together

TODAY = date(2026, 11, 29)
FOURTEEN = (Kept(since=date(2025, 1, 1), days=14),)

pytestmark = pytest.mark.req("DR-10")


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def ahead(days: int) -> date:
    return TODAY + timedelta(days=days)


def taken(sizes: dict[date, int], *, cameras: dict[date, int] | None = None, now: int | None = None) -> Course:
    return course(sizes, today=TODAY, cameras=cameras or {}, cameras_now=now)


def steady(days: int = 40, size: int = 10) -> Course:
    return taken({ago(back): size for back in range(1, days + 1)})


def stored(of: Course, on: date, kept: tuple[Kept, ...] = FOURTEEN) -> int | None:
    return lying(of, on=on, today=TODAY, kept=kept)


def test_a_steady_site_holds_the_days_of_its_period_and_the_one_being_recorded() -> None:
    assert stored(steady(), TODAY) == 15 * 10
    assert stored(steady(), ahead(365)) == 15 * 10


def test_footage_is_gone_on_the_day_after_its_period() -> None:
    once = course({ago(1): 100}, today=TODAY, cameras={}, cameras_now=None, closed=True)
    assert stored(once, ahead(13)) == 100, "kept through the fourteenth day"
    assert stored(once, ahead(14)) == 0


def test_a_new_site_fills_up_day_by_day_until_its_period_is_full() -> None:
    young = taken({ago(2): 10, ago(1): 10})
    assert [stored(young, ahead(days)) for days in (0, 1, 11, 12, 13, 30)] == [30, 40, 140, 150, 150, 150]


def test_a_longer_period_that_is_scheduled_lets_days_pile_up_from_its_first_day_on() -> None:
    """14 → 30 days from the 31st day on: the days recorded before go after 14, the others after 30."""
    kept = (*FOURTEEN, Kept(since=ahead(30), days=30))
    of = steady()
    assert stored(of, ahead(29), kept) == 150
    assert stored(of, ahead(44), kept) == 150, "the 14 days before it are going while as many new ones come"
    assert stored(of, ahead(45), kept) == 160
    assert stored(of, ahead(60), kept) == 310
    assert stored(of, ahead(365), kept) == 31 * 10


def test_a_shorter_period_takes_force_for_the_days_recorded_under_it() -> None:
    kept = (Kept(since=date(2025, 1, 1), days=30), Kept(since=ahead(10), days=14))
    of = steady()
    assert stored(of, TODAY, kept) == 310
    assert stored(of, ahead(90), kept) == 150


def test_a_new_camera_counts_whole_from_its_first_day_on() -> None:
    """Ten days of two cameras, four of three: a day will be three cameras' and not the mean of what was."""
    sizes = {ago(back): 20 if back > 4 else 30 for back in range(1, 15)}
    cameras = {ago(back): 2 if back > 4 else 3 for back in range(1, 15)}
    grown = taken(sizes, cameras=cameras, now=3)
    assert grown.rate == 30
    assert stored(grown, TODAY) == 10 * 20 + 4 * 30 + 30
    assert stored(grown, ahead(30)) == 15 * 30


def test_a_camera_entered_today_is_reckoned_with_before_it_recorded_anything() -> None:
    cameras = {ago(back): 2 for back in range(1, 15)}
    assert taken({ago(back): 20 for back in range(1, 15)}, cameras=cameras, now=3).rate == 30


@pytest.mark.req("DR-30")
def test_a_site_that_never_reported_is_unknown_and_no_zero() -> None:
    silent = taken({})
    assert silent.rate is None
    assert stored(silent, TODAY) is None
    assert stored(silent, ahead(30)) is None


@pytest.mark.req("DR-30")
def test_a_site_silent_for_two_weeks_is_known_today_and_unknown_tomorrow() -> None:
    kept = (Kept(since=date(2025, 1, 1), days=30),)
    silent = taken({ago(20): 10, ago(16): 10})
    assert stored(silent, TODAY, kept) == 50, "with the three days between that are filled"
    assert stored(silent, ahead(30), kept) is None
    assert stored(silent, TODAY) is None, "after fourteen days nothing that is known is left"


def test_a_missing_day_is_filled_with_the_larger_neighbour_and_told() -> None:
    holed = taken({ago(5): 10, ago(3): 30, ago(2): 10, ago(1): 10})
    assert holed.sizes[ago(4)] == 30
    assert holed.guessed == 1
    assert holed.rate == 15, "of the days that are known alone"
    assert stored(holed, TODAY) == 10 + 30 + 30 + 10 + 10 + 15


def test_days_not_taken_yet_are_filled_with_what_a_day_brings() -> None:
    late = taken({ago(4): 10, ago(3): 20})
    assert (late.sizes[ago(2)], late.sizes[ago(1)], late.guessed) == (15, 15, 2)


def test_a_mean_is_rounded_up() -> None:
    assert taken({ago(2): 10, ago(1): 11}).rate == 11


def test_today_is_not_over_and_measures_nothing() -> None:
    assert taken({ago(1): 10, TODAY: 999}).rate == 10


def test_sites_together_are_their_sum() -> None:
    both = together([steady(), steady(size=5), taken({})])
    assert stored(both, ahead(30)) == 15 * 15


ROOMS = [Room(since=ago(30), size=160), Room(since=ahead(50), size=1000), Room(since=ahead(50), size=400)]


def test_room_is_that_of_the_latest_day_begun_and_of_two_the_later_entry() -> None:
    assert [room_on(ahead(days), ROOMS) for days in (-31, 0, 49, 50)] == [None, 160, 160, 400]
    assert room_on(TODAY, []) is None


def test_the_day_on_which_a_share_of_the_room_is_taken() -> None:
    kept = (*FOURTEEN, Kept(since=ahead(30), days=30))
    curve = [(ahead(days), stored(steady(), ahead(days), kept) or 0) for days in range(366)]
    assert reached(curve, ROOMS[:1], share=0.8) == TODAY
    assert reached(curve, ROOMS[:1], share=1) == ahead(45)
    assert reached(curve, [Room(since=ago(1), size=311)], share=1) is None
    assert reached(curve, [], share=0.8) is None, "nobody said how much room there is"
    assert reached(curve, [Room(since=ago(1), size=160), Room(since=ahead(40), size=1000)], share=1) is None
