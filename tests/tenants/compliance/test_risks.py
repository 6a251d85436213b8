"""What is told before the fourteen days are broken (DR-34)."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from tenants.compliance.articles.risks import of_box
from tenants.registry.models import EdgeDevice

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)

pytestmark = pytest.mark.req("DR-34")


def box(*, unheard: timedelta, hours_left: int | None) -> EdgeDevice:
    return EdgeDevice(
        id=uuid4(), site_id=uuid4(), name="邊緣主機", last_seen_at=NOW - unheard, disk_hours_left=hours_left
    )


@pytest.mark.parametrize(
    ("unheard", "hours_left", "words"),
    [
        (timedelta(minutes=1), 168, []),
        (timedelta(minutes=1), None, []),
        (timedelta(minutes=1), 47, ["錄影磁碟尚餘 47 小時"]),
        (timedelta(hours=47), 168, []),
        (timedelta(hours=48), 168, ["沒有連線；主機內的影像約可再保存 5.0 天"]),
        (timedelta(hours=48), None, ["沒有連線"]),
        (timedelta(days=9), 168, ["約可再保存 0 小時"]),
    ],
)
def test_a_box_that_runs_full_or_is_away_is_told_with_the_time_that_is_left(
    unheard: timedelta, hours_left: int | None, words: list[str]
) -> None:
    found = list(of_box(box(unheard=unheard, hours_left=hours_left), NOW))
    assert len(found) == len(words)
    assert all(word in risk.why for word, risk in zip(words, found, strict=True))
