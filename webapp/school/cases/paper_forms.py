"""A line of the register as a person types it: of a paper (補登), or as an earlier line should have read (更正)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_wtf.file import FileField
from wtforms import FieldList, FormField, StringField
from wtforms import Form as SubForm
from wtforms.validators import Length

from infra import clock
from infra.clock import civil_day
from tenants.disclosures.register import rules
from tenants.disclosures.register.rules import Accessor, Seen, WrittenLine
from tenants.disclosures.register.writing import number_faults
from tenants.errors import Invalid
from webapp import uploads
from webapp.form_fields import CheckedChoices, ClockField, OneOf, RocDateField, Stated, options, read_instant
from webapp.forms import Form

VIEWED, COPIED = "viewed", "copied"
_HANDLING = {VIEWED: "調閱", COPIED: "複製"}
_TOO_LONG = "最多 %(max)d 字。"
_SHORT = Length(max=50, message=_TOO_LONG)
_SPARE_PEOPLE, _SPARE_WINDOWS = 3, 1


@dataclass(frozen=True, kw_only=True)
class Offered:
    """What a page offers: the cameras of the case, who may have operated, and whether anything may have been copied."""

    cameras: Sequence[str]
    operators: Sequence[tuple[str, str]]
    may_copy: bool


class PersonForm(SubForm):  # type: ignore[misc]  # WTForms ships no types
    """Somebody who was there; an empty row is nobody."""

    name = StringField("姓名", [_SHORT])
    unit = StringField("單位", [_SHORT])
    title = StringField("職稱", [_SHORT])

    def accessor(self) -> Accessor | None:
        """Who; None where nothing was typed."""
        typed = [str(field.data or "").strip() for field in (self.name, self.unit, self.title)]
        return Accessor(name=typed[0], unit=typed[1], title=typed[2]) if any(typed) else None


class SeenForm(SubForm):  # type: ignore[misc]  # as above
    """What was looked at of one camera; a row without a camera is nothing."""

    camera = OneOf("鏡頭")
    from_day = RocDateField("起日")
    from_time = ClockField("起時")
    until_day = RocDateField("迄日")
    until_time = ClockField("迄時")

    def seen(self) -> Seen | None:
        """What; None for an empty row, or with the fault on its field."""
        if not self.camera.data:
            return None
        if self.until_day.data is None and not self.until_day.errors:
            self.until_day.data = self.from_day.data
        start, end = read_instant(self.from_day, self.from_time), read_instant(self.until_day, self.until_time)
        if start is None or end is None:
            if not any(field.errors for field in (self.from_day, self.from_time, self.until_day, self.until_time)):
                self.from_time.errors = ["請填寫調閱影像的起訖日期與時間，例如 115/11/18 10:05。"]
            return None
        return Seen(camera=self.camera.data, started_at=start, ended_at=end)


class LineForm(Form):
    """What both have: who, when, what was looked at, why, and who operated."""

    people = FieldList(FormField(PersonForm), "調閱者")
    day = RocDateField("調閱日期", [Stated("請照紙本填寫調閱日期，例如 115/11/20。")])
    started_at = ClockField("開始時間", [Stated("請照紙本填寫開始時間，例如 16:30。")])
    until_day = RocDateField("結束日期")
    ended_at = ClockField("結束時間", [Stated("請照紙本填寫結束時間，例如 16:52。")])
    windows = FieldList(FormField(SeenForm), "實際調閱的鏡頭與時段")
    summary = StringField(
        "調閱原因摘要", [Stated("請填寫調閱原因摘要。"), Length(max=rules.LONGEST_SUMMARY, message=_TOO_LONG)]
    )
    operator = OneOf("系統操作承辦人", unknown="請從清單中選取當時的系統操作承辦人。")
    accompanied_by = StringField("陪同人員", [Length(max=100, message=_TOO_LONG)])
    handling = CheckedChoices("資料處理方式", unknown="請勾選頁面上列出的方式。")
    may_copy = False

    def offer(self, offered: Offered) -> None:
        """Say what can be chosen."""
        self.may_copy = offered.may_copy
        kinds = _HANDLING.items() if offered.may_copy else [(VIEWED, _HANDLING[VIEWED])]
        self.handling.choices = options(kinds)
        self.operator.choices = options([*self._unchanged(), *offered.operators])
        for entry in self.windows:
            entry.form.camera.choices = options([("", "未調閱"), *((name, name) for name in offered.cameras)])

    def validate(self, extra_validators: Mapping[str, Sequence[Callable[..., None]]] | None = None) -> bool:
        """Each field, and all together; also of the rows, whose faults stand beside their own fields."""
        sound = super().validate(extra_validators)
        return sound and not self._has_faulty_rows

    def wrong(self) -> Iterable[Invalid]:
        """What the register asks of a line, as far as it was typed."""
        start, end = self._span()
        line, now = self._line(start, end), clock.now()
        found = rules.written_faults(line, now=now, may_copy=self.may_copy)
        unsaid = {"windows"} if self._has_faulty_rows else set()
        unsaid |= {"ended_at"} if start is None or end is None else set()
        return [each for each in found if each.field not in unsaid]

    def written(self) -> WrittenLine | None:
        """The line; None with every fault beside its field. Only after `offer`."""
        sound, (start, end) = self.validate(), self._span()
        return self._line(start, end) if sound and start is not None and end is not None else None

    def _line(self, start: datetime | None, end: datetime | None) -> WrittenLine:
        """What was typed; where a time is not known yet, one that nothing else is refused for."""
        now = clock.now()
        seen = [entry.form.seen() for entry in self.windows]
        people = [entry.form.accessor() for entry in self.people]
        return WrittenLine(
            people=tuple(each for each in people if each is not None),
            started_at=start or now,
            ended_at=end or now,
            seen=tuple(each for each in seen if each is not None),
            summary=self.summary.data or "",
            viewed=VIEWED in (self.handling.data or []),
            copied=COPIED in (self.handling.data or []),
            accompanied_by=self.accompanied_by.data or "",
        )

    def _span(self) -> tuple[datetime | None, datetime | None]:
        if self.until_day.data is None and not self.until_day.errors:
            self.until_day.data = self.day.data
        return read_instant(self.day, self.started_at), read_instant(self.until_day, self.ended_at)

    @property
    def _has_faulty_rows(self) -> bool:
        return any(field.errors for entry in self.windows for field in entry.form)

    def _unchanged(self) -> Iterable[tuple[str, str]]:
        """Choices of the operator before the people who work here."""
        return [("", "請選擇")]


class PaperLineForm(LineForm):
    """補登: a line of a paper, with its number and, where there is one already, its scan."""

    paper_number = StringField(
        "紙本編號", [Stated("請填寫紙本編號，例如「紙115-3」。"), Length(max=40, message=_TOO_LONG)]
    )
    scan = FileField("紙本掃描檔（PDF）")
    tenant_id: UUID

    @classmethod
    def fresh(cls, *, windows: Iterable[Seen], summary: str) -> "PaperLineForm":
        """The windows of the case, to be narrowed to what was looked at."""
        return cls(formdata=None, data=_rows((), windows) | {"summary": summary, "handling": [VIEWED]})

    @classmethod
    def sent(cls, tenant_id: UUID) -> "PaperLineForm":
        """What was sent to this institution's book."""
        form = cls()
        form.tenant_id = tenant_id
        return form

    def wrong(self) -> Iterable[Invalid]:
        """As of every line; a number that is in the book already, nobody who operated, and what is no scan."""
        yield from super().wrong()
        yield from number_faults(tenant_id=self.tenant_id, typed=self.paper_number.data or "")
        if not self.operator.data:
            yield Invalid(self.operator.unknown, field="operator")
        yield from uploads.faults()


