"""The board, the facts of one institution, permissions; and the operator's directory of institutions and agencies."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from infra import clock
from infra.db import bureau_session
from tenants.compliance import queries
from tenants.errors import Invalid
from tenants.permissions import Permission
from tenants.platform import queries as platform_health
from tenants.registry import agencies as registered
from tenants.registry import queries as registry
from tenants.registry.agency_keys import actions as agency_keys
from tenants.registry.agency_keys.queries import all_keys
from webapp.access import Place, requires
from webapp.bureau import (
    account_reviews,
    accounts,
    adoptions,
    article_view,
    articles,
    audits,
    brands,
    calendar,
    certificates,
    emergencies,
    exports,
    fault_targets,
    improvements,
    institution_view,
    institutions,
    letters,
    matters,
    menu,
    officers,
    overview,
    platform,
    presenters,
    quarantine,
    queues,
    regulations,
    rosters,
    samples,
    score_view,
    storage,
    todo,
    traces,
    urgent,
    weights,
    zones,
)
from webapp.bureau.forms import AGENCY_KINDS, AgencyForm
from webapp.forms import written
from webapp.identify import actor
from webapp.paging import page_number

bureau = Blueprint("bureau", __name__, url_prefix="/bureau")
bureau.register_blueprint(account_reviews.blueprint)
bureau.register_blueprint(accounts.blueprint)
bureau.register_blueprint(adoptions.blueprint)
bureau.register_blueprint(articles.blueprint)
bureau.register_blueprint(audits.blueprint)
bureau.register_blueprint(brands.blueprint)
bureau.register_blueprint(calendar.blueprint)
bureau.register_blueprint(certificates.blueprint)
bureau.register_blueprint(exports.blueprint)
bureau.register_blueprint(emergencies.blueprint)
bureau.register_blueprint(fault_targets.blueprint)
bureau.register_blueprint(improvements.blueprint)
bureau.register_blueprint(institutions.blueprint)
bureau.register_blueprint(letters.blueprint)
bureau.register_blueprint(matters.blueprint)
bureau.register_blueprint(officers.blueprint)
bureau.register_blueprint(overview.blueprint)
bureau.register_blueprint(platform.blueprint)
bureau.register_blueprint(quarantine.blueprint)
bureau.register_blueprint(queues.blueprint)
bureau.register_blueprint(regulations.blueprint)
bureau.register_blueprint(storage.blueprint)
bureau.register_blueprint(rosters.blueprint)
bureau.register_blueprint(samples.blueprint)
bureau.register_blueprint(traces.blueprint)
bureau.register_blueprint(urgent.blueprint)
bureau.register_blueprint(weights.blueprint)
bureau.register_blueprint(zones.blueprint)


@bureau.context_processor
def _heading() -> dict[str, Any]:
    # A function, so that the page of an error, which may have no actor, never asks.
    return {"menu_parts": menu.parts, "shown": presenters}


@bureau.get("/")
@requires(Permission.COMPLIANCE_READ, place=Place.BUREAU)
def board() -> str:
    """Every institution, those that need a person first."""
    asked = {name: request.args.get(name, "") for name in ("district", "kind", "standing")}
    now = clock.now()
    with bureau_session():
        everything = queries.board(now=now)
        day, listed = article_view.overview()
        to_do = todo.to_do(day=day, actor=actor(), now=now)
        standing_still = platform_health.standing_still(now=now)
    lines = queries.fitting(everything, **asked)
    page = presenters.page_of(lines, page_number())
    return render_template(
        "bureau/board.html",
        page=page,
        total=len(lines),
        asked=asked,
        counts=queries.counts(everything),
        districts=sorted({line.district for line in everything}),
        # The whole city, whatever the filter: 「目前沒有」 would otherwise be read of everybody (DR-30).
        to_do=to_do,
        day=day,
        articles=listed,
        view=article_view,
        computed_at=presenters.computed_at(lines),
        now=now,
        standing_still=standing_still,
        may_open_platform=actor().may(Permission.PLATFORM_READ),
    )


@bureau.get("/retention")
@requires(Permission.COMPLIANCE_READ, place=Place.BUREAU)
def lateness() -> str:
    """Floor, ceiling and holds of every institution, those that break the law first."""
    everything = queries.board(now=clock.now())
    lines = queries.late_first(everything)
    page = presenters.page_of(lines, page_number())
    known = [line.facts.law for line in lines if line.facts is not None and line.facts.law is not None]
    return render_template("bureau/lateness.html", page=page, known=known, total=len(lines))


@bureau.get("/institutions/<uuid:institution_id>")
@requires(Permission.COMPLIANCE_READ, place=Place.BUREAU)
def institution(institution_id: UUID) -> str:
    """The facts of one institution and the lists behind its figures."""
    with bureau_session():
        found = queries.institution(tenant_id=institution_id, now=clock.now())
        day, findings = article_view.of_institution(institution_id)
        score = score_view.of_institution(findings, day=day, today=clock.today())
    return render_template(
        "bureau/institution.html",
        found=found,
        day=day,
        findings=findings,
        score=score,
        view=article_view,
        score_view=score_view,
        rules=presenters.rules_of(found.line.kind),
        today=clock.today(),
        may_preserve=actor().may(Permission.HOLD_URGENT),
        may_draft=actor().may(Permission.LETTER_DRAFT),
    )


@bureau.get("/permissions")
@requires(Permission.ACCESS_READ, place=Place.BUREAU)
def permissions() -> str:
    """Who may do what, on one screen."""
    return render_template("bureau/permissions.html")


@bureau.get("/tenants")
@requires(Permission.PLATFORM_READ, place=Place.BUREAU)
def tenants() -> str:
    """The institutions on the platform, open and closed."""
    state, typed = request.args.get("state", ""), request.args.get("q", "").strip()
    return render_template(
        "bureau/tenants.html",
        lines=institution_view.lines(state=state, typed=typed),
        states=institution_view.STATUS_NAMES,
        state=state,
        typed=typed,
        bureau_name=registry.bureau().name,
    )


@bureau.get("/agencies")
@requires(Permission.AGENCY_VERIFY, place=Place.BUREAU)
def agencies() -> str:
    """The directory of public agencies, those to verify first."""
    return _agencies_page(AgencyForm())


@bureau.post("/agencies")
@requires(Permission.AGENCY_VERIFY, place=Place.BUREAU)
def add_agency() -> ResponseReturnValue:
    """Enter an agency."""
    form = AgencyForm()
    if form.validate():
        try:
            added = registered.add_agency(
                name=form.name.data,
                code=form.code.data or "",
                kind=form.kind.data,
                contact=form.contact.data or "",
                actor=actor(),
            )
        except Invalid as error:
            form.show(error)
        else:
            flash(f"已新增「{added.name}」，核定後該機關即可申請。", "good")
            return redirect(url_for("bureau.agencies"), HTTPStatus.SEE_OTHER)
    return _agencies_page(form), HTTPStatus.UNPROCESSABLE_ENTITY


@bureau.post("/agencies/<uuid:agency_id>/verification")
@requires(Permission.AGENCY_VERIFY, place=Place.BUREAU)
def verify_agency(agency_id: UUID) -> ResponseReturnValue:
    """Confirm that an agency is what it says."""
    verified = registered.verify_agency(agency_id=agency_id, actor=actor())
    flash(f"已核定「{verified.name}」。", "good")
    return redirect(url_for("bureau.agencies"), HTTPStatus.SEE_OTHER)


@bureau.post("/agencies/<uuid:agency_id>/keys/<uuid:agency_key_id>/confirmation")
@requires(Permission.AGENCY_VERIFY, place=Place.BUREAU)
def confirm_key(agency_id: UUID, agency_key_id: UUID) -> ResponseReturnValue:
    """Confirm a public key that was compared with its agency by telephone."""
    agency_keys.confirm_key(actor=actor(), agency_id=agency_id, agency_key_id=agency_key_id)
    flash("已核定，之後交付該機關的影像以這把公鑰加密。", "good")
    return redirect(url_for("bureau.agencies"), HTTPStatus.SEE_OTHER)


@bureau.post("/agencies/<uuid:agency_id>/keys/<uuid:agency_key_id>/revocation")
@requires(Permission.AGENCY_VERIFY, place=Place.BUREAU)
def revoke_key(agency_id: UUID, agency_key_id: UUID) -> ResponseReturnValue:
    """Use a public key no longer, for instance because the agency does not know it."""
    reason = written("reason")
    agency_keys.revoke_key(actor=actor(), agency_id=agency_id, agency_key_id=agency_key_id, reason=reason)
    flash("已停用這把公鑰。", "good")
    return redirect(url_for("bureau.agencies"), HTTPStatus.SEE_OTHER)


def _agencies_page(form: AgencyForm) -> str:
    listed = registry.agencies()
    return render_template(
        "bureau/agencies.html",
        form=form,
        agencies=listed,
        kinds=dict(AGENCY_KINDS),
        keys=all_keys(),
        by_id={agency.id: agency for agency in listed},
    )
