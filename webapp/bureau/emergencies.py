"""緊急存取 at the bureau: one asks, another agrees, a third reviews; all of it stands in the institution's chain."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import Length

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bound
from tenants.emergency import actions, queries, rules
from tenants.emergency.lifecycle import ENDING_NAMES, STATE_NAMES
from tenants.emergency.models import EmergencyAccess, EmergencyState, Ending, Scope
from tenants.errors import Invalid, InvalidTransition, refusals
from tenants.people import queries as people
from tenants.people.models import User
from tenants.permissions import Permission
from tenants.registry import queries as registry
from webapp.access import Place, requires
from webapp.form_fields import options
from webapp.forms import Form
from webapp.identify import actor
from webapp.outcome import outcome_said

blueprint = Blueprint("emergencies", __name__, url_prefix="/emergencies")
_UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY
_reads = requires(Permission.EMERGENCY_READ, place=Place.BUREAU)


class RequestForm(Form):
    """Which institution, what for, why, and for how long."""

    tenant = StringField("機構", [Length(max=100, message="最多 %(max)d 字。")])
    scope = SelectField("範圍", choices=options((each.value, words) for each, words in rules.SCOPE_NAMES.items()))
    hours = IntegerField("時間（小時）", default=1)
    reason = TextAreaField("事由", [Length(max=1000, message="最多 %(max)d 字。")])

    def wrong(self) -> list[Invalid]:
        """An institution that is none, and all that the rules find."""
        typed = rules.request_faults(scope=self.scope.data or "", hours=self.hours.data, reason=self.reason.data or "")
        return [*refusals(self.tenant_id), *typed]

    def tenant_id(self) -> UUID:
        """The institution of the code or the whole name, as the list offers them. Raises `Invalid`."""
        typed = unicodedata.normalize("NFKC", self.tenant.data or "").strip()
        if not typed:
            raise Invalid("請從清單選取機構，或填寫代碼或全名。", field="tenant")
        found = [each for each in registry.directory() if typed.upper() == each.code or typed == each.name]
        if len(found) > 1:
            raise Invalid("有多個機構同名。請從清單選取，或填寫代碼。", field="tenant")
        if not found:
            raise Invalid("找不到這個代碼或全名的機構。請從清單選取。", field="tenant")
        return found[0].id


class ReviewForm(Form):
    """What came of it."""

    review = TextAreaField("檢討結果", [Length(max=1000, message="最多 %(max)d 字。")])

    def wrong(self) -> list[Invalid]:
        """A review that says nothing."""
        return refusals(lambda: rules.check_review(self.review.data or ""))


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One access as its page shows it, with the names of its people; `heads` can be sent a link now."""

    found: EmergencyAccess
    institution: str
    state: str
    requested_by: str
    decided_by: str
    ended: str
    reviewed_by: str
    usable: bool
    heads: Sequence[User]


@blueprint.get("")
@_reads
def index() -> str:
    """All accesses, with the reviews that are due, and the form to ask for one."""
    return _page(RequestForm(formdata=None))


@blueprint.post("")
@requires(Permission.EMERGENCY_REQUEST, place=Place.BUREAU)
def ask() -> ResponseReturnValue:
    """Ask for one."""
    form = RequestForm()
    if form.validate():
        try:
            made = actions.request(
                actor=actor(),
                tenant_id=form.tenant_id(),
                scope=form.scope.data,
                hours=form.hours.data,
                reason=form.reason.data,
            )
        except Invalid as refused:
            form.show(refused)
        else:
            flash(f"已請求緊急存取 {made.serial}。請另一位人員於一小時內核可；該機構的首頁已顯示這項請求。", "good")
            return _to(made.id)
    return _page(form), _UNPROCESSABLE


@blueprint.get("/<uuid:access_id>")
@_reads
def show(access_id: UUID) -> str:
    """One access: its people, times, and what can be done about it."""
    return _access_page(access_id, ReviewForm(formdata=None))


@blueprint.post("/<uuid:access_id>/approval")
@requires(Permission.EMERGENCY_APPROVE, place=Place.BUREAU)
def approve(access_id: UUID) -> ResponseReturnValue:
    """Agree to another's request."""
    with outcome_said("已核可並開啟。已通知該機構的首長與承辦人。"):
        actions.approve(actor=actor(), tenant_id=_tenant(access_id), access_id=access_id)
    return _to(access_id)


@blueprint.post("/<uuid:access_id>/refusal")
@requires(Permission.EMERGENCY_APPROVE, place=Place.BUREAU)
def refuse(access_id: UUID) -> ResponseReturnValue:
    """Refuse another's request."""
    with outcome_said("未核可，沒有開啟任何存取。"):
        actions.decline(actor=actor(), tenant_id=_tenant(access_id), access_id=access_id)
    return _to(access_id)


