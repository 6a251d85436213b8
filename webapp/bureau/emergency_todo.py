"""What emergency accesses ask of somebody at the bureau: to agree within the hour, or to review what ended (DR-15)."""

from collections.abc import Iterator
from datetime import datetime

from flask import url_for

from infra.clock import civil_day
from tenants.actor import Actor
from tenants.emergency import queries, rules
from tenants.emergency.models import EmergencyState
from tenants.emergency.queries import Line
from tenants.permissions import Permission
from tenants.profiles.model import OUR_DEFAULT
from tenants.roc_dates import format_date, format_instant
from webapp.bureau.todo_item import Item


def items(*, actor: Actor, now: datetime) -> Iterator[Item]:
    """One line for each that this person may decide or review; what they took part in waits for somebody else."""
    may_decide, may_review = actor.may(Permission.EMERGENCY_APPROVE), actor.may(Permission.EMERGENCY_REVIEW)
    for line in queries.of_the_city() if may_decide or may_review else ():
        waits = line.state is EmergencyState.REQUESTED and now < line.approve_by
        if may_decide and waits and actor.id != line.requested_by:
            yield _to_decide(line)
        ended = line.state is EmergencyState.ENDED
        if may_review and ended and actor.id not in {line.requested_by, line.decided_by}:
            yield _to_review(line, now)


def _to_decide(line: Line) -> Item:
    return Item(
        text=f"{line.institution}：請核可或不核可緊急存取 {line.serial}（{rules.SCOPE_NAMES[line.scope]}）",
        href=url_for("bureau.emergencies.show", access_id=line.id),
        article=OUR_DEFAULT,
        urgent=True,
        note=f"自{format_instant(line.requested_at)}起等候；請您於 {format_instant(line.approve_by)} 前決定，逾時失效",
    )


def _to_review(line: Line, now: datetime) -> Item:
    # The table holds both of each that ended.
    assert line.ended_at is not None  # noqa: S101
    assert line.review_due_on is not None  # noqa: S101
    late = line.is_late(civil_day(now))
    due = f"期限 {format_date(line.review_due_on)}{'，已逾期' if late else ''}"
    return Item(
        text=f"{line.institution}：請檢討已結束的緊急存取 {line.serial}",
        href=url_for("bureau.emergencies.show", access_id=line.id),
        article=OUR_DEFAULT,
        urgent=late,
        note=f"自{format_instant(line.ended_at)}起等候；請您檢討，{due}",
    )
