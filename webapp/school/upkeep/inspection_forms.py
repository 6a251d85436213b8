"""Untrusted input about inspections and maintenance -> typed values."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import request
from wtforms import BooleanField, PasswordField, RadioField, StringField, TextAreaField
from wtforms.validators import Length

from tenants.people.models import User
from tenants.people.rules import PIN_MAX
from tenants.registry.models import Camera, EdgeDevice, Site
from tenants.upkeep.inspections.models import Question, Way, Work
from tenants.upkeep.inspections.proposals import OF_CAMERA, Proposal
from tenants.upkeep.inspections.rules import (
    LONGEST_NAME,
    LONGEST_REMARK,
    WAY_NAMES,
    WORK_NAMES,
    TypedInspection,
    TypedMaintenance,
)
from webapp.form_fields import (
    CheckedChoices,
    ClockField,
    OneOf,
    RocDateField,
    Stated,
    id_or_none,
    options,
    read_instant,
)
from webapp.forms import Form

_ANSWERS = (("yes", "是"), ("no", "否"))
_READ: Mapping[str, bool] = {"yes": True, "no": False}
_SHORT = Length(max=PIN_MAX, message="PIN 最多 %(max)d 位數字。")
_TYPED = {True: "yes", False: "no", None: ""}


class _Answer(RadioField):  # type: ignore[misc]  # WTForms ships no types
    """是 or 否; anything else that is sent is no answer."""

    def __init__(self, label: str = "", **arguments: Any) -> None:  # noqa: ANN401 - WTForms' own
        super().__init__(label, choices=options(_ANSWERS), validate_choice=False, **arguments)

    @property
    def answer(self) -> bool | None:
        """None: not answered."""
        return _READ.get(str(self.data or ""))


class InspectionForm(Form):
    """The three questions of a site's form; those of each camera stand beside it (`camera_answers`)."""

    day = RocDateField("檢查日期", [Stated("請填寫檢查日期，例如 115/11/20。")])
    host = _Answer()
    devices = _Answer()
    picture = _Answer()
    remark = TextAreaField("備考")
    calibrations = CheckedChoices("一併登載的校正", unknown="請從清單中勾選。")
    firm = StringField("協同廠商")
    late_reason = StringField("補登原因")
    inspector = OneOf("檢查人")
    pin = PasswordField("檢查人的 PIN", [_SHORT])
    confirmed = BooleanField("以上已到現場確認，仍以「是」登記")

    @classmethod
    def asking(
        cls,
        names: Mapping[Question, str],
        *,
        people: Iterable[User],
        calibrations: Sequence[tuple[str, str]],
        fresh: Mapping[str, object] | None = None,
    ) -> "InspectionForm":
        """With the site's own words; fresh with what is known and proposed, else with what was sent."""
        form = cls(formdata=None, data=fresh) if fresh is not None else cls()
        for question, words in names.items():
            form[question.value].label.text = words
        form.inspector.choices = options([("", "請選擇"), *((str(each.id), _named(each)) for each in people)])
        form.calibrations.choices = options(calibrations)
        return form

    def typed(self, site_id: UUID, cameras: Sequence[Camera]) -> TypedInspection:
        """What was answered, as far as it was."""
        self.validate()
        return TypedInspection(
            site_id=site_id,
            inspected_on=self.day.data,
            answers={question: self[question.value].answer for question in Question},
            cameras=camera_answers(cameras),
            remark=self.remark.data or "",
            inspector_id=id_or_none(self.inspector.data or ""),
            firm=self.firm.data or "",
            late_reason=self.late_reason.data or "",
            calibrations=[found for each in self.calibrations.data or [] if (found := id_or_none(each)) is not None],
        )


def fresh_answers(proposed: Mapping[Question, Proposal]) -> dict[str, str]:
    """What the facts propose, as the form's fields hold it."""
    return {question.value: _TYPED[found.answer] for question, found in proposed.items()}


def field_name(camera: Camera, question: Question) -> str:
    """The name of a camera's question in the form."""
    return f"{question.value}-{camera.id}"


