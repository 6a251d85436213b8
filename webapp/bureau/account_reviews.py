"""The yearly look through the bureau's own accounts, by the operator."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from tenants.people.reviews import actions
from tenants.people.reviews.models import Verdict
from tenants.permissions import Permission
from tenants.profiles.model import OUR_DEFAULT
from tenants.registry import queries as registry
from webapp.access import Place, requires
from webapp.identify import actor
from webapp.outcome import outcome_said
from webapp.review_view import page

blueprint = Blueprint("account_reviews", __name__, url_prefix="/account-reviews")


@blueprint.get("")
@requires(Permission.ACCOUNT_MANAGE, place=Place.BUREAU)
def index() -> str:
    """When it is due, what looks like a shared account, and everybody at the bureau."""
    shown = page(tenant_id=registry.bureau().id)
    return render_template("bureau/account_reviews.html", page=shown, article=OUR_DEFAULT)


@blueprint.post("")
@requires(Permission.ACCOUNT_MANAGE, place=Place.BUREAU)
def begin() -> ResponseReturnValue:
    """開始清查."""
    actions.begin(actor=actor(), tenant_id=registry.bureau().id)
    flash("已開始清查。請逐一確認或結束每個帳號。", "good")
    return redirect(url_for("bureau.account_reviews.index"), HTTPStatus.SEE_OTHER)


@blueprint.post("/<uuid:user_id>")
@requires(Permission.ACCOUNT_MANAGE, place=Place.BUREAU)
def say(user_id: UUID) -> ResponseReturnValue:
    """Confirm one account, or end its roles at the bureau."""
    verdict = request.form.get("verdict", "")
    if verdict not in set(Verdict):
        raise BadRequest
    with outcome_said("已記錄。"):
        actions.say(actor=actor(), tenant_id=registry.bureau().id, user_id=user_id, verdict=Verdict(verdict))
    return redirect(url_for("bureau.account_reviews.index"), HTTPStatus.SEE_OTHER)
