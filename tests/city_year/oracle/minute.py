"""What the bureau may know of an institution at a minute: its cameras, its days, and what of the law it breaks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tests.city_year import footage
from tests.city_year.days import ONE_DAY, at, day_of
from tests.city_year.events import Camera, Closed
from tests.city_year.oracle import hours, papers, recording, words
from tests.city_year.oracle.answers import Answer, Question
from tests.city_year.oracle.city import Key
from tests.city_year.oracle.morning import has_gap_today, standing, stopped

STANDING_NAMES = {
    "not_reported": "未回報",
    "no_data": "無資料",
    "fault": "異常",
    "to_do": "有待處理案件",
    "fine": "正常",
    "closed": "已停辦",
}
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True)
class Law:
    """Floor, ceiling and holds. `late` is how long the longest footage is beyond its day."""

    late: timedelta
    days_overdue: int
    stalled: bool
    open_holds: int
    late_reviews: int
    open_requests: int
    late_requests: int


def law(asked: Question) -> Law:
    """As it is known at the minute. No store lost anything before its day in this year, and no case its footage."""
    since = [at(day, "00:00") for day in recording.due_days(asked)]
    overdue = sum(asked.told_at - each > ONE_DAY for each in since)
    waiting = papers.waiting(asked)
    kept = papers.holds(asked)
    return Law(
        late=max((asked.told_at - each for each in since), default=timedelta()),
        days_overdue=overdue,
        stalled=overdue > 0,
        open_holds=len(kept) + len(waiting),
        late_reviews=sum(each.review_on < day_of(asked.told_at) for each in kept),
        open_requests=len(waiting),
        late_requests=sum(papers.due(each) < day_of(asked.told_at) for each in waiting),
    )


def holds_to_review(asked: Question) -> list[date]:
    """The days by which what is kept back is to be looked at, where they have come."""
    return sorted(each.review_on for each in papers.holds(asked) if each.review_on <= day_of(asked.told_at))


def law_words(of: Law) -> Iterator[str]:
    """What of floor, ceiling and holds needs a person."""
    if of.stalled:
        yield "已逾一日沒有銷毀任何到期影像"
    if of.late_reviews:
        yield f"{of.late_reviews} 筆保全或備查複製本逾複查日"


def kept_cameras(asked: Question) -> list[Camera]:
    """The cameras that nobody took down; those of a closed institution, whose footage is still kept, too."""
    day = day_of(asked.told_at)
    found = asked.year.all(Camera, asked.school.code)
    return [each for each in found if each.since <= day and (each.until is None or each.until > day)]


def oldest_day(asked: Question) -> date | None:
    """The earliest day of which any footage is left."""
    found = [footage.oldest(asked.year, each, asked.told_at) for each in kept_cameras(asked)]
    return min((each for each in found if each is not None), default=None)


def days_kept(asked: Question) -> int | None:
    """How far back it reaches."""
    oldest = oldest_day(asked)
    return (day_of(asked.told_at) - oldest).days if oldest is not None else None


def last_word(asked: Question) -> datetime | None:
    """When its box was heard last."""
    told = [footage.said(asked.year, each, asked.told_at) for each in asked.year.all(Camera, asked.school.code)]
    return max((each.at for each in told if each is not None), default=None)


def recording_now(asked: Question) -> int | None:
    """How many cameras record; nobody knows where nobody is heard."""
    if not asked.cameras or last_word(asked) is None:
        return None
    if footage.silence(asked.year, asked.school.code, asked.told_at) is not None:
        return None
    return len(asked.cameras) - stopped(asked)


def coverage(asked: Question, cameras: Sequence[Camera]) -> tuple[str, str]:
    """Whether a share of the day can be told of these cameras: known, unknown, not_begun, not_due; and how it reads."""
    due = hours.due(asked)
    if not due or not cameras:
        return "not_due", "不需錄影"
    if asked.told_at < due[0][0]:
        return "not_begun", "今日尚未開始"
    if not recording.heard(asked):
        return "unknown", words.NO_DATA
    shares = [recording.recorded_share(asked, each) for each in cameras]
    owed, got = (sum(part, timedelta()) // _SECOND for part in zip(*shares, strict=True))
    return "known", words.share(got, owed)


def short_of(asked: Question) -> Mapping[str, int]:
    """How many days each camera owes that has fewer, by code."""
    today, found = day_of(asked.told_at), {}
    for camera in asked.cameras:
        owed = max(footage.owed_since(asked.year, today), camera.since)
        oldest = footage.oldest(asked.year, camera, asked.told_at)
        if owed < today and (oldest is None or owed < oldest):
            found[camera.code] = (today - owed).days
    return found


def reasons(asked: Question, found: Mapping[Key, Answer]) -> Sequence[str]:
    """Why an institution stands as it does, each a sentence."""
    state, of = standing(asked, found), law(asked)
    late = [f"{of.late_requests} 件調閱案件已逾處理期限"] if of.late_requests else []
    broken = [*law_words(of), *late]
    if state == "closed":
        closed = min(each.since for each in asked.year.all(Closed, asked.school.code))
        return [f"自{words.day(closed)}起停辦，資料由守園市政府教育局保管"]
    if state == "no_data":
        return ["邊緣主機從未回報", *broken]
    if state == "not_reported":
        return ["邊緣主機停止回報", *broken]
    if state == "fault":
        return [*_faults(asked, of), *broken]
    return [f"{of.open_requests} 件調閱案件待處理"] if of.open_requests else []


def _faults(asked: Question, of: Law) -> Iterator[str]:
    if stopped(asked):
        yield f"{stopped(asked)} 支鏡頭未在錄影"
    if has_gap_today(asked):
        yield "今日應錄影時段有中斷"
    short = short_of(asked)
    if short:
        yield f"{len(short)} 支鏡頭保存天數不足 {'、'.join(map(str, sorted(set(short.values()))))} 日"
    if of.days_overdue:
        yield f"{of.days_overdue} 日份影像逾期未完成銷毀"
