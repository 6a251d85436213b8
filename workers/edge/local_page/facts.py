"""What the page says, read from what the box keeps: nothing is asked of a camera or of the server for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from infra.causes import GapCause
from infra.manifest import instant, microseconds
from infra.timeline import Timeline
from workers.edge import configuration
from workers.edge.clocks.readings import Readings, moment
from workers.edge.configuration import CameraRules, Config
from workers.edge.doctor import machine
from workers.edge.doctor.findings import Finding
from workers.edge.home import Home
from workers.edge.ledger import CONTACT, NOT_SIGNED, Ledger, State
from workers.edge.sending.refused import left_behind
from workers.edge.standing import revoked_since_us
from workers.edge.status import disk_words, status_of
from workers.edge.undated import standing
from workers.edge.undated.boots import Boots
from workers.edge.words import (
    BEGINS,
    CONFIG_SPOILT,
    KEYS_LOW_DAYS,
    REVOKED_WORDS,
    advice,
    aside_words,
    keys_words,
    moment_words,
)

_SILENT_US = 300_000_000


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """The box now; `at` is no time while it `is_lost`, since nobody knows any."""

    at: datetime
    place: str
    cameras: Sequence[Finding]
    box: Sequence[Finding]
    is_lost: bool = False

    @property
    def faults(self) -> int:
        """How many lines are red."""
        return sum(one.good is False for one in (*self.cameras, *self.box))


def take(home: Home, at: datetime) -> Snapshot:
    """What is kept says now. Raises `NotEnrolled`."""
    home.identity()
    config = configuration.load(home)
    if config is None:
        none = "尚未取得平台的設定。請檢查主機與平台的連線。"
        words = CONFIG_SPOILT if configuration.is_spoilt(home) else none
        return Snapshot(at=at, place="", cameras=[], box=[_line("server", "平台連線", good=False, words=words)])
    ledger = Ledger(home.ledger)
    try:
        boots = Boots(ledger, Readings(ledger), lambda: config)
        at = _true(ledger, at)
        return Snapshot(
            at=at,
            is_lost=boots.is_standing(),
            place="／".join(filter(None, (config.institution, config.site))),
            cameras=[_camera(home, ledger, config, camera, boots) for camera in config.cameras.values()],
            box=[
                *_standing(ledger),
                *[_line("files", "損壞的檔案", good=False, words=words) for words in aside_words(home)],
                *_undated(ledger, boots),
                _contact(ledger, at, is_lost=boots.is_standing()),
                _backlog(ledger),
                *_rest(home, ledger, config, at, is_lost=boots.is_standing()),
            ],
        )
    finally:
        ledger.close()


def _camera(home: Home, ledger: Ledger, config: Config, camera: CameraRules, boots: Boots) -> Finding:
    state, now_us = standing.state_now(home, ledger, boots, camera.camera_id)
    recording = bool(status_of(state, config, now_us)["recording"])
    check, title = f"camera:{camera.code}", f"{camera.code} {camera.name}"
    failing = advice(state.cause or GapCause.PROCESS_RESTARTED, camera.code)
    if boots.is_standing():
        words = "錄影中，取得時間後補上日期。" if recording else failing
        return Finding(check=check, title=title, good=recording, words=words)
    until = f"最後錄到 {moment_words(instant(state.recorded_until_us))}" if state.recorded_until_us else "從未錄到"
    if state.begins:
        before = f"，{until}" if state.recorded_until_us else ""
        return Finding(check=check, title=title, good=True, words=f"{BEGINS}{before}")
    if recording:
        since = ledger.recording_since_us(camera.camera_id)
        began = f"錄影中，自 {moment_words(instant(since))} 起" if since else "錄影中"
        return Finding(check=check, title=title, good=True, words=f"{began}，{until}")
    return Finding(check=check, title=title, good=False, words=f"{until}。{failing}")


def _standing(ledger: Ledger) -> list[Finding]:
    return [_line("standing", "主機身分", good=False, words=REVOKED_WORDS)] if revoked_since_us(ledger) else []


def _undated(ledger: Ledger, boots: Boots) -> list[Finding]:
    found = standing.words(ledger, boots)
    return [_line("undated", "錄影時間", good=found[1], words=found[0])] if found is not None else []


def _true(ledger: Ledger, at: datetime) -> datetime:
    """The machine's time put right where references say that it cannot be."""
    here_ns = moment()
    wrong_us = Readings(ledger).best_us(here_ns) - Timeline.machine_at(here_ns)
    return at + timedelta(microseconds=wrong_us)


def _contact(ledger: Ledger, at: datetime, *, is_lost: bool) -> Finding:
    last = ledger.fact(CONTACT)
    if not last:
        return _line("server", "平台連線", good=False, words="尚未連上平台。請檢查網路；錄影不受影響。")
    fresh = not is_lost and microseconds(at) - last < _SILENT_US
    words = f"最後連線 {moment_words(instant(last))}。"
    words += "" if fresh else "請檢查網路；錄影不受影響，恢復後會自動補傳。"
    return _line("server", "平台連線", good=fresh, words=words)


def _backlog(ledger: Ledger) -> Finding:
    waiting, left = ledger.segments(State.SPOOLED, limit=1), left_behind(ledger).words()
    if left:
        return _line("backlog", "待上傳", good=False, words=left)
    undated = sum(ledger.count(state) for state in NOT_SIGNED)
    if not waiting:
        words = f"其餘全部已上傳；{undated} 段時間未定，還不能上傳。" if undated else "全部已上傳。"
        return _line("backlog", "待上傳", good=True, words=words)
    oldest = moment_words(instant(waiting[0].started_us))
    return Finding(
        check="backlog", title="待上傳", good=True, words=f"{ledger.count(State.SPOOLED)} 段，最早的一段錄於 {oldest}。"
    )


def _rest(home: Home, ledger: Ledger, config: Config, at: datetime, *, is_lost: bool) -> list[Finding]:
    words, faults = disk_words(home, ledger)
    offset_us, ahead = Readings(ledger).machine_lacks_us(), config.days_ahead(at)
    good = config.has_key(at) and ahead >= KEYS_LOW_DAYS
    return [
        _line("disk", "磁碟空間", good=not faults, words=words),
        *([] if is_lost else [_line("keys", "加密金鑰", good=good, words=keys_words(config, at))]),
        machine.clock(offset_us // 1000 if offset_us is not None else None),
    ]


def _line(check: str, title: str, *, good: bool | None, words: str) -> Finding:
    return Finding(check=check, title=title, good=good, words=words)
