"""離職與調職的交接: several roles that end on one day ahead, such as 8月1日, each with who takes over (TY-4-2)."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response
from wtforms import BooleanField, FieldList, FormField, HiddenField
from wtforms import Form as SubForm

from tenants.errors import Invalid, NotFound
from tenants.leaving import actions as leaving
from tenants.people import queries, transfers
from tenants.people.models import Membership, User
from tenants.people.transfers import Leaver
from tenants.permissions import ROLE_NAMES, SCHOOL_ROLES, Permission, Role
from tenants.profiles import Clause
from tenants.roc_dates import format_date
from webapp.access import requires
from webapp.form_fields import OneOf, RocDateField, Stated, faults, id_or_none, options
from webapp.forms import Form
from webapp.identify import actor
from webapp.outcome import outcome_said
from webapp.school import regulation

blueprint = Blueprint("transfers", __name__, url_prefix="/people/transfers")
_CHANGED = "人員名單已變更。請依重新整理後的名單勾選。"


class LeaverForm(SubForm):  # type: ignore[misc]  # WTForms ships no types
    """One role that somebody holds: whether it ends, and who takes over."""

    held = HiddenField()
    leaves = BooleanField("離職或調職")
    successor = OneOf("接任人員")


class TransferForm(Form):
    """The day, and who leaves."""

    on = RocDateField("生效日", [Stated("請填寫生效日，例如 116/08/01。")])
    leavers = FieldList(FormField(LeaverForm), "離職或調職的人員")
    held: Mapping[str, Membership] = {}

    @classmethod
    def of(cls, staff: list[tuple[Membership, User]], *, fresh: bool = False) -> "TransferForm":
        """The form with a line for each role that is held."""
        lines = {"leavers": [{"held": str(held.id)} for held, _person in staff]}
        form = cls(formdata=None, data=lines) if fresh else cls()
        people = {person.id: person.name for _held, person in staff}
        offered = options([("", "不另指派"), *((str(key), name) for key, name in people.items())])
        for entry in form.leavers:
            entry.form.successor.choices = offered
        form.held = {str(held.id): held for held, _person in staff}
        return form

    def wrong(self) -> Iterable[Invalid]:
        """Nobody, a day that does not lie ahead, and a line that is not of today's list."""
        leavers = self.chosen()
        if leavers is None:
            return [Invalid(_CHANGED, field="leavers")]
        return transfers.transfer_faults(self.on.data, leavers)

    def chosen(self) -> list[Leaver] | None:
        """Who leaves; None for a line that is not of today's list."""
        found = []
        for entry in self.leavers:
            held = self.held.get(str(entry.form.held.data))
            if held is None:
                return None
            if entry.form.leaves.data:
                follows = id_or_none(entry.form.successor.data or "")
                found.append(Leaver(user_id=held.user_id, role=Role(held.role), successor_id=follows))
        return found


@blueprint.get("/")
@requires(Permission.PEOPLE_MANAGE)
def index(tenant_id: UUID) -> str:
    """What is scheduled, and a form for more."""
    return _page(tenant_id)


@blueprint.post("/")
@requires(Permission.PEOPLE_MANAGE)
def schedule(tenant_id: UUID) -> ResponseReturnValue:
    """預定交接."""
    staff = _staff(tenant_id)
    form = TransferForm.of(staff)
    sound, leavers = form.validate(), form.chosen()
    if leavers is None or not sound:
        return _page(tenant_id, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        leaving.schedule(actor=actor(), tenant_id=tenant_id, leavers=leavers, on=form.on.day)
    except Invalid as refused:
        form.show(refused, beside="leavers")
        return _page(tenant_id, form), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(f"已預定 {len(leavers)} 項交接，{format_date(form.on.day)} 00:00 生效，權限同時移轉。", "good")
    return _back(tenant_id)


@blueprint.post("/<uuid:user_id>/<role>/withdrawal")
@requires(Permission.PEOPLE_MANAGE)
def withdraw(tenant_id: UUID, user_id: UUID, role: str) -> ResponseReturnValue:
    """Take one back."""
    if role not in set(Role):
        raise NotFound
    with outcome_said("已撤回這項交接。"):
        leaving.withdraw_role(actor=actor(), tenant_id=tenant_id, user_id=user_id, role=Role(role))
    return _back(tenant_id)


def _page(tenant_id: UUID, form: TransferForm | None = None) -> str:
    staff, rules = _staff(tenant_id), regulation.rules_of_institution(tenant_id=tenant_id)
    names = {str(held.id): f"{person.name}：{ROLE_NAMES[Role(held.role)]}" for held, person in staff}
    return render_template(
        "school/transfers.html",
        form=form or TransferForm.of(staff, fresh=True),
        names=names,
        scheduled=[
            (held, person, ROLE_NAMES[Role(held.role)]) for held, person in transfers.scheduled(tenant_id=tenant_id)
        ],
        faults=faults(form) if form else [],
        article=rules.article(Clause.LEAVERS),
        words=rules.text(Clause.LEAVERS),
    )


def _staff(tenant_id: UUID) -> list[tuple[Membership, User]]:
    """Roles of the institution's own people that do not end already."""
    found = queries.staff(tenant_id=tenant_id)
    return [(held, person) for held, person in found if Role(held.role) in SCHOOL_ROLES and held.ends_on is None]


def _back(tenant_id: UUID) -> Response:
    return redirect(url_for("school.transfers.index", tenant_id=tenant_id), HTTPStatus.SEE_OTHER)
