"""Who is missing, unsigned or leaving, and accounts to be looked through, for the institution's first page."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from flask import url_for

from infra import clock
from tenants.actor import Actor
from tenants.leaving import queries as leaving
from tenants.people.designations import standing as designations
from tenants.people.reviews import signals
from tenants.people.reviews import standing as reviews
from tenants.people.undertakings import standing as undertakings
from tenants.permissions import Permission
from tenants.profiles import Clause, RuleProfile
from tenants.profiles.model import OUR_DEFAULT
from tenants.registry import queries as registry
from tenants.registry.standing import is_closed
from tenants.roc_dates import format_date
from webapp.school.todo_item import Item

# So long before its day a review is told of, that it can be done between two other things.
_AHEAD = timedelta(days=30)
_NAMED = 3


def items(*, tenant_id: UUID, actor: Actor, now: datetime, rules: RuleProfile) -> Iterator[Item]:
    """What the head has to see to, and what somebody with duties has to sign; nothing of a closed institution."""
    today = clock.civil_day(now)
    if is_closed(registry.tenant(tenant_id=tenant_id), today):
        return
    if actor.may(Permission.UNDERTAKING_SIGN):
        yield from _mine(tenant_id, actor, today, rules)
    if actor.may(Permission.PEOPLE_MANAGE):
        yield from _designation(tenant_id, today, rules)
        yield from _secrecy(tenant_id, today, rules)
        yield from _leaving(tenant_id, today, rules)
        yield from _accounts(tenant_id, today, now)


def _mine(tenant_id: UUID, actor: Actor, today: date, rules: RuleProfile) -> Iterator[Item]:
    stands = undertakings.standing(tenant_id=tenant_id, day=today)
    if any(each.user_id == actor.id for each in stands.unsigned):
        text, href = "請閱讀並簽署保密切結", url_for("school.undertakings.mine")
        yield Item(text=text, href=href, article=rules.article(Clause.CONFIDENTIALITY))


def _designation(tenant_id: UUID, today: date, rules: RuleProfile) -> Iterator[Item]:
    stands = designations.standing(tenant_id=tenant_id, day=today)
    if stands.designated:
        return
    since = f"（自{format_date(stands.undesignated_since)}起）" if stands.undesignated_since else ""
    yield Item(
        text=f"未指派專人{since}：請立即指派負責管理、操作及維護的專人或處室",
        href=url_for("school.designations.index"),
        article=rules.article(Clause.DESIGNATION),
        urgent=True,
    )


def _secrecy(tenant_id: UUID, today: date, rules: RuleProfile) -> Iterator[Item]:
    stands, href = undertakings.standing(tenant_id=tenant_id, day=today), url_for("school.undertakings.index")
    if stands.unsigned:
        text = f"有 {len(stands.unsigned)} 位人員就任後尚未簽署保密切結"
        yield Item(text=text, href=href, article=rules.article(Clause.CONFIDENTIALITY))
    if stands.left_unsigned:
        text = f"有 {len(stands.left_unsigned)} 位人員卸任或離職時尚未簽署保密切結"
        yield Item(text=text, href=href, article=rules.article(Clause.LEAVERS))


def _leaving(tenant_id: UUID, today: date, rules: RuleProfile) -> Iterator[Item]:
    for line in leaving.departures(tenant_id=tenant_id, open_only=True):
        found = line.departure
        href = url_for("school.leaving.departure", departure_id=found.id)
        begun = found.gone_on <= today
        text = "權限已結束，請完成交接" if begun else f"{format_date(found.gone_on)}生效，請準備交接"
        yield Item(
            text=f"{line.name}離職或調職：{text}", href=href, article=rules.article(Clause.LEAVERS), due=found.gone_on
        )


def _accounts(tenant_id: UUID, today: date, now: datetime) -> Iterator[Item]:
    stands, href = reviews.standing(tenant_id=tenant_id, day=today), url_for("school.account_reviews.index")
    if stands.due_on is not None and stands.due_on - today <= _AHEAD:
        late = "，已逾期" if stands.overdue else ""
        text = f"請完成年度帳號清查（期限 {format_date(stands.due_on)}{late}）"
        yield Item(text=text, href=href, article=OUR_DEFAULT, urgent=stands.overdue, due=stands.due_on)
    found = signals.signals(tenant_id=tenant_id, now=now)
    if found:
        names = "、".join(each.name for each in found[:_NAMED]) + (f"等 {len(found)} 人" if len(found) > _NAMED else "")
        text = f"帳號可能有人共用：{names}，請詢問本人並提醒不可共用"
        yield Item(text=text, href=href, article=OUR_DEFAULT)
