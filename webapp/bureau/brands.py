"""設備來源: the restricted brands by their documents, and each institution's equipment in figures (DR-35)."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField

from infra import clock
from tenants.errors import Invalid
from tenants.permissions import Permission
from tenants.upkeep.property import brands, counting, queries
from webapp.access import Place, requires
from webapp.form_fields import RocDateField, Stated
from webapp.forms import Form
from webapp.identify import actor
from webapp.paging import cut, page_number

blueprint = Blueprint("brands", __name__, url_prefix="/brands")
_PER_PAGE = 50
_restricts = requires(Permission.BRAND_RESTRICT, place=Place.BUREAU)


class BrandForm(Form):
    """A brand that is restricted from a day on."""

    brand = StringField("廠牌")
    document = StringField("依據的公文文號")
    effective_from = RocDateField("自", [Stated("請填寫日期，例如 115/11/20。")])


@blueprint.get("")
@requires(Permission.COMPLIANCE_READ, place=Place.BUREAU)
def index() -> str:
    """The brands, and the institutions with their figures."""
    return _page(BrandForm(formdata=None, data={"effective_from": clock.today()}))


@blueprint.post("")
@_restricts
def restrict() -> ResponseReturnValue:
    """Restrict a brand."""
    form = BrandForm()
    if form.validate():
        try:
            made = brands.restrict_brand(
                actor=actor(),
                brand=form.brand.data or "",
                document=form.document.data or "",
                effective_from=form.effective_from.day,
            )
        except Invalid as refused:
            form.show(refused)
        else:
            flash(f"已將「{made.brand}」列為限制廠牌，各機構清冊中的同廠牌設備隨即列冊。", "good")
            return redirect(url_for("bureau.brands.index"), HTTPStatus.SEE_OTHER)
    return _page(form), HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.post("/<uuid:brand_id>/lifting")
@_restricts
def lift(brand_id: UUID) -> ResponseReturnValue:
    """Restrict a brand no longer."""
    found = brands.lift_brand(actor=actor(), brand_id=brand_id)
    flash(f"已解除「{found.brand}」，紀錄會保留。", "good")
    return redirect(url_for("bureau.brands.index"), HTTPStatus.SEE_OTHER)


def _page(form: BrandForm) -> str:
    lines = counting.city()
    shown = cut(lines, page_number(), _PER_PAGE)
    known = [count for _, count in lines if count is not None]
    return render_template(
        "bureau/brands.html",
        form=form,
        brands=queries.brands(),
        lines=shown.lines,
        known=known,
        number=shown.number,
        has_more=shown.has_more,
        may_restrict=actor().may(Permission.BRAND_RESTRICT),
    )
