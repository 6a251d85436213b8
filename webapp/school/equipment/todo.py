"""What of the edge boxes waits for a person of the institution, for its first page."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from flask import url_for

from tenants.actor import Actor
from tenants.permissions import Permission
from tenants.profiles import Clause
from webapp.school import regulation
from webapp.school.equipment import disk_view
from webapp.school.todo_item import Item


def items(*, tenant_id: UUID, actor: Actor, now: datetime) -> Iterator[Item]:
    """Disks that are full, missing, or last less than two days (DR-34)."""
    found = disk_view.to_look_after(tenant_id=tenant_id, now=now) if actor.may(Permission.DEVICE_ENROL) else []
    rules = regulation.rules_by_site(tenant_id=tenant_id) if found else {}
    for disk in found:
        text = f"邊緣主機「{disk.device.name}」{disk.words}：{disk.to_do}"
        article = rules[disk.device.site_id].article(Clause.FAULTS)
        yield Item(text=text, href=url_for("school.devices.index"), article=article, urgent=True)
