"""Untrusted input about what a film hides -> typed values: rectangles in thousandths of it, and their times."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from wtforms import BooleanField, FieldList, FormField, IntegerField, PasswordField, StringField
from wtforms import Form as SubForm
from wtforms.validators import Length, NumberRange

from infra.clock import civil_day
from infra.manifest import instant, microseconds
from infra.masking import WHOLE, Box
from tenants.errors import Invalid, refusals
from tenants.people.models import User
from tenants.people.rules import PIN_MAX
from tenants.rights.film import plan_of
from tenants.rights.masks import MOST_BOXES, Plan
from tenants.rights.models import RightsRequest
from tenants.rights.rules import check_hidden
from tenants.roc_dates import format_time, parse_instant
from webapp.form_fields import ClockField, OneOf, Stated, id_or_none, options
from webapp.forms import Form

_SHORT = Length(max=100, message="最多 %(max)d 字，請精簡。")
_THOUSANDTHS = f"請輸入 %(min)s 至 %(max)s 的整數；整個畫面是 {WHOLE}。"
_PLACE = NumberRange(min=0, max=WHOLE - 1, message=_THOUSANDTHS)
_SIZE = NumberRange(min=1, max=WHOLE, message=_THOUSANDTHS)
_ONE_DAY = timedelta(days=1)


class _Thousandths(IntegerField):  # type: ignore[misc]  # WTForms ships no types
    """A whole number, with our own words for what is none."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read it. Raises `ValueError` with the sentence."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("請輸入整數，例如 250。") from None


class BoxForm(SubForm):  # type: ignore[misc]  # WTForms ships no types
    """One rectangle. Without times it hides through the whole film."""

    left = _Thousandths("左", [_PLACE])
    top = _Thousandths("上", [_PLACE])
    width = _Thousandths("寬", [_SIZE])
    height = _Thousandths("高", [_SIZE])
    from_time = ClockField("起時（可不填）")
    until_time = ClockField("迄時（可不填）")

    def box(self, asked: tuple[datetime, datetime]) -> Box | None:
        """The rectangle; None with the error on its field."""
        begins, ends = (_within(field, asked) for field in (self.from_time, self.until_time))
        if self.errors:
            return None
        try:
            return Box(
                left=self.left.data,
                top=self.top.data,
                width=self.width.data,
                height=self.height.data,
                from_us=microseconds(begins) if begins is not None else None,
                until_us=microseconds(ends) if ends is not None else None,
            )
        except ValueError:
            self.width.errors = ["範圍超出畫面，或迄時早於起時。請重新圈選。"]
            return None


