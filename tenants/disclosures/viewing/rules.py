"""Pure decisions about a viewing session: who may look and accompany, what stops the picture, what ends it properly."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tenants.disclosures.register.rules import check_accessor
from tenants.disclosures.viewing.models import Pause
from tenants.errors import Invalid

# The page gives a sign of life every two seconds and buffers at most four, so that after the last one nothing is shown
# for longer than ten (DR-14).
BEAT_EVERY = timedelta(seconds=2)
SILENT_AFTER = timedelta(seconds=5)
CONFIRMED_FOR = timedelta(minutes=15)
LONGEST = timedelta(hours=2)
# A paused session that nobody came back to.
ABANDONED_AFTER = timedelta(minutes=30)

# What whoever looks acknowledges before the first picture (KH-6-2i); a session keeps which version it was.
NOTICE_VERSION = "1"
NOTICE = "調閱影像僅限現場觀看，不得翻攝及複製。影像上印有您的代碼、案號與時間，翻攝的畫面可以追查。"
INSTRUCTION = "全程在場、不得翻攝、有異狀按停止"

IDENTITY_NAMES: Mapping[str, str] = {
    "national_id": "國民身分證或居留證",
    "officer_id": "公務機關服務證",
    "staff_id": "本機構職員證",
    "health_card": "健保卡",
    "passport": "護照",
}
BREACH_NAMES: Mapping[str, str] = {
    "filmed": "翻攝或錄影螢幕",
    "copied": "意圖複製或取走影像",
    "others": "未經核准的人在場觀看",
    "other": "其他違規",
}
# Who committed it where that is nobody with an account at the institution.
VIEWER, OTHER = "viewer", "other"
PAUSE_NAMES: Mapping[Pause, str] = {
    Pause.LEFT: "按下「離開／停止」",
    Pause.SILENT: "播放頁面中斷連線",
    Pause.LAPSED: "陪同人員逾時未再確認在場",
    Pause.COMPANION_GONE: "陪同人員的帳號或指派已結束，或與本案有利害關係",
    Pause.BREACH: "按下「停止並通報違規」",
    Pause.CASE_OVER: "案件已不能調閱",
    Pause.LIMIT: "已達單場時間上限",
}


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """Who looks, as the register will say it (KH-7-3), how their identity was seen, and that they were warned."""

    name: str
    unit: str
    title: str
    identity_by: str
    acknowledged: bool


@dataclass(frozen=True, kw_only=True)
class Farewell:
    """How a session is signed off: the viewer's name typed on the screen or 紙本簽名, and what the companion states."""

    signed: str
    name: str
    not_filmed: bool


@dataclass(frozen=True, kw_only=True)
class Breach:
    """通報違規: what was done, as it was seen, and by whom: `VIEWER`, `OTHER`, or an account's id of who was there."""

    kind: str
    note: str
    by: frozenset[str]

    @property
    def ours(self) -> frozenset[UUID]:
        """Those of the institution."""
        return frozenset(UUID(each) for each in self.by - {VIEWER, OTHER})


@dataclass(frozen=True, kw_only=True)
class Presence:
    """What of a running session decides whether its picture may be shown."""

    began_at: datetime
    confirmed_at: datetime
    seen_at: datetime
    companion_there: bool
    case_granted: bool


def check_viewer(viewer: Viewer) -> None:
    """Raise `Invalid`, with the field, unless the session may begin for them (KH-6-2i, KH-7-3). No title, no start."""
    check_accessor(name=viewer.name, title=viewer.title)
    for fault in viewer_faults(viewer):
        raise fault


def viewer_faults(viewer: Viewer) -> Iterator[Invalid]:
    """All that `check_viewer` asks besides name and title, so that it is told in one round."""
    if not viewer.unit.strip():
        yield Invalid("請填寫調閱者的單位，登記簿應記載。", field="unit")
    if viewer.identity_by not in IDENTITY_NAMES:
        yield Invalid("請核對調閱者的身分證件，並選擇證件種類。證件不影印、不留存。", field="identity_by")
    if not viewer.acknowledged:
        yield Invalid("請調閱者閱讀「不得翻攝及複製」並表示知悉，再開始。", field="acknowledged")


