"""Where footage without a time stands, for whoever shows it: the box's own page, its commands, and the server."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from infra.manifest import instant
from workers.edge.clocks.readings import Readings, moment
from workers.edge.home import Home
from workers.edge.ledger import CameraState, Ledger, State
from workers.edge.signs import Signs
from workers.edge.undated.believed import Believed
from workers.edge.undated.boots import Boots, Unknown
from workers.edge.undated.journal import Journal
from workers.edge.words import moment_words

_NANOSECONDS_PER_MICROSECOND = 1000
_MICROSECOND = 1_000_000
LOST_WORDS = (
    "主機不知道現在的時間：可能剛斷過電，又還沒有連上平台或校時伺服器。錄影照常，影像加密留在主機，"
    "取得時間後會自動補上日期並上傳。請恢復網路；若常發生，請更換主機板的電池。"
)


@dataclass(frozen=True)
class NeverDated:
    """What a camera has of boots whose time nobody will know: how much, and between which moments it must be."""

    segments: int
    seconds: int
    after_us: int
    before_us: int | None

    def document(self) -> dict[str, int | None]:
        """As a heartbeat says it."""
        return dict(vars(self))


def state_now(home: Home, ledger: Ledger, boots: Boots, camera_id: UUID) -> tuple[CameraState, int]:
    """Where a camera stands, and the time to judge it by; both of the boot's own while nobody knows the time."""
    state, now_us = _of_index(ledger, boots, camera_id)
    if state.cause is None and state.recorded_until_us is not None:
        return state, now_us
    return replace(state, begins=Signs(home.spool / str(camera_id)).is_marked()), now_us


def _of_index(ledger: Ledger, boots: Boots, camera_id: UUID) -> tuple[CameraState, int]:
    state = ledger.state_of(camera_id)
    if not boots.is_standing():
        readings = Readings(ledger)
        return _put_right(state, Believed(ledger, readings, camera_id, boot=boots.boot).off_us()), readings.now_us()
    journal = Journal(ledger, camera_id)
    until_us, cause = journal.recorded_until_us(boots.boot), journal.failing(boots.boot)
    here_us = moment() // _NANOSECONDS_PER_MICROSECOND
    return replace(state, recorded_until_us=until_us, cause=cause, frozen_since_us=None), here_us


def never_dated(ledger: Ledger, boots: Boots) -> Mapping[UUID, NeverDated]:
    """By camera, what earlier boots left whose time nobody found. Nothing of it is sent, and nothing is deleted."""
    unknown = {one.boot_id: one for one in boots.never_found()}
    rows = ledger.connection.execute(
        "select camera_id, boot_id, count(*), sum(ended_us - started_us) from segments where state = ? "
        "group by camera_id, boot_id",
        (State.UNDATED,),
    ).fetchall()
    found: dict[UUID, NeverDated] = {}
    for camera_id in {row[0] for row in rows}:
        own = [(unknown[row[1]], row[2], row[3]) for row in rows if row[0] == camera_id and row[1] in unknown]
        if own:
            after_us, before_us = _bounds([one for one, _count, _us in own])
            segments, length_us = sum(count for _one, count, _us in own), sum(us for _one, _count, us in own)
            found[UUID(camera_id)] = NeverDated(segments, length_us // _MICROSECOND, after_us, before_us)
    return found


def words(ledger: Ledger, boots: Boots) -> tuple[str, bool] | None:
    """What the person beside the box is told, and whether nothing must be done; None when there is nothing to say."""
    if boots.is_standing():
        return f"{LOST_WORDS}目前 {ledger.count(State.UNDATED)} 段。", False
    left = never_dated(ledger, boots)
    if left:
        segments = sum(one.segments for one in left.values())
        span = _span_words(*_bounds([Unknown("", one.after_us, one.before_us) for one in left.values()]))
        return (
            f"有 {segments} 段影像錄於主機不知道時間、之後又斷電的期間（{span}），無法得知正確時間。"
            "影像仍加密留在主機，不上傳也不刪除；請通知機構承辦人，並更換主機板的電池。"
            "若有人知道主機那次開機的時刻（例如復電的時刻），可以補上：sudo shouyuan-edge undated list"
        ), False
    believed = ledger.count(State.BELIEVED)
    if believed:
        return (
            f"主機的時鐘還沒有經平台或校時伺服器確認。錄影照常，{believed} 段影像加密留在主機，"
            "確認時間後即上傳；時鐘若不準，會自動更正日期。"
        ), True
    waiting = ledger.count(State.DATED)
    return (f"已取得時間，{waiting} 段影像正在補上日期，完成後即上傳。", True) if waiting else None


def _put_right(state: CameraState, off_us: int) -> CameraState:
    """What its process is about to put right, as it will be then."""
    until_us, frozen_us = (
        one if one is None else one + off_us for one in (state.recorded_until_us, state.frozen_since_us)
    )
    return replace(state, recorded_until_us=until_us, frozen_since_us=frozen_us)


def _bounds(unknown: Sequence[Unknown]) -> tuple[int, int | None]:
    befores = [one.before_us for one in unknown]
    known = [one for one in befores if one is not None]
    return min(one.after_us for one in unknown), max(known) if len(known) == len(befores) else None


def _span_words(after_us: int, before_us: int | None) -> str:
    after = f"{_moment(after_us)} 之後"
    return f"{after}、{_moment(before_us)} 之前" if before_us is not None else after


def _moment(us: int) -> str:
    at: datetime = instant(us)
    return moment_words(at)
