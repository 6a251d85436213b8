"""A viewing session as its console shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from infra import clock
from infra.manifest import microseconds
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.models import Disclosure, DisclosureWindow, Door
from tenants.disclosures.official.models import OfficialRequest
from tenants.disclosures.viewing import footage, queries, rules
from tenants.disclosures.viewing.companions import Shift, Turn, companions_of, shifts_of, took_over_at, turns_of
from tenants.disclosures.viewing.models import Ending, Pause, ViewingSession, ViewingState
from tenants.misuse import queries as misuse
from tenants.misuse.models import MisuseCase
from tenants.people import queries as people
from tenants.permissions import Permission
from tenants.profiles import Clause, RuleProfile
from tenants.registry import queries as registry
from tenants.registry.regulations import profile_version
from tenants.roc_dates import format_time
from webapp import addresses
from webapp.identify import actor
from webapp.school.equipment.camera_view import duration

STATE_NAMES: Mapping[ViewingState, str] = {
    ViewingState.RUNNING: "調閱進行中",
    ViewingState.PAUSED: "已停止播放",
    ViewingState.ENDED: "已結束",
}
BADGES: Mapping[ViewingState, str] = {
    ViewingState.RUNNING: "good",
    ViewingState.PAUSED: "warn",
    ViewingState.ENDED: "info",
}
ENDING_NAMES: Mapping[Ending, str] = {
    Ending.SIGNED_OFF: "雙方簽名結束",
    Ending.BREACH: "通報違規，立即結束",
    Ending.ABANDONED: "中斷後無人繼續，由系統結束",
}
SIGNED_NAMES = {"": "未簽名", "screen": "螢幕簽名", "paper": "紙本簽名"}


@dataclass(frozen=True, kw_only=True)
class Take:
    """One film of an approved window that the player can open."""

    window_id: UUID
    number: int
    words: str
    playlist: str
    starts_ms: int
    span: tuple[datetime, datetime]


@dataclass(frozen=True, kw_only=True)
class Gap:
    """What of an approved window was not recorded."""

    camera: str
    span: tuple[datetime, datetime]
    length: str
    cause: str


def rules_of(disclosure: Disclosure) -> RuleProfile:
    """The regulation under which the case was filed."""
    return profile_version(disclosure.profile, disclosure.profile_version)


def page(viewing: ViewingSession) -> dict[str, Any]:
    """What every state of the console shows."""
    disclosure, state = queries.case_of(viewing), ViewingState(viewing.state)
    rule, windows = rules_of(disclosure), queries.approved(viewing)
    return {
        "viewing": viewing,
        "serial": disclosure.serial,
        "state": state,
        "state_name": STATE_NAMES[state],
        "badge_kind": BADGES[state],
        "windows": list(windows.values()),
        "operator": name_of(viewing.operator_id),
        "companion": name_of(viewing.companion_id),
        "shifts": [_shift(each) for each in shifts_of(viewing)],
        "identity": rules.IDENTITY_NAMES[viewing.identity_by],
        "pause": rules.PAUSE_NAMES[Pause(viewing.pause_reason)] if viewing.pause_reason else "",
        "ending": ENDING_NAMES[Ending(viewing.ending)] if viewing.ending else "",
        "signed": SIGNED_NAMES[viewing.viewer_signed],
        "breach": rules.BREACH_NAMES.get(viewing.breach_kind, ""),
        "breached_by": breached_by(viewing),
        "looked_into": _looked_into(viewing),
        "turns": [(each.at.replace(microsecond=0), _turned(each)) for each in turns_of(viewing)],
        "entry": queries.register_entry(viewing),
        "copy_sha256": queries.retained_copy(viewing),
        "limit_at": viewing.began_at + rules.LONGEST,
        "confirm_by": viewing.confirmed_at + rules.CONFIRMED_FOR,
        "articles": {clause.value: rule.article(clause) for clause in Clause},
        "notice": rules.NOTICE,
        "instruction": rules.INSTRUCTION,
        "insider": disclosure.door == Door.INSIDER,
    }


def marked(viewing: ViewingSession, *, by: UUID | None) -> dict[str, Any]:
    """The session's marks with their cameras, for whom they are shown to; who made one may remove it while it runs."""
    windows = queries.approved(viewing)
    return {
        "viewing": viewing,
        "marks": [(windows[each.window_id].camera_name, each) for each in queries.marks(viewing)],
        "removes": by if viewing.state == ViewingState.RUNNING else None,
    }


def in_the_room(viewing: ViewingSession, *, but: UUID | None = None) -> Sequence[tuple[str, str]]:
    """Everybody who was there, as a breach names them, in words; without the account of whoever tells of it."""
    companions = companions_of(viewing)
    ours = list(dict.fromkeys([viewing.operator_id, *companions]))
    return [
        (rules.VIEWER, f"調閱者 {viewing.viewer_name}（{viewing.viewer_unit} {viewing.viewer_title}）"),
        *((str(each), _in_office(viewing, each, companions)) for each in ours if each != but),
        (rules.OTHER, "其他在場的人"),
    ]


