"""What of the insiders' applications waits for a person of the institution, for its first page."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import url_for

from infra import clock
from tenants.actor import Actor
from tenants.disclosures.insider.models import Box
from tenants.disclosures.insider.panel import queries as panels
from tenants.disclosures.insider.queries import ApplicationLine
from tenants.disclosures.insider.rules import ALSO, SEALED
from tenants.disclosures.models import DisclosureState
from tenants.disclosures.viewing.appointing import appointment
from tenants.people import queries as people
from tenants.permissions import ROLE_NAMES, Permission, Role
from tenants.profiles import Clause, RuleProfile
from tenants.registry.regulations import profile_version
from tenants.roc_dates import format_instant
from tenants.working_days import format_due
from webapp.school.todo_item import Item

_S = DisclosureState
_GRANTED = frozenset({_S.APPROVED, _S.PARTIALLY_APPROVED})
_ENDED = frozenset({_S.VIEWED, _S.REFUSED})


@dataclass(frozen=True, kw_only=True)
class _Desk:
    """Who looks, and when; `offices` are the roles of which any signs for the office (KH-A1-14)."""

    tenant_id: UUID
    actor: Actor
    now: datetime
    offices: Collection[Role]


def items(*, tenant_id: UUID, actor: Actor, now: datetime, found: Sequence[ApplicationLine]) -> Iterator[Item]:
    """Reports by law first, then each case's own next step; whose turn it is says the form itself (KH-A1-16)."""
    # Where nobody heads the office, others sign for it as a second office, and each of them is told.
    headed = any(held.role == Role.OFFICE_HEAD for held, _user in people.staff(tenant_id=tenant_id))
    offices = {Role.OFFICE_HEAD} if headed else ALSO[Box.OFFICE_HEAD]
    desk = _Desk(tenant_id=tenant_id, actor=actor, now=now, offices=offices)
    for case in found:
        yield from _report(case, desk)
    for case in found:
        yield from _next(case, desk)
    yield from _seats(desk)


def _next(case: ApplicationLine, desk: _Desk) -> Iterator[Item]:
    if case.halted:
        return  # which is told as one of the cases that wait after a breach
    match case.state:
        case _S.SUBMITTED | _S.RESOLVED:
            yield from _undecided(case, desk)
        case _S.APPROVED | _S.PARTIALLY_APPROVED if not case.taken_back:
            yield from _viewing(case, desk)
        case _ if desk.actor.may(Permission.DISCLOSURE_REPLY) and case.state in _ENDED | _GRANTED:
            ended = "已到場調閱" if case.state is _S.VIEWED else "已核定不同意"
            ended = "調閱已撤銷" if case.taken_back else ended
            yield _item(case, f"{ended}，可以結案", Clause.RECORDS_KEPT)


def _undecided(case: ApplicationLine, desk: _Desk) -> Iterator[Item]:
    until, late = f"處理期限{format_due(case.due)}", case.due <= clock.civil_day(desk.now)
    if case.next_box is Box.CCTV_HANDLER and desk.actor.fills(Role.HANDLER):
        yield _item(case, f"請查核申請人並簽核（{until}）", urgent=late)
    elif case.next_box is Box.OFFICE_HEAD and any(desk.actor.fills(role) for role in desk.offices):
        yield _item(case, f"請簽核處室主管欄{_stands_in(desk)}（{until}）", urgent=late)
    elif case.decidable and desk.actor.may(Permission.DISCLOSURE_DECIDE):
        yield _item(case, f"請核定是否同意調閱（{until}）", urgent=late)
    if case.state is _S.SUBMITTED and case.by_panel:
        yield from _panel(case, desk, until=until, late=late)


def _stands_in(desk: _Desk) -> str:
    """Why somebody who does not head the office signs for it; empty for its head (KH-A1-15)."""
    if desk.offices != {Role.OFFICE_HEAD}:
        return (
            f"：未設處室主管，由{'或'.join(ROLE_NAMES[role] for role in Role if role in desk.offices)}其中一人兼任簽核"
        )
    how = desk.actor.acting.get(Role.OFFICE_HEAD)
    return f"：處室主管今天由您{how}" if how else ""


