"""Cameras that should be calibrated, for the institution's first page."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from flask import url_for

from tenants.actor import Actor
from tenants.permissions import Permission
from tenants.upkeep.rules import CalibrationState
from webapp.school.todo_item import Item
from webapp.school.upkeep import calibration_view

_NAMED = 3


def items(*, tenant_id: UUID, actor: Actor, now: datetime) -> Iterator[Item]:
    """One line for those whose day has passed, and one for each whose clock is wrong besides (KH-8-1c).

    A camera of which no calibration was ever recorded stands on the page of calibrations only: until somebody began to
    record them here, nothing says that it is late.
    """
    if not actor.may(Permission.CAMERA_MANAGE):
        return
    lines = [line for line in calibration_view.lines(tenant_id=tenant_id, now=now) if line.is_required]
    href = url_for("school.calibrations.index")
    for line in lines:
        if line.state is CalibrationState.OVERDUE:
            text = f"鏡頭「{line.camera.name}」時間{line.offset}，逾期未校正：請校正後登記"
            there = url_for("school.calibrations.index", camera=line.camera.id)
            yield Item(text=text, href=there, article=line.article, urgent=True)
    due = [line for line in lines if line.state is CalibrationState.DUE]
    if due:
        named = "、".join(line.camera.name for line in due[:_NAMED])
        more = f"等 {len(due)} 支" if len(due) > _NAMED else ""
        yield Item(text=f"該校正了：{named}{more}", href=href, article=due[0].article)
