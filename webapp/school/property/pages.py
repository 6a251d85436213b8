"""財產清冊: the entries, what is seen and not listed, one entry's custody and its end, and copies of the ledger."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from infra import clock
from tenants.errors import DomainError, Invalid, InvalidTransition
from tenants.permissions import Permission, Role
from tenants.roc_dates import parse_date
from tenants.upkeep.property import actions, checking, ledger, queries, rules
from tenants.upkeep.property.rules import AssetKind, Ending
from webapp import printouts
from webapp.access import requires
from webapp.forms import written
from webapp.identify import actor
from webapp.outcome import outcome_said
from webapp.school.property import view
from webapp.school.property.forms import AssetForm, DestructionForm, EndForm, HandOverForm

blueprint = Blueprint("property", __name__, url_prefix="/property")
_UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.get("/")
@requires(Permission.CAMERA_READ)
def index(tenant_id: UUID) -> str:
    """The ledger, and where it and what the boxes see differ."""
    rule, article, words = view.rule_of(tenant_id=tenant_id)
    return render_template(
        "school/property/index.html",
        lines=view.lines(tenant_id=tenant_id),
        unlisted=view.unlisted(tenant_id=tenant_id),
        article=article,
        article_text=rule.text("property"),
        rule=words,
        may_keep=actor().may(Permission.PROPERTY_KEEP),
    )


@blueprint.get("/ledger.pdf")
@requires(Permission.CAMERA_READ)
def printed(tenant_id: UUID) -> ResponseReturnValue:
    """The ledger as a paper."""
    rule, _, _ = view.rule_of(tenant_id=tenant_id)
    return printouts.pdf(ledger.printed(actor=actor(), tenant_id=tenant_id, rule=rule), name="監錄設備財產清冊")


@blueprint.get("/ledger.csv")
@requires(Permission.CAMERA_READ)
def as_csv(tenant_id: UUID) -> Response:
    """The ledger as comma-separated values."""
    return _file(tenant_id, "csv")


@blueprint.get("/ledger.ods")
@requires(Permission.CAMERA_READ)
def as_ods(tenant_id: UUID) -> Response:
    """The ledger as an OpenDocument spreadsheet."""
    return _file(tenant_id, "ods")


@blueprint.get("/new")
@requires(Permission.PROPERTY_KEEP)
def new(tenant_id: UUID) -> str:
    """The form, with what is known of the camera or box that it is for."""
    fresh = view.fresh(tenant_id=tenant_id, asked=request.args)
    return _new_page(tenant_id, AssetForm.of(**view.choices(tenant_id=tenant_id), fresh=fresh))


@blueprint.post("/new")
@requires(Permission.PROPERTY_KEEP)
def add(tenant_id: UUID) -> ResponseReturnValue:
    """Enter a device."""
    form = AssetForm.of(**view.choices(tenant_id=tenant_id))
    typed = form.typed()
    if typed is not None:
        is_head = Role.HEAD in actor().roles
        if form.tell(checking.asset_faults(tenant_id=tenant_id, typed=typed, is_head=is_head)):
            made = actions.add_asset(actor=actor(), tenant_id=tenant_id, typed=typed)
            flash(f"已登記「{made.name}」。", "good")
            return redirect(url_for("school.property.show", asset_id=made.id), HTTPStatus.SEE_OTHER)
    return _new_page(tenant_id, form), _UNPROCESSABLE


@blueprint.get("/<uuid:asset_id>")
@requires(Permission.CAMERA_READ)
def show(tenant_id: UUID, asset_id: UUID) -> str:
    """One entry."""
    return _page(tenant_id, asset_id)


@blueprint.post("/<uuid:asset_id>/custody")
@requires(Permission.PROPERTY_KEEP)
def hand_over(tenant_id: UUID, asset_id: UUID) -> ResponseReturnValue:
    """Let somebody else answer for it."""
    form = HandOverForm.of(view.staff(tenant_id=tenant_id))
    if form.validate():
        try:
            actions.hand_over(
                actor=actor(),
                tenant_id=tenant_id,
                asset_id=asset_id,
                custodian_id=UUID(form.custodian.data),
                from_day=form.from_day.day,
                note=form.note.data or "",
            )
        except (Invalid, InvalidTransition) as refused:
            form.show(refused)
        else:
            flash("已登記交接。", "good")
            return _back(asset_id)
    return _page(tenant_id, asset_id, custody=form), _UNPROCESSABLE


@blueprint.post("/<uuid:asset_id>/media")
@requires(Permission.PROPERTY_KEEP)
def destroy_media(tenant_id: UUID, asset_id: UUID) -> ResponseReturnValue:
    """Record that its media were destroyed."""
    form = DestructionForm()
    form.validate()
    typed = form.typed()
    if form.tell(rules.faults_of_destruction(typed, today=clock.today())):
        try:
            actions.destroy_media(actor=actor(), tenant_id=tenant_id, asset_id=asset_id, typed=typed)
        except InvalidTransition as refused:
            form.show(refused)
        else:
            flash("已登記媒體銷毀，可以辦理報廢或移撥。", "good")
            return _back(asset_id)
    return _page(tenant_id, asset_id, destruction=form), _UNPROCESSABLE


@blueprint.post("/<uuid:asset_id>/end")
@requires(Permission.PROPERTY_KEEP)
def end(tenant_id: UUID, asset_id: UUID) -> ResponseReturnValue:
    """Scrap it, or hand it to another owner."""
    form = EndForm()
    if form.validate():
        try:
            actions.end_asset(
                actor=actor(),
                tenant_id=tenant_id,
                asset_id=asset_id,
                how=Ending(form.how.data),
                ended_on=form.ended_on.day,
                document=form.ended_document.data or "",
            )
        except (Invalid, InvalidTransition) as refused:
            form.show(_beside(refused))
        else:
            flash("已登記，這項設備不再列為使用中。", "good")
            return _back(asset_id)
    return _page(tenant_id, asset_id, ending=form), _UNPROCESSABLE


@blueprint.post("/<uuid:asset_id>/replacement")
@requires(Permission.PROPERTY_KEEP)
def plan(tenant_id: UUID, asset_id: UUID) -> ResponseReturnValue:
    """Say when it will be replaced."""
    typed = request.form.get("planned_replacement", "").strip()
    with outcome_said("已登記預定汰換日。" if typed else "已取消預定汰換日。"):
        on = parse_date(typed, field="planned_replacement") if typed else None
        actions.plan_replacement(actor=actor(), tenant_id=tenant_id, asset_id=asset_id, on=on)
    return _back(asset_id)


@blueprint.post("/<uuid:asset_id>/restricted")
@requires(Permission.PROPERTY_CONFIRM)
def note_restricted(tenant_id: UUID, asset_id: UUID) -> ResponseReturnValue:
    """The head's and the bureau's note on a device whose brand became restricted."""
    with outcome_said("已載明。"):
        said = {name: written(name) for name in ("head_note", "bureau_document")}
        actions.note_restricted(actor=actor(), tenant_id=tenant_id, asset_id=asset_id, **said)
    return _back(asset_id)


def _beside(refused: DomainError) -> DomainError:
    """The document's field is named apart, since other forms of the page have one."""
    if isinstance(refused, Invalid) and refused.field == "document":
        return Invalid(str(refused), field="ended_document")
    return refused


