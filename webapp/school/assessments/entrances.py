"""盥洗室入口前鏡頭的複核: a second person's signed word, and the head's leave to play before it (KH-3-4, ADR 0052)."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from infra import clock
from tenants.errors import NotFound
from tenants.permissions import Permission
from tenants.registry.assessments import actions, queries
from tenants.registry.assessments.queries import Entrance
from webapp.access import requires
from webapp.forms import written
from webapp.identify import actor
from webapp.outcome import outcome_said
from webapp.school.assessments import view
from webapp.school.assessments.forms import ReviewForm

blueprint = Blueprint("entrances", __name__, url_prefix="/assessments/entrances/<uuid:camera_id>")


@blueprint.get("/")
@requires(Permission.ENTRANCE_REVIEW)
def show(tenant_id: UUID, camera_id: UUID) -> str:
    """How the camera stands, every look at it, and the form for another."""
    now = clock.now().replace(second=0, microsecond=0)
    return _page(_entrance(tenant_id, camera_id), ReviewForm(formdata=None, data={"day": clock.today(), "time": now}))


@blueprint.post("/")
@requires(Permission.ENTRANCE_REVIEW)
def review(tenant_id: UUID, camera_id: UUID) -> ResponseReturnValue:
    """Keep a second person's word."""
    entrance, form, now = _entrance(tenant_id, camera_id), ReviewForm(), clock.now()
    typed = form.typed(reviewer=actor().name, now=now)
    if typed is None:
        return _page(entrance, form), HTTPStatus.UNPROCESSABLE_ENTITY
    actions.review_entrance(actor=actor(), tenant_id=tenant_id, camera_id=camera_id, typed=typed, now=now)
    if typed.is_clear:
        flash("已登記複核，這支鏡頭可以依核准播放。", "good")
    else:
        flash("已登記。請立即調整鏡頭，並由第二人再複核；在此之前不能播放。", "warn")
    return _back(camera_id)


@blueprint.post("/leave")
@requires(Permission.ZONE_CONFIRM)
def allow(tenant_id: UUID, camera_id: UUID) -> ResponseReturnValue:
    """The head's leave to play it for a week."""
    with outcome_said("已核可七天內播放。鏡頭再次移動時，核可立即失效。"):
        reason = written("reason")
        actions.allow_playback(actor=actor(), tenant_id=tenant_id, camera_id=camera_id, reason=reason)
    return _back(camera_id)


def _entrance(tenant_id: UUID, camera_id: UUID) -> Entrance:
    found = queries.entrances(tenant_id=tenant_id, camera_ids=[camera_id])
    if not found:
        raise NotFound
    return found[0]


def _page(entrance: Entrance, form: ReviewForm) -> str:
    tenant_id = entrance.camera.tenant_id
    return render_template(
        "school/assessments/entrance.html",
        entrance=entrance,
        words=view.ENTRANCE_WORDS[entrance.state],
        reviews=view.reviews(tenant_id=tenant_id, camera_id=entrance.camera.id),
        form=form,
        article=view.article_of(view.rule_of(tenant_id)),
        plays=entrance.may_play(clock.today()),
        may_allow=actor().may(Permission.ZONE_CONFIRM),
        name=actor().name,
    )


def _back(camera_id: UUID) -> Response:
    return redirect(url_for("school.entrances.show", camera_id=camera_id), HTTPStatus.SEE_OTHER)
