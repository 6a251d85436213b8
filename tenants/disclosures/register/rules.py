"""What a line of the register must say, as pure rules."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from tenants.errors import Invalid, refuse

LONGEST_SUMMARY = 60  # KH-A2-06
MOST_PEOPLE = 10


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What was looked at of one camera, half-open, as it was and not as it was asked (KH-A2-05)."""

    camera: str
    started_at: datetime
    ended_at: datetime


@dataclass(frozen=True, kw_only=True)
class Accessor:
    """Somebody who was there (KH-A2-03): name, unit and title, all three (KH-7-3)."""

    name: str
    unit: str
    title: str


@dataclass(frozen=True, kw_only=True)
class WrittenLine:
    """A line as a person enters it: of a paper, or as an earlier line should have read."""

    people: tuple[Accessor, ...]
    started_at: datetime
    ended_at: datetime
    seen: tuple[Seen, ...]
    summary: str
    viewed: bool
    copied: bool
    accompanied_by: str = ""


def check_accessor(*, name: str, title: str) -> None:
    """Raise `Invalid`, with the field, unless the register can say who it was (KH-7-3)."""
    refuse(accessor_faults(name=name, title=title))


def accessor_faults(*, name: str, title: str) -> Iterator[Invalid]:
    """All that `check_accessor` asks, so that it is told in one round."""
    if not name.strip():
        yield Invalid("請填寫調閱者姓名。", field="name")
    if not title.strip():
        yield Invalid("請填寫調閱者職稱，登記簿應記載單位職稱。", field="title")


def check_written(line: WrittenLine, *, now: datetime, may_copy: bool) -> None:
    """Raise `Invalid`, with the form's field, for a line that says too little, or of what has not happened (DR-20).

    `may_copy`: only what an agency asked for is ever copied (KH-A2-08).
    """
    refuse(written_faults(line, now=now, may_copy=may_copy))


def written_faults(line: WrittenLine, *, now: datetime, may_copy: bool) -> Iterator[Invalid]:
    """All that `check_written` asks, so that it is told in one round."""
    yield from _people_faults(line.people)
    if line.ended_at <= line.started_at:
        yield Invalid("結束時間必須晚於開始時間。請檢查日期與時間。", field="ended_at")
    if line.ended_at > now:
        yield Invalid("調閱時間不能在未來。請照紙本填寫當時的日期與時間。", field="ended_at")
    yield from _seen_faults(line.seen, line.ended_at)
    if not line.summary.strip():
        yield Invalid("請填寫調閱原因摘要。", field="summary")
    if len(line.summary.strip()) > LONGEST_SUMMARY:
        yield Invalid(f"調閱原因摘要至多{LONGEST_SUMMARY}字。", field="summary")
    if not (line.viewed or line.copied):
        yield Invalid("請勾選資料處理方式：調閱、複製，或兩者。", field="handling")
    if line.copied and not may_copy:
        yield Invalid("家長與教職員工申請的案件不得複製。請改勾「調閱」。", field="handling")


def _people_faults(people: Sequence[Accessor]) -> Iterator[Invalid]:
    if not people:
        yield Invalid("請填寫調閱者的姓名、單位與職稱。", field="people")
    if len(people) > MOST_PEOPLE:
        yield Invalid(f"一列至多{MOST_PEOPLE}位調閱者，其餘請另列登載。", field="people")
    for each in people:
        if not (each.name.strip() and each.unit.strip() and each.title.strip()):
            yield Invalid("每位調閱者都要填寫姓名、單位與職稱，登記簿應記載單位職稱。", field="people")


def _seen_faults(seen: Sequence[Seen], until: datetime) -> Iterator[Invalid]:
    if not seen:
        yield Invalid("請填寫實際調閱的鏡頭與時段。", field="windows")
    for each in seen:
        if each.ended_at <= each.started_at:
            yield Invalid("調閱時段的結束時間必須晚於開始時間。", field="windows")
        if each.ended_at > until:
            yield Invalid("調閱的影像時段不能晚於調閱當時。", field="windows")