def _new_page(tenant_id: UUID, form: AssetForm) -> str:
    _, article, words = view.rule_of(tenant_id=tenant_id)
    return render_template("school/property/new.html", form=form, article=article, rule=words)


def _page(
    tenant_id: UUID,
    asset_id: UUID,
    *,
    custody: HandOverForm | None = None,
    destruction: DestructionForm | None = None,
    ending: EndForm | None = None,
) -> str:
    found = queries.asset(tenant_id=tenant_id, asset_id=asset_id)
    notes = view.notes_of(tenant_id=tenant_id, found=found)
    return render_template(
        "school/property/asset.html",
        found=found,
        notes=notes,
        kind=ledger.KIND_NAMES[AssetKind(found.kind)],
        number=found.number or ledger.NUMBER_NAMES[rules.NumberKind(found.number_kind)],
        state=ledger.state_of(found),
        held=view.custody(tenant_id=tenant_id, asset_id=asset_id),
        destructions=queries.destructions(tenant_id=tenant_id, asset_id=asset_id),
        custody=custody or HandOverForm.of(view.staff(tenant_id=tenant_id), fresh=True),
        destruction=destruction or DestructionForm(formdata=None),
        ending=ending or EndForm(formdata=None),
        faulty=custody or destruction or ending,
        article=view.rule_of(tenant_id=tenant_id)[1],
        has_media=AssetKind(found.kind) in rules.HOLDS_FOOTAGE,
        lacks_notes=any(badge == "bad" and "限制廠牌" in words for badge, words in notes),
        may_keep=actor().may(Permission.PROPERTY_KEEP) and found.ended_at is None,
        may_confirm=actor().may(Permission.PROPERTY_CONFIRM),
    )


def _back(asset_id: UUID) -> Response:
    return redirect(url_for("school.property.show", asset_id=asset_id), HTTPStatus.SEE_OTHER)


def _file(tenant_id: UUID, ending: str) -> Response:
    rows = ledger.rows(actor=actor(), tenant_id=tenant_id, form=ending)
    return printouts.spreadsheet(rows, ending=ending, name="監錄設備財產清冊", sheet="財產清冊")
