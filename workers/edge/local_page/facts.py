"""What the page says, read from what the box keeps: nothing is asked of a camera or of the server for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from infra.causes import GapCause
from infra.manifest import instant, microseconds
from workers.edge import configuration
from workers.edge.clocks.readings import CLOCK_OFFSET
from workers.edge.configuration import CameraRules, Config
from workers.edge.doctor import disk, kept
from workers.edge.home import Home
from workers.edge.ledger import Ledger, State
from workers.edge.standing import CONTACT, revoked_since_us
from workers.edge.status import status_of
from workers.edge.words import ADVICE, KEYS_LOW_DAYS, REVOKED_WORDS, keys_words, moment_words

_CLOCK_LIMIT_US = 2_000_000
_SILENT_US = 300_000_000
_SECOND_US = 1_000_000


@dataclass(frozen=True)
class Line:
    """One thing, green or red. `good` is None where it is not known."""

    title: str
    good: bool | None
    words: str


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """The box now."""

    at: datetime
    place: str
    cameras: Sequence[Line]
    box: Sequence[Line]

    @property
    def faults(self) -> int:
        """How many lines are red."""
        return sum(one.good is False for one in (*self.cameras, *self.box))


def take(home: Home, at: datetime) -> Snapshot:
    """What is kept says now. Raises `NotEnrolled`."""
    home.identity()
    config = configuration.load(home)
    if config is None:
        words = "尚未取得平台的設定。請檢查主機與平台的連線。"
        return Snapshot(at=at, place="", cameras=[], box=[Line("平台連線", good=False, words=words)])
    ledger = Ledger(home.ledger)
    try:
        return Snapshot(
            at=at,
            place="／".join(filter(None, (config.institution, config.site))),
            cameras=[_camera(ledger, config, camera, at) for camera in config.cameras.values()],
            box=[*_standing(ledger), _contact(ledger, at), _backlog(ledger), *_rest(home, ledger, config, at)],
        )
    finally:
        ledger.close()


def _camera(ledger: Ledger, config: Config, camera: CameraRules, at: datetime) -> Line:
    state = ledger.state_of(camera.camera_id)
    recording = bool(status_of(state, config, microseconds(at))["recording"])
    title = f"{camera.code} {camera.name}"
    if recording:
        since = ledger.recording_since_us(camera.camera_id)
        return Line(title, good=True, words=f"錄影中，自 {moment_words(instant(since))} 起" if since else "錄影中")
    until = f"最後錄到 {moment_words(instant(state.recorded_until_us))}" if state.recorded_until_us else "從未錄到"
    return Line(title, good=False, words=f"{until}。{ADVICE[state.cause or GapCause.PROCESS_RESTARTED]}")


def _standing(ledger: Ledger) -> list[Line]:
    return [Line("主機身分", good=False, words=REVOKED_WORDS)] if revoked_since_us(ledger) else []


def _contact(ledger: Ledger, at: datetime) -> Line:
    last = ledger.fact(CONTACT)
    if not last:
        return Line("平台連線", good=False, words="尚未連上平台。請檢查網路；錄影不受影響。")
    fresh = microseconds(at) - last < _SILENT_US
    words = f"最後連線 {moment_words(instant(last))}。"
    words += "" if fresh else "請檢查網路；錄影不受影響，恢復後會自動補傳。"
    return Line("平台連線", good=fresh, words=words)


def _backlog(ledger: Ledger) -> Line:
    waiting, refused = ledger.segments(State.SPOOLED, limit=1), ledger.count(State.REFUSED)
    if refused:
        return Line("待上傳", good=False, words=f"有 {refused} 段被平台拒收，仍留在主機上。請洽平台維運人員。")
    if not waiting:
        return Line("待上傳", good=True, words="全部已上傳。")
    oldest = moment_words(instant(waiting[0].started_us))
    return Line("待上傳", good=True, words=f"{ledger.count(State.SPOOLED)} 段，最早的一段錄於 {oldest}。")


def _rest(home: Home, ledger: Ledger, config: Config, at: datetime) -> list[Line]:
    room = disk.room(home, ledger, cameras=len(config.cameras), bits_per_second=kept.bits_per_second(home))
    ahead = config.days_ahead(at)
    return [
        Line(room.title, good=room.good, words=room.words),
        Line("加密金鑰", good=config.has_key(at) and ahead >= KEYS_LOW_DAYS, words=keys_words(config, at)),
        _clock(ledger.fact(CLOCK_OFFSET)),
    ]


def _clock(offset_us: int | None) -> Line:
    if offset_us is None:
        return Line("主機時間", good=None, words="尚未與平台對時。")
    side = "慢" if offset_us > 0 else "快"
    good = abs(offset_us) <= _CLOCK_LIMIT_US
    words = f"比平台{side} {abs(offset_us) / _SECOND_US:.1f} 秒。" + ("" if good else "請啟用自動校時。")
    return Line("主機時間", good=good, words=words)
