"""以畫面上的代碼追查: from the mark in a leaked picture to who was shown it, and by whom. No picture is near."""

from collections.abc import Iterable
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from tenants.disclosures.viewing import tracing
from tenants.disclosures.viewing.tracing import Found
from tenants.errors import Invalid
from tenants.misuse import queries
from tenants.misuse.models import MisuseCase, MisuseState
from tenants.permissions import Permission
from tenants.rights import queries as rights
from webapp.access import requires
from webapp.audit_event_names import EVENT_NAMES
from webapp.form_fields import id_or_none
from webapp.identify import actor
from webapp.school import regulation
from webapp.trace_form import TraceForm

blueprint = Blueprint("traces", __name__, url_prefix="/misuse/traces")


@blueprint.get("/")
@requires(Permission.VIEWING_TRACE)
def index(tenant_id: UUID) -> str:
    """The form; the address may name the case that it is asked for."""
    return _page(tenant_id, TraceForm(formdata=None), _about(tenant_id))


@blueprint.post("/")
@requires(Permission.VIEWING_TRACE)
def find(tenant_id: UUID) -> ResponseReturnValue:
    """What showed the codes that were typed. The asking is in the chain before the answer leaves."""
    form, about = TraceForm(), _about(tenant_id)
    if form.validate():
        try:
            found = tracing.trace(
                actor=actor(), tenant_id=tenant_id, asked=form.asked(), about=about.id if about else None
            )
        except Invalid as refused:
            form.show(refused)
        else:
            return _page(tenant_id, form, about, found=found)
    return _page(tenant_id, form, about), HTTPStatus.UNPROCESSABLE_ENTITY


def _page(tenant_id: UUID, form: TraceForm, about: MisuseCase | None, found: Found | None = None) -> str:
    shown = found.openings if found is not None else ()
    return render_template(
        "school/misuse/traces.html",
        form=form,
        about=about,
        names=EVENT_NAMES,
        linked={each.id for each in queries.viewings_of(about, actor())} if about else set(),
        may_link=about is not None and about.state == MisuseState.OPEN,
        may_report=actor().may(Permission.MISUSE_HANDLE),
        **regulation.confidentiality(tenant_id=tenant_id),
        found=found,
        requesters=_requesters(tenant_id, {each.rights_id for each in shown if each.rights_id}),
    )


def _requesters(tenant_id: UUID, rights_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Who asked for what a picture was made of, for those who may read the request itself."""
    if not actor().may(Permission.RIGHTS_HANDLE):
        return {}
    return {each: rights.request(tenant_id=tenant_id, rights_id=each).person_name for each in rights_ids}


def _about(tenant_id: UUID) -> MisuseCase | None:
    """The case that it is asked for. One that suspects whoever asks is not there."""
    misuse_id = id_or_none(request.values.get("misuse", ""))
    return queries.case(tenant_id=tenant_id, misuse_id=misuse_id, actor=actor()) if misuse_id else None
