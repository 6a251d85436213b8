"""Untrusted input about misuse or leakage -> typed values."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from infra import clock
from infra.clock import civil_day
from tenants.disclosures.viewing.models import ViewingSession
from tenants.errors import Invalid
from tenants.misuse.actions import Report
from tenants.misuse.clocks import INCIDENT_NAMES, Incident, Known, restatement_faults
from tenants.misuse.models import MeasureKind, MisuseKind
from tenants.misuse.rules import (
    KIND_NAMES,
    MEASURE_NAMES,
    Outcome,
    measure_faults,
    outcome_faults,
    report_faults,
)
from tenants.people.models import User
from tenants.registry.models import Camera
from tenants.rights.models import RightsRequest
from webapp.footage_form import FootageForm
from webapp.form_fields import CheckedChoices, ClockField, OneOf, RocDateField, Stated, options, read_instant
from webapp.forms import Form

_SHORT, _LONG = 100, 2000
_TOO_LONG = "最多 %(max)d 字，請精簡。"
_CHOOSE = ("", "請選擇")
_VIEWER = "viewer:"
# A value of the form and its words.
Suspect = tuple[str, str]


class ReportForm(FootageForm):
    """登記: what was found out, when, by whom, about which footage, and whom it suspects."""

    kind = OneOf("情形", choices=options([_CHOOSE, *((kind.value, name) for kind, name in KIND_NAMES.items())]))
    discovered_day = RocDateField("知悉日期", [Stated("請填寫知悉日期，例如 115/11/20。")])
    discovered_time = ClockField("知悉時間", [Stated("請填寫知悉時間，例如 09:30。")])
    discovered_by = StringField("發現人", [Stated("請填寫是誰發現的。"), Length(max=_SHORT, message=_TOO_LONG)])
    what = TextAreaField("發現的情形", [Stated("請填寫發現的情形。"), Length(max=_LONG, message=_TOO_LONG)])
    suspects = CheckedChoices("涉嫌人員", unknown="請勾選頁面上列出的人員。")

    @classmethod
    def of(cls, cameras: Iterable[Camera], suspects: Iterable[Suspect], *, fresh: bool = False) -> "ReportForm":
        """The form with the institution's cameras, and those who may be suspected, to choose from."""
        form = cls(formdata=None) if fresh else cls()
        form.offer(cameras, none="尚不清楚，或不涉及特定影像；就調閱場次登記時，即為該場播放的影像")
        form.suspects.choices = options(suspects)
        return form

    def begin_from(self, about: RightsRequest) -> None:
        """Put in what a request about one's own data tells: its number, and the footage that was given or shown."""
        self.what.data = f"外流的畫面出自 {about.serial} 的影像。"
        if about.camera_id is not None and about.asked_from is not None:
            self.camera.data = str(about.camera_id)
            self.day.data = civil_day(about.asked_from)
            self.from_time.process_data(about.asked_from)
            self.until_time.process_data(about.asked_until)

    def wrong(self) -> Iterable[Invalid]:
        """What kind it is, that it was found out already, and the footage."""
        if not self.kind.data:
            yield Invalid("請選擇情形。", field="kind")
        yield from report_faults(
            discovered_at=self._discovered_at(),
            discovered_by=self.discovered_by.data or "",
            what=self.what.data or "",
            now=clock.now(),
        )
        yield from super().wrong()

    def report(self, *, disclosure_id: UUID | None, viewing_id: UUID | None) -> Report | None:
        """What was typed; None with the errors on their fields."""
        sound, discovered_at = self.validate(), self._discovered_at()
        if not sound or discovered_at is None:
            return None
        window = self.window()
        return Report(
            kind=MisuseKind(self.kind.data),
            discovered_at=discovered_at,
            discovered_by=self.discovered_by.data,
            what=self.what.data,
            suspects=_accounts(self.suspects),
            windows=(window,) if window is not None else (),
            disclosure_id=disclosure_id,
            viewing_id=viewing_id,
            viewer_suspected=bool(_viewers(self.suspects)),
        )

    def _discovered_at(self) -> datetime | None:
        return read_instant(self.discovered_day, self.discovered_time)


