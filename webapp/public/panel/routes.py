"""A link from a mail, a code to the same address, and the one page of a seat (KH-6-Pb). No account, nothing installed.

Who proved the code has a session of this browser: its secret stands in the signed cookie and its hash in the database,
where it ends with the seat and with the case.
"""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField

from infra.calendars import MEDIA_TYPE
from infra.db import db
from infra.tenancy import bind_tenant
from tenants.actor import Actor, ActorKind
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.insider.panel import links, queries, sitting
from tenants.disclosures.insider.panel.calendar import calendar_file
from tenants.disclosures.insider.panel.models import PanelMember
from tenants.errors import Invalid, NotFound
from tenants.permissions import Role
from tenants.registry import queries as registry
from webapp.access import public
from webapp.form_fields import Stated
from webapp.forms import Form
from webapp.identify import keep_changes
from webapp.panel_forms import DeclarationForm, OpinionForm
from webapp.panel_view import seat_page

panel_door = Blueprint("panel_door", __name__, url_prefix="/panel/<uuid:tenant_id>")
_UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY
_SEAT = "panel"
_THROUGH_THE_LINK = "請由開會通知信中的連結進入。連結於案件結束後失效。"


class CodeForm(Form):
    """The six digits of the mail."""

    code = StringField("驗證碼", [Stated("請輸入信中的六位數驗證碼。")])


@panel_door.get("/<token>")
@public
def link(tenant_id: UUID, token: str) -> str:
    """What the link opens: who invites, and the button that sends a code."""
    return _link_page(tenant_id, token)


@panel_door.post("/<token>/code")
@public
def send_code(tenant_id: UUID, token: str) -> ResponseReturnValue:
    """Send a code to the address that was invited."""
    bind_tenant(db.session, tenant_id)
    try:
        links.ask_code(actor=_visitor(), tenant_id=tenant_id, token=token)
    except Invalid as refused:
        form = CodeForm(formdata=None)
        form.show(refused)
        return _link_page(tenant_id, token, form=form, asked=True), _UNPROCESSABLE
    return _link_page(tenant_id, token, asked=True)


@panel_door.post("/<token>/session")
@public
def enter(tenant_id: UUID, token: str) -> ResponseReturnValue:
    """Check the code; then on to the seat, without the link in the address any more."""
    bind_tenant(db.session, tenant_id)
    form = CodeForm()
    if not form.validate():
        return _link_page(tenant_id, token, form=form, asked=True), _UNPROCESSABLE
    entered = links.enter(actor=_visitor(), tenant_id=tenant_id, token=token, code=form.code.data)
    if entered is None:
        keep_changes()  # the failure must count
        form.show(Invalid("驗證碼不正確或已失效。請再確認，或重新寄送驗證碼。", field="code"))
        return _link_page(tenant_id, token, form=form, asked=True), _UNPROCESSABLE
    member, secret = entered
    session[_SEAT] = {"tenant": str(tenant_id), "member": str(member.id), "secret": secret}
    return redirect(url_for("panel_door.seat", tenant_id=tenant_id), HTTPStatus.SEE_OTHER)


@panel_door.get("/seat")
@public
def seat(tenant_id: UUID) -> str:
    """The seat of this browser's session."""
    return _page(*_own(tenant_id)[1:])


@panel_door.post("/seat/declaration")
@public
def declare(tenant_id: UUID) -> ResponseReturnValue:
    """利害關係聲明 and 保密切結."""
    who, member, found = _own(tenant_id)
    form = DeclarationForm()
    if not form.validate():
        return _page(member, found, declaration=form), _UNPROCESSABLE
    try:
        sitting.declare(actor=who, tenant_id=tenant_id, member_id=member.id, declaration=form.declaration())
    except Invalid as refused:
        form.show(refused)
        return _page(member, found, declaration=form), _UNPROCESSABLE
    if form.declaration().conflict:
        session.pop(_SEAT, None)
        return render_template("public/panel/thanks.html")
    flash("已完成聲明與切結，可以查看案件摘要。", "good")
    return _back(tenant_id)


