"""Untrusted input about requests under the Personal Data Protection Act -> typed values."""

from collections.abc import Iterable
from uuid import UUID

from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import Length

from infra import clock
from tenants.errors import Invalid, refusals
from tenants.registry.models import Camera
from tenants.rights.actions import Received
from tenants.rights.models import Answer, Right, RightsRequest
from tenants.rights.rules import (
    ANSWER_NAMES,
    GROUND_NAMES,
    RIGHT_NAMES,
    RefusalGround,
    Told,
    answer_faults,
    check_identity_seen,
    check_received,
    grounds_for,
    review_faults,
)
from webapp.footage_form import FootageForm
from webapp.form_fields import OneOf, RocDateField, Stated, options
from webapp.forms import Form

_SHORT, _LONG = 100, 2000
_TOO_LONG = "最多 %(max)d 字，請精簡。"


class ReceivedForm(FootageForm):
    """收件: who asks for what, and the footage that it is about."""

    right = OneOf("請求種類", choices=options([("", "請選擇"), *((k.value, v) for k, v in RIGHT_NAMES.items())]))
    received_on = RocDateField("收件日期", [Stated("請填寫收件日期，例如 115/11/20。")])
    person_name = StringField("請求人姓名", [Stated("請填寫請求人姓名。"), Length(max=_SHORT, message=_TOO_LONG)])
    relation = StringField("與當事人關係", [Stated("請填寫與當事人關係。"), Length(max=_SHORT, message=_TOO_LONG)])
    subject_name = StringField("當事人姓名", [Length(max=_SHORT, message=_TOO_LONG)])
    contact = StringField("聯絡方式", [Stated("請填寫聯絡方式。"), Length(max=_SHORT, message=_TOO_LONG)])
    identity_seen = StringField(
        "已查驗的身分證明文件", [Stated("請填寫已查驗的文件名稱。"), Length(max=_SHORT, message=_TOO_LONG)]
    )
    about = TextAreaField("請求的內容", [Stated("請填寫請求的內容。"), Length(max=_LONG, message=_TOO_LONG)])

    @classmethod
    def of(cls, cameras: Iterable[Camera], *, fresh: bool = False) -> "ReceivedForm":
        """The form with the institution's cameras to choose from."""
        form = cls(formdata=None) if fresh else cls()
        form.offer(cameras, none="不涉及特定影像")
        return form

    def wrong(self) -> Iterable[Invalid]:
        """What is asked for, that it came in already, and the footage."""
        if not self.right.data:
            yield Invalid("請選擇請求種類。", field="right")
        day = self.received_on.data
        if day is not None:
            yield from refusals(lambda: check_received(day, today=clock.today()))
        yield from refusals(lambda: check_identity_seen(self.identity_seen.data or ""))
        yield from super().wrong()

    def received(self, *, disclosure_id: UUID | None) -> Received:
        """What was typed. Only after `validate`."""
        return Received(
            right=Right(self.right.data),
            received_on=self.received_on.day,
            window=self.window(),
            disclosure_id=disclosure_id,
            **{name: self[name].data or "" for name in _TYPED},
        )


_TYPED = ("person_name", "relation", "subject_name", "contact", "identity_seen", "about")


class ExtensionForm(Form):
    """延長期限."""

    extension = TextAreaField("延長的原因", [Length(max=_LONG, message=_TOO_LONG)])


class ReviewForm(Form):
    """法律審查."""

    note = TextAreaField("審查意見", [Length(max=_LONG, message=_TOO_LONG)])
    third_parties = BooleanField("影像或資料中有其他人")
    masking = TextAreaField("其他人如何遮蔽", [Length(max=_LONG, message=_TOO_LONG)])

    about: RightsRequest

    @classmethod
    def of(cls, found: RightsRequest, *, fresh: bool = False) -> "ReviewForm":
        """What was sent or, when `fresh`, what was said before."""
        said = {"note": found.review_note, "third_parties": found.third_parties, "masking": found.masking}
        form = cls(formdata=None, data=said) if fresh else cls()
        form.about = found
        return form

    def wrong(self) -> Iterable[Invalid]:
        """What was reviewed, and how others are masked."""
        return review_faults(
            self.note.data or "",
            right=Right(self.about.right),
            third_parties=bool(self.third_parties.data),
            masking=self.masking.data or "",
        )


class AnswerForm(Form):
    """准駁之決定."""

    answer = OneOf("決定", choices=options([("", "請選擇"), *((k.value, v) for k, v in ANSWER_NAMES.items())]))
    refusal_ground = OneOf("不准許的法定事由")
    reasons = TextAreaField("理由", [Length(max=_LONG, message=_TOO_LONG)])
    about: RightsRequest

    @classmethod
    def of(cls, found: RightsRequest, *, fresh: bool = False) -> "AnswerForm":
        """The form with the grounds that the statute has for this right."""
        form = cls(formdata=None) if fresh else cls()
        form.about = found
        lawful = grounds_for(Right(found.right))
        offered = [(each.value, GROUND_NAMES[each]) for each in RefusalGround if each in lawful]
        form.refusal_ground.choices = options([("", "（准許時不必選）"), *offered])
        return form

    def wrong(self) -> Iterable[Invalid]:
        """What was decided, and on which ground of the statute."""
        if self.answer.data not in set(Answer):
            return [Invalid("請選擇決定。", field="answer")]
        return answer_faults(self.told(), right=Right(self.about.right))

    def told(self) -> Told:
        """The decision. Only after `validate`."""
        return Told(
            answer=Answer(self.answer.data),
            refusal_ground=str(self.refusal_ground.data or ""),
            reasons=self.reasons.data or "",
        )


class MannerForm(Form):
    """On which day and how what was granted was done."""

    given_on = RocDateField("交付或閱覽日期", [Stated("請填寫交付或閱覽的日期，例如 115/11/20。")])

    manner = TextAreaField("辦理情形", [Length(max=_LONG, message=_TOO_LONG)])