class MaskForm(Form):
    """What of the film is given, and what is hidden in it."""

    from_time = ClockField("提供的起時")
    until_time = ClockField("提供的迄時")
    sound = BooleanField("連同聲音一起提供（聲音中可能有其他人）")
    boxes = FieldList(FormField(BoxForm), "遮蔽範圍", max_entries=MOST_BOXES)

    @classmethod
    def of(cls, found: RightsRequest) -> "MaskForm":
        """What is shown and hidden now."""
        plan = plan_of(found)
        boxes = [
            {name: getattr(box, name) for name in ("left", "top", "width", "height")}
            | {"from_time": _clock(box.from_us), "until_time": _clock(box.until_us)}
            for box in plan.boxes
        ]
        span = {"from_time": instant(plan.from_us), "until_time": instant(plan.until_us)}
        return cls(formdata=None, data=span | {"sound": plan.sound, "boxes": boxes})

    def rearranged(self, pressed: Mapping[str, str]) -> bool:
        """Whether a button was pressed that adds a rectangle or takes one away, which is then done."""
        if "add_box" in pressed and len(self.boxes) < MOST_BOXES:
            self.boxes.append_entry({"left": 0, "top": 0, "width": WHOLE // 4, "height": WHOLE // 4})
        self.boxes.entries = [each for each in self.boxes.entries if each.id != pressed.get("drop_box")]
        return "add_box" in pressed or "drop_box" in pressed

    def plan(self, found: RightsRequest) -> Plan | None:
        """What was typed; None with the errors on their fields."""
        sound = bool(self.validate())
        asked = _asked(found)
        begins, ends = (_within(field, asked) for field in (self.from_time, self.until_time))
        boxes = [entry.form.box(asked) for entry in self.boxes]
        if not sound or self.errors or any(each is None for each in boxes):
            return None
        return Plan(
            from_us=microseconds(begins or asked[0]),
            until_us=microseconds(ends or asked[1]),
            sound=bool(self.sound.data),
            boxes=tuple(each for each in boxes if each is not None),
        )


_PIN = (Stated("請該人員輸入自己的 PIN。"), Length(max=PIN_MAX, message="PIN 最多 %(max)d 位數字。"))


class CompanionForm(Form):
    """Somebody else of the institution is there, and types their PIN."""

    companion = OneOf("一起檢視的人員")
    pin = PasswordField("該人員的 PIN", _PIN)

    @classmethod
    def of(cls, people: list[User], *, fresh: bool = False) -> Self:
        """With these people to choose from."""
        form = cls(formdata=None) if fresh else cls()
        offered = [(str(user.id), _named(user)) for user in people]
        form.companion.choices = options([("", "請選擇"), *offered])
        return form

    def wrong(self) -> Iterable[Invalid]:
        """Somebody was chosen."""
        return [] if self.companion.data else [Invalid("請選取一起檢視的人員。", field="companion")]

    def chosen(self) -> UUID | None:
        """Who was chosen that is offered. Only after `validate`."""
        return None if self.companion.errors else id_or_none(self.companion.data or "")


class BesideForm(CompanionForm):
    """They are there while the film is looked at; beside a confirmation on one page, no two fields share an id."""

    companion = OneOf("陪同的人員", id="beside-companion")
    pin = PasswordField("陪同人員的 PIN", _PIN, id="beside-pin")


class ConfirmForm(CompanionForm):
    """They saw the masked film, and where nothing is hidden say that nobody is in sight."""

    nobody_visible = BooleanField("我們從頭看過，要提供的時段裡看不到其他人，不需要遮蔽")
    about: RightsRequest

    @classmethod
    def about_film(cls, found: RightsRequest, people: list[User], *, fresh: bool = False) -> Self:
        """Of this request's film, with these people to choose from."""
        form = cls.of(people, fresh=fresh)
        form.about = found
        return form

    def wrong(self) -> Iterable[Invalid]:
        """Who it was, and that others who are in the footage are hidden in it."""
        yield from super().wrong()
        yield from refusals(
            lambda: check_hidden(
                third_parties=self.about.third_parties,
                boxes=len(plan_of(self.about).boxes),
                nobody_visible=bool(self.nobody_visible.data),
            )
        )


class MediumForm(Form):
    """The medium that a copy leaves on."""

    exact = frozenset({"medium_serial"})

    medium_serial = StringField("媒體序號或編號", [Stated("請填寫媒體的序號或編號。"), _SHORT])

    @classmethod
    def of(cls, take: int, *, fresh: bool = False) -> "MediumForm":
        """Of one take: a page may have a form for each, and no two fields of a page share an id."""
        form = cls(formdata=None) if fresh else cls()
        form.medium_serial.id = form.medium_serial.label.field_id = f"medium-serial-{take}"
        return form


class ReadBackForm(Form):
    """What was read from the medium."""

    read_back = StringField("讀回的雜湊（SHA-256）", [Stated("請輸入從媒體讀回的雜湊。"), _SHORT])


def _named(user: User) -> str:
    name = f"{user.name}（{user.title or '未填職稱'}）"
    return name if user.pin_hash else f"{name}　尚未設定 PIN"


def _asked(found: RightsRequest) -> tuple[datetime, datetime]:
    assert found.asked_from is not None  # noqa: S101 - the page is there for requests with footage only
    assert found.asked_until is not None  # noqa: S101 - as above
    return found.asked_from, found.asked_until


def _within(field: ClockField, asked: tuple[datetime, datetime]) -> datetime | None:
    """The first instant of the asked span at which clocks say this; None where nothing was typed, or with an error."""
    typed = str(field.data or "").strip()
    if not typed:
        return None
    day = civil_day(asked[0])
    try:
        at = parse_instant(day, typed, field=field.name)
    except Invalid as refused:
        field.errors = [*field.errors, str(refused)]
        return None
    while at < asked[0] and at + _ONE_DAY <= asked[1]:
        at += _ONE_DAY
    if not asked[0] <= at <= asked[1]:
        field.errors = [*field.errors, f"時間應在 {format_time(asked[0])} 至 {format_time(asked[1])} 之間。"]
        return None
    return at


def _clock(at_us: int | None) -> str:
    return format_time(instant(at_us)) if at_us is not None else ""
