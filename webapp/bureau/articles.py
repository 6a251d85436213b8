"""Each article over the city: what it asks, who meets it, and the list behind every figure (DR-30)."""

from flask import Blueprint, render_template

from infra import clock
from infra.db import bureau_session
from tenants.compliance.scoring import weights
from tenants.permissions import Permission
from webapp.access import Place, requires
from webapp.bureau import article_view
from webapp.paging import page_number

blueprint = Blueprint("articles", __name__, url_prefix="/articles")


@blueprint.get("")
@requires(Permission.COMPLIANCE_READ, place=Place.BUREAU)
def index() -> str:
    """Every article with its figures."""
    day, lines = article_view.overview()
    weighting = weights.in_force(day=day or clock.today())
    return render_template("bureau/articles.html", day=day, lines=lines, view=article_view, weighting=weighting)


@blueprint.get("/<key>")
@requires(Permission.COMPLIANCE_READ, place=Place.BUREAU)
def show(key: str) -> str:
    """One article, by parts of the city, by day and by institution."""
    with bureau_session():
        page = article_view.article_page(key, page_number(), clock.today())
    return render_template("bureau/article.html", page=page, view=article_view)
