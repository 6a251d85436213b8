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

_DUE = {CalibrationState.DUE, CalibrationState.OVERDUE}
_NAMED = 3


def items(*, tenant_id: UUID, actor: Actor, now: datetime) -> Iterator[Item]:
    """One line for all whose day has passed, or whose clock is wrong and was never calibrated (KH-8-1c).

    A camera of which no calibration was ever recorded otherwise stands on the page of calibrations only: until somebody
    began to record them here, nothing says that it is late.
    """
    if not actor.may(Permission.CAMERA_MANAGE):
        return
    lines = calibration_view.lines(tenant_id=tenant_id, now=now)
    due = [line for line in lines if line.is_required and line.state in _DUE]
    if due:
        named = "、".join(line.camera.name for line in due[:_NAMED])
        more = f"等 {len(due)} 支" if len(due) > _NAMED else ""
        late = any(line.state is CalibrationState.OVERDUE for line in due)
        text = f"該校正的鏡頭：{named}{more}" + ("，其中有時間不準且逾期未校正的" if late else "")
        yield Item(text=text, href=url_for("school.calibrations.index"), article=due[0].article, urgent=late)
