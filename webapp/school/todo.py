"""「現在該做什麼」: what waits for this person, by which article, with the way to it. Silence never looks fine."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter
from uuid import UUID

from flask import url_for

from infra import clock
from tenants.actor import Actor
from tenants.disclosures.insider import queries as insiders
from tenants.disclosures.insider.queries import ApplicationLine
from tenants.disclosures.losses import lost_cases
from tenants.disclosures.models import DisclosureState, Door
from tenants.disclosures.official import copies_out
from tenants.disclosures.official import queries as official
from tenants.disclosures.official.case_lines import CaseLine
from tenants.disclosures.official.documents import ELEMENT_NAMES
from tenants.disclosures.papers import scans
from tenants.misuse import clocks
from tenants.misuse import queries as misuse
from tenants.permissions import ROLE_NAMES, Permission, Role
from tenants.profiles import Clause, RuleProfile
from tenants.registry import queries as registry
from tenants.registry.regulations import profile_version
from tenants.retention import queries as retained
from tenants.rights import queries as rights
from tenants.rights import rules as rights_rules
from tenants.rights.models import RightsRequest, RightsState
from tenants.rights.rules import DEADLINE_ARTICLE
from tenants.roc_dates import day_and_month, format_date, format_instant
from tenants.upkeep.faults import queries as faults
from tenants.working_days import format_due
from webapp.school import bureau_todo, emergencies, findings_todo, people_todo, regulation
from webapp.school.applications import todo as application_todo
from webapp.school.assessments import todo as assessment_todo
from webapp.school.cases import todo as halt_todo
from webapp.school.equipment import camera_view
from webapp.school.equipment import todo as equipment_todo
from webapp.school.equipment.camera_view import Standing
from webapp.school.retention import kept_view
from webapp.school.retention import todo as retention_todo
from webapp.school.todo_item import Item
from webapp.school.upkeep import fault_todo, inspection_todo
from webapp.school.upkeep import todo as upkeep_todo
from webapp.school.viewings import todo as viewing_todo

_S = DisclosureState
_DECIDED = (_S.APPROVED, _S.PARTIALLY_APPROVED, _S.REFUSED, _S.EXPORTED)


@dataclass(frozen=True, kw_only=True)
class Page:
    """The first page: what to do, and the figures behind it; None is 無資料.

    `asks_at` is where somebody who reads no cases asks for footage as anybody of the staff may; empty for the others.
    """

    roles: str
    items: Sequence[Item]
    cameras: int
    recording: int | None
    open_cases: int | None
    days_kept: int | None
    silent: int
    sees_retention: bool
    may_preserve: bool
    must_keep: int
    next_destruction: str
    next_destroyed: str
    retention_article: str
    asks_at: str


def page(*, tenant_id: UUID, actor: Actor, now: datetime) -> Page:
    """What this person may see of the institution's day."""
    today, cameras = clock.civil_day(now), registry.cameras(tenant_id=tenant_id)
    seen = camera_view.standings(tenant_id=tenant_id, cameras=cameras, now=now)
    rules = regulation.rules_of_institution(tenant_id=tenant_id)
    cases = official.inbox(tenant_id=tenant_id) if actor.may(Permission.DISCLOSURE_READ) else None
    applications = insiders.inbox(tenant_id=tenant_id, actor=actor) if cases is not None else None
    keeps = actor.may(Permission.RETENTION_READ)
    upcoming = kept_view.next_destruction(tenant_id=tenant_id, today=today) if keeps else None
    items = [
        *_cases(cases or [], actor, today),
        *application_todo.items(tenant_id=tenant_id, actor=actor, now=now, found=applications or []),
        *(_losses(tenant_id, applications or []) if cases is not None else ()),
        *viewing_todo.items(tenant_id=tenant_id, actor=actor, now=now),
        *_duties(tenant_id, actor, now, rules),
        *_equipment(tenant_id, seen, actor, now),
    ]
    if actor.may(Permission.DISCLOSURE_REPLY):
        items += _outside(tenant_id, today, cases)
    if actor.may(Permission.PAPER_ENTER):
        items += _papers(tenant_id, actor, rules)
    if keeps:
        items += retention_todo.items(tenant_id=tenant_id, actor=actor, now=now, rules=rules)
    return Page(
        roles=_roles(actor),
        items=sorted(items, key=attrgetter("place")),
        cameras=len(seen),
        recording=_recording(seen),
        open_cases=None if cases is None else len(cases) + len(applications or []),
        days_kept=retained.days_kept(tenant_id=tenant_id, today=today) if keeps else None,
        silent=sum(each.badge == "unknown" for each in seen),
        sees_retention=keeps,
        may_preserve=actor.may(Permission.HOLD_URGENT),
        must_keep=rules.retention.min_days,
        next_destruction=day_and_month(upcoming.goes_on) if upcoming else "",
        next_destroyed=upcoming.goes_words if upcoming else "",
        retention_article=rules.article(Clause.RETENTION_MIN),
        asks_at=_asks_at(tenant_id) if cases is None and not actor.under else "",
    )


