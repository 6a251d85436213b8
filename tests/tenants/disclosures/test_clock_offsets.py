"""How far a box's clock was off while it recorded, in words for whoever compares the picture with another clock."""

from dataclasses import replace

import pytest

from tenants.disclosures.packages.parts import clock_of
from tests.infra.test_manifest import LINE

pytestmark = pytest.mark.req("DR-07")
PREFIX = "錄影主機的時鐘與平台時間相比："


@pytest.mark.parametrize(
    ("offsets", "words"),
    [
        ((0, 400), "相符"),
        ((120_000,), "慢 0.120 秒"),
        ((-1_500_000, -1_500_400), "快 1.500 秒"),
        ((-20_000, 340_000), "介於快 0.020 秒與慢 0.340 秒之間"),
    ],
)
def test_least_and_most_are_said(offsets: tuple[int, ...], words: str) -> None:
    lines = [replace(LINE, clock_offset_us=offset, clock_source="server") for offset in offsets]
    assert clock_of(lines).words == PREFIX + words


def test_a_clock_that_was_never_compared_is_not_said_to_be_right() -> None:
    never = replace(LINE, clock_offset_us=0, clock_source="none")
    once = replace(LINE, clock_offset_us=90_000, clock_source="server")

    assert "未與平台校對" in clock_of([never]).words
    assert "未與平台校對" in clock_of([]).words
    assert clock_of([never, once]).words == f"{PREFIX}慢 0.090 秒（部分片段未校對）"


@pytest.mark.req("DR-07")
def test_footage_off_the_cameras_card_is_said_to_be_so() -> None:
    of_box = replace(LINE, clock_offset_us=90_000, clock_source="server")
    of_card = replace(LINE, clock_source="none", notes="recovered")
    seconds = (LINE.ended_us - LINE.started_us) / 1_000_000
    told = clock_of([of_box, of_card])
    assert (told.partly, told.recovered_us) == (False, LINE.ended_us - LINE.started_us)
    assert f"其中 {seconds:,.1f} 秒是事後自攝影機記憶卡回補" in told.words
    assert told.words.startswith(PREFIX)
    alone = clock_of([of_card])
    assert "未與平台校對" not in alone.words
    assert alone.is_all_recovered
