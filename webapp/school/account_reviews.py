"""帳號清查: once a year the head says of each account whether it is still needed."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from tenants import presence
from tenants.people.reviews import actions
from tenants.people.reviews.models import Verdict
from tenants.permissions import Permission
from tenants.profiles.model import OUR_DEFAULT
from webapp.access import requires
from webapp.identify import actor
from webapp.outcome import outcome_said
from webapp.review_view import page

blueprint = Blueprint("account_reviews", __name__, url_prefix="/people/reviews")


@blueprint.get("/")
@requires(Permission.PEOPLE_MANAGE)
def index(tenant_id: UUID) -> str:
    """When it is due, what looks like a shared account, and everybody who is there."""
    return render_template("school/account_reviews.html", page=page(tenant_id=tenant_id), article=OUR_DEFAULT)


@blueprint.post("/")
@requires(Permission.PEOPLE_MANAGE)
def begin(tenant_id: UUID) -> ResponseReturnValue:
    """開始清查."""
    actions.begin(actor=actor(), tenant_id=tenant_id)
    flash("已開始清查。請逐一確認或結束每個帳號。", "good")
    return redirect(url_for("school.account_reviews.index"), HTTPStatus.SEE_OTHER)


@blueprint.post("/<uuid:user_id>")
@requires(Permission.PEOPLE_MANAGE)
def say(tenant_id: UUID, user_id: UUID) -> ResponseReturnValue:
    """Confirm one account, or end its roles."""
    presence.check(tenant_id=tenant_id, ids={"user_id": user_id})
    verdict = request.form.get("verdict", "")
    if verdict not in set(Verdict):
        raise BadRequest
    with outcome_said("已記錄。"):
        actions.say(actor=actor(), tenant_id=tenant_id, user_id=user_id, verdict=Verdict(verdict))
    return redirect(url_for("school.account_reviews.index"), HTTPStatus.SEE_OTHER)