def breached_by(viewing: ViewingSession) -> Sequence[str]:
    """Who committed the session's breach, in words."""
    return [words for value, words in in_the_room(viewing) if value in viewing.breach_by]


def _looked_into(viewing: ViewingSession) -> MisuseCase | None:
    """The case of misuse that the session's breach opened, for who may handle it and is not suspected."""
    if not viewing.breach_kind or not actor().may(Permission.MISUSE_HANDLE):
        return None
    return misuse.case_about(viewing=viewing, actor=actor())


def _in_office(viewing: ViewingSession, user_id: UUID, companions: Sequence[UUID]) -> str:
    did = [
        *(["操作"] if user_id == viewing.operator_id else []),
        *(["陪同"] if user_id in companions else []),
    ]
    return f"{'及'.join(did)}人員 {name_of(user_id)}"


def taken_over(viewing: ViewingSession) -> datetime | None:
    """The minute since which the present companion is there; None for who was there from the beginning."""
    since = took_over_at(viewing, viewing.companion_id)
    return since.replace(second=0, microsecond=0) if since else None


def _shift(shift: Shift) -> str:
    since = format_time(shift.since.replace(microsecond=0))
    until = f"至 {format_time(shift.until.replace(microsecond=0))}" if shift.until else "起"
    return f"{name_of(shift.companion_id)}（{since} {until}）"


def _turned(turn: Turn) -> str:
    if turn.stopped is not None:
        return f"停止播放：{rules.PAUSE_NAMES[turn.stopped]}"
    return f"{name_of(turn.companion_id)} 接手陪同" if turn.companion_id is not None else "輸入 PIN 後繼續播放"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One session in the list on its case's page."""

    id: UUID
    state: str
    badge: str
    began_at: datetime
    ended_at: datetime | None
    viewer: str
    companion: str


def lines(disclosure: Disclosure) -> Sequence[Line]:
    """The sessions of a case, the newest first."""
    return [
        Line(
            id=each.id,
            state=STATE_NAMES[ViewingState(each.state)] if not each.breach_kind else "違規停止",
            badge=BADGES[ViewingState(each.state)] if not each.breach_kind else "bad",
            began_at=each.began_at,
            ended_at=each.ended_at,
            viewer=each.viewer_name,
            companion="、".join(name_of(one) for one in companions_of(each)),
        )
        for each in queries.sessions_of(tenant_id=disclosure.tenant_id, disclosure_id=disclosure.id)
    ]


def films(viewing: ViewingSession) -> Sequence[Take]:
    """Everything that the session can open, in the order of time."""
    disclosure = queries.case_of(viewing)
    return [
        _take(viewing, window, number, of=found)
        for window in queries.approved(viewing).values()
        for found in [footage.takes_of(disclosure, window)]
        for number in range(1, found + 1)
    ]


def gaps(viewing: ViewingSession) -> Sequence[Gap]:
    """What is missing of the approved windows."""
    disclosure = queries.case_of(viewing)
    return [
        Gap(
            camera=window.camera_name,
            span=(_whole(first), _whole(last)),
            length=duration(last - first),
            cause=cause or "原因不明",
        )
        for window in queries.approved(viewing).values()
        for first, last, cause in footage.gaps_of(disclosure, window)
    ]


def beat(viewing: ViewingSession) -> dict[str, Any]:
    """What the page learns from a sign of life: how many seconds until the PIN and until the limit."""
    now = clock.now()
    return {
        "state": viewing.state,
        "confirm_in": int((viewing.confirmed_at + rules.CONFIRMED_FOR - now).total_seconds()),
        "limit_in": int((viewing.began_at + rules.LONGEST - now).total_seconds()),
    }


def known_of(disclosure: Disclosure) -> dict[str, str]:
    """What the case says of who will look, and whom the head named to accompany, to begin with."""
    if isinstance(disclosure, InsiderRequest):
        return {"name": disclosure.applicant_name, "unit": disclosure.unit, "title": disclosure.title}
    assert isinstance(disclosure, OfficialRequest)  # noqa: S101 - there are two doors
    agency = registry.agency(agency_id=disclosure.agency_id).name
    named = str(disclosure.escort_id or "")
    return {"name": disclosure.officer_name, "unit": agency, "title": disclosure.officer_title, "companion": named}


def name_of(user_id: UUID) -> str:
    """How somebody is called, also after their account was closed."""
    user = people.user(user_id=user_id)
    return user.name if user is not None else ""


def _take(viewing: ViewingSession, window: DisclosureWindow, number: int, *, of: int) -> Take:
    span = queries.span_of(window)
    return Take(
        window_id=window.id,
        number=number,
        words=window.camera_name + (f"（時鐘曾調整，第 {number} 軌）" if of > 1 else ""),
        playlist=addresses.viewing_playlist(
            tenant_id=viewing.tenant_id, viewing_id=viewing.id, window_id=window.id, take=number
        ),
        starts_ms=microseconds(span[0]) // 1000,
        span=span,
    )


def _whole(instant: datetime) -> datetime:
    return instant.replace(microsecond=0)
