"""改善事項: what the bureau's auditor asked to be put right, and the institution's answer (journey U1)."""

from collections.abc import Iterable
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import TextAreaField
from wtforms.validators import Length

from infra import clock
from tenants import presence
from tenants.compliance.sampling.facts import CHECK_NAMES
from tenants.errors import Invalid, InvalidTransition
from tenants.improvements import actions, queries
from tenants.improvements.lifecycle import OWED, STATE_NAMES
from tenants.permissions import Permission
from webapp.access import requires
from webapp.forms import Form
from webapp.identify import actor

blueprint = Blueprint("improvements", __name__, url_prefix="/improvements")
_EMPTY = "請填寫改善情形。"


class AnswerForm(Form):
    """What was done."""

    answer = TextAreaField("改善情形", [Length(max=1000)])

    def wrong(self) -> Iterable[Invalid]:
        """What the rules say of it."""
        return actions.words_faults(self.answer.data or "", field="answer", sentence=_EMPTY)


@blueprint.get("/")
@requires(Permission.IMPROVEMENT_ANSWER)
def index(tenant_id: UUID) -> str:
    """Everything that was asked, what is owed first."""
    return render_template("school/improvements.html", items=queries.items(tenant_id=tenant_id), **_shown())


@blueprint.get("/<uuid:improvement_id>")
@requires(Permission.IMPROVEMENT_ANSWER)
def show(tenant_id: UUID, improvement_id: UUID) -> str:
    """One of them."""
    return _page(tenant_id, improvement_id, AnswerForm(formdata=None))


@blueprint.post("/<uuid:improvement_id>/answer")
@requires(Permission.IMPROVEMENT_ANSWER)
def answer(tenant_id: UUID, improvement_id: UUID) -> ResponseReturnValue:
    """Say what was done."""
    presence.check(tenant_id=tenant_id, ids={"improvement_id": improvement_id})
    form = AnswerForm()
    if form.validate():
        try:
            actions.answer(
                actor=actor(), tenant_id=tenant_id, improvement_id=improvement_id, words=form.answer.data or ""
            )
        except (Invalid, InvalidTransition) as refused:
            form.show(refused)
        else:
            flash("已回復，等待教育局審視。", "good")
            return redirect(url_for("school.improvements.show", improvement_id=improvement_id), HTTPStatus.SEE_OTHER)
    return _page(tenant_id, improvement_id, form), HTTPStatus.UNPROCESSABLE_ENTITY


def _page(tenant_id: UUID, improvement_id: UUID, form: AnswerForm) -> str:
    item = queries.item(tenant_id=tenant_id, improvement_id=improvement_id)
    return render_template("school/improvement.html", item=item, form=form, owed=item.state in OWED, **_shown())


def _shown() -> dict[str, object]:
    return {
        "CHECK_NAMES": CHECK_NAMES,
        "STATE_NAMES": STATE_NAMES,
        "is_late": queries.is_late,
        "today": clock.today(),
    }
