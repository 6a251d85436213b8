"""When a picture without colour is a fault: by day, after half an hour (KH-3-8)."""

from datetime import datetime, timedelta

import pytest

from infra.causes import PictureFault
from infra.clock import TAIPEI
from tenants.footage.pictures import PictureHealth

DAY = datetime(2026, 11, 20, tzinfo=TAIPEI)


def faults(*, since: timedelta | None, until: timedelta) -> list[PictureFault]:
    looked = PictureHealth(
        taken_at=DAY + until,
        brightness=110,
        contrast=40,
        sharpness=300,
        likeness=None,
        reference_at=None,
        faults=[],
        colourless_since=DAY + since if since is not None else None,
    )
    return list(looked.all_faults)


@pytest.mark.req("KH-3-8")
@pytest.mark.parametrize(
    ("since", "until", "is_fault"),
    [
        (timedelta(hours=1), timedelta(hours=2), False),
        (timedelta(hours=11), timedelta(hours=11, minutes=30), True),
        (timedelta(hours=11), timedelta(hours=11, minutes=29), False),
        (timedelta(hours=12), timedelta(hours=14, minutes=50), False),
        (timedelta(hours=-6), timedelta(hours=8, minutes=10), False),
        (timedelta(hours=-6), timedelta(hours=8, minutes=30), True),
        (timedelta(hours=9), timedelta(hours=20), True),
        (timedelta(days=-9), timedelta(hours=2), True),
    ],
    ids=[
        "infrared at two in the night",
        "half an hour before noon",
        "a minute less",
        "the nap",
        "from the night into the morning",
        "and no colour when the day has come",
        "what was grey by day stays said in the evening",
        "for days",
    ],
)
def test_grey_is_a_fault_by_day_and_none_by_night(since: timedelta, until: timedelta, *, is_fault: bool) -> None:
    assert faults(since=since, until=until) == ([PictureFault.COLOURLESS] if is_fault else [])


@pytest.mark.req("KH-3-8")
def test_a_picture_in_colour_is_none() -> None:
    assert faults(since=None, until=timedelta(hours=11)) == []
