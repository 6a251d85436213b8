"""What is typed at the console of a viewing session."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from wtforms import BooleanField, PasswordField, RadioField, StringField, TextAreaField
from wtforms.validators import Length

from tenants.disclosures.viewing.appointing import appointment_faults
from tenants.disclosures.viewing.queries import Companion
from tenants.disclosures.viewing.rules import (
    BREACH_NAMES,
    IDENTITY_NAMES,
    Breach,
    Farewell,
    Viewer,
    breach_faults,
    farewell_faults,
    viewer_faults,
)
from tenants.errors import Invalid
from tenants.people.rules import PIN_MAX
from tenants.roc_dates import format_time
from webapp.form_fields import CheckedChoices, ClockField, OneOf, RocDateField, Stated, options, read_instant
from webapp.forms import Form

_TOO_LONG = "最多 %(max)d 字，請精簡。"
_NAME = Length(max=100, message=_TOO_LONG)


def _pin(place: str) -> PasswordField:
    """The companion's PIN; several forms of one page ask for it, so each says where it stands."""
    short = Length(max=PIN_MAX, message="PIN 最多 %(max)d 位數字。")
    return PasswordField("陪同人員的 PIN", [Stated("請陪同人員輸入自己的 PIN。"), short], id=f"{place}-pin")


def _offer(field: OneOf, people: Sequence[Companion], *, chosen: UUID | None = None) -> None:
    field.choices = options([("", "請選擇"), *((str(each.id), _named(each)) for each in people)])
    if chosen is not None and not field.raw_data:
        field.data = str(chosen)


class BeginForm(Form):
    """Who looks, who accompanies, and that both were warned."""

    name = StringField("調閱者姓名", [Stated("請填寫調閱者姓名。"), _NAME])
    unit = StringField("單位", [Stated("請填寫調閱者的單位，登記簿應記載。"), _NAME])
    title = StringField("職稱", [Stated("請填寫調閱者職稱，登記簿應記載單位職稱。"), _NAME])
    identity_by = OneOf("已核對的身分證件", choices=options([("", "請選擇"), *IDENTITY_NAMES.items()]))
    acknowledged = BooleanField("調閱者已閱讀上述事項，知悉不得翻攝及複製")
    companion = OneOf("陪同人員")
    pin = _pin("begin")

    @classmethod
    def offering(cls, people: Sequence[Companion], **known: object) -> "BeginForm":
        """What was sent or, with what is known of the viewer, a fresh one."""
        form = cls(formdata=None, data=known) if known else cls()
        _offer(form.companion, people)
        return form

    def wrong(self) -> Iterable[Invalid]:
        """Who looks, that they were warned, and who accompanies."""
        yield from viewer_faults(self.viewer())
        yield from _unchosen(self.companion)

    def viewer(self) -> Viewer:
        """Who looks, as far as it was typed."""
        return Viewer(
            name=self.name.data or "",
            unit=self.unit.data or "",
            title=self.title.data or "",
            identity_by=self.identity_by.data or "",
            acknowledged=bool(self.acknowledged.data),
        )

    def companion_id(self) -> UUID | None:
        """Who accompanies; None where nobody was chosen that is offered. Only after `validate`."""
        return _chosen(self.companion)


class AppointmentForm(Form):
    """約定時間: when and where."""

    day = RocDateField("日期", [Stated("請填寫日期，例如 115/11/20。")])
    time = ClockField("時間", [Stated("請填寫時間，例如 16:30。")])
    place = StringField("地點", [Stated("請填寫地點，例如「行政辦公室」。"), _NAME])

    def wrong(self) -> Iterable[Invalid]:
        """A time that is past."""
        return appointment_faults(self.starts_at(), self.place.data or "")

    def starts_at(self) -> datetime | None:
        """The instant; None with an error on the field that is wrong."""
        return read_instant(self.day, self.time)


