"""What the institution types about a case, turned into a decision, a return, a reply."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms import Form as SubForm
from wtforms.validators import Length

from infra.clock import civil_day, today
from tenants import periods
from tenants.disclosures.asking import Grant
from tenants.disclosures.models import DisclosureState, DisclosureWindow
from tenants.disclosures.official.copies_out import DEFAULT_MONTHS
from tenants.disclosures.official.documents import RETURNABLE, RETURNABLE_NAMES, Returnable, returnable
from tenants.disclosures.official.queries import Case, Person
from tenants.disclosures.official.rules import Decision, check_return_by, reply_date_faults
from tenants.disclosures.window_views import WindowView
from tenants.errors import Invalid, refusals
from webapp.case_progress import owed_by
from webapp.form_fields import CheckedChoices, ClockField, RocDateField, Stated, options, read_instant
from webapp.forms import Form

_VERDICTS = [("all", "同意全部"), ("part", "縮小時段"), ("none", "不同意")]
_LONG = 2000
_TOO_LONG = "最多 %(max)d 字，請精簡。"
_INSIDE = "核准的時段應在申請的時段之內。"
_WHY_REFUSED = "不同意時應敘明理由，並告知後續可行的方式。"
_WHY_PART = "部分同意，或範圍過廣仍予同意時，應敘明理由。"


@dataclass(frozen=True)
class Refusal:
    """不同意 of everything that was asked, and why."""

    reasons: str


class GrantForm(SubForm):  # type: ignore[misc]  # WTForms ships no types
    """What is approved of one asked window."""

    window_id = HiddenField()
    verdict = RadioField("決定", choices=options(_VERDICTS), validate_choice=False)
    from_day = RocDateField("起日")
    from_time = ClockField("起時")
    until_day = RocDateField("迄日")
    until_time = ClockField("迄時")

    def grant(self, windows: Mapping[str, DisclosureWindow]) -> Grant | None:
        """The grant, or None for a refusal of this window. Raises `Invalid` with the sentence for the page."""
        window = windows.get(str(self.window_id.data))
        if window is None:
            raise Invalid("案件的時段已變更，請重新整理頁面後再決定。", field="grants")
        match self.verdict.data:
            case "all":
                return Grant(window_id=window.id, started_at=window.started_at, ended_at=window.ended_at)
            case "none":
                return None
            case "part":
                return self._narrowed(window)
            case _:
                raise Invalid("請就這個時段選擇「同意全部」、「縮小時段」或「不同意」。", field="grants")

    def _narrowed(self, window: DisclosureWindow) -> Grant:
        start, end = read_instant(self.from_day, self.from_time), read_instant(self.until_day, self.until_time)
        if start is None or end is None:
            if any(field.errors for field in (self.from_day, self.from_time, self.until_day, self.until_time)):
                raise Invalid("請修正這個時段的日期或時間。", field="grants")
            raise Invalid("縮小時段時，請填寫起訖的日期與時間，例如 115/11/18 10:00。", field="grants")
        if end <= start:
            raise Invalid("結束時間應晚於開始時間。", field="grants")
        if start < window.started_at or end > window.ended_at:
            raise Invalid(_INSIDE, field="grants")
        return Grant(window_id=window.id, started_at=start, ended_at=end)


def by_id(views: Sequence[WindowView]) -> dict[str, DisclosureWindow]:
    """The windows of a case as a form names them."""
    return {str(view.window.id): view.window for view in views}


def granted(entries: FieldList, windows: Mapping[str, DisclosureWindow]) -> tuple[Grant, ...] | None:
    """What is approved of the windows, by their ids; None when one has an error, which is put on its line."""
    approved, sound = [], True
    for entry in entries:
        try:
            grant = entry.form.grant(windows)
        except Invalid as refused:
            entry.form.verdict.errors = [str(refused)]
            sound = False
        else:
            approved += [grant] if grant else []
    return tuple(approved) if sound else None


class DecisionForm(Form):
    """同意, 部分同意 or 不同意, window by window (KH-6-1g)."""

    grants = FieldList(FormField(GrantForm), "各時段的決定")
    reasons = TextAreaField("理由", [Length(max=_LONG, message=_TOO_LONG)])
    copy = BooleanField("同意複製（交付影像檔）")
    return_by = RocDateField("返還或銷毀期限")
    escort = SelectField("陪同人員", choices=[], validate_choice=False)

    @classmethod
    def of(cls, case: Case, *, fresh: bool = False) -> "DecisionForm":
        """The form of a case: what was sent or, when `fresh`, every window as asked and nothing decided yet."""
        asked = {
            "grants": [as_asked(view.window) for view in case.windows],
            "copy": case.disclosure.wants_copy,
            "return_by": case.disclosure.return_by or periods.add_months(today(), DEFAULT_MONTHS),
        }
        form = cls(formdata=None, data=asked) if fresh else cls()
        people = [(str(person.id), _named(person)) for person in case.escort_candidates]
        form.escort.choices = options([("", "請選擇"), *people])
        return form

    def answer(self, case: Case) -> Decision | Refusal | None:
        """What was decided; None when something is wrong or lacks, all of which then stands beside its field."""
        sound = bool(self.validate())
        grants = granted(self.grants, by_id(case.windows))
        refused = all(entry.form.verdict.data == "none" for entry in self.grants)
        reasons = (self.reasons.data or "").strip()
        if not reasons and not self.reasons.errors:
            self.reasons.errors = self._reasons_asked(case, grants, refused=refused)
        escort = None if refused or not _may_consent(case) else self._named_escort()
        if self.copy.data:
            sound = self.tell(refusals(lambda: check_return_by(self.return_by.data, today=today()))) and sound
        if not sound or grants is None or self.reasons.errors or self.escort.errors:
            return None
        if refused or escort is None:
            return Refusal(reasons)
        copy = bool(self.copy.data)
        return Decision(
            grants=grants,
            reasons=reasons,
            copy=copy,
            escort_id=escort,
            return_by=self.return_by.data if copy else None,
        )

    def _reasons_asked(self, case: Case, grants: tuple[Grant, ...] | None, *, refused: bool) -> list[str]:
        """Why reasons have to be given for what was chosen so far; empty when they need not be."""
        if refused:
            return [_WHY_REFUSED]
        asked = {view.window.id: (view.window.started_at, view.window.ended_at) for view in case.windows}
        if grants is None:
            part = any(entry.form.verdict.data in {"part", "none"} for entry in self.grants)
        else:
            part = {grant.window_id: (grant.started_at, grant.ended_at) for grant in grants} != asked
        part = part or bool(self.copy.data) != case.disclosure.wants_copy
        broad = any(caution.code == "broad_scope" for caution in case.cautions)
        return [_WHY_PART] if _may_consent(case) and (part or broad) else []

    def _named_escort(self) -> UUID | None:
        """Who accompanies; None with an error on the field when nobody is named (KH-7-1)."""
        if self.escort.data in {choice.value for choice in self.escort.choices if choice.value}:
            return UUID(self.escort.data)
        self.escort.errors = ["請指定一位本機構的陪同人員（調閱應由機構派員陪同）。"]
        return None


class ReturnForm(Form):
    """退請補正: what the letter lacks (KH-6-1f)."""

    missing = CheckedChoices("應補正事項", unknown="請勾選頁面上列出的事項。")
    note = TextAreaField("說明", [Length(max=_LONG, message=_TOO_LONG)])

    @classmethod
    def of(cls, case: Case, *, fresh: bool = False) -> "ReturnForm":
        """The form of a case: what was sent or, when `fresh`, with what the letter lacks ticked already."""
        lacking = {"missing": [item.value for item in owed_by(case)]}
        form = cls(formdata=None, data=lacking) if fresh else cls()
        form.missing.choices = options(
            (item.value, RETURNABLE_NAMES[item])
            for item in returnable(wants_copy=case.disclosure.wants_copy, classification=case.disclosure.classification)
        )
        return form

    def wrong(self) -> Iterable[Invalid]:
        """At least one thing is missing, or the note says what."""
        if not self.missing.data and not (self.note.data or "").strip():
            yield Invalid("請勾選應補正的事項，或在說明寫明。", field="missing")

    def items(self) -> frozenset[Returnable]:
        """What was ticked. Only after `validate`."""
        ticked = set(self.missing.data or [])
        return frozenset(item for item in RETURNABLE if item.value in ticked)


class ReplyForm(Form):
    """函復: the outgoing letter (KH-6-1h)."""

    reply_number = StringField("發文字號", [Stated("請填寫本機構函復的發文字號。"), Length(max=100, message=_TOO_LONG)])
    reply_date = RocDateField("發文日期", [Stated("請填寫函復日期，例如 115/11/20。")])
    incoming: date

    @classmethod
    def sent(cls, *, incoming: date) -> "ReplyForm":
        """What was sent in answer to a letter of this day."""
        form = cls()
        form.incoming = incoming
        return form

    def wrong(self) -> Iterable[Invalid]:
        """A day before the letter's, or to come."""
        day = self.reply_date.data
        return reply_date_faults(day, incoming=self.incoming, today=today()) if day is not None else []


class ReopenForm(Form):
    """重新開放領取: why the officer may fetch the copy again; it becomes the register's line."""

    reason = TextAreaField(
        "重新開放的理由",
        [Stated("請敘明重新開放領取的理由，例如：承辦人來電，下載中斷。"), Length(max=200, message=_TOO_LONG)],
    )


class RevokeForm(Form):
    """撤銷領取: why the institution takes the offered copy back."""

    why = TextAreaField(
        "撤銷的理由",
        [Stated("請敘明撤銷領取的理由，例如：來文機關來電撤回。"), Length(max=200, message=_TOO_LONG)],
    )


def as_asked(window: DisclosureWindow) -> dict[str, Any]:
    """A window as asked for, to fill its line of a form."""
    return {
        "window_id": str(window.id),
        "from_day": civil_day(window.started_at),
        "from_time": window.started_at,
        "until_day": civil_day(window.ended_at),
        "until_time": window.ended_at,
    }


def _may_consent(case: Case) -> bool:
    """Whether the page offers consent at all: a letter that lacks something can only be refused."""
    return case.state is DisclosureState.SUBMITTED and not case.missing


def _named(person: Person) -> str:
    return f"{person.name}（{person.title}）" if person.title else person.name
