"""The words of a fault: what is wrong, who found it, where it stands, what its history tells, why a gap was."""

from collections.abc import Mapping
from enum import StrEnum


class FaultKind(StrEnum):
    """What is wrong. One of a camera's kinds is open at most once at a time."""

    BLOCKED = "blocked"
    BLURRED = "blurred"
    BOX_OR_SWITCH = "box_or_switch"
    CLOCK = "clock"
    COLOURLESS = "colourless"
    DAMAGE = "damage"
    DARK = "dark"
    DISK = "disk"
    HOST = "host"
    KEY = "key"
    MOVED = "moved"
    NOT_RECORDING = "not_recording"
    OTHER = "other"
    PACKETS = "packets"
    PICTURE = "picture"
    SETTINGS = "settings"
    SOUND = "sound"
    STILL = "still"


KIND_NAMES: Mapping[FaultKind, str] = {
    FaultKind.BLOCKED: "畫面被遮住",
    FaultKind.BLURRED: "畫面模糊",
    FaultKind.BOX_OR_SWITCH: "交換器或主機",
    FaultKind.CLOCK: "時間不準",
    FaultKind.COLOURLESS: "日間畫面沒有色彩",
    FaultKind.DAMAGE: "設備損壞",
    FaultKind.DARK: "畫面過暗",
    FaultKind.DISK: "錄影磁碟",
    FaultKind.HOST: "主機異常",
    FaultKind.KEY: "缺少當日的加密金鑰",
    FaultKind.MOVED: "鏡頭角度改變",
    FaultKind.NOT_RECORDING: "沒有錄影",
    FaultKind.OTHER: "其他異常",
    FaultKind.PACKETS: "遺失封包過多",
    FaultKind.PICTURE: "畫面異常",
    FaultKind.SETTINGS: "鏡頭規格與核定的不同",
    FaultKind.SOUND: "錄到未經核定的聲音",
    FaultKind.STILL: "畫面靜止不動",
}
# Of the place and not of a camera: open at most once for a site.
OF_SITE = frozenset({FaultKind.DISK, FaultKind.HOST})


def of_camera(kind: FaultKind) -> FaultKind:
    """What is wrong with each camera of a fault: those behind a switch that failed do not record."""
    return FaultKind.NOT_RECORDING if kind is FaultKind.BOX_OR_SWITCH else kind


class How(StrEnum):
    """Who or what found it."""

    TELEMETRY = "telemetry"
    NIGHTLY_LOOK = "nightly_look"
    INSPECTION = "inspection"
    PERSON = "person"
    QR = "qr"


HOW_NAMES: Mapping[How, str] = {
    How.TELEMETRY: "系統監測",
    How.NIGHTLY_LOOK: "夜間檢查",
    How.INSPECTION: "檢查表",
    How.PERSON: "校（園）內人員通報",
    How.QR: "掃描鏡頭標籤通報",
}


class FaultState(StrEnum):
    """發現, 通報／報修, 處理中, 修復, 複查, 結案; or 取消, with its reason."""

    FOUND = "found"
    REPORTED = "reported"
    IN_WORK = "in_work"
    REPAIRED = "repaired"
    RECHECKED = "rechecked"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class LineCode(StrEnum):
    """What a line of a fault's history tells; the steps of its life are lines too."""

    FOUND = "found"
    FOUND_AGAIN = "found_again"
    CAMERA_ADDED = "camera_added"
    BACK_TO_NORMAL = "back_to_normal"
    WRONG_AGAIN = "wrong_again"
    REPORTED = "reported"
    ASSIGNED = "assigned"
    BEGUN = "begun"
    NOTED = "noted"
    REPAIRED = "repaired"
    RECHECKED = "rechecked"
    NOT_REPAIRED = "not_repaired"
    SETTLED = "settled"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Clock(StrEnum):
    """What is counted of a fault, in the office's time (Q-12)."""

    ASSIGN = "assign"
    REPORT = "report"
    REPAIR = "repair"
    RECHECK = "recheck"


class Level(StrEnum):
    """Who is told that a clock has run out: first the head, then the bureau."""

    HEAD = "head"
    BUREAU = "bureau"


class GapReason(StrEnum):
    """Why seconds are missing, in a person's word (KH-5-3b)."""

    POWER = "power"
    NETWORK = "network"
    EQUIPMENT = "equipment"
    PLANNED = "planned"
    DISASTER = "disaster"
    OTHER = "other"


REASON_NAMES: Mapping[GapReason, str] = {
    GapReason.POWER: "停電",
    GapReason.NETWORK: "網路中斷",
    GapReason.EQUIPMENT: "設備故障",
    GapReason.PLANNED: "計畫性維修",
    GapReason.DISASTER: "天災",
    GapReason.OTHER: "其他",
}