class CompanionForm(Form):
    """Somebody types the PIN: to go on with a stopped session, or to take it over."""

    companion = OneOf("陪同人員")
    pin = _pin("companion")

    @classmethod
    def offering(
        cls, people: Sequence[Companion], *, chosen: UUID | None = None, fresh: bool = False
    ) -> "CompanionForm":
        """With these people to choose from."""
        form = cls(formdata=None) if fresh else cls()
        _offer(form.companion, people, chosen=chosen)
        return form

    def wrong(self) -> Iterable[Invalid]:
        """Somebody was chosen."""
        return _unchosen(self.companion)

    def companion_id(self) -> UUID | None:
        """Who it is; None where nobody was chosen that is offered. Only after `validate`."""
        return _chosen(self.companion)


class PinForm(Form):
    """The companion is still there."""

    pin = _pin("confirm-form")


class MarkForm(Form):
    """A marked moment: which window, when the picture was taken (milliseconds since 1970), and what is seen."""

    window = StringField("時段", [Stated("缺少時段。")])
    taken_ms = StringField("影像時間", [Stated("缺少影像時間。")])
    note = StringField("標記內容", [Stated("請寫下標記的內容。"), Length(max=200, message=_TOO_LONG)])


class FarewellForm(Form):
    """Both sign."""

    signed = RadioField(
        "調閱者簽名",
        choices=options([("screen", "在螢幕上簽名（親自輸入姓名）"), ("paper", "紙本簽名")]),
        validate_choice=False,
    )
    name = StringField("調閱者親自輸入姓名", [_NAME], id="signer")
    not_filmed = BooleanField("我全程在場，全程未翻攝")
    pin = _pin("farewell")

    viewer_name = ""

    @classmethod
    def since(cls, taken_over: datetime | None, *, viewer: str, fresh: bool = False) -> "FarewellForm":
        """What was sent or, when `fresh`, an empty one: who took over states only what they were there for."""
        form = cls(formdata=None) if fresh else cls()
        form.viewer_name = viewer
        if taken_over is not None:
            form.not_filmed.label.text = f"我自 {format_time(taken_over)} 接手起全程在場，其間未翻攝"
        return form

    def wrong(self) -> Iterable[Invalid]:
        """How the viewer signed, and what the companion states."""
        return farewell_faults(self.farewell(), viewer_name=self.viewer_name)

    def farewell(self) -> Farewell:
        """What was stated so far."""
        return Farewell(signed=self.signed.data or "", name=self.name.data or "", not_filmed=bool(self.not_filmed.data))


class BreachForm(Form):
    """通報違規."""

    kind = OneOf("違規情形", choices=options([("", "請選擇"), *BREACH_NAMES.items()]))
    by = CheckedChoices("違規的人", unknown="請勾選頁面上列出、當時在場的人。", id="breach-by")
    note = TextAreaField("看到的情形", [Length(max=500, message=_TOO_LONG)], id="breach-note")

    @classmethod
    def offering(cls, people: Sequence[tuple[str, str]], *, fresh: bool = False) -> "BreachForm":
        """With who was there to choose from, as value and words."""
        form = cls(formdata=None) if fresh else cls()
        form.by.choices = options(people)
        return form

    def breach(self) -> Breach:
        """What was stated so far."""
        return Breach(kind=self.kind.data or "", note=self.note.data or "", by=frozenset(self.by.data or []))

    def wrong(self) -> Iterable[Invalid]:
        """What was seen, and by whom."""
        return breach_faults(self.breach())


def _chosen(field: OneOf) -> UUID | None:
    return UUID(field.data) if field.data and not field.errors else None


def _unchosen(field: OneOf) -> list[Invalid]:
    return [] if field.data else [Invalid("請選擇陪同人員（調閱應由機構派員陪同）。", field="companion")]


def _named(person: Companion) -> str:
    name = f"{person.name}（{person.title}）" if person.title else person.name
    return name if person.has_pin else f"{name}　尚未設定 PIN"
