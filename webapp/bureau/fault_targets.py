"""報修時限: within what time schools take up, repair and recheck a fault, as the bureau sets it (Q-12)."""

from collections.abc import Iterable
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import IntegerField, StringField
from wtforms.validators import InputRequired

from infra import clock
from tenants.errors import Invalid
from tenants.permissions import Permission
from tenants.roc_dates import format_date
from tenants.upkeep.faults import targets
from tenants.upkeep.faults.rules import Targets
from webapp.access import Place, requires
from webapp.form_fields import RocDateField, Stated
from webapp.forms import Form
from webapp.identify import actor

blueprint = Blueprint("fault_targets", __name__, url_prefix="/fault-targets")
_NUMBER = InputRequired("請填數字。")


class TargetsForm(Form):
    """One version's numbers."""

    assign_hours = IntegerField("指派承辦人（辦公小時；規定指定報修處室時適用）", [_NUMBER])
    report_hours = IntegerField("受理並報修（辦公小時）", [_NUMBER])
    repair_days = IntegerField("修復（工作日）", [_NUMBER])
    recheck_days = IntegerField("複查（工作日）", [_NUMBER])
    bureau_hours = IntegerField("逾期後多久通知教育局（辦公小時）", [_NUMBER])
    effective_from = RocDateField("生效日", [Stated("請填寫生效日，例如 116/01/01。")])
    document = StringField("文號")

    def wrong(self) -> Iterable[Invalid]:
        """What the limits say of numbers that are numbers."""
        if any(self[name].data is None for name in targets.LIMITS) or self.effective_from.data is None:
            return []
        return targets.faults(self.typed(), self.effective_from.day, self.document.data or "")

    def typed(self) -> Targets:
        """The numbers. Only where each is one."""
        return Targets(**{name: self[name].data for name in targets.LIMITS})


@blueprint.get("")
@requires(Permission.COMPLIANCE_READ, place=Place.BUREAU)
def index() -> str:
    """What is in force, what was and will be, and a form for who may set it."""
    in_force = targets.in_force(day=clock.today())
    return _page(TargetsForm(data=vars(in_force)))


@blueprint.post("")
@requires(Permission.FAULT_TARGET_SET, place=Place.BUREAU)
def enter() -> ResponseReturnValue:
    """Enter a version."""
    form = TargetsForm()
    if not form.validate():
        return _page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    made = targets.set_targets(
        actor=actor(), targets=form.typed(), effective_from=form.effective_from.day, document=form.document.data or ""
    )
    flash(f"已登記，自{format_date(made.effective_from)}起發現的故障適用。", "good")
    return redirect(url_for("bureau.fault_targets.index"), HTTPStatus.SEE_OTHER)


def _page(form: TargetsForm) -> str:
    return render_template(
        "bureau/fault_targets.html",
        form=form,
        versions=targets.versions(),
        in_force=targets.in_force(day=clock.today()),
        may_set=actor().may(Permission.FAULT_TARGET_SET),
    )