def camera_answers(cameras: Sequence[Camera]) -> Mapping[UUID, Mapping[Question, bool]]:
    """What was sent of each camera; one of which nothing was said is left out."""
    told = {
        camera.id: {
            question: answer
            for question in OF_CAMERA
            if (answer := _READ.get(request.form.get(field_name(camera, question), ""))) is not None
        }
        for camera in cameras
    }
    return {camera_id: answers for camera_id, answers in told.items() if answers}


class RecheckForm(Form):
    """Who looked again, with the PIN where it is not whoever is signed in."""

    inspector = OneOf("複查人")
    pin = PasswordField("複查人的 PIN", [_SHORT])

    @classmethod
    def offering(cls, people: Iterable[User], *, fresh: bool = False) -> "RecheckForm":
        """With everybody but the inspector to choose from."""
        form = cls(formdata=None) if fresh else cls()
        form.inspector.choices = options([("", "請選擇"), *((str(each.id), _named(each)) for each in people)])
        return form


class CancelForm(Form):
    """Why a record counts no more."""

    reason = StringField("作廢原因", [Stated("請寫明作廢的原因。")])


class IntervalForm(Form):
    """Every how many months."""

    months = StringField("檢查週期（月）", [Stated("請填寫月數。")])


class MaintenanceForm(Form):
    """What was done, when, by whom, and who of the institution was there."""

    site = OneOf("場所")
    work = OneOf("工作", choices=options((each.value, words) for each, words in WORK_NAMES.items()))
    way = OneOf("方式", choices=options((each.value, words) for each, words in WAY_NAMES.items()))
    day = RocDateField("日期", [Stated("請填寫日期，例如 115/11/20。")])
    began = ClockField("開始時間", [Stated("請填寫開始時間，例如 09:00。")])
    ended = ClockField("結束時間", [Stated("請填寫結束時間，例如 10:30。")])
    staff = OneOf("在場的本校（園）人員")
    firm = StringField("廠商名稱", [Length(max=LONGEST_NAME, message="最多 %(max)d 字。")])
    firm_people = StringField("廠商作業人員", [Length(max=LONGEST_NAME, message="最多 %(max)d 字。")])
    camera = OneOf("鏡頭")
    device = OneOf("主機")
    remark = TextAreaField("說明", [Length(max=LONGEST_REMARK, message="最多 %(max)d 字。")])

    @classmethod
    def offering(
        cls,
        *,
        sites: Iterable[Site],
        people: Iterable[User],
        cameras: Iterable[Camera],
        devices: Iterable[EdgeDevice],
        fresh: Mapping[str, object] | None = None,
    ) -> "MaintenanceForm":
        """With the institution's places, people and equipment to choose from."""
        form = cls(formdata=None, data=fresh) if fresh is not None else cls()
        form.site.choices = options((str(each.id), each.name) for each in sites)
        form.staff.choices = options([("", "請選擇"), *((str(each.id), _named(each)) for each in people)])
        form.camera.choices = options([("", "不限單支鏡頭"), *((str(each.id), each.name) for each in cameras)])
        form.device.choices = options([("", "不限單一主機"), *((str(each.id), each.name) for each in devices)])
        return form

    def typed(self) -> TypedMaintenance | None:
        """What was typed; None where a choice or a time is none, with the sentence beside its field."""
        whole = self.validate()
        began_at, ended_at = read_instant(self.day, self.began), read_instant(self.day, self.ended)
        site_id = id_or_none(self.site.data or "")
        if not whole or site_id is None or began_at is None or ended_at is None:
            return None
        return TypedMaintenance(
            site_id=site_id,
            work=Work(self.work.data),
            way=Way(self.way.data),
            began_at=began_at,
            ended_at=ended_at,
            staff_id=id_or_none(self.staff.data or ""),
            firm=self.firm.data or "",
            firm_people=self.firm_people.data or "",
            camera_id=id_or_none(self.camera.data or ""),
            device_id=id_or_none(self.device.data or ""),
            remark=self.remark.data or "",
        )


def _named(user: User) -> str:
    return f"{user.name}（{user.title}）" if user.title else user.name