class SuspectsForm(Form):
    """More people whom an open case suspects: of the place, or whoever looked in one of its sessions."""

    suspects = CheckedChoices("涉嫌人員", unknown="請勾選頁面上列出的人員。")

    @classmethod
    def of(cls, suspects: Iterable[Suspect], *, fresh: bool = False) -> "SuspectsForm":
        """The form with the people to choose from."""
        form = cls(formdata=None) if fresh else cls()
        form.suspects.choices = options(suspects)
        return form

    def wrong(self) -> Iterable[Invalid]:
        """Somebody is named."""
        return [] if self.suspects.data else [Invalid("請勾選涉嫌人員。", field="suspects")]

    def accounts(self) -> tuple[UUID, ...]:
        """Whom of the place. Only after `validate`."""
        return _accounts(self.suspects)

    def viewers(self) -> tuple[UUID, ...]:
        """The sessions whose viewer was chosen. Only after `validate`."""
        return _viewers(self.suspects)


class ClockForm(Form):
    """知悉時間 and what the case is, said anew."""

    discovered_day = RocDateField("知悉日期", [Stated("請填寫知悉日期，例如 115/11/20。")])
    discovered_time = ClockField("知悉時間", [Stated("請填寫知悉時間，例如 09:30。")])
    incidents = CheckedChoices("事件類別", unknown="請勾選頁面上列出的類別。")
    reason = StringField("理由", [Length(max=_SHORT, message=_TOO_LONG)])

    @classmethod
    def of(cls, said: Known, *, fresh: bool = False) -> "ClockForm":
        """The form, a fresh one with what counts now."""
        form = cls(formdata=None) if fresh else cls()
        form.incidents.choices = options((each.value, name) for each, name in INCIDENT_NAMES.items())
        if fresh:
            form.discovered_day.data = civil_day(said.discovered_at)
            form.discovered_time.process_data(said.discovered_at)
            form.incidents.data = sorted(said.incidents)
        return form

    def wrong(self) -> Iterable[Invalid]:
        """Why it is said anew."""
        return restatement_faults(self.reason.data or "")

    def chosen(self) -> list[Incident]:
        """Which. Only after `validate`."""
        return [Incident(each) for each in self.incidents.data or []]


class MeasureForm(Form):
    """登記處置."""

    measure = OneOf("處置", choices=options([_CHOOSE, *((k.value, v) for k, v in MEASURE_NAMES.items())]))
    words = TextAreaField("內容", [Length(max=_LONG, message=_TOO_LONG)])
    document = StringField("文號或報案三聯單號碼", [Length(max=_SHORT, message=_TOO_LONG)])

    def wrong(self) -> Iterable[Invalid]:
        """What kind it is, what was done, and under which number."""
        kind = self.measure.data if self.measure.data in set(MeasureKind) else None
        if kind is None:
            yield Invalid("請選擇處置的種類。", field="measure")
        words, document = self.words.data or "", self.document.data or ""
        yield from measure_faults(MeasureKind(kind or MeasureKind.OTHER), words=words, document=document)

    def chosen(self) -> MeasureKind:
        """Which. Only after `validate`."""
        return MeasureKind(self.measure.data)


class OutcomeForm(Form):
    """結案: what came of each kind of liability."""

    administrative = TextAreaField("行政責任", [Length(max=_LONG, message=_TOO_LONG)])
    civil = TextAreaField("民事責任", [Length(max=_LONG, message=_TOO_LONG)])
    criminal = TextAreaField("刑事責任", [Length(max=_LONG, message=_TOO_LONG)])

    def wrong(self) -> Iterable[Invalid]:
        """Each kind of liability has its outcome."""
        return outcome_faults(self.outcome())

    def outcome(self) -> Outcome:
        """What was typed."""
        return Outcome(
            administrative=self.administrative.data or "",
            civil=self.civil.data or "",
            criminal=self.criminal.data or "",
        )


def offered(people: Iterable[User], sessions: Iterable[ViewingSession]) -> list[Suspect]:
    """Whoever may be suspected: who looked in these sessions, then the people of the place."""
    return [
        *((f"{_VIEWER}{each.id}", f"場次 {each.code} 的調閱者：{viewer_words(each)}") for each in sessions),
        *((str(user.id), f"{user.name}（{user.title or '未填職稱'}）") for user in people),
    ]


def viewer_words(viewing: ViewingSession) -> str:
    """Who looked in a session, as the register has them."""
    return f"{viewing.viewer_name}（{viewing.viewer_unit} {viewing.viewer_title}）"


def _accounts(field: CheckedChoices) -> tuple[UUID, ...]:
    return tuple(UUID(each) for each in field.data or [] if not each.startswith(_VIEWER))


def _viewers(field: CheckedChoices) -> tuple[UUID, ...]:
    return tuple(UUID(each.removeprefix(_VIEWER)) for each in field.data or [] if each.startswith(_VIEWER))
