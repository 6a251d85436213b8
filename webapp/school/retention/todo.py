"""What of keeping and destroying waits for a person of the institution, for its first page."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from flask import url_for

from infra import clock
from tenants.actor import Actor
from tenants.disclosures import at_hand
from tenants.footage import quarantine
from tenants.footage.models import StrayState
from tenants.misuse import secrecy
from tenants.profiles import Clause, RuleProfile
from tenants.retention import pending, stops
from tenants.retention import queries as retained
from tenants.retention.models import Hold
from tenants.retention.urgent import queries as urgent
from tenants.retention.urgent.rules import is_lapsing
from tenants.roc_dates import format_date
from webapp.school.retention import retained_view
from webapp.school.todo_item import Item


def items(*, tenant_id: UUID, actor: Actor, now: datetime, rules: RuleProfile) -> Iterator[Item]:
    """What of days, holds, strays, stopped runs and copies for reference waits for this person."""
    today, href = clock.civil_day(now), url_for("school.retention.show")
    kept = secrecy.withheld(tenant_id=tenant_id, actor=actor)
    late = retained.overdue(tenant_id=tenant_id, today=today)
    if late:
        text = f"{len(late)} 日的影像已到期，銷毀尚未完成驗證，最早為{format_date(late[0].day)}"
        yield Item(text=text, href=href, article=rules.article(Clause.RETENTION_MAX))
    for hold in [each for each in retained.holds_to_review(tenant_id=tenant_id, today=today) if each.id not in kept]:
        text = f"{hold.reference} 的保全應於{format_date(hold.review_on)}複查"
        yield _about_hold(text, hold, rules)
    for hold in [each for each in pending.incomplete_holds(tenant_id=tenant_id) if each.id not in kept]:
        text = f"{hold.reference} 的保全複製連續失敗，尚未完成：{pending.words(hold.copy_error)}"
        yield _about_hold(text, hold, rules)
    yield from _urgent(tenant_id, now, rules)
    yield from _strays(tenant_id, now, rules)
    found = stops.open_stop(tenant_id=tenant_id)
    if found is not None:
        href = url_for("school.holds.stop", stop_id=found.id)
        text = f"銷毀作業暫停，{len(found.days)} 日的影像等候首長核可"
        yield Item(text=text, href=href, article=rules.article(Clause.RETENTION_MAX), urgent=True)
    yield from _copies(tenant_id, actor)


def _urgent(tenant_id: UUID, now: datetime, rules: RuleProfile) -> Iterator[Item]:
    """Every urgent preservation that rests on a call alone, and those that lapsed lately: none is silent (DR-02)."""
    for each in urgent.still_urgent(tenant_id=tenant_id):
        last = each.hold.ends_on or clock.civil_day(now)
        by = "教育局" if each.said.from_bureau else each.said.pressed_by
        text = f"{each.said.number}（{by}）：請催補公文、申請或案號，{format_date(last)}屆期失效"
        soon = is_lapsing(ends_on=last, today=clock.civil_day(now))
        yield replace(_about_hold(text, each.hold, rules), urgent=soon or each.said.from_bureau, due=last)
    for each in urgent.lapsed_lately(tenant_id=tenant_id, now=now):
        text = f"{each.said.number} 屆期未收到公文、申請或案號，已失效"
        yield replace(_about_hold(text, each.hold, rules), urgent=False)


def _copies(tenant_id: UUID, actor: Actor) -> Iterator[Item]:
    if not at_hand.any_copy(tenant_id=tenant_id):
        return
    for line in retained_view.lines(tenant_id=tenant_id, actor=actor):
        # One that is being made comes by itself; it needs somebody once it does not.
        if line.advice.badge == "bad" or (line.advice.badge == "warn" and line.copy.made_at is not None):
            href = url_for("school.retained.show", copy_id=line.copy.id)
            text = f"{line.serial} 的備查複製本{line.advice.state}：{line.advice.now}"
            yield Item(text=text, href=href, article=line.article, urgent=line.advice.badge == "bad")


def _strays(tenant_id: UUID, now: datetime, rules: RuleProfile) -> Iterator[Item]:
    known = quarantine.counts(tenant_id=tenant_id)
    late = quarantine.needing_a_person(tenant_id=tenant_id, now=now) if known else []
    article = rules.article(Clause.RETENTION_MAX)
    if late:
        text = f"{len(late)} 件來源不明的物件已逾一年，請{late[0].owner}查明並提出處理"
        yield Item(text=text, href=url_for("school.quarantine.index"), article=article, urgent=True)
    proposed = known.get(StrayState.PROPOSED, 0)
    if proposed:
        text = f"{proposed} 件來源不明的物件有人提出銷毀，待另一人核定"
        yield Item(text=text, href=url_for("school.quarantine.index", state=StrayState.PROPOSED), article=article)


def _about_hold(text: str, hold: Hold, rules: RuleProfile) -> Item:
    href = url_for("school.holds.show", hold_id=hold.id)
    return Item(text=text, href=href, article=rules.article(Clause.RETENTION_EXCEPTIONS), urgent=True)
