"""個人資料權利的請求: the list, receipt, and one request with the steps it can take. No picture passes through here."""

from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from infra import clock
from tenants.errors import Destroyed, Invalid, InvalidTransition
from tenants.permissions import Permission
from tenants.registry import queries as registry
from tenants.retention.urgent import queries as urgent
from tenants.rights import actions, papers, queries, rules
from tenants.rights.lifecycle import FINAL, STATE_NAMES, TRANSITIONS, RightsStep, possible
from tenants.rights.models import Answer, Right, RightsCopy, RightsRequest, RightsState
from webapp import printouts
from webapp.access import requires
from webapp.form_fields import id_or_none
from webapp.identify import actor
from webapp.school.retention import kept_view
from webapp.school.rights.forms import (
    AnswerForm,
    ExtensionForm,
    MannerForm,
    ReceivedForm,
    ReviewForm,
)

blueprint = Blueprint("rights", __name__, url_prefix="/rights")
_UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY
_BADGES = {
    RightsState.RECEIVED: "warn",
    RightsState.REVIEWED: "warn",
    RightsState.ANSWERED: "info",
    RightsState.CLOSED: "good",
    RightsState.WITHDRAWN: "unknown",
}


@blueprint.get("/")
@requires(Permission.RIGHTS_HANDLE)
def index(tenant_id: UUID) -> str:
    """The requests by their last day; ended ones when asked for."""
    everything = request.args.get("all") == "1"
    return render_template(
        "school/rights/index.html",
        requests=queries.requests(tenant_id=tenant_id, ended=everything),
        everything=everything,
        today=clock.today(),
        **_words(),
    )


@blueprint.get("/new")
@requires(Permission.RIGHTS_HANDLE)
def new(tenant_id: UUID) -> str:
    """An empty form for a request that came in."""
    return _form(tenant_id, ReceivedForm.of(registry.cameras(tenant_id=tenant_id), fresh=True))


@blueprint.post("/new")
@requires(Permission.RIGHTS_HANDLE)
def enter(tenant_id: UUID) -> ResponseReturnValue:
    """收件."""
    form = ReceivedForm.of(registry.cameras(tenant_id=tenant_id))
    if form.validate():
        try:
            made = actions.enter_request(
                actor=actor(), tenant_id=tenant_id, received=form.received(disclosure_id=_taken_over())
            )
        except (Invalid, Destroyed) as refused:
            form.show(refused, beside="day")
        else:
            flash(f"已收件，案號 {made.serial}。", "good")
            return _back(tenant_id, made.id)
    return _form(tenant_id, form), _UNPROCESSABLE


@blueprint.get("/<uuid:rights_id>")
@requires(Permission.RIGHTS_HANDLE)
def show(tenant_id: UUID, rights_id: UUID) -> str:
    """One request: what was asked, until when, and what this person can do now."""
    return _render(queries.request(tenant_id=tenant_id, rights_id=rights_id))


@blueprint.post("/<uuid:rights_id>/extension")
@requires(Permission.RIGHTS_HANDLE)
def extend(tenant_id: UUID, rights_id: UUID) -> ResponseReturnValue:
    """延長期限."""
    form = ExtensionForm()

    def act() -> None:
        actions.extend(actor=actor(), tenant_id=tenant_id, rights_id=rights_id, reason=form.extension.data or "")

    return _tried(tenant_id, rights_id, act, "已延長期限。請將延長的原因以書面通知請求人。", extension=form)


@blueprint.post("/<uuid:rights_id>/review")
@requires(Permission.RIGHTS_HANDLE)
def review(tenant_id: UUID, rights_id: UUID) -> ResponseReturnValue:
    """法律審查."""
    form = ReviewForm.of(queries.request(tenant_id=tenant_id, rights_id=rights_id))

    def act() -> None:
        actions.review(
            actor=actor(),
            tenant_id=tenant_id,
            rights_id=rights_id,
            note=form.note.data or "",
            third_parties=bool(form.third_parties.data),
            masking=form.masking.data or "",
        )

    return _tried(tenant_id, rights_id, act, "已登記審查意見，等待首長決定。", review=form)


@blueprint.post("/<uuid:rights_id>/answer")
@requires(Permission.RIGHTS_ANSWER)
def answer(tenant_id: UUID, rights_id: UUID) -> ResponseReturnValue:
    """准駁之決定."""
    found = queries.request(tenant_id=tenant_id, rights_id=rights_id)
    form = AnswerForm.of(found)

    def act() -> None:
        actions.answer(actor=actor(), tenant_id=tenant_id, rights_id=rights_id, told=form.told())

    return _tried(tenant_id, rights_id, act, "已決定。請以書面答復請求人。", answer=form)


@blueprint.get("/<uuid:rights_id>/answer.pdf")
@requires(Permission.RIGHTS_HANDLE)
def letter(tenant_id: UUID, rights_id: UUID) -> Response:
    """答復書, to be signed and sent."""
    found = queries.request(tenant_id=tenant_id, rights_id=rights_id)
    return printouts.pdf(papers.answer_letter(found, printed_by=actor().name), name=f"{found.serial}-答復書")


