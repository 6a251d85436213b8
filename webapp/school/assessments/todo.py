"""Cameras before a washroom that wait for a second person's look, for the institution's first page."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from flask import url_for

from infra import clock
from tenants.actor import Actor
from tenants.permissions import Permission
from tenants.registry.assessments import queries
from tenants.registry.assessments.rules import EntranceState
from webapp.school.assessments import view
from webapp.school.todo_item import Item


def items(*, tenant_id: UUID, actor: Actor, now: datetime) -> Iterator[Item]:
    """One line for each, urgent: until it was seen as it now hangs, nobody may play it (KH-3-4)."""
    if not actor.may(Permission.ENTRANCE_REVIEW):
        return
    today = clock.civil_day(now)
    for entrance in queries.entrances(tenant_id=tenant_id):
        camera = entrance.camera
        if entrance.state is EntranceState.CLEAR or (camera.retired_on is not None and camera.retired_on <= today):
            continue
        yield Item(
            text=f"鏡頭「{camera.name}」{view.ENTRANCE_WORDS[entrance.state][1]}",
            href=url_for("school.entrances.show", camera_id=camera.id),
            article=view.article_of(view.rule_of(tenant_id)),
            urgent=True,
        )
