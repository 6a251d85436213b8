"""通知: what is due here and whom it is told, what was sent to whom, and who cannot be reached (DR-31)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from flask import Blueprint, render_template, url_for

from infra import clock
from tenants.actor import Actor
from tenants.notices import queries, reading, rules, standing, wording
from tenants.notices.duties import DUTIES, HEADS, Duty
from tenants.notices.models import MailState, NoticeMail, What
from tenants.notices.queries import MailLine
from tenants.people.rules import roles_named
from tenants.permissions import ROLE_NAMES, Permission, Role
from tenants.profiles import RuleProfile
from tenants.profiles.model import OUR_DEFAULT
from tenants.roc_dates import format_instant
from tenants.working_days import format_due
from webapp.access import requires
from webapp.identify import actor
from webapp.paging import page_number
from webapp.school import regulation
from webapp.school.todo_item import Item

blueprint = Blueprint("notices", __name__, url_prefix="/notices")

PAGE_SIZE = 30
# What is due later than this is on nobody's mind yet; an inspection is spoken of thirty days ahead.
_AHEAD = timedelta(days=30)
_STATES: Mapping[MailState, tuple[str, str]] = {
    MailState.WAITING: ("info", "等候寄送"),
    MailState.SENT: ("good", "已寄出"),
    MailState.REFUSED: ("bad", "對方郵件主機拒收"),
    MailState.FAILED: ("bad", "連續三天寄送失敗"),
    MailState.BOUNCED: ("bad", "寄出後遭退回"),
    MailState.NO_ADDRESS: ("bad", "沒有電子郵件"),
    MailState.LEFT: ("unknown", "已離任，未寄出"),
    MailState.OVERTAKEN: ("unknown", "未寄出，內容併入次日"),
}
_WHAT: Mapping[What, str] = {What.DIGEST: "每日提醒", What.AT_ONCE: "立即通知"}
_WHY_NOT: Mapping[MailState, str] = {
    MailState.REFUSED: "通知信遭對方郵件主機拒收，請確認信箱並洽平台維運人員更正",
    MailState.FAILED: "通知信連續三天寄送失敗，請確認信箱並洽平台維運人員更正",
    MailState.BOUNCED: "通知信寄出後遭退回，請確認信箱並洽平台維運人員更正",
    MailState.NO_ADDRESS: "沒有登記電子郵件，收不到任何通知，請洽平台維運人員登記",
}


@dataclass(frozen=True, kw_only=True)
class DueRow:
    """A kind of thing that is due: how much, until when, who is told, who hears of it next, and why."""

    name: str
    counted: str
    late: str
    until: str
    told: str
    rises: str
    article: str


@dataclass(frozen=True, kw_only=True)
class MailRow:
    """One mail: when it was decided on, for whom as what, of which kind, what it said, and what became of it."""

    at: datetime
    name: str
    roles: str
    what: str
    said: Sequence[str]
    badge: str
    state: str
    note: str


@blueprint.get("/")
@requires(Permission.NOTICE_READ)
def index(tenant_id: UUID) -> str:
    """The institution's due list and its mails, newest first."""
    number, now = page_number(), clock.now()
    law = regulation.rules_of_institution(tenant_id=tenant_id)
    found = queries.mails(tenant_id=tenant_id, limit=PAGE_SIZE + 1, offset=(number - 1) * PAGE_SIZE)
    return render_template(
        "school/notices.html",
        items=list(_unreached(tenant_id, clock.civil_day(now))),
        dues=list(_dues(tenant_id, actor(), now, law)),
        mails=[_mail_row(line, law) for line in found[:PAGE_SIZE]],
        page=number,
        has_next=len(found) > PAGE_SIZE,
        quiet=rules.Quiet(),
    )


def _unreached(tenant_id: UUID, today: date) -> Iterator[Item]:
    """Whom no notice reaches, each with what to do about it."""
    href, article = url_for("school.people.index"), OUR_DEFAULT
    for each in standing.unreached(tenant_id=tenant_id, day=today):
        yield Item(text=f"{each.name}：{_WHY_NOT[each.state]}", href=href, article=article, urgent=True)


def _dues(tenant_id: UUID, reader: Actor, now: datetime, law: RuleProfile) -> Iterator[DueRow]:
    today = clock.civil_day(now)
    found = reading.reader(tenant_id=tenant_id, now=now)(reader)
    near = [due for due in found if due.on <= today + _AHEAD and (due.only is None or due.only == reader.id)]
    for line in rules.lines(near, now=now):
        duty = DUTIES[line.kind]
        yield DueRow(
            name=duty.name,
            counted=f"{line.count} {duty.unit}",
            late=f"{line.late} {duty.unit}已逾期" if line.late else "",
            until=format_instant(line.at) if line.at is not None else format_due(line.first),
            told=_named(duty.told) if duty.told else "本人",
            rises=_rises(duty),
            article=wording.article(line.kind, law, own=line.articles),
        )


def _named(roles: frozenset[Role]) -> str:
    return "、".join(ROLE_NAMES[role] for role in Role if role in roles - {Role.CUSTODIAN})


def _rises(duty: Duty) -> str:
    """Who hears of it when nothing happens."""
    if duty.bureau_after is None and duty.head_after is None:
        return "依報修時限" if duty.at_once else "不另上報"
    steps = [("首長", duty.head_after if not duty.told & HEADS else None), ("教育局", duty.bureau_after)]
    return "；".join(f"逾期 {after} 個工作日：{who}" for who, after in steps if after is not None)


def _mail_row(line: MailLine, law: RuleProfile) -> MailRow:
    mail = line.mail
    badge, state = _STATES[MailState(mail.state)]
    return MailRow(
        at=mail.planned_at,
        name=line.name,
        roles=roles_named({Role(each) for each in mail.roles}),
        what=_WHAT[What(mail.what)],
        said=[wording.sentence(wording.read_line(each), law) for each in mail.lines],
        badge=badge,
        state=state,
        note=_note(mail),
    )


def _note(mail: NoticeMail) -> str:
    """When it goes or went, and how often it was tried."""
    tried = f"，已試 {mail.tries} 次" if mail.tries > 1 or (mail.tries and mail.state == MailState.WAITING) else ""
    at = mail.ended_at or mail.send_after
    words = "預定 " if mail.state == MailState.WAITING else ""
    return f"{words}{format_instant(at)}{tried}"