@blueprint.post("/<uuid:rights_id>/manner")
@requires(Permission.RIGHTS_HANDLE)
def carry_out(tenant_id: UUID, rights_id: UUID) -> ResponseReturnValue:
    """登記辦理情形."""
    form = MannerForm()

    def act() -> None:
        actions.carry_out(
            actor=actor(),
            tenant_id=tenant_id,
            rights_id=rights_id,
            given_on=form.given_on.day,
            manner=form.manner.data or "",
        )

    return _tried(tenant_id, rights_id, act, "已登記辦理情形，可以結案。", manner=form)


@blueprint.post("/<uuid:rights_id>/closing")
@requires(Permission.RIGHTS_HANDLE)
def close(tenant_id: UUID, rights_id: UUID) -> ResponseReturnValue:
    """結案."""
    return _tried(
        tenant_id,
        rights_id,
        lambda: _do(actions.close, tenant_id, rights_id),
        "已結案。",
    )


@blueprint.post("/<uuid:rights_id>/withdrawal")
@requires(Permission.RIGHTS_HANDLE)
def withdraw(tenant_id: UUID, rights_id: UUID) -> ResponseReturnValue:
    """撤回."""
    return _tried(
        tenant_id,
        rights_id,
        lambda: _do(actions.withdraw, tenant_id, rights_id),
        "已登記撤回。",
    )


def _do(step: Callable[..., RightsRequest], tenant_id: UUID, rights_id: UUID) -> None:
    step(actor=actor(), tenant_id=tenant_id, rights_id=rights_id)


def _tried(tenant_id: UUID, rights_id: UUID, act: Callable[[], None], done: str, **sent: object) -> ResponseReturnValue:
    """Back to the page after a step; the page with the sentence where a field or the domain refuses it."""
    found = queries.request(tenant_id=tenant_id, rights_id=rights_id)
    forms = [form for form in sent.values() if isinstance(form, (ExtensionForm, ReviewForm, AnswerForm, MannerForm))]
    if not all(form.validate() for form in forms):
        return _render(found, sent), _UNPROCESSABLE
    try:
        act()
    except (Invalid, InvalidTransition) as refused:
        for form in forms:
            form.show(refused)
        return _render(found, sent, said="" if forms else str(refused)), _UNPROCESSABLE
    flash(done, "good")
    return _back(tenant_id, rights_id)


def _render(found: RightsRequest, sent: Mapping[str, object] = MappingProxyType({}), *, said: str = "") -> str:
    """The page; with the form that came back with faults, else with fresh ones."""
    state = RightsState(found.state)
    steps, granted = possible(state), found.answer in {Answer.GRANTED, Answer.PARTLY}
    copies = queries.copies(tenant_id=found.tenant_id, rights_id=found.id)
    return render_template(
        "school/rights/request.html",
        row=found,
        windows=kept_view.held_windows(found.tenant_id, found.hold_id),
        urgent_number=urgent.number_of(tenant_id=found.tenant_id, hold_id=found.hold_id),
        state=state,
        ended=state in FINAL,
        late=found.answered_at is None and state not in FINAL and clock.today() > found.due_on,
        taken_over=queries.serial_of(tenant_id=found.tenant_id, disclosure_id=found.disclosure_id),
        may={step.value: step in steps and actor().may(TRANSITIONS[step].permission) for step in RightsStep},
        granted=granted,
        weighs_footage=rules.is_weighed(right=found.right, has_footage=found.camera_id is not None),
        shows_footage=rules.is_shown(answer=found.answer, right=found.right, has_footage=found.camera_id is not None),
        copies=copies,
        deadline_days=rules.period_days(Right(found.right)),
        said=said,
        **_words(),
        **(
            {
                "extension": ExtensionForm(formdata=None),
                "review": ReviewForm.of(found, fresh=True),
                "answer": AnswerForm.of(found, fresh=True),
                "manner": _manner(found, copies),
            }
            | dict(sent)
        ),
    )


def _manner(found: RightsRequest, copies: Iterable[RightsCopy]) -> MannerForm:
    """As it was noted before; of what was not noted yet, the media that were read back."""
    known = {"manner": found.manner or rules.given_words(copies), "given_on": found.given_on}
    return MannerForm(formdata=None, data=known)


def _form(tenant_id: UUID, form: ReceivedForm) -> str:
    taken_over = _taken_over()
    return render_template(
        "school/rights/new.html",
        form=form,
        disclosure_id=taken_over,
        taken_over=queries.serial_of(tenant_id=tenant_id, disclosure_id=taken_over),
        rights_article=rules.RIGHTS_ARTICLE,
        deadline_article=rules.DEADLINE_ARTICLE,
    )


def _taken_over() -> UUID | None:
    """The application that the request goes on from, as the address names it."""
    return id_or_none(request.values.get("application", ""))


def _words() -> dict[str, object]:
    return {
        "right_names": rules.RIGHT_NAMES,
        "state_names": STATE_NAMES,
        "answer_names": rules.ANSWER_NAMES,
        "ground_names": rules.GROUND_NAMES,
        "badges": _BADGES,
        "rights_article": rules.RIGHTS_ARTICLE,
        "deadline_article": rules.DEADLINE_ARTICLE,
    }


def _back(tenant_id: UUID, rights_id: UUID) -> Response:
    return redirect(url_for("school.rights.show", tenant_id=tenant_id, rights_id=rights_id), HTTPStatus.SEE_OTHER)
