"""儲存空間預測: how full the store is and will be, and how much room the operator says there is."""

from collections.abc import Iterable
from decimal import Decimal
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import DecimalField, StringField
from wtforms.validators import InputRequired

from infra import clock
from tenants.compliance.storage import actions
from tenants.errors import Invalid
from tenants.permissions import Permission
from tenants.roc_dates import format_date
from webapp.access import Place, requires
from webapp.bureau import storage_view
from webapp.form_fields import RocDateField, Stated
from webapp.forms import Form
from webapp.identify import actor

blueprint = Blueprint("storage", __name__, url_prefix="/platform/storage")
_TERABYTE = 10**12


class CapacityForm(Form):
    """The room from a day on."""

    terabytes = DecimalField("容量（TB，1 TB＝1 兆位元組）", [InputRequired("請填容量，例如 120.5。")], places=None)
    effective_from = RocDateField("自何日起", [Stated("請填寫日期，例如 115/12/01。")])
    reason = StringField("依據")

    @property
    def size(self) -> int:
        """In bytes; 0 where nothing sensible was typed."""
        typed = self.terabytes.data
        return int(typed * _TERABYTE) if isinstance(typed, Decimal) and typed.is_finite() else 0

    def wrong(self) -> Iterable[Invalid]:
        """What the rules say."""
        day = self.effective_from.data or clock.today()
        return actions.capacity_faults(self.size, day, self.reason.data or "")


@blueprint.get("")
@requires(Permission.PLATFORM_READ, place=Place.BUREAU)
def show() -> str:
    """The forecast, the institutions behind it, and the room with its history."""
    return _page(CapacityForm(data={"effective_from": clock.today()}))


@blueprint.post("")
@requires(Permission.CAPACITY_SET, place=Place.BUREAU)
def enter() -> ResponseReturnValue:
    """Enter the room."""
    form = CapacityForm()
    if not form.validate():
        return _page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    made = actions.set_capacity(
        actor=actor(),
        capacity_bytes=form.size,
        effective_from=form.effective_from.day,
        reason=form.reason.data or "",
    )
    flash(f"已登記，自{format_date(made.effective_from)}起適用。", "good")
    return redirect(url_for("bureau.storage.show"), HTTPStatus.SEE_OTHER)


def _page(form: CapacityForm) -> str:
    return render_template("bureau/storage.html", page=storage_view.page(), view=storage_view, form=form)
