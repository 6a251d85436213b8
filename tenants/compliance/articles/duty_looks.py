"""How each article looks at what people owe: who is designated and bound, places, equipment, inspections. Pure.

A person is told by an id and never by a name, and a thing of the ledger by its id: what somebody typed stays at home.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID

from tenants.compliance.articles.facts import CameraReading, Reading, SiteReading
from tenants.compliance.articles.looks import by_site
from tenants.compliance.articles.model import Known, Look, Subject
from tenants.notices.duties import DUTIES
from tenants.people.undertakings.rules import Owed
from tenants.profiles import RuleProfile
from tenants.upkeep.faults.kinds import KIND_NAMES

_Since = tuple[UUID, date]


def faults(reading: Reading) -> Iterable[Look]:
    """Faults of which a step is late: taken up, repaired, looked at again, assigned."""
    told, names = reading.rooms.faults, {each.id: each.serial for each in reading.rooms.open_faults}
    steps = [
        (told.unassigned, "逾時未指派"),
        (told.unreported, "逾時未受理"),
        (told.unrepaired, "逾期未修復"),
        (told.unchecked, "逾期未複查"),
    ]
    wrong = [
        Subject(label=names.get(fault_id, "故障"), id=str(fault_id), why=why, since=day)
        for since, why in steps
        for fault_id, day in since
    ]
    if told.open:
        yield Look(law=reading.main, of=max(len(told.open), len(wrong)), wrong=wrong)


def open_faults(reading: Reading) -> Iterable[Look]:
    """What is broken and not closed yet, each under its right name."""
    for site in reading.sites:
        wrong = [
            Subject(
                label="、".join(each.cameras) or site.name,
                id=str(each.id),
                why=f"{KIND_NAMES[each.kind]}（{each.serial}）",
                since=each.since,
                kind=each.kind.value,
            )
            for each in reading.rooms.open_faults
            if each.site_id == site.id
        ]
        if wrong:
            yield Look(law=site.law, of=len(wrong), wrong=wrong)


def gaps(reading: Reading) -> Iterable[Look]:
    """Cameras with an interruption that nobody gave a reason for in time: 無故中斷 (KH-5-3b).

    Of a place whose box never spoke no interruption is known, and nobody may call that in order (DR-30).
    """
    told = reading.rooms.faults
    for site, cameras in by_site(reading):
        wrong = _of_cameras(told.unexplained, cameras, "有中斷逾期未說明原因")
        known = Known.YES if site.heard else Known.NEVER
        yield Look(law=site.law, of=max(len(cameras), len(wrong)), wrong=wrong, known=known)


def designation(reading: Reading) -> Iterable[Look]:
    """Whether a person or office is designated, and somebody there can act."""
    told = reading.rooms.designations
    wrong = [Subject(label="專人（處室）", id="", why="未指派專人", since=told.undesignated_since or reading.day)]
    yield Look(law=reading.main, of=1, wrong=[] if told.designated else wrong)


def secrecy(reading: Reading) -> Iterable[Look]:
    """Undertakings of secrecy that were not signed, on taking up the duty and on leaving."""
    told = reading.rooms.undertakings
    wrong = [
        *_things("任職人員", _owed(told.unsigned), "未簽保密切結"),
        *_things("離職人員", _owed(told.left_unsigned), "離職時未再簽保密切結"),
    ]
    yield Look(law=reading.main, of=max(told.bound, len(wrong)), wrong=wrong)


def account_review(reading: Reading) -> Iterable[Look]:
    """Whether the accounts were looked through within the year."""
    told = reading.rooms.reviews
    if told.due_on is not None:
        wrong = [Subject(label="帳號清查", id="", why="逾期未完成年度帳號清查", since=told.due_on)]
        yield Look(law=reading.main, of=1, wrong=wrong if told.overdue else [])


def hours(reading: Reading) -> Iterable[Look]:
    """Sites that must record while they are open, and of which nobody said when that is."""
    unstated = dict(reading.rooms.hours.unstated)
    for site in reading.sites:
        if site.law.continuity == "opening_hours":
            since = unstated.get(site.id)
            wrong = [Subject(label=site.name, id=str(site.id), why="尚未登記開放時間，以預設計算", since=since)]
            yield Look(law=site.law, of=1, wrong=wrong if site.id in unstated else [])


def zones(reading: Reading) -> Iterable[Look]:
    """Cameras without an assessment of their place, its privacy note, or the second look before a washroom."""
    told = reading.rooms.assessments
    found = [
        (told.unassessed, "待補設置評估"),
        (told.unnoted, "待補隱私註記"),
        (told.unreviewed, "盥洗室入口畫面待第二人複核"),
    ]
    for law, cameras in _by_law(reading):
        wrong = [subject for since, why in found for subject in _of_cameras(since, cameras, why)]
        yield Look(law=law, of=max(len(cameras), len(wrong)), wrong=wrong)


def inspections(reading: Reading) -> Iterable[Look]:
    """Sites past the day of their inspection."""
    told = reading.rooms.inspections
    late = {each.id: each.since for each in told.overdue}
    for site in reading.sites:
        if site.id in told.due:
            yield Look(law=site.law, of=1, wrong=_of_site(site, late, "逾期未檢查"))


def drills(reading: Reading) -> Iterable[Look]:
    """Sites of which a night's random segment could not be fetched, opened or decoded; of some none was tried."""
    told = reading.rooms.inspections
    failing = {each.id: each.since for each in told.drills_failing}
    for site in reading.sites:
        if site.id not in told.due:
            continue
        wrong = _of_site(site, failing, "抽驗的影像無法取回、解密或解碼")
        known = Known.NEVER if site.id in told.never_drilled and not wrong else Known.YES
        yield Look(law=site.law, of=1, wrong=wrong, known=known)


