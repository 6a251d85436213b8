"""The operator's look at one account: who it is, whether it is open, and closing it at once (KH-5-2, DR-15)."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from infra import clock
from tenants.people import actions, queries, rules
from tenants.permissions import Permission
from webapp.access import Place, requires
from webapp.identify import actor

blueprint = Blueprint("accounts", __name__, url_prefix="/accounts")


@blueprint.get("")
@requires(Permission.ACCOUNT_MANAGE, place=Place.BUREAU)
def find() -> str:
    """One account by its exact name. There is no list: nobody needs to leaf through everybody in the city."""
    login = rules.normal_login(request.args.get("login", ""))
    found = queries.user_by_login(login=login) if login else None
    locked = found is not None and rules.is_locked(locked_until=found.locked_until, now=clock.now())
    return render_template("bureau/accounts.html", login=login, found=found, locked=locked)


@blueprint.post("/<uuid:user_id>/closing")
@requires(Permission.ACCOUNT_MANAGE, place=Place.BUREAU)
def close(user_id: UUID) -> ResponseReturnValue:
    """Close the account; its sessions end at their next request."""
    actions.deactivate(user_id=user_id, actor=actor())
    flash("帳號已停用，所有裝置上的登入立即結束。姓名仍保留於各項紀錄。", "good")
    return _back()


@blueprint.post("/<uuid:user_id>/opening")
@requires(Permission.ACCOUNT_MANAGE, place=Place.BUREAU)
def reopen(user_id: UUID) -> ResponseReturnValue:
    """Open a closed account again."""
    actions.reactivate(user_id=user_id, actor=actor())
    flash("帳號已復用。已結束的角色不會恢復，請機構首長重新指派。", "good")
    return _back()


def _back() -> ResponseReturnValue:
    return redirect(url_for("bureau.accounts.find"), HTTPStatus.SEE_OTHER)
