"""What who convenes types: the meeting and its seats, who came, who signed with ink, and corrections of it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from wtforms import FieldList, FormField, HiddenField, RadioField, StringField
from wtforms import Form as SubForm
from wtforms.validators import Length

from infra.clock import today
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.insider.panel import convening, rules
from tenants.disclosures.insider.panel.convening import Plan, Seat
from tenants.disclosures.insider.panel.models import (
    Attendance,
    Capacity,
    PanelMember,
    VotingRule,
)
from tenants.disclosures.insider.panel.rules import SeatRefused
from tenants.disclosures.insider.panel.sitting import PaperStatement, paper_faults
from tenants.errors import Invalid
from webapp.form_fields import ClockField, OneOf, RocDateField, Stated, options, read_instant
from webapp.forms import Form

_TOO_LONG = "最多 %(max)d 字，請精簡。"
_SHORT = Length(max=100, message=_TOO_LONG)
_NOBODY = ("", "不安排")
_ATTENDED = options((each.value, rules.ATTENDANCE_NAMES[each]) for each in Attendance if each.value)

# Where the form asks for which datum of a seat.
_SEAT_FIELDS: Mapping[tuple[Capacity, str], str] = {
    (Capacity.EDUCATOR_REP, "members"): "educator",
    (Capacity.PARENT_REP, "members"): "parent_name",
    (Capacity.EDUCATOR_REP, "user_id"): "educator",
    (Capacity.PARENT_REP, "name"): "parent_name",
    (Capacity.PARENT_REP, "email"): "parent_email",
    (Capacity.HEAD, "user_id"): "head",
    (Capacity.NEUTRAL, "name"): "neutral_name",
    (Capacity.NEUTRAL, "email"): "neutral_email",
}

People = Sequence[tuple[str, str]]


class WhenForm(Form):
    """When and where."""

    day = RocDateField("開會日期", [Stated("請填寫開會日期，例如 115/11/20。")])
    time = ClockField("開會時間", [Stated("請填寫開會時間，例如 16:00。")])
    place = StringField("地點", [Stated("請填寫開會地點；以視訊開會時，請填「視訊會議」。"), _SHORT])

    def wrong(self) -> Iterable[Invalid]:
        """A time that is past, told beside the day when the day is."""
        return convening.when_faults(self.meets_at(), self.place.data or "")

    def place_of(self, refused: Invalid) -> str:
        """As every form; of a meeting in the past the part that is to be mended."""
        if refused.field == "meets_at":
            return "day" if self.day.data is not None and self.day.data < today() else "time"
        return super().place_of(refused)

    def meets_at(self) -> datetime | None:
        """The instant; None with the fault on its field."""
        return read_instant(self.day, self.time)


class ConveneForm(WhenForm):
    """A meeting with its seats: the two representatives, and the head, an outsider, or both."""

    exact = frozenset({"parent_email", "neutral_email"})

    voting_rule = OneOf("表決方式", choices=options((each.value, words) for each, words in rules.VOTING_NAMES.items()))
    educator = OneOf("教保服務人員代表", unknown="請從名單中選取教保服務人員代表。")
    parent_name = StringField("家長代表姓名", [Stated("請填寫家長代表的姓名。"), _SHORT])
    parent_email = StringField("家長代表電子郵件", [Stated("請填寫家長代表的電子郵件。"), _SHORT])
    head = OneOf("校（園）長／負責人")
    neutral_name = StringField("外部中立委員姓名", [_SHORT])
    neutral_email = StringField("外部中立委員電子郵件", [_SHORT])

    about: InsiderRequest

    @classmethod
    def of(cls, about: InsiderRequest, educators: People, heads: People, *, fresh: bool = False) -> "ConveneForm":
        """What was sent or, when `fresh`, an empty form for this case that offers these people."""
        form = cls(formdata=None) if fresh else cls()
        form.about = about
        form.educator.choices = options([("", "請選擇"), *educators])
        form.head.choices = options([*heads, _NOBODY])
        return form

    def wrong(self) -> Iterable[Invalid]:
        """The time, and who cannot sit: nothing of the seats while one was chosen that is not offered."""
        yield from super().wrong()
        if not (self.educator.errors or self.head.errors):
            yield from convening.seat_faults(self.about, self._seats())

    def place_of(self, refused: Invalid) -> str:
        """As of a time; what is wrong with a seat stands beside the field of that seat that it is about."""
        if isinstance(refused, SeatRefused):
            return _SEAT_FIELDS.get((refused.capacity, refused.field), refused.field)
        return super().place_of(refused)

    def plan(self) -> Plan:
        """The meeting. Only after `validate`."""
        meets_at = self.meets_at()
        assert meets_at is not None  # noqa: S101 - `validate` saw to it
        return Plan(
            meets_at=meets_at,
            place=self.place.data or "",
            seats=tuple(self._seats()),
            voting_rule=VotingRule(self.voting_rule.data),
        )

    def _seats(self) -> list[Seat]:
        name, email = self.parent_name.data or "", self.parent_email.data or ""
        seats = [Seat(capacity=Capacity.PARENT_REP, name=name, email=email)] if name.strip() or email.strip() else []
        for field, capacity in ((self.educator, Capacity.EDUCATOR_REP), (self.head, Capacity.HEAD)):
            if field.data:
                seats.append(Seat(capacity=capacity, user_id=UUID(field.data)))
        if (self.neutral_name.data or "").strip() or (self.neutral_email.data or "").strip():
            name, email = self.neutral_name.data or "", self.neutral_email.data or ""
            seats.append(Seat(capacity=Capacity.NEUTRAL, name=name, email=email))
        return seats


class ReplaceForm(Form):
    """Somebody else for a seat: of the list, or by name and e-mail address."""

    exact = frozenset({"email"})

    person = OneOf("本機構人員")
    name = StringField("姓名（外部人員）", [_SHORT])
    email = StringField("電子郵件（外部人員）", [_SHORT])
    because = StringField("更換原因", [_SHORT])

    places = MappingProxyType({"user_id": "person"})
    about: InsiderRequest
    old: PanelMember

    @classmethod
    def of(cls, about: InsiderRequest, old: PanelMember, people: People) -> "ReplaceForm":
        """What was sent of this seat of a case; it offers these people."""
        form = cls.offering(people)
        form.about, form.old = about, old
        return form

    @classmethod
    def offering(cls, people: People, *, fresh: bool = False) -> "ReplaceForm":
        """What was sent or, when `fresh`, an empty form that offers these people."""
        form = cls(formdata=None) if fresh else cls()
        form.person.choices = options([("", "外部人員"), *people])
        return form

    def wrong(self) -> Iterable[Invalid]:
        """No reason, and who cannot sit."""
        if self.person.errors:
            return []
        seat = self.seat(Capacity(self.old.capacity))
        return convening.replacement_faults(self.about, self.old, seat, because=self.because.data or "")

    def seat(self, capacity: Capacity) -> Seat:
        """Who shall sit. Only after `validate`."""
        if self.person.data:
            return Seat(capacity=capacity, user_id=UUID(self.person.data))
        return Seat(capacity=capacity, name=self.name.data or "", email=self.email.data or "")


class AttendedForm(SubForm):  # type: ignore[misc]  # WTForms ships no types
    """One member: there, by video, or not."""

    member_id = HiddenField()
    said = RadioField("出席情形", choices=_ATTENDED, validate_choice=False)


class AttendanceForm(Form):
    """到場, 視訊 or 未到 of every member (KH-6-Pc)."""

    members = FieldList(FormField(AttendedForm), "出席情形")

    @classmethod
    def of(cls, members: Sequence[PanelMember]) -> "AttendanceForm":
        """What was noted so far."""
        noted = [{"member_id": str(each.id), "said": each.attendance} for each in members]
        return cls(formdata=None, data={"members": noted})

    def attendance(self) -> dict[UUID, Attendance]:
        """What was said of whom; what is not one of the three counts as not said."""
        known = {each.value for each in Attendance}
        said = {entry.form.member_id.data: entry.form.said.data for entry in self.members}
        return {
            UUID(member): Attendance(word if word in known else "") for member, word in said.items() if _is_id(member)
        }


class CorrectionForm(Form):
    """更正紀錄."""

    member_id = OneOf("成員")
    said = OneOf("更正後", choices=_ATTENDED)
    reason = StringField("更正原因", [Stated("請說明更正的原因，例如「簽到單誤植」。"), _SHORT])

    was: Mapping[UUID, Attendance] = {}

    @classmethod
    def of(cls, members: People, *, fresh: bool = False) -> "CorrectionForm":
        """What was sent or, when `fresh`, an empty form."""
        form = cls(formdata=None) if fresh else cls()
        form.member_id.choices = options(members)
        return form

    def wrong(self) -> Iterable[Invalid]:
        """A correction that corrects nothing of what was noted."""
        was = self.was.get(UUID(self.member_id.data)) if _is_id(self.member_id.data) else None
        if was is None or self.said.errors:
            return []
        return rules.correction_faults(was, Attendance(self.said.data), self.reason.data or "")


class PaperStatementForm(Form):
    """That a member signed declaration and secrecy with ink."""

    paper_number = StringField("紙本編號", [Stated("請填寫紙本編號，例如「切結115-3」。"), _SHORT])
    signed_on = RocDateField("簽署日期", [Stated("請填寫簽署日期，例如 115/11/20。")])
    member: PanelMember

    @classmethod
    def of(cls, member: PanelMember) -> "PaperStatementForm":
        """What was sent of this member."""
        form = cls()
        form.member = member
        return form

    def wrong(self) -> Iterable[Invalid]:
        """A day to come, and who has signed already."""
        return paper_faults(self.member, self.statement())

    def statement(self) -> PaperStatement:
        """What was typed."""
        return PaperStatement(paper_number=self.paper_number.data or "", signed_on=self.signed_on.data)


def _is_id(text: object) -> bool:
    try:
        UUID(str(text))
    except ValueError:
        return False
    return True
