"""決議 as who convenes types it: the votes, what is granted of each window, reasons and minutes (KH-6-2h, KH-6-Pc)."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from wtforms import FieldList, FormField, HiddenField, RadioField, TextAreaField
from wtforms import Form as SubForm
from wtforms.validators import Length

from infra.clock import civil_day
from tenants.disclosures.asking import Grant
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.insider.panel import resolving, rules
from tenants.disclosures.insider.panel.models import PanelMeeting, PanelMember, Verdict
from tenants.disclosures.insider.panel.resolving import Outcome
from tenants.disclosures.models import DisclosureWindow
from tenants.errors import Destroyed, Invalid
from webapp.form_fields import Stated, id_or_none, options
from webapp.forms import Form
from webapp.school.cases.forms import GrantForm, granted

_TOO_LONG = "最多 %(max)d 字，請精簡。"
_LONG = 4000
_VERDICTS = options((each.value, words) for each, words in rules.VERDICT_NAMES.items())
_KNOWN = {each.value for each in Verdict}


class VoteForm(SubForm):  # type: ignore[misc]  # WTForms ships no types
    """One member's vote."""

    member_id = HiddenField()
    vote = RadioField("表決", choices=_VERDICTS, validate_choice=False)


class ResolutionForm(Form):
    """決議: votes, windows, reasons, minutes."""

    votes = FieldList(FormField(VoteForm), "表決")
    decision = RadioField("決議", choices=_VERDICTS, validate_choice=False)
    grants = FieldList(FormField(GrantForm), "各時段的決議")
    reasons = TextAreaField("理由（部分同意或不同意時必填）", [Length(max=_LONG, message=_TOO_LONG)])
    beyond_reason = TextAreaField("超出事件發生期間的理由", [Length(max=_LONG, message=_TOO_LONG)])
    minutes = TextAreaField("會議紀錄", [Stated("請記錄會議的討論與決議內容。"), Length(max=_LONG, message=_TOO_LONG)])

    about: tuple[InsiderRequest, PanelMeeting]

    @classmethod
    def sent(cls, found: InsiderRequest, met: PanelMeeting) -> "ResolutionForm":
        """What was sent of this meeting about a case."""
        form = cls()
        form.about = found, met
        return form

    @classmethod
    def of(cls, attended: Sequence[PanelMember], windows: Sequence[DisclosureWindow]) -> "ResolutionForm":
        """Every window as asked, and a vote for each who attended."""
        votes = [{"member_id": str(each.id)} for each in attended]
        return cls(formdata=None, data={"votes": votes, "grants": [_as_asked(each) for each in windows]})

    def outcome(self, windows: Mapping[str, DisclosureWindow]) -> Outcome | None:
        """What was resolved; None while something of it is wrong, each fault beside its own field."""
        self.validate()
        votes, grants = self._votes(), self._grants(windows)
        decision = self._verdict()
        if votes is None or grants is None or decision is None:
            return None
        outcome = Outcome(
            decision=decision,
            votes=votes,
            grants=grants,
            reasons=self.reasons.data or "",
            beyond_reason=self.beyond_reason.data or "",
            minutes=self.minutes.data or "",
        )
        return outcome if self._goes_together(outcome) else None

    def _goes_together(self, outcome: Outcome) -> bool:
        """Whether votes, windows and decision agree, told with what lacks; a window that is gone beside the windows."""
        try:
            return self.tell(resolving.outcome_faults(*self.about, outcome))
        except Destroyed as gone:
            self.show(gone, beside="grants")
            return False

    def _verdict(self) -> Verdict | None:
        if self.decision.data not in _KNOWN:
            self.show(Invalid("請選擇決議結果。", field="decision"))
            return None
        decision = Verdict(self.decision.data)
        if decision != Verdict.AGREE and not (self.reasons.data or "").strip():
            self.show(Invalid(rules.NO_REASONS, field="reasons"))
        return decision

    def _votes(self) -> dict[UUID, Verdict] | None:
        lines = [entry.form for entry in self.votes]
        wrong = [
            each for each in lines if each.vote.data not in _KNOWN or id_or_none(each.member_id.data or "") is None
        ]
        for each in wrong:
            each.vote.errors = ["請登記這位與會成員的表決。"]
        return None if wrong else {UUID(each.member_id.data): Verdict(each.vote.data) for each in lines}

    def _grants(self, windows: Mapping[str, DisclosureWindow]) -> tuple[Grant, ...] | None:
        return () if self.decision.data == Verdict.REFUSE else granted(self.grants, windows)


def _as_asked(window: DisclosureWindow) -> dict[str, object]:
    return {
        "window_id": str(window.id),
        "from_day": civil_day(window.started_at),
        "from_time": window.started_at,
        "until_day": civil_day(window.ended_at),
        "until_time": window.ended_at,
    }
