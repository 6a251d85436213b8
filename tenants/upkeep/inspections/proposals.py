"""What the facts propose to whoever inspects (row 77): 是 or 否 with its reasons, or nothing where nothing is known.

是 is never proposed while a camera is offline or silent (KH-A3-05): silence is not health (DR-30). Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from infra.causes import PictureFault
from tenants.footage.rules import Now
from tenants.footage.times import Drift
from tenants.upkeep.inspections.models import DrillOutcome, Question

# What is asked of each camera; the host is asked of once for the site.
OF_CAMERA = (Question.DEVICES, Question.PICTURE)


class Reason(StrEnum):
    """Why 是 is not proposed."""

    CAMERA_OFFLINE = "camera_offline"
    CAMERA_SILENT = "camera_silent"
    CLOCK_OFF = "clock_off"
    CLOCK_ZONE = "clock_zone"
    DISK_FAULT = "disk_fault"
    DRILL_FAILED = "drill_failed"
    DRILL_UNKNOWN = "drill_unknown"
    FROZEN = "frozen"
    HOST_SILENT = "host_silent"
    NO_CAMERA = "no_camera"
    NO_HOST = "no_host"
    PICTURE_FAULT = "picture_fault"
    PICTURE_UNKNOWN = "picture_unknown"


REASON_NAMES: Mapping[Reason, str] = {
    Reason.CAMERA_OFFLINE: "鏡頭目前沒有錄影",
    Reason.CAMERA_SILENT: "鏡頭目前沒有回報",
    Reason.CLOCK_OFF: "鏡頭時間不準",
    Reason.CLOCK_ZONE: "鏡頭時區設定錯誤",
    Reason.DISK_FAULT: "錄影磁碟異常",
    Reason.DRILL_FAILED: "最近一次夜間抽驗無法還原影像",
    Reason.DRILL_UNKNOWN: "近兩日沒有夜間抽驗的結果",
    Reason.FROZEN: "畫面靜止不動",
    Reason.HOST_SILENT: "主機目前沒有回報",
    Reason.NO_CAMERA: "沒有使用中的鏡頭",
    Reason.NO_HOST: "沒有主機回報",
    Reason.PICTURE_FAULT: "畫面檢測異常（過暗、遮住、模糊、位移或無色彩）",
    Reason.PICTURE_UNKNOWN: "近三小時沒有畫面檢測的結果",
}


@dataclass(frozen=True, kw_only=True)
class CameraFacts:
    """One camera now. `picture` is what is wrong with it, None where nobody looked lately."""

    now: Now
    frozen: bool = False
    picture: Sequence[PictureFault] | None = None
    drift: Drift = Drift.UNKNOWN


@dataclass(frozen=True, kw_only=True)
class HostFacts:
    """One box now."""

    heard: bool
    disk_fault: bool = False


@dataclass(frozen=True, kw_only=True)
class SiteFacts:
    """What is known of a site. `drill` is what the night came to, None where nothing is known of two nights."""

    hosts: Sequence[HostFacts] = ()
    drill: DrillOutcome | None = None
    cameras: Mapping[UUID, CameraFacts] = field(default_factory=dict)


@dataclass(frozen=True)
class Proposal:
    """An answer and why; None is no answer."""

    answer: bool | None
    reasons: Sequence[Reason] = ()


def of_site(facts: SiteFacts) -> Mapping[Question, Proposal]:
    """The three answers for the whole site: 是 only if it is of every camera."""
    each = [of_camera(camera) for camera in facts.cameras.values()]
    return {
        Question.HOST: _host(facts),
        **{question: _all([camera[question] for camera in each]) for question in OF_CAMERA},
    }


def of_camera(facts: CameraFacts) -> Mapping[Question, Proposal]:
    """The two answers for one camera."""
    return {Question.DEVICES: _device(facts), Question.PICTURE: _picture(facts)}


def _host(facts: SiteFacts) -> Proposal:
    wrong, unknown = [], []
    if any(host.disk_fault for host in facts.hosts):
        wrong.append(Reason.DISK_FAULT)
    if facts.drill is DrillOutcome.FAILED:
        wrong.append(Reason.DRILL_FAILED)
    if not facts.hosts:
        unknown.append(Reason.NO_HOST)
    elif not all(host.heard for host in facts.hosts):
        unknown.append(Reason.HOST_SILENT)
    if facts.drill in {None, DrillOutcome.NO_FOOTAGE}:
        unknown.append(Reason.DRILL_UNKNOWN)
    return _judged(wrong, unknown)


def _device(facts: CameraFacts) -> Proposal:
    wrong = [Reason.CAMERA_OFFLINE] if facts.now is Now.NOT_RECORDING else []
    if facts.drift is Drift.FAULT:
        wrong.append(Reason.CLOCK_OFF)
    if facts.drift is Drift.TIME_ZONE:
        wrong.append(Reason.CLOCK_ZONE)
    return _judged(wrong, [Reason.CAMERA_SILENT] if facts.now is Now.SILENT else [])


def _picture(facts: CameraFacts) -> Proposal:
    if facts.now is Now.NOT_RECORDING:
        return Proposal(answer=False, reasons=[Reason.CAMERA_OFFLINE])
    wrong = [Reason.PICTURE_FAULT] if facts.picture else []
    if facts.frozen:
        wrong.append(Reason.FROZEN)
    unknown = [Reason.CAMERA_SILENT] if facts.now is Now.SILENT else []
    if facts.picture is None:
        unknown.append(Reason.PICTURE_UNKNOWN)
    return _judged(wrong, unknown)


def _all(found: Sequence[Proposal]) -> Proposal:
    if not found:
        return Proposal(answer=None, reasons=[Reason.NO_CAMERA])
    answers = {each.answer for each in found}
    told = list(dict.fromkeys(reason for each in found for reason in each.reasons))
    return Proposal(answer=False if False in answers else None if None in answers else True, reasons=told)


def _judged(wrong: Sequence[Reason], unknown: Sequence[Reason]) -> Proposal:
    return Proposal(answer=False if wrong else None if unknown else True, reasons=[*wrong, *unknown])
