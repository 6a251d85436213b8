"""以畫面上的代碼追查, over all institutions, for an auditor: what showed a picture that leaked (KH-5-1c)."""

from http import HTTPStatus

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from tenants.compliance import traces
from tenants.errors import Invalid
from tenants.permissions import Permission
from webapp.access import Place, requires
from webapp.audit_event_names import EVENT_NAMES
from webapp.identify import actor
from webapp.trace_form import TraceForm

blueprint = Blueprint("traces", __name__, url_prefix="/traces")


@blueprint.get("/")
@requires(Permission.VIEWING_TRACE, place=Place.BUREAU)
def index() -> str:
    """The form."""
    return render_template("bureau/traces.html", form=TraceForm(formdata=None), places=None)


@blueprint.post("/")
@requires(Permission.VIEWING_TRACE, place=Place.BUREAU)
def find() -> ResponseReturnValue:
    """What showed the codes that were typed, by institution, in whose chain then stands who asked, and why."""
    form = TraceForm()
    if form.validate():
        try:
            places = traces.trace(actor=actor(), asked=form.asked())
        except Invalid as refused:
            form.show(refused)
        else:
            return render_template("bureau/traces.html", form=form, places=places, names=EVENT_NAMES)
    return render_template("bureau/traces.html", form=form, places=None), HTTPStatus.UNPROCESSABLE_ENTITY
