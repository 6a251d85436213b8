"""Proving an address: it is typed, six digits come by mail, they are typed. The answers tell nothing of any address."""

from http import HTTPStatus
from uuid import uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tenants.disclosures.applying import queries, rules, visits
from tenants.errors import Invalid
from tenants.registry.models import Tenant
from webapp import identify
from webapp.access import public
from webapp.form_fields import faults
from webapp.public.applying import visiting
from webapp.public.applying.last_forms import CodeForm, EmailForm

blueprint = Blueprint("proving", __name__)
# One sentence for every way to fail, so that nobody learns which it was.
_REFUSED = "驗證碼不正確、已過期，或已試太多次。請核對最新一封郵件的6位數字，或重新索取驗證碼。"
_MINUTES = int(rules.CODE_LIVES.total_seconds()) // 60


@blueprint.get("/code")
@public
def ask(code: str) -> ResponseReturnValue:
    """Where shall the code be sent; whoever proved an address already goes on."""
    tenant = visiting.institution(code)
    wanted = request.args.get("to", "")
    if wanted:
        visiting.wants("follow" if wanted == "follow" else "steps")
    held = visiting.noted(tenant.id)
    if held is not None and queries.proved_visit(tenant_id=tenant.id, visit_id=held) is not None:
        return _onward()
    return _ask_page(tenant, EmailForm())


@blueprint.post("/code")
@public
def send_code(code: str) -> ResponseReturnValue:
    """Have the code sent. The answer is the same for every address, and for one that asked too often."""
    tenant, form = visiting.institution(code), EmailForm()
    if not form.validate():
        return _ask_page(tenant, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        visit_id = visits.ask_code(
            actor=visiting.stranger(), tenant_id=tenant.id, email=form.email.data, lookup=visiting.lookup_secret()
        )
    except Invalid as refused:
        form.show(refused)
        return _ask_page(tenant, form), HTTPStatus.UNPROCESSABLE_ENTITY
    visiting.note(tenant.id, visit_id)
    return redirect(url_for("applying.proving.enter"), HTTPStatus.SEE_OTHER)


@blueprint.get("/proof")
@public
def enter(code: str) -> str:
    """The page that asks for the six digits."""
    return _proof_page(visiting.institution(code), CodeForm())


@blueprint.post("/proof")
@public
def prove(code: str) -> ResponseReturnValue:
    """Compare them; then on to what the person came for."""
    tenant, form = visiting.institution(code), CodeForm()
    if not form.validate():
        return _proof_page(tenant, form), HTTPStatus.UNPROCESSABLE_ENTITY
    right = visits.prove(
        actor=visiting.stranger(),
        tenant_id=tenant.id,
        visit_id=visiting.noted(tenant.id) or uuid4(),
        code=form.code.data,
        before=visiting.before(tenant.id),
    )
    if not right:
        identify.keep_changes()  # the try must count
        form.show(Invalid(_REFUSED, field="code"))
        return _proof_page(tenant, form), HTTPStatus.UNPROCESSABLE_ENTITY
    return _onward()


@blueprint.post("/leave")
@public
def leave(code: str) -> ResponseReturnValue:
    """End here: this browser shows nothing of it any more, and what was typed is emptied."""
    tenant = visiting.institution(code)
    held = visiting.noted(tenant.id)
    if held is not None:
        visits.leave(actor=visiting.stranger(), tenant_id=tenant.id, visit_id=held)
        visiting.drop(tenant.id)
    flash("已結束，這個瀏覽器不再保留您的資料。", "good")
    return redirect(url_for("applying.about.show"), HTTPStatus.SEE_OTHER)


def _onward() -> ResponseReturnValue:
    follows = visiting.goes_on_with() == "follow"
    target = "applying.following.index" if follows else "applying.filling.begin"
    return redirect(url_for(target), HTTPStatus.SEE_OTHER)


def _ask_page(tenant: Tenant, form: EmailForm) -> str:
    return render_template(
        "public/applying/code.html",
        tenant=tenant,
        form=form,
        faults=faults(form),
        follows=visiting.goes_on_with() == "follow",
        minutes=_MINUTES,
        most=rules.CODES_AN_HOUR,
    )


def _proof_page(tenant: Tenant, form: CodeForm) -> str:
    form.code.data = ""  # a refused code is of no use to anybody
    return render_template(
        "public/applying/proof.html",
        tenant=tenant,
        form=form,
        faults=faults(form),
        minutes=_MINUTES,
        most=rules.CODES_AN_HOUR,
    )
