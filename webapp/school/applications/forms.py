"""What the institution types about an application: the check of who asks, a return, the decision, a refusal."""

from collections.abc import Iterable
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from wtforms import BooleanField, FieldList, FormField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from infra import clock
from infra.clock import civil_day
from tenants.disclosures.asking import Grant
from tenants.disclosures.insider import eligibility, signing
from tenants.disclosures.insider.duties import Report, report_faults
from tenants.disclosures.insider.eligibility import Finding, Proof, Standing
from tenants.disclosures.insider.models import Eligibility, InsiderRequest
from tenants.disclosures.insider.queries import ApplicationCase
from tenants.disclosures.insider.rules import Applicant, Refusal
from tenants.errors import Invalid
from webapp.form_fields import CheckedChoices, ClockField, OneOf, RocDateField, Stated, options, read_instant
from webapp.forms import Form
from webapp.school.cases.forms import GrantForm, as_asked, by_id, granted
from webapp.school.panel.on_case import resolved_grants, resolved_reasons

_LONG, _TOO_LONG = 2000, "最多 %(max)d 字，請精簡。"
ELIGIBILITY_NAMES = {
    Eligibility.ELIGIBLE: "符合資格（編制內人員，或在籍孩子的監護人、法定代理人）",
    Eligibility.ACCEPTED: "例外受理（請說明理由）",
    Eligibility.INELIGIBLE: "不符資格（請說明理由）",
}
REFUSAL_NAMES = {
    Refusal.NOT_ELIGIBLE: "申請人不符資格",
    Refusal.NO_GROUND: "事由不在得申請的範圍，或不夠具體",
    Refusal.PAST_RETENTION_AND_DELETED: "已逾保存期限且已刪除",
    Refusal.LOST_AFTER_FILING: "影像於收件後遭刪除，未能保全",
    Refusal.NOTHING_RECORDED: "該時段查無影像",
    Refusal.OTHER: "其他（請敘明）",
}


SPECIFIC, VAGUE = "yes", "no"


class CheckForm(Form):
    """查核: who asks, what was seen of it, what for, and whom the case concerns (KH-1-1, KH-6-2a, KH-6-2b, DR-27)."""

    standing = OneOf("查得的身分")
    seen = CheckedChoices("看過的文件", unknown="請勾選頁面上列出的文件。")
    eligibility = OneOf("申請人資格")
    eligibility_note = TextAreaField("說明", [Length(max=_LONG, message=_TOO_LONG)])
    specific = OneOf("事由是否具體")
    purpose_note = TextAreaField("事由與設置目的不符，仍予受理的理由", [Length(max=_LONG, message=_TOO_LONG)])
    sealed = BooleanField("列為密封案件：涉及性別事件、不當對待等，名單與登記簿只顯示案號")
    excluded = CheckedChoices("與本案有利害關係的人員", unknown="請勾選頁面上列出的人員。")
    conflict_note = TextAreaField("利害關係", [Length(max=_LONG, message=_TOO_LONG)])
    about: InsiderRequest

    @classmethod
    def of(cls, case: ApplicationCase, *, fresh: bool = False) -> "CheckForm":
        """The form of a case: what was sent or, when `fresh`, what is known."""
        row = case.disclosure
        known = {
            "standing": row.standing,
            "seen": row.seen,
            "eligibility": "" if row.eligibility == Eligibility.UNCHECKED else row.eligibility,
            "eligibility_note": row.eligibility_note,
            "specific": {True: SPECIFIC, False: VAGUE, None: ""}[row.reason_specific],
            "purpose_note": row.purpose_note,
            "excluded": row.excluded,
            "conflict_note": row.conflict_note,
        }
        form = cls(formdata=None, data=known) if fresh else cls()
        standings = eligibility.standings_for(Applicant(row.applicant_class))
        form.standing.choices = _chosen((each.value, eligibility.STANDING_NAMES[each]) for each in standings)
        form.seen.choices = options((each.value, name) for each, name in eligibility.PROOF_NAMES.items())
        form.eligibility.choices = _chosen((key.value, name) for key, name in ELIGIBILITY_NAMES.items())
        form.specific.choices = _chosen([(SPECIFIC, "具體"), (VAGUE, "不具體（退回補件）")])
        form.excluded.choices = options((str(user.id), user.name) for user in case.members)
        if not case.outside:
            del form.purpose_note
        if row.sealed:  # for good: nobody opens what was sealed
            del form.sealed
        form.about = row
        return form

    def wrong(self) -> Iterable[Invalid]:
        """What was not chosen, what does not follow from what was seen, and whom it concerns without saying how."""
        for field, sentence in (
            (self.standing, "請選擇查得的身分。"),
            (self.eligibility, "請選擇申請人資格的查核結果。"),
            (self.specific, "請選擇事由是否具體。"),
        ):
            if not field.data:
                yield Invalid(sentence, field=field.name)
        known = self.standing.data and self.eligibility.data
        if known and not (self.standing.errors or self.eligibility.errors or self.seen.errors):
            yield from eligibility.finding_faults(self.finding(), Applicant(self.about.applicant_class))
        if self.eligibility.data in {Eligibility.ACCEPTED, Eligibility.INELIGIBLE}:
            yield from eligibility.note_faults(self.eligibility_note.data or "")
        if self.excluded.data:
            yield from signing.conflict_faults(self.conflict_note.data or "")

    def finding(self) -> Finding:
        """What was found. Only after `validate`."""
        return Finding(
            standing=Standing(self.standing.data),
            seen=frozenset(Proof(each) for each in self.seen.data or []),
            eligibility=Eligibility(self.eligibility.data),
            note=self.eligibility_note.data or "",
            specific=self.specific.data == SPECIFIC,
            purpose_note=(self.purpose_note.data or "") if "purpose_note" in self else "",
        )

    def sealing(self) -> bool:
        """Whether the case is to be a sealed one from now on. Only after `validate`."""
        return "sealed" in self and bool(self.sealed.data)

    def people(self) -> tuple[UUID, ...]:
        """Whom the case concerns. Only after `validate`."""
        return tuple(UUID(each) for each in self.excluded.data or [])