def _asks_at(tenant_id: UUID) -> str:
    return url_for("applying.about.show", code=registry.tenant(tenant_id=tenant_id).code)


def _roles(actor: Actor) -> str:
    """What the person is here, and in whose office they act today (DR-26)."""
    own = [ROLE_NAMES[role] for role in Role if role in actor.roles]
    return "、".join([*own, *(f"{ROLE_NAMES[role]}（{how}）" for role, how in actor.acting.items())])


def _cases(cases: Sequence[CaseLine], actor: Actor, today: date) -> Iterator[Item]:
    decides, answers = actor.may(Permission.DISCLOSURE_DECIDE), actor.may(Permission.DISCLOSURE_REPLY)
    for case in sorted(cases, key=attrgetter("due")):
        rules = profile_version(case.profile, case.profile_version)
        due, late = case.due, case.due <= today
        until = f"處理期限{format_due(due)}{'，已逾期' if due < today else ''}"
        href = url_for("school.cases.show", disclosure_id=case.id)
        named = f"{case.serial} {case.agency}"
        if case.asked_again and case.state is _S.EXPORTED and answers:
            text = f"{named}：承辦人下載中斷，請求重新開放領取"
            yield Item(text=text, href=f"{href}#reopening", article=rules.article(Clause.REGISTER), urgent=True)
        if case.state is _S.SUBMITTED and case.missing:
            text = f"{named}：{_unstated(case, decides=decides)}（{until}）"
            article = rules.article(Clause.AGENCY_DOCUMENT)
            yield Item(text=text, href=f"{href}#return", article=article, urgent=late, due=due)
        elif case.state is _S.SUBMITTED and decides:
            text = f"{named}：請決定是否同意調閱（{until}）"
            yield Item(text=text, href=href, article=rules.article(Clause.CONSENT), urgent=late, due=due)
        elif case.state is _S.SUBMITTED:
            text = f"{named}：待首長決定；來文如有缺漏，請退請補正（{until}）"
            yield Item(text=text, href=href, article=rules.article(Clause.AGENCY_DOCUMENT), due=due)
        elif case.state in _DECIDED and not case.replied and answers:
            text = f"{named}：請函復來文機關（{until}）"
            yield Item(text=text, href=href, article=rules.article(Clause.AGENCY_REPLY), urgent=late, due=due)
        elif (case.state is _S.REFUSED or case.carried_out) and answers and not (case.asked_again or case.halted):
            yield Item(text=f"{named}：可以結案", href=href, article=rules.article(Clause.RECORDS_KEPT))


def _unstated(case: CaseLine, *, decides: bool) -> str:
    """What a letter fails to state, and what follows from that: it goes back, and nobody may consent (KH-6-1f)."""
    named = "、".join(ELEMENT_NAMES[each] for each in case.missing)
    return f"來文未載明{named}，不能同意；請退請補正{'，或敘明理由不同意' if decides else ''}"


def _duties(tenant_id: UUID, actor: Actor, now: datetime, rules: RuleProfile) -> Iterator[Item]:
    yield from emergencies.items(tenant_id=tenant_id, actor=actor, now=now)
    yield from _rights(tenant_id, actor, clock.civil_day(now))
    yield from _misuse(tenant_id, actor, rules)
    yield from people_todo.items(tenant_id=tenant_id, actor=actor, now=now, rules=rules)
    yield from bureau_todo.items(tenant_id=tenant_id, actor=actor, today=clock.civil_day(now))
    yield from findings_todo.items(tenant_id=tenant_id, actor=actor, today=clock.civil_day(now))


