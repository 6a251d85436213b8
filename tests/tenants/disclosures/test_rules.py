"""Pure rules about windows, scopes and dates."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from tenants.disclosures import asking
from tenants.disclosures.asking import AskedWindow
from tenants.disclosures.official import rules
from tenants.disclosures.official.rules import Awaited
from tenants.disclosures.packages.models import PackageState
from tenants.errors import Invalid

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
GATE, ROOM, ANNEX = UUID(int=1), UUID(int=2), UUID(int=3)
SITE_OF = {GATE: UUID(int=10), ROOM: UUID(int=10), ANNEX: UUID(int=11)}
WINDOW = AskedWindow(camera_id=GATE, started_at=NOW - 3 * HOUR, ended_at=NOW - 2 * HOUR)


def fault(*windows: AskedWindow) -> str:
    with pytest.raises(Invalid) as refused:
        asking.check_windows(windows, site_of=SITE_OF, now=NOW)
    assert refused.value.field == "windows"
    return str(refused.value)


@pytest.mark.req("KH-6-1f")
@pytest.mark.parametrize(
    ("begins", "ends", "says"),
    [
        (HOUR, 2 * HOUR, "尚未開始"),
        (-HOUR, HOUR, "尚未結束"),
        (-2 * HOUR, -3 * HOUR, "晚於開始時間"),
        (-2 * HOUR, -2 * HOUR, "晚於開始時間"),
        (-32 * 24 * HOUR, -HOUR, "不得超過31天"),
    ],
    ids=["future", "into-the-future", "reversed", "empty", "too-long"],
)
def test_an_impossible_span_is_refused(begins: timedelta, ends: timedelta, says: str) -> None:
    assert says in fault(replace(WINDOW, started_at=NOW + begins, ended_at=NOW + ends))


@pytest.mark.req("KH-6-1c", "DR-08")
def test_a_camera_that_is_not_the_institutions_is_unknown() -> None:
    assert "不屬於這個機構" in fault(replace(WINDOW, camera_id=uuid4()))


@pytest.mark.req("DR-11")
def test_one_request_concerns_one_site() -> None:
    assert "請分件申請" in fault(WINDOW, replace(WINDOW, camera_id=ANNEX))
    assert asking.check_windows([WINDOW, replace(WINDOW, camera_id=ROOM)], site_of=SITE_OF, now=NOW) == SITE_OF[GATE]


def test_windows_of_one_camera_may_touch_and_not_overlap() -> None:
    next_hour = replace(WINDOW, started_at=WINDOW.ended_at, ended_at=WINDOW.ended_at + HOUR)

    assert asking.check_windows([next_hour, WINDOW], site_of=SITE_OF, now=NOW)
    assert "重疊" in fault(WINDOW, replace(next_hour, started_at=WINDOW.ended_at - timedelta(seconds=1)))


@pytest.mark.req("DR-01")
def test_a_letter_cannot_freeze_everything() -> None:
    assert "至少指定一支" in fault()
    assert "至多50個時段" in fault(*(replace(WINDOW, camera_id=uuid4()) for _ in range(51)))


@pytest.mark.req("KH-6-1f")
@pytest.mark.parametrize("scope", ["全部鏡頭、整個月", "所有攝影機", "全園監視器", "前門 整週"])
def test_everything_is_a_scope_that_is_too_wide(scope: str) -> None:
    assert asking.is_broad([WINDOW], scope)
    assert not asking.is_broad([WINDOW], "前門鏡頭 10:00 至 11:00")


@pytest.mark.req("KH-6-1f")
def test_long_windows_need_a_second_look() -> None:
    long = replace(WINDOW, started_at=NOW - 75 * HOUR)
    longer = replace(WINDOW, started_at=NOW - 8 * 24 * HOUR)

    assert [caution.code for caution in asking.window_cautions([WINDOW], "前門")] == []
    assert [caution.code for caution in asking.window_cautions([long], "前門")] == ["long_window"]
    assert [caution.code for caution in asking.window_cautions([longer], None)] == ["long_window", "broad_scope"]


@pytest.mark.req("KH-6-1h", "KH-6-1e")
def test_letter_and_reply_are_dated_in_order() -> None:
    incoming, today = date(2026, 11, 18), date(2026, 11, 20)

    rules.check_reply_date(incoming, incoming=incoming, today=today)
    rules.check_document_date(today, today=today)
    for wrong in (incoming - timedelta(days=1), today + timedelta(days=1)):
        with pytest.raises(Invalid):
            rules.check_reply_date(wrong, incoming=incoming, today=today)
    with pytest.raises(Invalid, match="不能晚於今天"):
        rules.check_document_date(today + timedelta(days=1), today=today)


@pytest.mark.req("KH-6-4a")
@pytest.mark.parametrize(
    ("state", "waits_for", "days", "code"),
    [
        (PackageState.PENDING, None, 99, "not_ready"),
        (PackageState.READY, Awaited.COLLECTION, 0, "not_collected"),
        (PackageState.READY, Awaited.VIEWING, 0, "not_viewed"),
        (PackageState.READY, Awaited.COLLECTION, 1, ""),
        (PackageState.READY, Awaited.VIEWING, 1, ""),
        (PackageState.READY, None, 0, ""),
        (PackageState.LACKING, Awaited.COLLECTION, 0, ""),
    ],
)
def test_what_nobody_fetched_or_came_to_see_keeps_a_case_open_through_the_appeal_period(
    state: PackageState, waits_for: Awaited | None, days: int, code: str
) -> None:
    last = date(2026, 12, 20)
    fault = rules.not_carried_out(state=state, built_at=NOW, waits_for=waits_for, today=last + timedelta(days=days))
    assert (fault.code if fault is not None else "") == code
