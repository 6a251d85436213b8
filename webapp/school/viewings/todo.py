"""What of the viewing sessions waits for whoever operates them, for the institution's first page."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from flask import url_for

from tenants.actor import Actor
from tenants.disclosures.viewing import queries
from tenants.disclosures.viewing.models import ViewingState
from tenants.permissions import Permission
from tenants.profiles import Clause
from tenants.roc_dates import format_instant
from webapp.school.todo_item import Item
from webapp.school.viewings import view


def items(*, tenant_id: UUID, actor: Actor, now: datetime) -> Iterator[Item]:
    """Sessions that lack their signatures: one that can still be signed comes first (KH-7-1, TY-5-4a)."""
    if not actor.may(Permission.FOOTAGE_WATCH):
        return
    for viewing, case in queries.unsigned(tenant_id=tenant_id, actor=actor, now=now):
        over = viewing.state == ViewingState.ENDED
        began = format_instant(viewing.began_at.replace(second=0, microsecond=0))
        lacks = "中斷後由系統結束，雙方未簽名，請以紙本補簽附卷" if over else "已停止播放，請繼續，或由雙方簽名結束"
        yield Item(
            text=f"{case.serial}：{began} 的調閱{lacks}",
            href=url_for("school.viewings.show", viewing_id=viewing.id),
            article=view.rules_of(case).article(Clause.ACCOMPANIMENT),
            urgent=not over,
        )
