"""人員指派: who holds which role here, from now on or no longer."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from tenants.errors import Invalid, NotFound
from tenants.people import actions, queries, roles
from tenants.people.models import Membership, User
from tenants.permissions import ROLE_NAMES, Permission, Role
from tenants.profiles import Clause
from tenants.registry import queries as registry
from webapp.access import requires
from webapp.identify import actor
from webapp.phone_form import PhoneForm, enter_phone
from webapp.school import regulation
from webapp.school.people_forms import AppointForm, EndForm, NewPersonForm

blueprint = Blueprint("people", __name__, url_prefix="/people")
_UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.get("/")
@requires(Permission.PEOPLE_MANAGE)
def index(tenant_id: UUID) -> str:
    """Everybody who holds a role at the institution."""
    return _page(tenant_id)


@blueprint.post("/roles")
@requires(Permission.PEOPLE_MANAGE)
def appoint(tenant_id: UUID) -> ResponseReturnValue:
    """Give a role to somebody who has an account."""
    form = AppointForm()
    if not form.validate():
        return _page(tenant_id, appoint=form), _UNPROCESSABLE
    try:
        _grant(tenant_id, form.person(), form)
    except Invalid as refused:
        form.show(refused)
        return _page(tenant_id, appoint=form), _UNPROCESSABLE
    return _back(tenant_id)


@blueprint.post("/accounts")
@requires(Permission.PEOPLE_MANAGE)
def create(tenant_id: UUID) -> ResponseReturnValue:
    """Make an account and give it a role, in one step."""
    form = NewPersonForm()
    if not form.validate():
        return _page(tenant_id, create=form), _UNPROCESSABLE
    try:
        person = actions.create_user(
            tenant_id=tenant_id,
            login=form.login.data,
            name=form.name.data,
            title=form.title.data or "",
            email=form.email.data or "",
            password=form.password.data,
            actor=actor(),
        )
        _grant(tenant_id, person, form)
    except Invalid as refused:
        form.show(refused)
        return _page(tenant_id, create=form), _UNPROCESSABLE
    return _back(tenant_id)


@blueprint.post("/phone")
@requires(Permission.CONTACT_MANAGE)
def change_phone(tenant_id: UUID) -> ResponseReturnValue:
    """Another contact telephone of the institution, or none."""
    form = PhoneForm()
    if enter_phone(form, tenant_id=tenant_id):
        return _back(tenant_id)
    return _page(tenant_id, phone=form), _UNPROCESSABLE


@blueprint.get("/<uuid:user_id>/<role>/ending")
@requires(Permission.PEOPLE_MANAGE)
def ask_ending(tenant_id: UUID, user_id: UUID, role: str) -> str:
    """What ending a role does, and who takes over."""
    return _ending_page(tenant_id, user_id, role)


@blueprint.post("/<uuid:user_id>/<role>/ending")
@requires(Permission.PEOPLE_MANAGE)
def end(tenant_id: UUID, user_id: UUID, role: str) -> ResponseReturnValue:
    """Take the role away at once."""
    held, person = _held(tenant_id, user_id, role)
    form = EndForm.of(Role(held.role), _others(tenant_id, user_id))
    if not form.validate():
        return _ending_page(tenant_id, user_id, role, form), _UNPROCESSABLE
    try:
        roles.end_role(
            tenant_id=tenant_id,
            user_id=user_id,
            role=Role(held.role),
            successor_id=UUID(form.successor.data) if form.successor.data else None,
            actor=actor(),
        )
    except Invalid as refused:  # also a successor whose other role does not go with this one
        form.form_errors.append(str(refused))
        return _ending_page(tenant_id, user_id, role, form), _UNPROCESSABLE
    flash(f"已結束{person.name}的「{ROLE_NAMES[Role(held.role)]}」指派，並登出其所有裝置。", "good")
    return _back(tenant_id)


def _grant(tenant_id: UUID, person: User, form: AppointForm | NewPersonForm) -> None:
    role = Role(form.role.data)
    if queries.current(tenant_id=tenant_id, user_id=person.id, role=role) is not None:
        flash(f"{person.name}已經是「{ROLE_NAMES[role]}」，沒有變更。", "info")
        return
    roles.grant_role(tenant_id=tenant_id, user_id=person.id, role=role, unit=form.unit.data or "", actor=actor())
    flash(f"已指派{person.name}為「{ROLE_NAMES[role]}」，即時生效。", "good")


def _page(
    tenant_id: UUID,
    *,
    appoint: AppointForm | None = None,
    create: NewPersonForm | None = None,
    phone: PhoneForm | None = None,
) -> str:
    staff = [(held, person, ROLE_NAMES[Role(held.role)]) for held, person in queries.staff(tenant_id=tenant_id)]
    return render_template(
        "school/people.html",
        staff=staff,
        appoint=appoint or AppointForm(formdata=None),
        create=create or NewPersonForm(formdata=None),
        phone=phone or PhoneForm.of(registry.tenant(tenant_id=tenant_id)),
        may_change_phone=actor().may(Permission.CONTACT_MANAGE),
        faulty=appoint or create or phone,
        designation=regulation.rules_of_institution(tenant_id=tenant_id).article(Clause.DESIGNATION),
    )


def _ending_page(tenant_id: UUID, user_id: UUID, role: str, form: EndForm | None = None) -> str:
    held, person = _held(tenant_id, user_id, role)
    return render_template(
        "school/ending.html",
        person=person,
        held=held,
        leavers=regulation.rules_of_institution(tenant_id=tenant_id).article(Clause.LEAVERS),
        role_name=ROLE_NAMES[Role(held.role)],
        form=form or EndForm.of(Role(held.role), _others(tenant_id, user_id)),
    )


def _held(tenant_id: UUID, user_id: UUID, role: str) -> tuple[Membership, User]:
    for held, person in queries.staff(tenant_id=tenant_id):
        if held.user_id == user_id and held.role == role:
            return held, person
    raise NotFound


def _others(tenant_id: UUID, user_id: UUID) -> list[User]:
    return list(
        {person.id: person for _, person in queries.staff(tenant_id=tenant_id) if person.id != user_id}.values()
    )


def _back(tenant_id: UUID) -> Response:
    return redirect(url_for("school.people.index", tenant_id=tenant_id), HTTPStatus.SEE_OTHER)