def _rights(tenant_id: UUID, actor: Actor, today: date) -> Iterator[Item]:
    """What persons asked about their own data and what waits for this person (個人資料保護法第十三條)."""
    found = rights.requests(tenant_id=tenant_id) if actor.may(Permission.RIGHTS_HANDLE) else []
    for each in found:
        href, late = url_for("school.rights.show", rights_id=each.id), each.due_on <= today
        if rights_rules.look_waits(each) and actor.may(Permission.RIGHTS_ANSWER):
            text = f"{each.serial}：承辦人為法律審查請求檢視影像，請決定是否同意"
            yield Item(text=text, href=f"{href}#look-step", article=DEADLINE_ARTICLE, urgent=late, due=each.due_on)
        until = f"期限{format_date(each.due_on)}{'，已逾期' if each.due_on < today else ''}"
        if each.state == RightsState.RECEIVED:
            text = f"{each.serial}：請審查個人資料權利的請求（{until}）"
        elif each.state == RightsState.REVIEWED and actor.may(Permission.RIGHTS_ANSWER):
            text = f"{each.serial}：請決定個人資料權利的請求（{until}）"
        elif each.state == RightsState.ANSWERED:
            text, late = _to_carry_out(each, actor), False
        else:
            continue
        yield Item(text=text, href=href, article=DEADLINE_ARTICLE, urgent=late, due=each.due_on)


def _to_carry_out(found: RightsRequest, actor: Actor) -> str:
    """What is left of a decided request: who may not open the footage of one leaves that to the handler."""
    shown = rights_rules.is_shown(answer=found.answer, right=found.right, has_footage=found.camera_id is not None)
    if shown and not found.carried_out_at and not actor.may(Permission.FOOTAGE_WATCH):
        return f"{found.serial}：由承辦人遮蔽並提供影像，之後可以結案"
    return f"{found.serial}：請辦理決定的內容並結案"


def _misuse(tenant_id: UUID, actor: Actor, rules: RuleProfile) -> Iterator[Item]:
    """Cases that wait after a breach, and those of misuse or leakage; not those that suspect this person (KH-5-1c)."""
    yield from halt_todo.items(tenant_id=tenant_id, actor=actor)
    found = misuse.cases(tenant_id=tenant_id, actor=actor) if actor.may(Permission.MISUSE_HANDLE) else []
    now = clock.now()
    for each in found:
        text = f"{each.serial}：請查明並登記處置，責任有結果後結案"
        href = url_for("school.misuse.show", misuse_id=each.id)
        yield Item(text=text, href=href, article=rules.article(Clause.CONFIDENTIALITY))
        for running in clocks.running(each, now=now):
            until = f"期限 {format_instant(running.due_at)}{'，已逾時' if running.late else ''}"
            text = f"{each.serial}：{running.name}（{until}）"
            href = url_for("school.misuse_clocks.show", misuse_id=each.id)
            yield Item(text=text, href=href, article=running.basis, urgent=True, due=clock.civil_day(running.due_at))


def _losses(tenant_id: UUID, applications: Sequence[ApplicationLine]) -> Iterator[Item]:
    """Footage that was destroyed after it had been asked for (KH-6-3b); not of a case that concerns this person."""
    mine = {case.id for case in applications}
    for case in lost_cases(tenant_id=tenant_id):
        insiders_case = case.door == Door.INSIDER
        if insiders_case and case.id not in mine:
            continue
        endpoint = "school.applications.show" if insiders_case else "school.cases.show"
        rules = profile_version(case.profile, case.profile_version)
        yield Item(
            text=f"{case.serial}：影像於收件後遭刪除，違反先行保全，請查明原因並告知申請人",
            href=url_for(endpoint, disclosure_id=case.id),
            article=rules.article(Clause.REFUSAL_WHEN_GONE),
            urgent=True,
        )