@panel_door.post("/seat/opinion")
@public
def say(tenant_id: UUID) -> ResponseReturnValue:
    """One's opinion before the meeting."""
    who, member, found = _own(tenant_id)
    form = OpinionForm()
    try:
        if not form.validate():
            return _page(member, found, opinion=form), _UNPROCESSABLE
        sitting.give_opinion(actor=who, tenant_id=tenant_id, member_id=member.id, opinion=form.opinion())
    except Invalid as refused:
        form.show(refused)
        return _page(member, found, opinion=form), _UNPROCESSABLE
    flash("已記下您的意見，開會前都可以修改。", "good")
    return _back(tenant_id)


@panel_door.get("/seat/meeting.ics")
@public
def calendar(tenant_id: UUID) -> Response:
    """The meeting as a calendar file."""
    _who, member, found = _own(tenant_id)
    meeting = queries.meeting(tenant_id=tenant_id, meeting_id=member.meeting_id)
    return Response(calendar_file(meeting, serial=found.serial), content_type=MEDIA_TYPE)


@panel_door.post("/seat/leaving")
@public
def leave(tenant_id: UUID) -> ResponseReturnValue:
    """End this browser's session."""
    who, member, _found = _own(tenant_id)
    links.leave(actor=who, tenant_id=tenant_id, member_id=member.id)
    session.pop(_SEAT, None)
    flash("您已離開。需要時，請由信中的連結再次進入。", "good")
    return redirect("/", HTTPStatus.SEE_OTHER)


def _visitor() -> Actor:
    return Actor(
        kind=ActorKind.PANEL_MEMBER,
        roles=frozenset({Role.PANEL_MEMBER}),
        address=request.remote_addr or "",
        client=request.user_agent.string,
    )


def _own(tenant_id: UUID) -> tuple[Actor, PanelMember, InsiderRequest]:
    """The seat of this browser's session. Raises `NotFound` for none, or one whose seat or case is over."""
    held = session.get(_SEAT)
    if not held or held["tenant"] != str(tenant_id):
        raise NotFound(_THROUGH_THE_LINK)
    bind_tenant(db.session, tenant_id)
    member_id = UUID(held["member"])
    try:
        who = links.inside(actor=_visitor(), tenant_id=tenant_id, member_id=member_id, secret=held["secret"])
    except NotFound as over:
        raise NotFound(_THROUGH_THE_LINK) from over
    return who, *sitting.own_seat(actor=who, tenant_id=tenant_id, member_id=member_id)


def _link_page(tenant_id: UUID, token: str, *, form: CodeForm | None = None, asked: bool = False) -> str:
    bind_tenant(db.session, tenant_id)
    links.invited(tenant_id=tenant_id, token=token)
    return render_template(
        "public/panel/link.html",
        tenant=registry.tenant(tenant_id=tenant_id),
        token=token,
        form=form or CodeForm(formdata=None),
        asked=asked,
    )


def _page(
    member: PanelMember,
    found: InsiderRequest,
    *,
    declaration: DeclarationForm | None = None,
    opinion: OpinionForm | None = None,
) -> str:
    addresses = {
        "declaration": url_for("panel_door.declare", tenant_id=member.tenant_id),
        "opinion": url_for("panel_door.say", tenant_id=member.tenant_id),
        "calendar": url_for("panel_door.calendar", tenant_id=member.tenant_id),
        "leave": url_for("panel_door.leave", tenant_id=member.tenant_id),
    }
    view = seat_page(member, found, addresses=addresses, declaration=declaration, opinion=opinion)
    return render_template("public/panel/seat.html", **view)


def _back(tenant_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("panel_door.seat", tenant_id=tenant_id), HTTPStatus.SEE_OTHER)
