"""What an inspection and a maintenance entry must say. Pure functions of data and days."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from tenants.errors import Caution, Invalid
from tenants.upkeep.inspections.models import Question, Way, Work
from tenants.upkeep.inspections.proposals import OF_CAMERA, REASON_NAMES, Proposal

# Entered later than this it bears the mark 補登 and says why (KH-8-1a).
LATE_AFTER = timedelta(days=7)
LONGEST_REMARK, LONGEST_NAME = 500, 100
# A visit that seems longer was typed wrong.
_LONGEST_WORK = timedelta(days=3)
_ANSWER_WORDS = {True: "是", False: "否"}

WORK_NAMES: Mapping[Work, str] = {
    Work.CLEANING: "清潔",
    Work.FIRMWARE: "韌體更新",
    Work.DISK_CHANGE: "更換硬碟",
    Work.OTHER: "其他保養",
}
WAY_NAMES: Mapping[Way, str] = {
    Way.OWN: "本校（園）人員自行保養",
    Way.VISIT: "廠商到場",
    Way.REMOTE: "廠商遠端連線",
}


@dataclass(frozen=True, kw_only=True)
class TypedInspection:
    """An inspection as a person answers it. None: not answered. `cameras`: those that were answered one by one.

    `inspector_id` is the person of the institution who signs; `firm` who helped.
    """

    site_id: UUID
    inspected_on: date | None
    answers: Mapping[Question, bool | None]
    cameras: Mapping[UUID, Mapping[Question, bool]] = field(default_factory=dict)
    remark: str = ""
    inspector_id: UUID | None = None
    firm: str = ""
    late_reason: str = ""
    calibrations: Sequence[UUID] = ()

    def wrong_cameras(self, question: Question) -> Sequence[UUID]:
        """The cameras of which this was answered 否."""
        return [camera_id for camera_id, told in self.cameras.items() if told.get(question) is False]

    @property
    def wrong(self) -> Sequence[Question]:
        """The questions that were answered 否."""
        return [question for question in Question if self.answers.get(question) is False]


@dataclass(frozen=True, kw_only=True)
class TypedMaintenance:
    """Work on the equipment as a person types it. None of the times: not typed, or wrong."""

    site_id: UUID
    work: Work
    way: Way
    began_at: datetime | None
    ended_at: datetime | None
    staff_id: UUID | None
    firm: str = ""
    firm_people: str = ""
    camera_id: UUID | None = None
    device_id: UUID | None = None
    remark: str = ""


def is_late(inspected_on: date, today: date) -> bool:
    """Whether it is entered so late that it bears 補登 (KH-8-1a)."""
    return today - inspected_on > LATE_AFTER


def faults_of_inspection(
    typed: TypedInspection, *, question_names: Mapping[Question, str], today: date
) -> list[Invalid]:
    """What an inspection lacks, all at once."""
    return [
        *_of_day(typed, today),
        *_of_answers(typed, question_names),
        *_of_signature(typed),
        *_too_long(typed.remark, "remark", LONGEST_REMARK),
        *_too_long(typed.firm, "firm", LONGEST_NAME),
        *_too_long(typed.late_reason, "late_reason", LONGEST_REMARK),
    ]


def cautions(
    typed: TypedInspection,
    *,
    proposed: Mapping[Question, Proposal],
    of_cameras: Mapping[UUID, Mapping[Question, Proposal]],
    question_names: Mapping[Question, str],
    camera_names: Mapping[UUID, str],
) -> tuple[Caution, ...]:
    """Each 是 that the facts do not bear out: somebody looks again before it stands (KH-A3-05)."""
    told = [
        Caution(question.value, f"「{question_names[question]}」填「是」，但{_reasons(proposed[question])}")
        for question in Question
        if typed.answers.get(question) and proposed[question].answer is not True
    ]
    told += [
        Caution(
            f"{question.value}:{camera_id}",
            f"「{camera_names[camera_id]}」的「{question_names[question]}」填「是」，但{_reasons(found[question])}",
        )
        for camera_id, found in of_cameras.items()
        for question in OF_CAMERA
        if typed.cameras.get(camera_id, {}).get(question) and found[question].answer is False
    ]
    return tuple(told)


def contradicted(typed: TypedInspection, proposed: Mapping[Question, Proposal]) -> Sequence[Question]:
    """The questions answered 是 although the facts say 否: why stands in 備考."""
    return [each for each in Question if typed.answers.get(each) and proposed[each].answer is False]


def faults_of_maintenance(typed: TypedMaintenance, now: datetime) -> list[Invalid]:
    """What a maintenance entry lacks, all at once (KH-8-1b)."""
    told = [*_of_span(typed.began_at, typed.ended_at, now)]
    if typed.staff_id is None:
        sentence = "請選取在場的本校（園）人員；廠商作業不能沒有人員在場。"
        told.append(Invalid(sentence, field="staff", code="nobody_present"))
    if typed.way is not Way.OWN:
        if not typed.firm.strip():
            told.append(Invalid("請填寫廠商名稱。", field="firm", code="firm_missing"))
        if not typed.firm_people.strip():
            told.append(Invalid("請填寫廠商作業人員的姓名。", field="firm_people", code="people_missing"))
    if typed.work is Work.OTHER and not typed.remark.strip():
        told.append(Invalid("選「其他保養」時，請寫明做了什麼。", field="remark", code="remark_missing"))
    return [
        *told,
        *_too_long(typed.firm, "firm", LONGEST_NAME),
        *_too_long(typed.firm_people, "firm_people", LONGEST_NAME),
        *_too_long(typed.remark, "remark", LONGEST_REMARK),
    ]


def _of_day(typed: TypedInspection, today: date) -> Iterator[Invalid]:
    if typed.inspected_on is None:
        yield Invalid("請填寫檢查日期，例如 115/11/20。", field="day", code="day_missing")
    elif typed.inspected_on > today:
        yield Invalid("檢查日期還沒有到。請填實際檢查的日期。", field="day", code="in_the_future")
    elif is_late(typed.inspected_on, today) and not typed.late_reason.strip():
        sentence = f"檢查日期早於 {LATE_AFTER.days} 日前，將標示「補登」。請寫明為什麼現在才登記。"
        yield Invalid(sentence, field="late_reason", code="late_reason_missing")


def _of_answers(typed: TypedInspection, names: Mapping[Question, str]) -> Iterator[Invalid]:
    for question in Question:
        answer = typed.answers.get(question)
        if answer is None:
            yield Invalid(f"請選「{names[question]}」是或否。", field=question.value, code="unanswered")
        elif question in OF_CAMERA:
            yield from _of_cameras(typed, question, names[question], answer=answer)
    if typed.wrong and not typed.remark.strip():
        sentence = "有「否」的項目，請在備考寫明情形；報修單號會自動加上。"
        yield Invalid(sentence, field="remark", code="remark_missing")


def _of_cameras(typed: TypedInspection, question: Question, name: str, *, answer: bool) -> Iterator[Invalid]:
    wrong = typed.wrong_cameras(question)
    if answer and wrong:
        yield Invalid(f"有鏡頭的「{name}」為否，整體不能填「是」。", field=question.value, code="one_is_wrong")
    elif not answer and not wrong:
        yield Invalid(f"「{name}」填「否」時，請指出是哪一支鏡頭。", field=question.value, code="not_named")


def _of_signature(typed: TypedInspection) -> Iterator[Invalid]:
    if typed.inspector_id is None and typed.firm.strip():
        sentence = "檢查應由本校（園）人員為之並簽名，不能只有廠商。請選取檢查的人員。"
        yield Invalid(sentence, field="inspector", code="vendor_only")
    elif typed.inspector_id is None:
        yield Invalid("請選取檢查的人員。", field="inspector", code="inspector_missing")


def _of_span(began_at: datetime | None, ended_at: datetime | None, now: datetime) -> Iterator[Invalid]:
    if began_at is None or ended_at is None:
        return  # the fields say so themselves
    if ended_at <= began_at:
        yield Invalid("結束時間應晚於開始時間。", field="ended", code="span")
    elif ended_at > now:
        yield Invalid("作業時間還沒有到。請在作業結束後登記。", field="ended", code="in_the_future")
    elif ended_at - began_at > _LONGEST_WORK:
        yield Invalid(f"一次作業不超過 {_LONGEST_WORK.days} 日；分幾天做的請分開登記。", field="ended", code="too_long")


def _reasons(found: Proposal) -> str:
    return "、".join(REASON_NAMES[reason] for reason in found.reasons)


def _too_long(text: str, field_name: str, most: int) -> Iterator[Invalid]:
    if len(text) > most:
        yield Invalid(f"請在 {most} 字以內。", field=field_name, code="too_long")