def _papers(tenant_id: UUID, actor: Actor, rules: RuleProfile) -> Iterator[Item]:
    """What was entered from a paper whose scan is still missing (KH-6-2d, DR-20)."""
    for application_id, serial in scans.applications_waiting(tenant_id=tenant_id, actor=actor):
        href = url_for("school.applications.show", disclosure_id=application_id)
        yield Item(text=f"{serial}：紙本申請單待補掃描", href=href, article=rules.article(Clause.INSIDER_ACCESS))
    lines = scans.lines_waiting(tenant_id=tenant_id)
    if lines:
        text = f"登記簿有 {lines} 列補登的紙本待補掃描"
        yield Item(text=text, href=url_for("school.register.show"), article=rules.article(Clause.REGISTER))


def _outside(tenant_id: UUID, today: date, cases: Sequence[CaseLine] | None) -> Iterator[Item]:
    """Copies that an agency cannot open yet, or should have returned or destroyed by now (KH-6-5)."""
    # A passphrase is waited for in an open case whose copy left; of most institutions no case is such.
    if cases is None or any(case.copy_outside for case in cases):
        yield from _passphrases(tenant_id)
    late = [copy for copy in copies_out.copies_out(tenant_id=tenant_id) if copy.return_by < today]
    if late:
        oldest = late[0]
        more = f"等 {len(late)} 件" if len(late) > 1 else ""
        article = regulation.rules_of_institution(tenant_id=tenant_id).article(Clause.CONFIDENTIALITY)
        yield Item(
            text=f"{oldest.serial} {oldest.agency}{more}：影像逾期未返還或銷毀（期限{format_date(oldest.return_by)}）",
            href=f"{url_for('school.cases.index')}#copies",
            article=article,
        )


def _passphrases(tenant_id: UUID) -> Iterator[Item]:
    """Copies that nobody can open before the institution has told their passphrase (KH-6-5)."""
    for case in official.untold_passphrases(tenant_id=tenant_id):
        yield Item(
            text=f"{case.serial} {case.agency}：影像已交付，通行碼尚未告知承辦人",
            href=f"{url_for('school.cases.show', disclosure_id=case.id)}#passphrase",
            article=profile_version(case.profile, case.profile_version).article(Clause.CONFIDENTIALITY),
            urgent=True,  # the officer holds a file that does not open, and telephones
        )


def _equipment(tenant_id: UUID, cameras: Sequence[Standing], actor: Actor, now: datetime) -> Iterator[Item]:
    yield from equipment_todo.items(tenant_id=tenant_id, actor=actor, now=now)
    yield from upkeep_todo.items(tenant_id=tenant_id, actor=actor, now=now)
    yield from assessment_todo.items(tenant_id=tenant_id, actor=actor, now=now)
    yield from inspection_todo.items(tenant_id=tenant_id, actor=actor, now=now)
    yield from fault_todo.items(tenant_id=tenant_id, actor=actor, now=now)
    rules = regulation.rules_by_site(tenant_id=tenant_id)
    seen = actor.may(Permission.TIMELINE_READ)
    # What is a fault already is one line there, however many cameras it takes (DR-31).
    stopped = [each for each in cameras if each.badge not in {"good", "info"}]  # not since the institution closed
    rechecks = bool(stopped) and actor.may(Permission.FAULT_RECHECK)
    told = faults.told_as_stopped(tenant_id=tenant_id) if rechecks else frozenset()
    for each in stopped:
        if each.camera.id in told:
            continue
        href = url_for("school.cameras.day", camera_id=each.camera.id) if seen else url_for("school.cameras.index")
        reason = f"：{each.cause}" if each.cause else ""
        text = f"鏡頭「{each.camera.name}」{each.state}{reason}"
        article = rules[each.camera.site_id].article(Clause.FAULTS)
        is_known = each.badge == "bad"
        yield Item(text=text, href=href, article=article, urgent=is_known, loses=is_known)


def _recording(cameras: Sequence[Standing]) -> int | None:
    """How many cameras record; None when not one of them is heard of."""
    known = [each for each in cameras if each.badge != "unknown"]
    return sum(each.badge == "good" for each in known) if known else None
