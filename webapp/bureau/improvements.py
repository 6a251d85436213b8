"""改善事項: what institutions are to put right and by when; an auditor accepts an answer or returns it (journey U1)."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import TextAreaField
from wtforms.validators import Length

from infra import clock
from infra.db import db
from infra.tenancy import bound_tenant
from tenants.compliance.sampling.facts import CHECK_NAMES
from tenants.errors import Invalid, InvalidTransition
from tenants.improvements import actions, queries
from tenants.improvements.lifecycle import STATE_NAMES, ItemState
from tenants.improvements.queries import ItemLine
from tenants.permissions import ROLE_NAMES, Permission, Role
from tenants.roc_dates import format_instant
from webapp.access import Place, requires
from webapp.bureau.todo_item import Item
from webapp.form_fields import RocDateField
from webapp.forms import Form
from webapp.identify import actor
from webapp.outcome import outcome_said
from webapp.paging import cut, page_number

blueprint = Blueprint("improvements", __name__, url_prefix="/improvements")

BADGES: Mapping[ItemState, tuple[str, str]] = {
    ItemState.ASKED: ("warn", STATE_NAMES[ItemState.ASKED]),
    ItemState.ANSWERED: ("info", STATE_NAMES[ItemState.ANSWERED]),
    ItemState.RETURNED: ("warn", STATE_NAMES[ItemState.RETURNED]),
    ItemState.ACCEPTED: ("good", STATE_NAMES[ItemState.ACCEPTED]),
}
_PER_PAGE, _NAMED = 50, 3


class ReturnForm(Form):
    """Why an answer is not enough, and by when another is due."""

    decision = TextAreaField("退回的理由", [Length(max=1000)])
    due_on = RocDateField("新的改善期限")

    def wrong(self) -> Iterable[Invalid]:
        """What the rules say of it."""
        return actions.return_faults(self.decision.data or "", self.due_on.data)


@blueprint.get("")
@requires(Permission.COMPLIANCE_READ, place=Place.BUREAU)
def index() -> str:
    """Every item, those that are late first."""
    today = clock.today()
    found = queries.city(today=today)
    shown = cut(found, page_number(), _PER_PAGE)
    return render_template(
        "bureau/improvements.html",
        lines=shown.lines,
        late=sum(queries.is_late(each.item, today=today) for each in found),
        answered=sum(each.item.state == ItemState.ANSWERED for each in found),
        total=len(found),
        number=shown.number,
        has_more=shown.has_more,
        today=today,
        **_shown(),
    )


@blueprint.get("/<uuid:institution_id>/<uuid:improvement_id>")
@requires(Permission.COMPLIANCE_READ, place=Place.BUREAU)
def show(institution_id: UUID, improvement_id: UUID) -> str:
    """One item with its answer."""
    return _page(institution_id, improvement_id, ReturnForm(formdata=None))


@blueprint.post("/<uuid:institution_id>/<uuid:improvement_id>/acceptance")
@requires(Permission.SAMPLE_DRAW, place=Place.BUREAU)
def accept(institution_id: UUID, improvement_id: UUID) -> ResponseReturnValue:
    """Take the answer as it is."""
    with outcome_said("已解除列管。"), bound_tenant(db.session, institution_id):
        actions.accept(actor=actor(), tenant_id=institution_id, improvement_id=improvement_id)
    address = url_for("bureau.improvements.show", institution_id=institution_id, improvement_id=improvement_id)
    return redirect(address, HTTPStatus.SEE_OTHER)


@blueprint.post("/<uuid:institution_id>/<uuid:improvement_id>/return")
@requires(Permission.SAMPLE_DRAW, place=Place.BUREAU)
def give_back(institution_id: UUID, improvement_id: UUID) -> ResponseReturnValue:
    """Return it with a new day."""
    form = ReturnForm()
    if form.validate():
        try:
            with bound_tenant(db.session, institution_id):
                actions.give_back(
                    actor=actor(),
                    tenant_id=institution_id,
                    improvement_id=improvement_id,
                    words=form.decision.data or "",
                    due_on=form.due_on.data,
                )
        except (Invalid, InvalidTransition) as refused:
            form.show(refused)
        else:
            flash("已退回該機構再改善。", "good")
            address = url_for("bureau.improvements.show", institution_id=institution_id, improvement_id=improvement_id)
            return redirect(address, HTTPStatus.SEE_OTHER)
    return _page(institution_id, improvement_id, form), HTTPStatus.UNPROCESSABLE_ENTITY


def items(today: date) -> Iterator[Item]:
    """What is over its day, and what was answered and waits for an auditor, for the first pages: one line for each."""
    found = queries.city(today=today)
    late = [each for each in found if queries.is_late(each.item, today=today)]
    if late:
        oldest = max((today - each.item.due_on).days for each in late)
        yield Item(
            text=f"{len(late)} 件改善事項逾期未回復：{_institutions(late)}",
            href=url_for("bureau.improvements.index"),
            article=late[0].item.article,
            urgent=True,
            note=f"最久逾期 {oldest} 日，應處理的人：該機構首長",
        )
    answered = [each for each in found if each.item.state == ItemState.ANSWERED]
    if answered:
        first = answered[0].item
        waits = min(each.item.answered_at for each in answered if each.item.answered_at is not None)
        one = url_for("bureau.improvements.show", institution_id=first.tenant_id, improvement_id=first.id)
        yield Item(
            text=f"{len(answered)} 件改善事項{STATE_NAMES[ItemState.ANSWERED]}：{_institutions(answered)}",
            href=one if len(answered) == 1 else url_for("bureau.improvements.index"),
            article=first.article,
            urgent=False,
            note=f"最久自{format_instant(waits)}起等候，由{ROLE_NAMES[Role.AUDITOR]}接受或退回",
        )


def _institutions(lines: Iterable[ItemLine]) -> str:
    names = list(dict.fromkeys(each.institution for each in lines))
    return "、".join(names[:_NAMED]) + ("等" if len(names) > _NAMED else "")


def _page(institution_id: UUID, improvement_id: UUID, form: ReturnForm) -> str:
    found = queries.city_item(tenant_id=institution_id, improvement_id=improvement_id)
    return render_template(
        "bureau/improvement.html",
        found=found,
        form=form,
        late=queries.is_late(found.item, today=clock.today()),
        may_decide=actor().may(Permission.SAMPLE_DRAW) and found.item.state == ItemState.ANSWERED,
        **_shown(),
    )


def _shown() -> dict[str, object]:
    return {"badges": BADGES, "CHECK_NAMES": CHECK_NAMES, "is_late": queries.is_late}
