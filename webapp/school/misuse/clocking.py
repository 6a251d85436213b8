"""通報時限: 知悉時間 said anew, from which the hours run (DR-29)."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from infra import clock
from tenants.errors import Invalid, InvalidTransition
from tenants.misuse import clocks, queries
from tenants.misuse.models import MisuseState
from tenants.permissions import Permission
from webapp.access import requires
from webapp.form_fields import read_instant
from webapp.identify import actor
from webapp.school import regulation
from webapp.school.misuse.forms import ClockForm

blueprint = Blueprint("misuse_clocks", __name__, url_prefix="/misuse/<uuid:misuse_id>/clocks")


@blueprint.get("")
@requires(Permission.MISUSE_HANDLE)
def show(tenant_id: UUID, misuse_id: UUID) -> str:
    """Which hours run until when, what to write, and what was said of 知悉時間."""
    return _page(tenant_id, misuse_id)


@blueprint.post("")
@requires(Permission.MISUSE_HANDLE)
def restate(tenant_id: UUID, misuse_id: UUID) -> ResponseReturnValue:
    """Say it anew."""
    found = queries.case(tenant_id=tenant_id, misuse_id=misuse_id, actor=actor())
    form = ClockForm.of(clocks.known(found))
    sound, at = form.validate(), read_instant(form.discovered_day, form.discovered_time)
    if sound and at is not None:
        try:
            clocks.restate(
                actor=actor(),
                tenant_id=tenant_id,
                misuse_id=misuse_id,
                discovered_at=at,
                incidents=form.chosen(),
                reason=form.reason.data or "",
            )
        except (Invalid, InvalidTransition) as refused:
            form.show(refused, beside="reason")
        else:
            flash("已更正；原來的時間與理由保留於下方。", "good")
            return redirect(url_for("school.misuse_clocks.show", misuse_id=misuse_id), HTTPStatus.SEE_OTHER)
    return _page(tenant_id, misuse_id, form), HTTPStatus.UNPROCESSABLE_ENTITY


def _page(tenant_id: UUID, misuse_id: UUID, form: ClockForm | None = None) -> str:
    found = queries.case(tenant_id=tenant_id, misuse_id=misuse_id, actor=actor())
    said = clocks.known(found)
    measures = queries.measures(tenant_id=tenant_id, misuse_id=misuse_id)
    return render_template(
        "school/misuse/clocks.html",
        row=found,
        is_open=found.state == MisuseState.OPEN,
        said=said,
        clocks=clocks.clocks(said, measures, now=clock.now()),
        at_first=clocks.at_first(found),
        incident_names=clocks.INCIDENT_NAMES,
        form=form or ClockForm.of(said, fresh=True),
        faulty=form,
        **regulation.confidentiality(tenant_id=tenant_id),
    )
