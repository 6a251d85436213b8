"""緊急存取 at the institution: who of the bureau is or was in, and why, and the button that ends it."""

from collections.abc import Iterator
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tenants.actor import Actor
from tenants.emergency import actions, queries, rules
from tenants.emergency.lifecycle import ENDING_NAMES, STATE_NAMES
from tenants.emergency.models import EmergencyState, Scope
from tenants.people import queries as people
from tenants.permissions import Permission
from tenants.profiles.model import OUR_DEFAULT
from tenants.roc_dates import format_instant
from webapp.access import requires
from webapp.identify import actor
from webapp.outcome import outcome_said
from webapp.school.todo_item import Item

blueprint = Blueprint("emergencies", __name__, url_prefix="/emergencies")


@blueprint.get("")
@requires(Permission.EMERGENCY_READ)
def index(tenant_id: UUID) -> str:
    """Every access of the bureau to the institution, the latest first."""
    found = queries.listed(tenant_id=tenant_id)
    ids = {user_id for each in found for user_id in (each.requested_by, each.decided_by) if user_id is not None}
    users = [user for user in (people.user(user_id=user_id) for user_id in ids) if user is not None]
    return render_template(
        "school/emergencies.html",
        found=found,
        names={user.id: user.name for user in users},
        state_names=STATE_NAMES,
        scope_names=rules.SCOPE_NAMES,
        ending_names=ENDING_NAMES,
        may_end=actor().may(Permission.EMERGENCY_END),
        may_read_trail=actor().may(Permission.AUDIT_READ),
    )


@blueprint.post("/<uuid:access_id>/ending")
@requires(Permission.EMERGENCY_END)
def end(tenant_id: UUID, access_id: UUID) -> ResponseReturnValue:
    """End it at once; the institution need not say why."""
    with outcome_said("已結束，對方立即不能再查看。"):
        actions.end(actor=actor(), tenant_id=tenant_id, access_id=access_id)
    return redirect(url_for("school.emergencies.index"), HTTPStatus.SEE_OTHER)


def items(*, tenant_id: UUID, actor: Actor, now: datetime) -> Iterator[Item]:
    """The lines of the first page: nobody of the bureau is in without its standing there (KH-1-3)."""
    if not actor.may(Permission.EMERGENCY_READ):
        return
    for each in queries.to_show(tenant_id=tenant_id, now=now):
        scope = rules.SCOPE_NAMES[Scope(each.scope)]
        if each.state == EmergencyState.REQUESTED:
            text, urgent = f"教育局請求緊急存取 {each.serial}（{scope}），尚未核可", False
        elif each.ended_at is not None:
            text, urgent = (
                f"教育局的緊急存取 {each.serial} 已於 {format_instant(each.ended_at)} 結束，請查看經過",
                False,
            )
        else:
            until = format_instant(each.ends_at) if each.ends_at is not None else ""
            text, urgent = f"教育局正在緊急存取 {each.serial}（{scope}），至 {until}；可隨時結束", True
        yield Item(text=text, href=url_for("school.emergencies.index"), article=OUR_DEFAULT, urgent=urgent)
