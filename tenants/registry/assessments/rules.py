"""What an assessment must say, when a camera is well founded, and whether it may be played. Pure (KH-3-1 to KH-3-6)."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from tenants.errors import Invalid
from tenants.registry.zones import Screening, Zone, screen

_LONGEST = 500
# 校內規定 of nobody: how long the head's leave to play lasts is this system's own.
LEAVE_FOR = timedelta(days=7)
STATEMENT = "1"
STATEMENTS = {
    "1": "本人不是安裝或調整這支鏡頭的人。本人已親自查看其目前的拍攝範圍，確認只拍到盥洗室（廁所）入口前的空間，"
    "門開啟時也看不到內部。",
}
OTHER_ZONES = frozenset({Zone.OUTDOOR_OTHER, Zone.INDOOR_OTHER})
PRIVATE_PARTS = frozenset({Zone.BEDROOM, Zone.HEALTH_CENTER})


class Decision(StrEnum):
    """What was decided of a zone."""

    INSTALL = "install"
    OMIT = "omit"


class Look(StrEnum):
    """Where a second person looked: at the place, or on the screen of who mounts the camera (ADR 0052)."""

    ON_SITE = "on_site"
    INSTALLERS_SCREEN = "installers_screen"


class MoveSign(StrEnum):
    """From what it is known that a camera shows something else: its picture, or a new reference that was accepted."""

    PICTURE = "picture"
    REFERENCE = "reference"


class Way(StrEnum):
    """On which way a forbidden place was tried."""

    FORM = "form"
    IMPORT = "import"
    ASSESSMENT = "assessment"


class EntranceState(StrEnum):
    """How a camera before a washroom stands with its second look."""

    CLEAR = "clear"
    NEVER = "never"
    MOVED = "moved"
    UNCLEAR = "unclear"


@dataclass(frozen=True, kw_only=True)
class TypedAssessment:
    """An assessment as it was typed."""

    zone: Zone
    place: str
    need: str
    decision: Decision
    reason: str
    assessor: str
    assessed_on: date | None
    meeting: str
    privacy_note: str = ""
    nappy_table: bool = False


@dataclass(frozen=True, kw_only=True)
class TypedReview:
    """What a second person says of a camera before a washroom."""

    looked_at: datetime
    look: Look
    seen: str
    set_up_by: str
    is_clear: bool
    signed: bool


def faults_of_assessment(typed: TypedAssessment, *, today: date) -> Iterator[Invalid]:
    """Everything that is wrong with an assessment; a privacy note may follow later and is none of it."""
    if typed.zone in OTHER_ZONES and not typed.place.strip():
        yield Invalid("選擇「其他」區域時，請寫明是什麼地方。", field="place")
    if screen(typed.place, typed.zone) is Screening.PROHIBITED:
        yield prohibited(field="place")
    required = (
        ("need", typed.need, "請填寫設置需求或不設置的考量，例如：出入口安全。"),
        ("reason", typed.reason, "請填寫決定的理由。"),
        ("assessor", typed.assessor, "請填寫評估人員。"),
    )
    yield from (Invalid(sentence, field=field) for field, text, sentence in required if not text.strip())
    if typed.assessed_on is None:
        yield Invalid("請填寫評估日期，例如 115/11/20。", field="assessed_on")
    elif typed.assessed_on > today:
        yield Invalid("評估日期不可晚於今天。", field="assessed_on")
    texts = {name: getattr(typed, name) for name in ("place", "need", "reason", "assessor", "meeting", "privacy_note")}
    yield from (Invalid(f"最多 {_LONGEST} 字。", field=name) for name, text in texts.items() if len(text) > _LONGEST)


def prohibited(*, field: str) -> Invalid:
    """The refusal of a place where no camera may be, with the article that names where one may."""
    return Invalid(
        "廁所、盥洗室、浴室、更衣室、哺（集）乳室、尿布更換區及宿舍房間內不得設置鏡頭。"
        "若鏡頭在入口外，請寫明位置，例如「廁所入口前走廊」。（要點第三點）",
        field=field,
        code="prohibited_place",
    )


def needs_note(zone: str, *, nappy_table: bool) -> bool:
    """Whether it has to be said what nobody is filmed at: beds, the corner for examinations, a nappy table (KH-3-3)."""
    return zone in PRIVATE_PARTS or nappy_table


def needs_head(zone: str) -> bool:
    """Whether the head confirms that this is a place where a camera may be (KH-3-3)."""
    return zone == Zone.INDOOR_OTHER


def check_fits(*, camera_zone: str, assessed_zone: str, decision: str, same_site: bool, withdrawn: bool) -> None:
    """Raise `Invalid` where a camera cannot rest on an assessment."""
    if withdrawn or not same_site or camera_zone != assessed_zone:
        raise Invalid("這筆評估不是這支鏡頭所在場所與區域的評估。請選擇同一區域的評估。", field="assessment")
    if decision != Decision.INSTALL:
        raise Invalid("這筆評估決定不設置。要設置鏡頭，請先另作評估。", field="assessment")


def faults_of_review(typed: TypedReview, *, reviewer: str, now: datetime) -> Iterator[Invalid]:
    """Everything that is wrong with a second person's word: above all that it is the first person's."""
    if not typed.set_up_by.strip():
        yield Invalid("請填寫安裝或調整這支鏡頭的人。", field="set_up_by")
    elif _folded(typed.set_up_by) == _folded(reviewer):
        yield Invalid(
            "安裝或調整鏡頭的人不能自己複核。請由另一位人員登入後登記。", field="set_up_by", code="same_person"
        )
    if not typed.seen.strip():
        yield Invalid("請填寫看到的範圍，例如：走廊與門外一公尺，門開啟時看不到內部。", field="seen")
    if typed.looked_at > now:
        yield Invalid("查看時間還沒有到。請填實際查看的時間。", field="day")
    if typed.is_clear and not typed.signed:
        yield Invalid("請勾選聲明，由查看的人本人確認。", field="signed")
    yield from (
        Invalid(f"最多 {_LONGEST} 字。", field=name)
        for name, text in (("seen", typed.seen), ("set_up_by", typed.set_up_by))
        if len(text) > _LONGEST
    )


def entrance_state(*, reviewed_at: datetime | None, is_clear: bool, moved_at: datetime | None) -> EntranceState:
    """Whether a second person saw the camera as it now hangs, and what they saw."""
    if reviewed_at is None:
        return EntranceState.NEVER
    if moved_at is not None and moved_at >= reviewed_at:
        return EntranceState.MOVED
    return EntranceState.CLEAR if is_clear else EntranceState.UNCLEAR


def may_play(
    state: EntranceState, *, approved_at: datetime | None, through: date | None, moved_at: datetime | None, today: date
) -> bool:
    """Whether such a camera may be played: seen to be clear, or with the head's leave since it last moved."""
    if state is EntranceState.CLEAR:
        return True
    if approved_at is None or through is None or through < today:
        return False
    return moved_at is None or moved_at < approved_at


def _folded(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()
