"""What the head of a school has to do now, and what the first page says of how it stands.

Numbers of cases and faults are drawn by the product: # stands for them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tests.city_year import footage
from tests.city_year.days import DONE, ONE_DAY, SETTLED, at, day_of, months_later, office_days_later, office_hours_later
from tests.city_year.events import Camera, Designation, Fault, Reviewed, RightsAsked
from tests.city_year.notices import ANSWER_DAYS
from tests.city_year.oracle import equipment, minute, papers, people, recording, words
from tests.city_year.oracle.answers import Question
from tests.city_year.oracle.city import RULES

_CLOCK_STANDS = timedelta(hours=26)
_AHEAD, _NEAR, _WEEK = timedelta(days=30), 30, 7
_NAMED = 3
_OF_PAPERS: Mapping[str, tuple[str, str]] = {
    "local_policy": ("訂定管理規定", "個場所"),
    "zones": ("設置區域", "支鏡頭"),
    "property": ("財產列帳", "項"),
    "origin": ("設備來源", "項"),
}


@dataclass(frozen=True)
class Item:
    """One line. `last` is its last day, by which those of one urgency are ordered; None has none."""

    text: str
    urgent: bool = False
    last: date | None = None
    loses: bool = False

    @property
    def place(self) -> tuple[bool, bool, date]:
        """What loses footage first, then what is urgent, then what is due first."""
        return not self.loses, not self.urgent, self.last or date.max


def items(asked: Question) -> list[Item]:
    """Everything, in its order; those of one place in any."""
    if asked.is_closed:
        return sorted(_of_law(asked), key=lambda each: each.place)
    every = (_letters, _rights, _people, _papers, _clocks, _calibration, _inspection, _faults, _gaps, _stopped, _of_law)
    return sorted((item for told in every for item in told(asked)), key=lambda each: each.place)


def _letters(asked: Question) -> Iterator[Item]:
    today = day_of(asked.told_at)
    for each in papers.waiting(asked):
        due = papers.due(each)
        until = f"處理期限{words.day(due)}{'，已逾期' if due < today else ''}"
        yield Item(f"#：請決定是否同意調閱（{until}）", due <= today, due)


def _rights(asked: Question) -> Iterator[Item]:
    today = day_of(asked.told_at)
    for each in asked.year.all(RightsAsked, asked.school.code):
        due = each.on + ANSWER_DAYS * ONE_DAY
        if at(each.on, DONE) > asked.told_at:
            continue
        if each.answered is not None and each.answered <= asked.told_at:
            yield Item("#：請辦理決定的內容並結案", False, due)
        else:
            until = f"期限{words.day(due)}{'，已逾期' if due < today else ''}"
            yield Item(f"#：請審查個人資料權利的請求（{until}）", due <= today, due)


def _people(asked: Question) -> Iterator[Item]:
    spells = asked.year.all(Designation, asked.school.code)
    if not any(each.since <= asked.day and (each.until is None or asked.day < each.until) for each in spells):
        since = max(each.until for each in spells if each.until is not None and each.until <= asked.day)
        text = f"未指派專人（自{words.day(since)}起）：請立即指派負責管理、操作及維護的專人或處室"
        yield Item(text, urgent=True)
    unsigned, left = people.unsigned(asked)
    if unsigned:
        yield Item(f"有 {len(unsigned)} 位人員就任後尚未簽署保密切結")
    if left:
        yield Item(f"有 {len(left)} 位人員卸任或離職時尚未簽署保密切結")
    done = [each.on for each in asked.year.all(Reviewed, asked.school.code) if each.on <= asked.day]
    due = months_later(max(done, default=SETTLED), 12)
    if due - asked.day <= _AHEAD:
        late = "，已逾期" if due < asked.day else ""
        yield Item(f"請完成年度帳號清查（期限 {words.day(due)}{late}）", bool(late), due)


def _papers(asked: Question) -> Iterator[Item]:
    """What is on no other line and not met, as the bureau reads it."""
    for key, named in _OF_PAPERS.items():
        found = RULES[key](asked)
        if found.state == "unmet":
            name, unit = named
            yield Item(f"{name}：{found.wrong} {unit}未符合，請補正（每 15 分鐘重新檢視）")


def _wrong_clock(asked: Question, camera: Camera) -> bool:
    """Whether its box found it wrong, not longer ago than its nightly word stands."""
    told = footage.said(asked.year, camera, asked.told_at)
    if told is None or camera.clock_wrong_from is None or asked.told_at - told.at > _CLOCK_STANDS:
        return False
    return camera.clock_wrong_from <= day_of(told.at)


def _clocks(asked: Question) -> Iterator[Item]:
    for camera in asked.cameras:
        if _wrong_clock(asked, camera):
            yield Item(f"鏡頭「{camera.code}鏡頭」時間不準（慢 40.0 秒）：", urgent=True)


def _calibration(asked: Question) -> Iterator[Item]:
    """A half year is over, or a clock is wrong without a calibration in force; of a preschool alone."""
    due, wrong = [], False
    for camera in asked.cameras if asked.school.is_preschool else ():
        done = [each for each in camera.calibrated if each <= asked.day]
        if done and asked.day <= months_later(max(done), 6):
            continue
        if done or _wrong_clock(asked, camera):
            due.append(f"{camera.code}鏡頭")
            wrong = wrong or _wrong_clock(asked, camera)
    if due:
        named = "、".join(due[:_NAMED]) + (f"等 {len(due)} 支" if len(due) > _NAMED else "")
        yield Item(f"該校正的鏡頭：{named}{'，其中有時間不準且逾期未校正的' if wrong else ''}", wrong)


def _inspection(asked: Question) -> Iterator[Item]:
    """Thirty days before where there are more than as many between two, a week before, and when it is late."""
    if asked.cameras:
        due, months = people.next_inspection(asked)
        left = (due - asked.day).days
        name = asked.school.name
        if left < 0:
            yield Item(f"{name}的定期檢查已逾期（應於{words.day(due)}前完成）", urgent=True, last=due)
        elif left <= _WEEK:
            yield Item(f"{name}的定期檢查將於{words.day(due)}到期，剩一週以內", urgent=True, last=due)
        elif left <= _NEAR and months > 1:
            yield Item(f"{name}的定期檢查將於{words.day(due)}到期", last=due)
    failing = equipment.drill(asked)
    if failing.wrong:
        since = words.day(failing.since)
        yield Item(f"{asked.school.name}的夜間抽驗自{since}起無法還原影像，請通知平台維運人員並報修", urgent=True)


def _faults(asked: Question) -> Iterator[Item]:
    for each in people.open_now(asked):
        name, until, to_do = _step(asked, each)
        last = day_of(until)
        said = words.moment(until) if name in {"指派承辦人", "受理"} else words.day(last)
        late = asked.told_at > until
        words_of = f"（{name}期限 {said}{'，已逾期' if late else ''}）"
        yield Item(f"# {each.camera}鏡頭：設備損壞：{to_do}{words_of}", late, last)


def _step(asked: Question, fault: Fault) -> tuple[str, datetime, str]:
    """What is to be done next, and which of its clocks runs out first."""
    if fault.repaired is not None and fault.repaired <= asked.told_at:
        return "複查", at(office_days_later(day_of(fault.repaired), 1), "17:00"), "請複查"
    if fault.taken_up is not None and fault.taken_up <= asked.told_at:
        return "修復", at(office_days_later(day_of(fault.opened), 3), "17:00"), "已報修，開始處理或修好後請登記"
    if asked.school.is_preschool:  # whose text names no office that would be given it
        return "受理", office_hours_later(fault.opened, 4), "請受理並報修"
    return "指派承辦人", office_hours_later(fault.opened, 1), "請受理並報修"


def _gaps(asked: Question) -> Iterator[Item]:
    """Interruptions without a reason, however short ago; each day's part of one in the hours counts by itself."""
    ended = [day_of(part) for part in recording.owed_now(asked)]
    if ended:
        late = sum(office_days_later(each, 3) < asked.day for each in ended)
        last = office_days_later(min(ended), 3)
        more = f"，其中 {late} 段已超過 3 個工作日" if late else f"（期限{words.day(last)}）"
        yield Item(f"有 {len(ended)} 段錄影中斷待說明原因{more}", late > 0, last)


