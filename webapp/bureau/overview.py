"""全市分數: the score of the city and its parts, who is below the target, the map and the trend (DR-30)."""

from flask import Blueprint, render_template

from infra import clock
from infra.db import bureau_session
from tenants.permissions import Permission
from webapp.access import Place, requires
from webapp.bureau import article_view, score_view
from webapp.paging import page_number

blueprint = Blueprint("overview", __name__, url_prefix="/overview")


@blueprint.get("")
@requires(Permission.COMPLIANCE_READ, place=Place.BUREAU)
def index() -> str:
    """The city, or the part of it that the address asks for."""
    with bureau_session():
        page = score_view.overview(score_view.asked_for(), clock.today())
    return render_template("bureau/overview.html", page=page, view=score_view, articles=article_view)


@blueprint.get("/institutions")
@requires(Permission.COMPLIANCE_READ, place=Place.BUREAU)
def institutions() -> str:
    """The institutions behind a figure, those that need a person first."""
    found = score_view.listed(score_view.asked_for(), clock.today())
    return render_template("bureau/scores.html", found=found, part=found.page(page_number()), view=score_view)