class CorrectionForm(LineForm):
    """更正: the line as it should have read, and why."""

    reason = StringField(
        "更正原因", [Stated("請說明更正的原因，例如「紙本誤繕時間」。"), Length(max=100, message=_TOO_LONG)]
    )

    @classmethod
    def fresh(cls, *, people: Iterable[Accessor], windows: Iterable[Seen], line: Mapping[str, Any]) -> "CorrectionForm":
        """The line as it stands."""
        return cls(formdata=None, data=_rows(people, windows) | dict(line))

    def operator_id(self) -> UUID | None:
        """Who operated; None where it stays as it stood. Only after `validate`."""
        return UUID(self.operator.data) if self.operator.data else None

    def _unchanged(self) -> Iterable[tuple[str, str]]:
        return [("", "與原列相同")]


def _rows(people: Iterable[Accessor], windows: Iterable[Seen]) -> dict[str, Any]:
    """The rows of a form that was not typed yet, with spare ones: nobody needs a script to add a person."""
    named = [{"name": each.name, "unit": each.unit, "title": each.title} for each in people]
    seen = [
        {
            "camera": each.camera,
            "from_day": civil_day(each.started_at),
            "from_time": each.started_at,
            "until_day": civil_day(each.ended_at),
            "until_time": each.ended_at,
        }
        for each in windows
    ]
    return {"people": [*named, *[{}] * _SPARE_PEOPLE], "windows": [*seen, *[{}] * _SPARE_WINDOWS]}
