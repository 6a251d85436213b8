"""設定密碼: the one page behind the link of an invitation, for somebody who cannot sign in yet or any more.

The link is worth a password, so a page that was only opened uses nothing up: programs that look at mails open links.
"""

from collections.abc import Iterable
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import PasswordField
from wtforms.validators import EqualTo, InputRequired, Length

from infra.db import db
from infra.tenancy import bind_tenant
from tenants.actor import Actor, ActorKind
from tenants.errors import Invalid
from tenants.people.invitations import actions, queries
from tenants.people.models import User
from tenants.registry import queries as registry
from webapp.access import public
from webapp.forms import Form

invitations = Blueprint("invitations", __name__, url_prefix="/invitations/<uuid:tenant_id>")
_LONGEST = 256


class FirstPasswordForm(Form):
    """A new password, twice."""

    password = PasswordField("新密碼", [InputRequired("請輸入新密碼。"), Length(max=_LONGEST)])
    again = PasswordField(
        "再輸入一次新密碼", [InputRequired("請再輸入一次新密碼。"), EqualTo("password", "兩次輸入的新密碼不同。")]
    )
    owner: User

    def wrong(self) -> Iterable[Invalid]:
        """A password that is too weak."""
        return actions.accept_faults(self.owner, password=self.password.data or "")


@invitations.get("/<token>")
@public
def show(tenant_id: UUID, token: str) -> str:
    """Whose account it is, and the form."""
    bind_tenant(db.session, tenant_id)
    return _page(tenant_id, queries.invited(tenant_id=tenant_id, token=token), FirstPasswordForm(formdata=None))


@invitations.post("/<token>")
@public
def accept(tenant_id: UUID, token: str) -> ResponseReturnValue:
    """Set the password; then on to the sign-in page."""
    bind_tenant(db.session, tenant_id)
    form, owner = FirstPasswordForm(), queries.invited(tenant_id=tenant_id, token=token)
    form.owner = owner
    if not form.validate():
        return _page(tenant_id, owner, form), HTTPStatus.UNPROCESSABLE_ENTITY
    who = Actor(
        kind=ActorKind.PERSON,
        id=owner.id,
        name=owner.name,
        address=request.remote_addr or "",
        client=request.user_agent.string,
    )
    actions.accept(actor=who, tenant_id=tenant_id, token=token, password=form.password.data)
    flash("密碼已設定，連結隨即失效。請以帳號與新密碼登入。", "good")
    return redirect(url_for("account.sign_in"), HTTPStatus.SEE_OTHER)


def _page(tenant_id: UUID, owner: User, form: FirstPasswordForm) -> str:
    house = registry.tenant(tenant_id=tenant_id).name
    return render_template("public/invitation.html", form=form, owner=owner, house=house)
