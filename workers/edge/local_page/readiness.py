"""How each camera stands at acceptance: recorded, sent, its picture accepted, and its mask on where it needs one."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from sqlite3 import DatabaseError
from uuid import UUID

from infra.manifest import instant
from workers.edge.clocks.readings import Readings
from workers.edge.configuration import CameraRules, Config
from workers.edge.home import Home
from workers.edge.index_faults import is_spoilt
from workers.edge.ledger import Ledger
from workers.edge.masked import Masked
from workers.edge.picture import kept
from workers.edge.status import status_of
from workers.edge.undated import standing
from workers.edge.undated.boots import Boots
from workers.edge.words import moment_words

_UNKNOWN = "未知（索引損壞）"


@dataclass(frozen=True, kw_only=True)
class Ready:
    """In words, as the sheet prints them."""

    recording: str
    sent: str
    reference: str
    mask: str


def of_cameras(home: Home, config: Config) -> Mapping[UUID, Ready]:
    """Every camera of the site."""
    recorded = _recorded(home, config)
    ready = {}
    for camera_id, camera in config.cameras.items():
        recording, sent = recorded[camera_id]
        reference, mask = _reference(home, camera_id), _mask(home, camera)
        ready[camera_id] = Ready(recording=recording, sent=sent, reference=reference, mask=mask)
    return ready


def _recorded(home: Home, config: Config) -> Mapping[UUID, tuple[str, str]]:
    """Whether each records now, and what of it waits."""
    try:
        with closing(Ledger(home.ledger)) as ledger:
            boots = Boots(ledger, Readings(ledger), lambda: config)
            return {one: _of_index(home, ledger, boots, config, one) for one in config.cameras}
    except DatabaseError as error:
        if not is_spoilt(error):
            raise
        return dict.fromkeys(config.cameras, (_UNKNOWN, _UNKNOWN))


def _of_index(home: Home, ledger: Ledger, boots: Boots, config: Config, camera_id: UUID) -> tuple[str, str]:
    state, now_us = standing.state_now(home, ledger, boots, camera_id)
    recording = "錄影中" if status_of(state, config, now_us)["recording"] else "沒有錄影"
    waiting = state.spooled + state.undated
    if state.recorded_until_us is None:
        return recording, "從未錄到"
    return recording, f"待上傳 {waiting} 段" if waiting else "全部已上傳"


def _reference(home: Home, camera_id: UUID) -> str:
    found = kept.reference(home, camera_id)
    return f"畫面已確認，{moment_words(instant(found[0]))}" if found is not None else "未設定"


def _mask(home: Home, camera: CameraRules) -> str:
    if not camera.needs_mask:
        return "不需要"
    return "未確認" if Masked(home).lacks(camera, home.addresses().get(camera.camera_id, "")) else "已開啟"
