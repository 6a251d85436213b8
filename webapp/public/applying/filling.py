"""The five short steps of the form, one page each. What is typed stays from page to page until it is sent."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.form import BaseForm

from tenants.disclosures.applying import queries, rules, visits
from tenants.disclosures.insider import filing
from tenants.errors import Invalid
from tenants.permissions import Permission
from webapp.access import Place, requires
from webapp.agency.window_form import rearranged
from webapp.form_fields import faults, field_names
from webapp.forms import Form
from webapp.identify import actor
from webapp.public.applying import visiting, what_form, who_form
from webapp.public.applying.draft import CHECK, IDENTITY, STEP_NAMES, STEPS, WHAT, WHERE, WHO, Draft
from webapp.public.applying.last_forms import CheckForm, IdentityForm
from webapp.public.applying.what_form import GROUND_HINTS, WhatForm
from webapp.public.applying.where_form import MAX_WINDOWS, WhereForm
from webapp.public.applying.who_form import CLASS_HINTS, WhoForm

blueprint = Blueprint("filling", __name__)
_UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY
_MOST_TYPED = 20_000
_FORMS: dict[str, type[Form]] = {WHO: WhoForm, WHAT: WhatForm, WHERE: WhereForm}
_ORDER = {WHO: who_form.ORDER, WHAT: what_form.ORDER, WHERE: ("windows",)}


@blueprint.get("/form")
@requires(Permission.APPLICATION_FILE, place=Place.APPLICANT)
def begin(code: str) -> ResponseReturnValue:  # noqa: ARG001 - of the address
    """Where the person stopped, or the first step."""
    return _to(_draft().first_gap() or IDENTITY)


@blueprint.get("/form/<any(who, what, where):step>")
@requires(Permission.APPLICATION_FILE, place=Place.APPLICANT)
def show(code: str, step: str) -> ResponseReturnValue:  # noqa: ARG001
    """One of the three pages that are filled in."""
    draft = _draft()
    gap = draft.first_gap(step) if step != WHO else None
    if gap is not None:
        return _to(gap)
    return _page(draft, step, draft.shown(step, _FORMS[step], **_prefilled(draft, step)))


@blueprint.post("/form/<any(who, what, where):step>")
@requires(Permission.APPLICATION_FILE, place=Place.APPLICANT)
def send(code: str, step: str) -> ResponseReturnValue:  # noqa: ARG001
    """Keep what was typed, if it is sound, and go on to the next page that lacks something."""
    draft = _draft()
    gap = draft.first_gap(step) if step != WHO else None
    if gap is not None:
        return _to(gap)
    form = draft.offered(_FORMS[step]())
    if isinstance(form, WhereForm) and rearranged(request.form, form.windows):
        return _page(draft, step, draft.offered(form))
    if not form.validate():
        return _page(draft, step, form), _UNPROCESSABLE
    typed = _typed(form)
    if sum(len(value) for _, value in typed) > _MOST_TYPED:
        raise Invalid("填寫的內容太長，請摘要敘明。", field="reason")
    visits.keep(actor=actor(), visit=visiting.visit(), part=step, answers=typed)
    return _to(_draft().first_gap() or CHECK)


@blueprint.get("/form/check")
@requires(Permission.APPLICATION_FILE, place=Place.APPLICANT)
def check(code: str) -> ResponseReturnValue:  # noqa: ARG001
    """Everything once more, what will come of it, and note 1 of the form."""
    draft = _draft()
    gap = draft.first_gap(CHECK)
    return _to(gap) if gap is not None else _page(draft, CHECK, CheckForm())


@blueprint.post("/form/check")
@requires(Permission.APPLICATION_FILE, place=Place.APPLICANT)
def accept(code: str) -> ResponseReturnValue:  # noqa: ARG001
    """Note 1 is accepted, in the version that was shown; cautions are confirmed."""
    draft = _draft()
    gap = draft.first_gap(CHECK)
    if gap is not None:
        return _to(gap)
    form = CheckForm()
    if not form.accepts(draft.cautions):
        return _page(draft, CHECK, form), _UNPROCESSABLE
    visits.keep(actor=actor(), visit=visiting.visit(), part=CHECK, answers=draft.checked_answers())
    return _to(IDENTITY)


@blueprint.get("/form/identity")
@requires(Permission.APPLICATION_FILE, place=Place.APPLICANT)
def identity(code: str) -> ResponseReturnValue:  # noqa: ARG001
    """The last question."""
    draft = _draft()
    gap = draft.first_gap(IDENTITY)
    return _to(gap) if gap is not None else _identity_page(draft, IdentityForm())


@blueprint.post("/form/identity")
@requires(Permission.APPLICATION_FILE, place=Place.APPLICANT)
def file(code: str) -> ResponseReturnValue:  # noqa: ARG001
    """File it: receipt and hold in one transaction. Tapped twice, it is filed once."""
    tenant = visiting.here()
    visit = queries.locked(tenant_id=tenant.id, visit_id=visiting.visit().id) or visiting.visit()
    draft = Draft(visit)
    if not draft.has(WHO):
        return redirect(url_for("applying.following.index"), HTTPStatus.SEE_OTHER)
    gap = draft.first_gap(IDENTITY)
    if gap is not None:
        return _to(gap)
    form = IdentityForm()
    form.offer(national_id=draft.rule.terms.national_id)
    number = form.identity()
    if number is None:
        return _identity_page(draft, form), _UNPROCESSABLE
    try:
        rules.check_open_cases(queries.open_count(tenant_id=tenant.id, email=visit.email))
        filed = filing.file_application(
            actor=actor(),
            tenant_id=tenant.id,
            application=draft.application(number),
            lookup=visiting.lookup_secret(),
        )
    except Invalid as refused:
        form.show(Invalid(str(refused)))
        return _identity_page(draft, form), _UNPROCESSABLE
    visits.clear(actor=actor(), visit=visit)
    return redirect(url_for("applying.following.receipt", disclosure_id=filed.id), HTTPStatus.SEE_OTHER)


def _draft() -> Draft:
    return Draft(visiting.visit())


def _to(step: str) -> ResponseReturnValue:
    if step in _FORMS:
        return redirect(url_for("applying.filling.show", step=step), HTTPStatus.SEE_OTHER)
    return redirect(url_for(f"applying.filling.{step}"), HTTPStatus.SEE_OTHER)


def _prefilled(draft: Draft, step: str) -> dict[str, Any]:
    """The window that was meant is mostly the incident itself (KH-6-3a)."""
    incident = draft.what.incident if step == WHERE else None
    if incident is None:
        return {}
    window = {
        "from_day": draft.what.from_day.data,
        "from_time": incident.started_at,
        "until_day": draft.what.until_day.data,
        "until_time": incident.ended_at,
    }
    return {"windows": [window]}


def _identity_page(draft: Draft, form: IdentityForm) -> str:
    form.offer(national_id=draft.rule.terms.national_id)
    form.number.data = ""  # a number is never shown again, a mistyped one neither (DR-22)
    return _page(draft, IDENTITY, form)


def _page(draft: Draft, step: str, form: Form) -> str:
    return render_template(
        f"public/applying/{step}.html",
        tenant=visiting.here(),
        draft=draft,
        form=form,
        faults=faults(form, _ORDER.get(step, ())),
        step=step,
        steps=STEPS,
        step_names=STEP_NAMES,
        hints={WHO: CLASS_HINTS, WHAT: GROUND_HINTS}.get(step, {}),
        most=MAX_WINDOWS,
    )


def _typed(form: BaseForm) -> list[tuple[str, str]]:
    """What was typed into the fields of a form, and nothing that only the request had."""
    names = set(field_names(form))
    return [(name, value.strip()) for name, value in request.form.items(multi=True) if name in names]
