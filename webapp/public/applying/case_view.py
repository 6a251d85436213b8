"""An applicant's case in plain words: what is kept, how far it is, what was decided, what one can still do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tenants.disclosures import halts, withdrawing
from tenants.disclosures.insider.models import Eligibility, InsiderRequest
from tenants.disclosures.insider.panel import queries as panels
from tenants.disclosures.insider.rules import GROUND_NAMES, Ground, Refusal
from tenants.disclosures.lifecycle import COURSES, STATE_NAMES, course_of
from tenants.disclosures.models import DisclosureState
from tenants.disclosures.register import queries as register
from tenants.disclosures.steps import Step
from tenants.disclosures.viewing.appointing import appointment
from tenants.disclosures.window_views import WindowView, views
from tenants.disclosures.windows import windows_of
from tenants.profiles import Clause, RuleProfile
from tenants.registry import phones
from tenants.registry import queries as registry
from tenants.registry.regulations import profile_version
from tenants.retention import queries as retention
from tenants.retention.models import Hold
from tenants.roc_dates import format_instant
from webapp.case_progress import Stage, StageView, decision_words

_S = DisclosureState
_GRANTED = frozenset({_S.APPROVED, _S.PARTIALLY_APPROVED, _S.EXPORTED, _S.VIEWED})
_BADGES: Mapping[DisclosureState, str] = {
    _S.SUBMITTED: "info",
    _S.RETURNED: "warn",
    _S.RESOLVED: "info",
    _S.APPROVED: "good",
    _S.PARTIALLY_APPROVED: "good",
    _S.EXPORTED: "good",
    _S.VIEWED: "good",
    _S.REFUSED: "bad",
    _S.CLOSED: "info",
    _S.WITHDRAWN: "info",
}
_NEXT: Mapping[DisclosureState, str] = {
    _S.SUBMITTED: "機構正在確認資格與內容，有進展時會寄信通知您。",
    _S.RETURNED: "請依下方說明補件。已先行保全的影像不受影響。",
    _S.RESOLVED: "專案小組已作成決議，等待校（園）長簽核。",
    _S.APPROVED: "請與機構約定到場時間，由機構派員陪同觀看；不得複製。",
    _S.PARTIALLY_APPROVED: "請與機構約定到場時間，由機構派員陪同觀看核准的部分；不得複製。",
    _S.EXPORTED: "請與機構約定到場時間。",
    _S.VIEWED: "您已到場觀看。",
    _S.REFUSED: "申請未獲同意，理由與後續可行的方式如下。",
    _S.CLOSED: "案件已經結束。",
    _S.WITHDRAWN: "您已撤回這件申請。",
}
_AGREED = "已約定到場時間，請依下方的時間、地點，攜帶身分證件到場；不得複製。"
_REFUSALS: Mapping[Refusal, str] = {
    Refusal.NOT_ELIGIBLE: "申請人資格不符規定",
    Refusal.NO_GROUND: "事由不符規定",
    Refusal.PAST_RETENTION_AND_DELETED: "影像已逾保存期限，且已刪除",
    Refusal.LOST_AFTER_FILING: "影像在您申請之後遭刪除，機構未能保全",
    Refusal.NOTHING_RECORDED: "該時段沒有錄到影像",
    Refusal.OTHER: "其他理由",
}


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One span that the case's hold keeps, and the places."""

    places: str
    started_at: datetime
    ended_at: datetime


@dataclass(frozen=True, kw_only=True)
class Line:
    """One of one's cases in a list."""

    case: InsiderRequest
    state: str
    badge: str
    next: str


def line_of(case: InsiderRequest) -> Line:
    """The case as the list shows it."""
    state = DisclosureState(case.state)
    if words := halts.words_of(case):
        return Line(case=case, state="已撤銷" if halts.taken_back(case) else "已暫停", badge="warn", next=words)
    return Line(case=case, state=STATE_NAMES[state], badge=_BADGES[state], next=_NEXT[state])


