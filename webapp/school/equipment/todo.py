"""What of the edge boxes waits for a person of the institution, for its first page."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from flask import url_for

from tenants.actor import Actor
from tenants.permissions import Permission
from tenants.profiles import Clause
from webapp.school import regulation
from webapp.school.equipment import clock_view, disk_view, refused_view
from webapp.school.equipment.disk_view import Disk
from webapp.school.equipment.refused_view import NotSent
from webapp.school.todo_item import Item


def items(*, tenant_id: UUID, actor: Actor, now: datetime) -> Iterator[Item]:
    """Disks that are full, missing or last less than two days, footage not sent (DR-34), and wrong clocks (KH-3-10)."""
    boxes, cameras = actor.may(Permission.DEVICE_ENROL), actor.may(Permission.CAMERA_MANAGE)
    found: list[Disk | NotSent] = [
        *(disk_view.to_look_after(tenant_id=tenant_id, now=now) if boxes else ()),
        *(refused_view.to_look_after(tenant_id=tenant_id) if boxes else ()),
    ]
    wrong = list(clock_view.to_look_after(tenant_id=tenant_id, now=now)) if cameras else []
    rules = regulation.rules_by_site(tenant_id=tenant_id) if found or wrong else {}
    for one in found:
        text = f"邊緣主機「{one.device.name}」{one.words}：{one.to_do}"
        article = rules[one.device.site_id].article(Clause.FAULTS)
        yield Item(text=text, href=url_for("school.devices.index"), article=article, urgent=True)
    for camera, words in wrong:
        address = url_for("school.cameras.day", camera_id=camera.id, _anchor="clock")
        yield Item(text=words, href=address, article=rules[camera.site_id].article(Clause.EQUIPMENT), urgent=True)