def calibrations(reading: Reading) -> Iterable[Look]:
    """Cameras past the day of their calibration, or whose clock is wrong; of some nothing was ever measured."""
    told = reading.rooms.inspections
    due = [(each.id, each.since) for each in told.calibration_due]
    overdue = [(each.id, each.since) for each in told.calibration_overdue]
    unknown = set(told.calibration_unknown)
    for law, cameras in _by_law(reading):
        if not law.inspection.calibration:
            continue
        wrong = [*_of_cameras(due, cameras, "已逾校正日"), *_of_cameras(overdue, cameras, "時間不準，應即校正")]
        never = sum(each.id in unknown for each in cameras)
        yield Look(law=law, of=max(len(cameras) - never, len(wrong)), wrong=wrong)
        if never:
            yield Look(law=law, of=never, known=Known.NEVER)


def ledger(reading: Reading) -> Iterable[Look]:
    """Devices that are not in the ledger, entries that nobody sees, and those whose custodian left."""
    told = reading.rooms.property
    wrong = [
        *_things("未列帳的設備", told.unlisted, "網路上有、財產清冊沒有"),
        *_things("財產", told.unseen, "財產清冊有、一直沒有看到"),
        *_things("財產", told.orphaned, "保管人已離開，未移交"),
    ]
    if told.assets or wrong:
        yield Look(law=reading.main, of=max(told.assets + len(told.unlisted), len(wrong)), wrong=wrong)


def origin(reading: Reading) -> Iterable[Look]:
    """Equipment of a restricted brand without the notes of head and bureau, and what is past its planned day."""
    told = reading.rooms.property
    wrong = [
        *_things("列冊管理的設備", told.unnoted, "未登載首長與教育局的同意"),
        *_things("列冊管理的設備", told.to_replace, "已逾預定汰換日"),
    ]
    if told.controlled or wrong:
        yield Look(law=reading.main, of=max(len(told.controlled), len(wrong)), wrong=wrong)


def notices(reading: Reading) -> Iterable[Look]:
    """People to whom no notice comes through: what they are not told, nobody does."""
    told = reading.rooms.notices
    wrong = [
        Subject(label="應受通知的人員", id=str(each.user_id), why=each.why, since=each.since) for each in told.unreached
    ]
    if told.people:
        yield Look(law=reading.main, of=told.people, wrong=wrong)


def risen(reading: Reading) -> Iterable[Look]:
    """What went past its head, and no other rule tells."""
    found = reading.rooms.notices.risen
    wrong = [
        Subject(label=DUTIES[each.kind].name, id=str(each.id), why="通知承辦人與首長後仍未處理", since=each.since)
        for each in found
    ]
    if wrong:
        yield Look(law=reading.main, of=len(wrong), wrong=wrong)


def _by_law(reading: Reading) -> Iterator[tuple[RuleProfile, Sequence[CameraReading]]]:
    for site, cameras in by_site(reading):
        yield site.law, cameras


def _of_cameras(since: Iterable[_Since], cameras: Sequence[CameraReading], why: str) -> list[Subject]:
    labels = {camera.id: camera.label for camera in cameras}
    return [
        Subject(label=labels[camera_id], id=str(camera_id), why=why, since=day)
        for camera_id, day in since
        if camera_id in labels
    ]


def _of_site(site: SiteReading, wrong: Mapping[UUID, date], why: str) -> list[Subject]:
    return [Subject(label=site.name, id=str(site.id), why=why, since=wrong[site.id])] if site.id in wrong else []


def _owed(found: Iterable[Owed]) -> Iterable[_Since]:
    return [(each.user_id, each.since) for each in found]


def _things(label: str, since: Iterable[_Since], why: str) -> list[Subject]:
    return [Subject(label=label, id=str(each), why=why, since=day) for each, day in since]
