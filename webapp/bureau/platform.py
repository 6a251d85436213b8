"""平台健康情形: the operator's first page. What stands still, since when, why, and what to do about it."""

from flask import Blueprint, render_template

from tenants.permissions import Permission
from webapp.access import Place, requires
from webapp.bureau import platform_view
from webapp.identify import actor

blueprint = Blueprint("platform", __name__, url_prefix="/platform")


@blueprint.get("")
@requires(Permission.PLATFORM_READ, place=Place.BUREAU)
def show() -> str:
    """Everything on one page, the lists behind the figures included."""
    return render_template("bureau/platform.html", page=platform_view.page(actor()), view=platform_view)