def _stopped(asked: Question) -> Iterator[Item]:
    """Cameras that do not record or are not heard of. A fault of another kind says nothing of that."""
    silent = footage.silence(asked.year, asked.school.code, asked.told_at) is not None
    for camera in asked.cameras:
        told = footage.said(asked.year, camera, asked.told_at)
        if told is not None and told.recording and not silent:
            continue
        if told is None:
            yield Item(f"鏡頭「{camera.code}鏡頭」無資料（邊緣主機未回報）")
        elif silent:
            yield Item(f"鏡頭「{camera.code}鏡頭」無資料（邊緣主機未回報）：邊緣主機超過 5 分鐘沒有回報")
        else:
            yield Item(f"鏡頭「{camera.code}鏡頭」未錄影：鏡頭無法連線", urgent=True, loses=True)


def _of_law(asked: Question) -> Iterator[Item]:
    late = footage.overdue(asked.year, asked.school.code, asked.told_at)
    if late:
        yield Item(f"{len(late)} 日的影像已到期，銷毀尚未完成驗證，最早為{words.day(late[0])}")
    for day in minute.holds_to_review(asked):
        yield Item(f"保全-1 的保全應於{words.day(day)}複查", urgent=True)


def figures(asked: Question) -> Mapping[str, str]:
    """How it stands."""
    cameras, records, kept = len(asked.cameras), minute.recording_now(asked), minute.days_kept(asked)
    cameras_kept = [footage.goes_next(asked.year, each, asked.told_at) for each in minute.kept_cameras(asked)]
    next_day = min((each for each in cameras_kept if each is not None), default=None)
    found = {
        "正在錄影的鏡頭": f"{words.NO_DATA} {cameras} 支無資料" if records is None else f"{records} / {cameras}",
        "進行中的調閱案件": str(minute.law(asked).open_requests),
        "目前可查的天數": f"{words.NO_DATA if kept is None else f'{kept} 日'} 至少保存 {_must_keep(asked)} 日，",
        "下一個銷毀日": words.NO_DATA,
    }
    if next_day is not None:
        goes = footage.due_on(asked.year, next_day)
        of = _day_and_month(next_day) if next_day.year == goes.year else words.day(next_day)
        found["下一個銷毀日"] = f"{_day_and_month(goes)} 民國{goes.year - 1911}年，銷毀{of}的影像"
    return found


def _must_keep(asked: Question) -> int:
    return footage.kept_days(asked.year, asked.day)


def _day_and_month(day: date) -> str:
    return f"{day.month}月{day.day}日"