@blueprint.post("/<uuid:access_id>/heads/<uuid:user_id>/invitation")
@requires(Permission.EMERGENCY_REQUEST, place=Place.BUREAU)
def invite_head(access_id: UUID, user_id: UUID) -> ResponseReturnValue:
    """Mail a head the link to set their password."""
    with outcome_said("已寄送設定密碼的信到該首長登載的信箱，二十四小時內有效。"):
        actions.invite_head(actor=actor(), tenant_id=_tenant(access_id), access_id=access_id, user_id=user_id)
    return _to(access_id)


@blueprint.post("/<uuid:access_id>/ending")
@requires(Permission.EMERGENCY_END, place=Place.BUREAU)
def end(access_id: UUID) -> ResponseReturnValue:
    """End it at once."""
    with outcome_said("已結束，並通知該機構。檢討由另一位承辦人或稽核人員辦理。"):
        actions.end(actor=actor(), tenant_id=_tenant(access_id), access_id=access_id)
    return _to(access_id)


@blueprint.post("/<uuid:access_id>/review")
@requires(Permission.EMERGENCY_REVIEW, place=Place.BUREAU)
def review(access_id: UUID) -> ResponseReturnValue:
    """Say what came of it."""
    form = ReviewForm()
    if form.validate():
        try:
            actions.review(actor=actor(), tenant_id=_tenant(access_id), access_id=access_id, note=form.review.data)
        except (Invalid, InvalidTransition) as refused:
            form.show(refused, beside="review")
        else:
            flash("已完成檢討，該機構可以看到檢討結果。", "good")
            return _to(access_id)
    return _access_page(access_id, form), _UNPROCESSABLE


def _tenant(access_id: UUID) -> UUID:
    return queries.institution_of(access_id=access_id)


def _to(access_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("bureau.emergencies.show", access_id=access_id), HTTPStatus.SEE_OTHER)


def _page(form: RequestForm) -> str:
    lines, today = queries.of_the_city(), clock.today()
    return render_template(
        "bureau/emergencies.html",
        form=form,
        lines=lines,
        institutions=registry.directory() if actor().may(Permission.EMERGENCY_REQUEST) else (),
        due=[each for each in lines if each.state is EmergencyState.ENDED],
        state_names=STATE_NAMES,
        scope_names=rules.SCOPE_NAMES,
        today=today,
        may_ask=actor().may(Permission.EMERGENCY_REQUEST),
        most=rules.MOST_HOURS,
    )


def _access_page(access_id: UUID, form: ReviewForm) -> str:
    tenant_id, who = _tenant(access_id), actor()
    with bound(db.session, Binding(tenant_id=tenant_id)):
        found = queries.access(tenant_id=tenant_id, access_id=access_id)
        heads = [people.user(user_id=each) for each in people.heads(tenant_id=tenant_id)]
    mine, usable = found.requested_by == who.id, queries.is_usable(found)
    resets = mine and usable and found.scope == Scope.HEAD_RESET
    shown = Shown(
        found=found,
        institution=registry.tenant(tenant_id=tenant_id).name,
        state=STATE_NAMES[EmergencyState(found.state)],
        requested_by=_name(found.requested_by),
        decided_by=_name(found.decided_by),
        ended=ENDING_NAMES[Ending(found.ending)] if found.ending else "",
        reviewed_by=_name(found.reviewed_by),
        usable=usable,
        heads=[each for each in heads if each is not None] if resets else (),
    )
    waits, involved = found.state == EmergencyState.REQUESTED, {found.requested_by, found.decided_by}
    return render_template(
        "bureau/emergency.html",
        shown=shown,
        form=form,
        scope_name=rules.SCOPE_NAMES[Scope(found.scope)],
        may_decide=waits and not mine and who.may(Permission.EMERGENCY_APPROVE),
        may_end=found.state == EmergencyState.OPEN and who.id in involved,
        may_review=found.state == EmergencyState.ENDED
        and who.id not in involved
        and who.may(Permission.EMERGENCY_REVIEW),
        pages=_PAGES[Scope(found.scope)] if mine and usable else (),
    )


# What each scope opens, by its first pages.
_PAGES: dict[Scope, tuple[tuple[str, str], ...]] = {
    Scope.TRAIL: (("稽核軌跡", "school.audits.index"),),
    Scope.EQUIPMENT: (("鏡頭與今日錄影", "school.cameras.index"), ("檢查紀錄", "school.inspections.index")),
    Scope.REGISTER: (("調閱登記簿", "school.register.show"),),
    Scope.HEAD_RESET: (),
}


def _name(user_id: UUID | None) -> str:
    user = people.user(user_id=user_id) if user_id is not None else None
    return user.name if user is not None else "—"
