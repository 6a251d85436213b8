"""A case that is halted, for a breach or by the head, and the head's decision to take it back or go on (0048)."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, TextAreaField
from wtforms.validators import Length

from tenants.disclosures import halting, halts
from tenants.disclosures.lifecycle import course_of, possible
from tenants.disclosures.models import Disclosure, DisclosureState, Door, Halt, HaltCause, HaltEnd
from tenants.disclosures.steps import Step
from tenants.disclosures.viewing import queries as viewings
from tenants.disclosures.viewing.rules import BREACH_NAMES
from tenants.errors import Invalid
from tenants.misuse import queries as misuse
from tenants.permissions import Permission
from tenants.profiles import Clause
from webapp.access import requires
from webapp.form_fields import Stated, options
from webapp.forms import Form
from webapp.identify import actor
from webapp.school.viewings import view

blueprint = Blueprint("halts", __name__, url_prefix="/disclosures/<uuid:disclosure_id>/halt")
END_NAMES = {
    HaltEnd.TAKEN_BACK: "撤銷：不再調閱；可以領取的影像撤銷領取，尚未告知的通行碼作廢",
    HaltEnd.WENT_ON: "繼續：恢復調閱與領取",
}
CAUSE_NAMES = {
    HaltCause.BREACH: "違規通報或洩密",
    HaltCause.ORDER: "法院或主管機關命停止執行、通知暫緩",
    HaltCause.COMPLAINT: "接獲陳情、申訴或異議，查明中",
    HaltCause.IDENTITY: "對申請人或承辦人的身分、資格有疑義",
    HaltCause.OTHER: "其他",
}
_PAUSED = "已暫停本案的調閱與領取，並通知申請的一方。查明後，請決定繼續或撤銷。"
_DONE = {
    HaltEnd.TAKEN_BACK: "已撤銷本案的調閱與領取，並通知申請的一方。",
    HaltEnd.WENT_ON: "已決定本案繼續，並通知申請的一方。",
}


class HaltForm(Form):
    """What the head decides, and why."""

    end = RadioField("決定", validate_choice=False)
    reasons = TextAreaField(
        "理由", [Stated("請敘明決定的理由。"), Length(max=500, message="最多 %(max)d 字，請精簡。")]
    )

    @classmethod
    def of(cls, disclosure: Disclosure, *, fresh: bool = False) -> "HaltForm":
        """With what can be decided about this case to choose from; taking back is proposed, and nothing is chosen."""
        form = cls(formdata=None) if fresh else cls()
        form.end.choices = options([(each.value, END_NAMES[each]) for each in _ends(disclosure)])
        return form

    def chosen(self) -> HaltEnd | None:
        """Which; None with the error where none was chosen. Only after `validate`."""
        if self.end.data in {choice.value for choice in self.end.choices}:
            return HaltEnd(self.end.data)
        self.end.errors = ["請選擇撤銷或繼續。"] if len(self.end.choices) > 1 else ["請選擇繼續。"]
        return None


class PauseForm(Form):
    """Why the head halts a case."""

    cause = RadioField(
        "原因",
        choices=options([(each.value, CAUSE_NAMES[each]) for each in HaltCause if each in halts.BY_HAND]),
        validate_choice=False,
    )
    note = TextAreaField(
        "說明",
        [
            Stated("請敘明暫停的原因，例如裁定或公文的字號、陳情的要點。"),
            Length(max=500, message="最多 %(max)d 字，請精簡。"),
        ],
    )

    def chosen(self) -> HaltCause | None:
        """Which; None with the error where none was chosen. Only after `validate`."""
        found = next((each for each in halts.BY_HAND if each.value == self.cause.data), None)
        if found is None:
            self.cause.errors = ["請選擇暫停的原因。"]
        return found


@blueprint.get("/")
@requires(Permission.DISCLOSURE_READ)
def show(tenant_id: UUID, disclosure_id: UUID) -> str:
    """What happened, and what there is to decide."""
    found = viewings.case_for(tenant_id=tenant_id, disclosure_id=disclosure_id, actor=actor())
    return _page(found)


@blueprint.post("/pause")
@requires(Permission.DISCLOSURE_DECIDE)
def pause(tenant_id: UUID, disclosure_id: UUID) -> ResponseReturnValue:
    """暫停, without a breach."""
    found = viewings.case_for(tenant_id=tenant_id, disclosure_id=disclosure_id, actor=actor())
    form = PauseForm()
    sound, cause = form.validate(), form.chosen()
    if not sound or cause is None:
        return _page(found, pausing=form), HTTPStatus.UNPROCESSABLE_ENTITY
    of = {"tenant_id": tenant_id, "disclosure_id": disclosure_id}
    halting.pause(actor=actor(), **of, cause=cause, note=form.note.data)
    flash(_PAUSED, "good")
    return redirect(case_address(found), HTTPStatus.SEE_OTHER)


@blueprint.post("/")
@requires(Permission.DISCLOSURE_DECIDE)
def decide(tenant_id: UUID, disclosure_id: UUID) -> ResponseReturnValue:
    """撤銷 or 繼續."""
    found = viewings.case_for(tenant_id=tenant_id, disclosure_id=disclosure_id, actor=actor())
    form = HaltForm.of(found)
    sound, end = form.validate(), form.chosen()
    if not sound or end is None:
        return _page(found, deciding=form), HTTPStatus.UNPROCESSABLE_ENTITY
    act = halting.take_back if end is HaltEnd.TAKEN_BACK else halting.go_on
    try:
        act(actor=actor(), tenant_id=tenant_id, disclosure_id=disclosure_id, reasons=form.reasons.data)
    except Invalid as refused:
        form.show(refused)
        return _page(found, deciding=form), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(_DONE[end], "good")
    return redirect(case_address(found), HTTPStatus.SEE_OTHER)


def case_address(found: Disclosure) -> str:
    """The case's own page, whichever door it came through."""
    page = "school.applications.show" if found.door == Door.INSIDER else "school.cases.show"
    return url_for(page, tenant_id=found.tenant_id, disclosure_id=found.id)