class ReportForm(Form):
    """通報: when the first of the staff knew, and when and under which number it was reported (section 9.7)."""

    known_day = RocDateField("知悉日期", [Stated("請填寫知悉日期，例如 115/11/18。")])
    known_time = ClockField("知悉時間", [Stated("請填寫知悉時間，例如 10:20。")])
    reported_day = RocDateField("通報日期")
    reported_time = ClockField("通報時間")
    report_number = StringField("通報序號", [Length(max=200, message=_TOO_LONG)])

    @classmethod
    def of(cls, case: ApplicationCase, *, fresh: bool = False) -> "ReportForm":
        """The form of a case: what was sent or, when `fresh`, what is known."""
        row = case.disclosure
        known: dict[str, object] = {"report_number": row.report_number}
        for name, at in (("known", row.known_at), ("reported", row.reported_at)):
            known |= {f"{name}_day": civil_day(at) if at else None, f"{name}_time": at}
        form = cls(formdata=None, data=known) if fresh else cls()
        form.report_number.label.text = case.duty.named if case.duty is not None else "通報序號"
        return form

    places = MappingProxyType({"known_at": "known_time", "reported_at": "reported_time"})

    def wrong(self) -> Iterable[Invalid]:
        """A day without its time, and what cannot have been so."""
        known_at, reported_at = self._moments()
        if bool(self.reported_day.data) != bool(self.reported_time.data) and not self.reported_day.errors:
            yield Invalid("通報日期與時間請一併填寫。", field="reported_at")
        earliest = known_at or min(reported_at or clock.now(), clock.now())
        report = Report(known_at=earliest, reported_at=reported_at, number=self.report_number.data or "")
        yield from report_faults(report, now=clock.now())

    def report(self) -> Report | None:
        """What was typed; None, with every fault beside its field."""
        sound, (known_at, reported_at) = self.validate(), self._moments()
        if not sound or known_at is None:
            return None
        return Report(known_at=known_at, reported_at=reported_at, number=self.report_number.data or "")

    def _moments(self) -> tuple[datetime | None, datetime | None]:
        return read_instant(self.known_day, self.known_time), read_instant(self.reported_day, self.reported_time)


class SendBackForm(Form):
    """退回補件."""

    note = TextAreaField("需要補正的內容", [Stated("請說明需要補正的內容。"), Length(max=_LONG, message=_TOO_LONG)])


class ApprovalForm(Form):
    """同意 or 部分同意, window by window."""

    grants = FieldList(FormField(GrantForm), "各時段的決定")
    reasons = TextAreaField("理由", [Length(max=_LONG, message=_TOO_LONG)])

    @classmethod
    def of(cls, case: ApplicationCase, *, fresh: bool = False) -> "ApprovalForm":
        """The form of a case: what was sent or, when `fresh`, what the panel resolved, else every window as asked."""
        if not fresh:
            return cls()
        windows = [view.window for view in case.windows]
        resolved = resolved_grants(case.disclosure, windows)
        reasons = resolved_reasons(case.disclosure) if resolved is not None else ""
        asked = resolved if resolved is not None else [as_asked(window) for window in windows]
        return cls(formdata=None, data={"grants": asked, "reasons": reasons})

    def approved(self, case: ApplicationCase) -> tuple[Grant, ...] | None:
        """What is granted; None when something is wrong or lacks, all of which then stands beside its field."""
        sound, grants = self.validate(), granted(self.grants, by_id(case.windows))
        narrowed = any(entry.form.verdict.data in {"part", "none"} for entry in self.grants)
        if narrowed and not (self.reasons.data or "").strip():
            sound = self.tell([Invalid("部分同意時，應敘明理由。", field="reasons")])
        return grants if sound else None


class RefusalForm(Form):
    """不同意: one of the reasons that hold today, and words."""

    refusal = SelectField("不同意的事由", choices=[], validate_choice=False)
    reasons = TextAreaField(
        "理由與後續可行的方式",
        [Stated("不同意時應敘明理由，並告知後續可行的方式。"), Length(max=_LONG, message=_TOO_LONG)],
    )

    @classmethod
    def of(cls, case: ApplicationCase, *, fresh: bool = False) -> "RefusalForm":
        """The form of a case, with the reasons that hold today."""
        form = cls(formdata=None) if fresh else cls()
        offered = [(each.value, REFUSAL_NAMES[each]) for each in Refusal if each in case.refusals]
        form.refusal.choices = _chosen(offered)
        return form

    def wrong(self) -> Iterable[Invalid]:
        """One of the reasons that are offered."""
        return [] if self._is_chosen else [Invalid("請選擇不同意的事由。", field="refusal")]

    def chosen(self) -> Refusal:
        """The reason. Only after `validate`."""
        return Refusal(self.refusal.data)

    @property
    def _is_chosen(self) -> bool:
        return self.refusal.data in {choice.value for choice in self.refusal.choices if choice.value}


def _chosen(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """The choices of a list, before them one that says to choose."""
    return options([("", "請選擇"), *pairs])
