"""What the institution types about an application: the check of who asks, a return, the decision, a refusal."""

from uuid import UUID

from wtforms import FieldList, FormField, SelectField, TextAreaField
from wtforms.validators import Length

from tenants.disclosures.insider.models import Eligibility
from tenants.disclosures.insider.queries import ApplicationCase
from tenants.disclosures.insider.rules import Refusal
from webapp.form_fields import CheckedChoices, OneOf, Stated, options
from webapp.forms import Form
from webapp.school.cases.forms import GrantForm, as_asked
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
    Refusal.NOTHING_RECORDED: "該時段查無影像",
    Refusal.OTHER: "其他（請敘明）",
}


class CheckForm(Form):
    """查核: who asks, and whom the case concerns (KH-6-2a, KH-6-2b, DR-27)."""

    eligibility = OneOf("申請人資格")
    eligibility_note = TextAreaField("說明", [Length(max=_LONG, message=_TOO_LONG)])
    excluded = CheckedChoices("與本案有利害關係的人員", unknown="請勾選頁面上列出的人員。")
    conflict_note = TextAreaField("利害關係", [Length(max=_LONG, message=_TOO_LONG)])

    @classmethod
    def of(cls, case: ApplicationCase, *, fresh: bool = False) -> "CheckForm":
        """The form of a case: what was sent or, when `fresh`, what is known."""
        row = case.disclosure
        known = {
            "eligibility": "" if row.eligibility == Eligibility.UNCHECKED else row.eligibility,
            "eligibility_note": row.eligibility_note,
            "excluded": row.excluded,
            "conflict_note": row.conflict_note,
        }
        form = cls(formdata=None, data=known) if fresh else cls()
        form.eligibility.choices = options([("", "請選擇"), *((k.value, v) for k, v in ELIGIBILITY_NAMES.items())])
        form.excluded.choices = options((str(user.id), user.name) for user in case.members)
        return form

    def chosen(self) -> Eligibility:
        """What was found. Only after `validate`."""
        return Eligibility(self.eligibility.data) if self.eligibility.data else Eligibility.UNCHECKED

    def people(self) -> tuple[UUID, ...]:
        """Whom the case concerns. Only after `validate`."""
        return tuple(UUID(each) for each in self.excluded.data or [])


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
        form.refusal.choices = options([("", "請選擇"), *offered])
        return form

    def chosen(self) -> Refusal | None:
        """The reason; None, with an error, where none of those offered was chosen."""
        if self.refusal.data in {choice.value for choice in self.refusal.choices if choice.value}:
            return Refusal(self.refusal.data)
        self.refusal.errors = ["請選擇不同意的事由。"]
        return None