def _panel(case: ApplicationLine, desk: _Desk, *, until: str, late: bool) -> Iterator[Item]:
    """The panel is to be convened, or has met and nobody wrote down what it resolved (KH-6-2h)."""
    if case.nothing_kept:
        if case.next_box is Box.HEAD and desk.actor.may(Permission.DISCLOSURE_DECIDE):
            text = f"影像已不存在，可核定不同意，不必先召集專案小組（{until}）"
            yield _item(case, text, Clause.REFUSAL_WHEN_GONE, urgent=late)
        return
    if not desk.actor.may(Permission.PANEL_MANAGE):
        return
    met = panels.open_meeting(tenant_id=desk.tenant_id, disclosure_id=case.id)
    if met is None and case.next_box is not Box.CCTV_HANDLER:  # nobody is convened before the applicant was checked
        href = url_for("school.panels.index", disclosure_id=case.id)
        yield _item(case, f"請召集專案小組（{until}）", Clause.PANEL, href=href, urgent=late)
    elif met is not None and met.meets_at <= desk.now:
        href = url_for("school.panels.show", meeting_id=met.id)
        yield _item(case, f"專案小組已開會，請登記出席情形與決議（{until}）", Clause.PANEL, href=href, urgent=late)


def _viewing(case: ApplicationLine, desk: _Desk) -> Iterator[Item]:
    """What was granted and not yet looked at waits for whoever operates."""
    if not desk.actor.may(Permission.FOOTAGE_WATCH):
        return
    agreed = appointment(tenant_id=desk.tenant_id, disclosure_id=case.id)
    when = f"{format_instant(agreed.starts_at)} 到場調閱，地點：{agreed.place}" if agreed else ""
    href = f"{url_for('school.applications.show', disclosure_id=case.id)}#viewing"
    yield _item(case, f"已約定 {when}" if agreed else "已核定，請約定到場調閱", Clause.ACCOMPANIMENT, href=href)


def _report(case: ApplicationLine, desk: _Desk) -> Iterator[Item]:
    """What the law wants reported within hours, until its number is entered; the platform reports nothing itself."""
    if case.report_due is None or not desk.actor.may(Permission.APPLICATION_SIGN):
        return
    over = "，已逾期" if case.report_due < desk.now else ""
    text = f"依法應通報，請完成通報並登記序號（期限{format_instant(case.report_due)}{over}）"
    href = f"{url_for('school.applications.show', disclosure_id=case.id)}#report-duty"
    yield Item(text=f"{_named(case)}：{text}", href=href, article=case.report_source, urgent=True)


def _seats(desk: _Desk) -> Iterator[Item]:
    """One's own seats of which conflict and secrecy are not declared yet: nobody sits before (DR-37).

    Also of somebody who reads no cases, such as a teacher; the number is all that they are told.
    """
    if desk.actor.id is None or not desk.actor.may(Permission.PANEL_SIT):
        return
    for seat, met, case in panels.seats_of(tenant_id=desk.tenant_id, user_id=desk.actor.id):
        if seat.declared_at is None and case.state == _S.SUBMITTED:
            yield Item(
                text=f"{case.serial}：專案小組於{format_instant(met.meets_at)} 開會，請先聲明利害關係並簽署保密切結",
                href=url_for("school.panel_seats.show", member_id=seat.id),
                article=profile_version(case.profile, case.profile_version).article(Clause.PANEL),
            )


def _named(case: ApplicationLine) -> str:
    return f"{case.serial} {case.ground or SEALED}"


def _item(
    case: ApplicationLine, text: str, clause: Clause = Clause.INSIDER_ACCESS, *, href: str = "", urgent: bool = False
) -> Item:
    rules: RuleProfile = profile_version(case.profile, case.profile_version)
    due = case.due if case.state in (_S.SUBMITTED, _S.RESOLVED) else None
    shown = href or url_for("school.applications.show", disclosure_id=case.id)
    return Item(text=f"{_named(case)}：{text}", href=shown, article=rules.article(clause), urgent=urgent, due=due)
