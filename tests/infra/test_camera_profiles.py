"""In what a camera differs from what a school approved of it."""

from dataclasses import replace
from typing import Any

import pytest

from infra.camera_profiles import Difference, Measured, approving, differences

GOOD = Measured(
    codec="h264", width=1920, height=1080, fps=15, key_interval_ms=2000, kbps=2048, firmware="1.0", clock_offset_ms=900
)


@pytest.mark.req("KH-3-8", "KH-3-9")
@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({}, []),
        ({"fps": 13, "kbps": 4000, "key_interval_ms": 2900}, []),
        ({"codec": "hevc"}, [Difference.CODEC]),
        ({"width": 640, "height": 360}, [Difference.RESOLUTION]),
        ({"fps": 6}, [Difference.FPS]),
        ({"key_interval_ms": 10_000}, [Difference.KEY_INTERVAL]),
        ({"key_interval_ms": None}, [Difference.KEY_INTERVAL]),
        ({"kbps": 64}, [Difference.BITRATE]),
        ({"firmware": "1.1"}, [Difference.FIRMWARE]),
        ({"firmware": ""}, []),
        ({"clock_offset_ms": -600_000}, [Difference.CLOCK]),
        ({"clock_offset_ms": None}, []),
    ],
)
def test_a_difference_is_told_for_what_it_is(changed: dict[str, Any], found: list[Difference]) -> None:
    assert differences(approving(GOOD), replace(GOOD, **changed), needs_mask=False) == found


@pytest.mark.req("DR-19", "KH-3-3")
def test_a_mask_that_is_off_or_cannot_be_seen_is_a_difference_where_one_is_needed() -> None:
    for masks, found in ((None, [Difference.MASK]), (0, [Difference.MASK]), (1, [])):
        assert differences(None, replace(GOOD, masks=masks), needs_mask=True) == found
    assert differences(None, GOOD, needs_mask=False) == []


def test_what_sent_no_key_frame_cannot_be_approved() -> None:
    assert approving(replace(GOOD, key_interval_ms=None)) is None