def case_page(case: InsiderRequest) -> dict[str, Any]:
    """Everything that a case's page and its receipt show. The session is bound to the institution."""
    rules = profile_version(case.profile, case.profile_version)
    windows = views(case, list(windows_of(case).values()))
    hold = retention.hold(tenant_id=case.tenant_id, hold_id=case.hold_id) if case.hold_id is not None else None
    steps = COURSES[course_of(case)]
    tenant = registry.tenant(tenant_id=case.tenant_id)
    seen_at = register.viewed_at(tenant_id=case.tenant_id, disclosure_id=case.id)
    granted = DisclosureState(case.state) in _GRANTED
    halted = halts.words_of(case)
    agreed = appointment(tenant_id=case.tenant_id, disclosure_id=case.id) if granted and not halted else None
    return {
        "case": case,
        "line": line_of(case),
        "next": _AGREED if agreed is not None else line_of(case).next,
        "halt_reasons": case.halt_reasons if halted else "",
        "rules": rules,
        "site": registry.site(tenant_id=case.tenant_id, site_id=case.site_id),
        "ground": GROUND_NAMES[Ground(case.ground)],
        "windows": windows,
        "hold": hold,
        "kept": _kept(hold, windows),
        "waits": any(view.unverified_ms for view in windows),
        "lost": [view for view in windows if not view.recorded_ms],
        "certificates": sorted({number for view in windows for number in view.certificates}),
        "nothing_left": bool(windows) and not any(view.recorded_ms for view in windows),
        "stages": _stages(case, rules, seen_at),
        "poll": False,
        "decided": decision_words(case, windows),
        "refusal": _REFUSALS[Refusal(case.refusal)] if case.refusal else "",
        "appointment": agreed,
        "seen_at": seen_at,
        "withdrawal": withdrawing.in_the_way(case),
        "can_complete": case.state in steps[Step.COMPLETE].sources,
        "called": phones.called(tenant.phone),
        "consent_article": rules.article(Clause.INSIDER_ACCESS),
        "gone_article": rules.article(Clause.REFUSAL_WHEN_GONE),
    }


def _kept(hold: Hold | None, windows: Sequence[WindowView]) -> list[Kept]:
    """What the hold really keeps, margins included: of places of which there is footage, by span (DR-01)."""
    if hold is None or hold.released_at is not None:
        return []
    there = {view.window.camera_id: view.window.camera_name for view in windows if view.recorded_ms}
    spans: dict[tuple[datetime, datetime], list[str]] = {}
    for window in retention.windows(tenant_id=hold.tenant_id, hold_id=hold.id):
        if window.camera_id in there:
            spans.setdefault((window.started_at, window.ended_at), []).append(there[window.camera_id])
    return [
        Kept(places="、".join(sorted(names)), started_at=span[0], ended_at=span[1]) for span, names in spans.items()
    ]


def _stages(case: InsiderRequest, rules: RuleProfile, seen_at: datetime | None) -> list[StageView]:
    state = DisclosureState(case.state)
    over, decided = state is _S.WITHDRAWN, case.decided_at is not None
    resolved = decided or state is _S.RESOLVED
    checked = resolved or case.eligibility != Eligibility.UNCHECKED
    granted = decided and not case.refusal
    # That somebody came is in the register: a case that was closed since no longer says it by its state.
    seen, ended = state is _S.VIEWED or seen_at is not None, state is _S.CLOSED
    found = [
        _stage("收件並先行保全" if case.hold_id else "收件", at=case.filed_at, note=f"案號 {case.serial}"),
        _stage(
            "確認資格與內容",
            done=checked,
            now=state in {_S.SUBMITTED, _S.RETURNED},
            skip=over,
            note="請補件" if state is _S.RETURNED else "",
        ),
    ]
    if case.panel_required and not case.refusal:  # a refusal may come before any meeting
        found.append(_panel_stage(case, rules, done=resolved, now=checked, skip=over))
    waits = resolved if case.panel_required else checked
    return [
        *found,
        _stage("校（園）長核定" if case.panel_required else "校長核定", at=case.decided_at, now=waits, skip=over),
        _stage(
            "到場觀看",
            at=seen_at,
            done=seen,
            now=granted and state in _GRANTED,
            skip=over or ended or (decided and not granted),
        ),
        _stage("結案", at=case.closed_at, now=seen or bool(case.refusal), skip=over),
    ]


def _panel_stage(case: InsiderRequest, rules: RuleProfile, *, done: bool, now: bool, skip: bool) -> StageView:
    """The panel's station, with the day on which it meets: who waits wants to know that first (journey A1)."""
    met = panels.open_meeting(tenant_id=case.tenant_id, disclosure_id=case.id)
    note = f"開會時間：{format_instant(met.meets_at)}" if met is not None and not done else ""
    return _stage("專案小組審查", done=done, now=now, skip=skip, note=note, article=rules.article(Clause.PANEL))


def _stage(
    name: str,
    *,
    at: datetime | None = None,
    done: bool = False,
    now: bool = False,
    skip: bool = False,
    note: str = "",
    article: str = "",
) -> StageView:
    if at is not None or done:
        stage = Stage.DONE
    elif skip:
        stage = Stage.SKIPPED
    else:
        stage = Stage.NOW if now else Stage.AHEAD
    return StageView(name=name, stage=stage, at=at, note=note, article=article)
