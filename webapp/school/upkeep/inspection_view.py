"""Inspections as the school's pages show them: due days, past records, and what the facts propose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from tenants.forms import InspectionWording
from tenants.profiles import Clause, RuleProfile
from tenants.registry import queries as registry
from tenants.registry.models import Camera, Site
from tenants.upkeep.inspections import intervals, paper, proposals, queries
from tenants.upkeep.inspections.drill_standing import DRILL_DAYS
from tenants.upkeep.inspections.intervals import Due, DueState
from tenants.upkeep.inspections.models import DrillCause, DrillOutcome, Inspection, Question, SegmentDrill
from tenants.upkeep.inspections.proposals import OF_CAMERA, REASON_NAMES, Proposal, SiteFacts
from tenants.upkeep.inspections.queries import Told
from tenants.upkeep.inspections.standing import due_of_sites
from webapp.school import regulation
from webapp.school.upkeep.inspection_forms import field_name

STATE_WORDS: Mapping[DueState, tuple[str, str]] = {
    DueState.CURRENT: ("good", "在期限內"),
    DueState.NEVER: ("unknown", "尚無檢查紀錄"),
    DueState.NEAR: ("info", "30 日內到期"),
    DueState.VERY_NEAR: ("warn", "7 日內到期"),
    DueState.OVERDUE: ("bad", "逾期未檢查"),
}
CAUSE_WORDS: Mapping[DrillCause, str] = {
    DrillCause.MISSING: "儲存空間找不到這段影像",
    DrillCause.OTHER_BYTES: "儲存的內容與主機簽署的不符",
    DrillCause.KEY_MISSING: "缺少開啟影像的金鑰",
    DrillCause.NOT_OPENED: "金鑰無法開啟這段影像",
    DrillCause.OTHER_SAMPLES: "開啟後的內容與主機簽署的不符",
    DrillCause.NO_PICTURE: "開啟後無法解出畫面",
}
_NOTHING = Told()
_RECENT = timedelta(days=366)


@dataclass(frozen=True, kw_only=True)
class SiteLine:
    """One place: its form, its interval and how it stands. `due` is None where it has no camera in use."""

    site: Site
    rules: RuleProfile
    wording: InspectionWording
    due: Due | None
    badge: str
    words: str
    cap: int
    article: str
    by_text: bool


@dataclass(frozen=True, kw_only=True)
class RecordLine:
    """One past inspection with what was said of it later."""

    held: Inspection
    place: str
    told: Told
    remark: str


@dataclass(frozen=True, kw_only=True)
class Drills:
    """The drills of the last days: how many worked of how many, and those that did not."""

    ok: int
    done: int
    failed: Sequence[tuple[SegmentDrill, str, str]]
    days: int = DRILL_DAYS


@dataclass(frozen=True, kw_only=True)
class CameraQuestion:
    """A camera's question in the form: the field's name, what is chosen, and why nothing or 否 is proposed."""

    name: str
    words: str
    chosen: bool | None
    reasons: Sequence[str]


def site_lines(*, tenant_id: UUID, today: date) -> Sequence[SiteLine]:
    """Every place of the institution."""
    due, rules, cap = (
        due_of_sites(tenant_id=tenant_id, day=today),
        regulation.rules_by_site(tenant_id=tenant_id),
        queries.cap(),
    )
    return [
        _site_line(site, rules[site.id], due.get(site.id), cap, today) for site in registry.sites(tenant_id=tenant_id)
    ]


def _site_line(site: Site, rules: RuleProfile, due: Due | None, cap: int | None, today: date) -> SiteLine:
    badge, words = STATE_WORDS[due.state] if due is not None else ("unknown", "沒有使用中的鏡頭")
    return SiteLine(
        site=site,
        rules=rules,
        wording=queries.wording(site, today),
        due=due,
        badge=badge,
        words=words,
        cap=intervals.cap_of(rules, cap),
        article=rules.article(Clause.INSPECTION),
        by_text=rules.inspection.interval_months is not None,
    )


def records(*, tenant_id: UUID, today: date) -> Sequence[RecordLine]:
    """The inspections of the last year, the newest first, cancelled ones too."""
    found = queries.inspections(tenant_id=tenant_id, first=today - _RECENT)
    places = {site.id: site.name for site in registry.sites(tenant_id=tenant_id)}
    told = queries.told(tenant_id=tenant_id)
    calibrated = queries.calibrated(tenant_id=tenant_id, ids={one for each in found for one in each.calibrations})
    return [
        RecordLine(
            held=each,
            place=places[each.site_id],
            told=told.get(each.id, _NOTHING),
            remark=paper.remark(each, calibrated),
        )
        for each in reversed(found)
    ]


def drills(*, tenant_id: UUID, today: date) -> Drills:
    """The success of the last thirty nights (row 78); a day without footage is no try."""
    found = queries.drills(
        tenant_id=tenant_id, first=today - timedelta(days=DRILL_DAYS), last=today - timedelta(days=1)
    )
    tried = [each for each in found if each.outcome != DrillOutcome.NO_FOOTAGE]
    names = {camera.id: camera.name for camera in registry.cameras_ever(tenant_id=tenant_id)}
    return Drills(
        ok=sum(each.outcome == DrillOutcome.OK for each in tried),
        done=len(tried),
        failed=[
            (each, names[each.camera_id], CAUSE_WORDS[DrillCause(each.cause)])
            for each in tried
            if each.outcome == DrillOutcome.FAILED and each.camera_id is not None
        ],
    )


def hints(proposed: Mapping[Question, Proposal]) -> Mapping[str, str]:
    """What stands beneath each question: that 是 or 否 is proposed, or why nothing is."""
    return {question.value: _hint(found) for question, found in proposed.items()}


def camera_questions(
    cameras: Sequence[Camera],
    found: SiteFacts,
    names: Mapping[Question, str],
    sent: Mapping[UUID, Mapping[Question, bool]] | None = None,
) -> Mapping[UUID, Sequence[CameraQuestion]]:
    """The questions of each camera, with what was sent or else what is proposed."""
    return {
        camera.id: [
            CameraQuestion(
                name=field_name(camera, question),
                words=names[question],
                chosen=proposed[question].answer if sent is None else sent.get(camera.id, {}).get(question),
                reasons=[REASON_NAMES[reason] for reason in proposed[question].reasons],
            )
            for question in OF_CAMERA
        ]
        for camera in cameras
        for proposed in [proposals.of_camera(found.cameras[camera.id])]
    }


def calibration_options(cameras: Sequence[Camera]) -> Sequence[tuple[str, str]]:
    """The calibrations of the last month that an inspection may name (KH-A3-10)."""
    by_id = {camera.id: camera for camera in cameras}
    return [
        (str(held.id), paper.calibration_words(held, by_id[held.camera_id]))
        for held in queries.recent_calibrations(cameras)
    ]


def _hint(found: Proposal) -> str:
    reasons = "、".join(REASON_NAMES[reason] for reason in found.reasons)
    if found.answer is True:
        return "系統查得正常，建議「是」。請到現場確認。"
    if found.answer is False:
        return f"系統建議「否」：{reasons}。"
    return f"系統無法判斷：{reasons}。請到現場查看。"
