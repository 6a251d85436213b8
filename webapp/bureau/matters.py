"""待處理事項: what the morning shows ten of, all of it and apart, with who acts and since when (DR-30, journey B1)."""

from flask import Blueprint, render_template

from infra import clock
from infra.db import bureau_session
from tenants.permissions import Permission
from webapp.access import Place, requires
from webapp.bureau import matters_view
from webapp.paging import page_number

blueprint = Blueprint("matters", __name__, url_prefix="/matters")
PER_PAGE = 50


@blueprint.get("")
@requires(Permission.COMPLIANCE_READ, place=Place.BUREAU)
def index() -> str:
    """One page of them, the most pressing first."""
    asked, number = matters_view.asked_for(), page_number()
    with bureau_session():
        found = matters_view.found(asked, now=clock.now(), number=number, per_page=PER_PAGE)
    return render_template("bureau/matters.html", found=found)