def check_companion(
    user_id: UUID,
    name: str,
    *,
    members: Collection[UUID],
    excluded: Collection[str],
    applicant_id: UUID | None,
    applicants: Collection[str],
) -> None:
    """Raise `Invalid`, field `companion`, unless this person may accompany (KH-7-1, DR-27).

    `applicants` are the names of who asked and who looks: a namesake is taken for the person, so another accompanies.
    """
    if user_id not in members:
        raise Invalid("陪同人員應為本機構現職人員。請重新選擇。", field="companion")
    if str(user_id) in set(excluded):
        raise Invalid("這位人員與本案有利害關係，不能陪同。請改由其他人員陪同。", field="companion")
    if user_id == applicant_id or name.strip() in {each.strip() for each in applicants}:
        raise Invalid("陪同人員不能是申請人或調閱者本人。請改由其他人員陪同。", field="companion")


def stopped(found: Presence, *, now: datetime) -> tuple[Pause, datetime] | None:
    """Why the picture has to stop, and since when; None while it may be shown. What came first is told."""
    due = [
        (Pause.LIMIT, found.began_at + LONGEST),
        (Pause.LAPSED, found.confirmed_at + CONFIRMED_FOR),
        (Pause.SILENT, found.seen_at + SILENT_AFTER),
    ]
    due = [(reason, at) for reason, at in due if at <= now]
    if not found.companion_there:
        due.append((Pause.COMPANION_GONE, now))
    if not found.case_granted:
        due.append((Pause.CASE_OVER, now))
    return min(due, key=lambda each: each[1], default=None)


def present_for(*, began_at: datetime, confirmed_at: datetime, now: datetime) -> timedelta:
    """How long what was said at this instant lets the picture be shown, if nothing is said any more."""
    return min(SILENT_AFTER, confirmed_at + CONFIRMED_FOR - now, began_at + LONGEST - now)


def check_farewell(farewell: Farewell, *, viewer_name: str) -> None:
    """Raise `Invalid`, with the field, unless viewer and companion sign the session off (KH-6-2i, KH-7-1)."""
    for fault in farewell_faults(farewell, viewer_name=viewer_name):
        raise fault


def farewell_faults(farewell: Farewell, *, viewer_name: str) -> Iterator[Invalid]:
    """All that `check_farewell` asks, so that it is told in one round."""
    if farewell.signed not in {"screen", "paper"}:
        yield Invalid("請選擇調閱者於螢幕簽名或紙本簽名。", field="signed")
    if farewell.signed == "screen" and farewell.name.strip() != viewer_name.strip():
        yield Invalid(f"請調閱者親自輸入登記的姓名「{viewer_name}」作為簽名。", field="name")
    if not farewell.not_filmed:
        yield Invalid("請陪同人員確認全程未翻攝；如有翻攝，請改按「通報違規」。", field="not_filmed")


def check_breach(breach: Breach, *, present: Collection[UUID], reporter: UUID | None) -> None:
    """Raise `Invalid`, with the field, unless a breach says what was seen, and by whom of those in the room."""
    for fault in breach_faults(breach):
        raise fault
    if not breach.by <= {VIEWER, OTHER, *(str(each) for each in present if each != reporter)}:
        raise Invalid("請勾選頁面上列出、當時在場的人；通報的人不能是違規的人。", field="by")


def breach_faults(breach: Breach) -> Iterator[Invalid]:
    """All that it has to say, so that it is told in one round."""
    if breach.kind not in BREACH_NAMES:
        yield Invalid("請選擇違規的情形。", field="kind")
    if not breach.by:
        yield Invalid("請勾選違規的人；不清楚是誰時，請勾選「其他在場的人」。", field="by")
    if not breach.note.strip():
        yield Invalid("請簡要寫下看到的情形。", field="note")