def standing(found: Disclosure) -> dict[str, Any]:
    """What a case's own page says of its halt; `words` empty where there is none to tell of."""
    return {
        "words": halts.words_of(found),
        "waits": halts.waits(found),
        "reasons": found.halt_reasons,
        "decided_at": found.halt_decided_at,
        "went_on": found.halt_end == HaltEnd.WENT_ON,
        "by_hand": found.halt_cause in halts.BY_HAND,
        "can_pause": _can_pause(found),
        "address": url_for("school.halts.show", tenant_id=found.tenant_id, disclosure_id=found.id),
        "decides": _ends(found) != [] and actor().may(Permission.DISCLOSURE_DECIDE),
    }


def _page(found: Disclosure, *, deciding: HaltForm | None = None, pausing: PauseForm | None = None) -> str:
    rule, who = view.rules_of(found), actor()
    sessions = viewings.sessions_of(tenant_id=found.tenant_id, disclosure_id=found.id)
    cases = misuse.cases(tenant_id=found.tenant_id, actor=who) if who.may(Permission.MISUSE_HANDLE) else []
    return render_template(
        "school/cases/halt.html",
        row=found,
        form=deciding or HaltForm.of(found, fresh=True),
        pausing=pausing or PauseForm(formdata=None),
        sent=deciding or pausing,
        cause=CAUSE_NAMES[HaltCause(found.halt_cause)] if found.halt_cause else "",
        halt=standing(found),
        case_address=case_address(found),
        breaches=[
            (each, BREACH_NAMES[each.breach_kind], view.breached_by(each)) for each in sessions if each.breach_kind
        ],
        cases=[each for each in cases if each.disclosure_id == found.id],
        barred=str(who.id) in found.barred,
        only_looking=found.halt == Halt.VIEWING,
        article=rule.article(Clause.CONFIDENTIALITY),
        article_text=rule.text(Clause.CONFIDENTIALITY),
    )


def _can_pause(found: Disclosure) -> bool:
    """Whether there is something that can wait, and this person may say so."""
    who, possible_now = actor(), possible(course_of(found), DisclosureState(found.state))
    if Step.PAUSE not in possible_now or halts.words_of(found) != "":
        return False
    return who.may(Permission.DISCLOSURE_DECIDE) and str(who.id) not in found.barred


def _ends(found: Disclosure) -> list[HaltEnd]:
    """What can be decided about it now, what is proposed first."""
    if Step.GO_ON not in possible(course_of(found), DisclosureState(found.state)):
        return []
    if halts.waits(found):
        return [HaltEnd.WENT_ON] if found.halt == Halt.VIEWING else [HaltEnd.TAKEN_BACK, HaltEnd.WENT_ON]
    return [HaltEnd.WENT_ON] if halts.taken_back(found) else []
