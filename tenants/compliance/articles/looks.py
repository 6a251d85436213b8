"""How each article looks at a day: recording and keeping, papers, equipment. Pure."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from infra.clock import civil_day
from tenants.compliance.articles.facts import CameraReading, Reading, SiteReading
from tenants.compliance.articles.model import Known, Look, Subject
from tenants.compliance.rules import DESTRUCTION_GRACE, ENOUGH_COVERAGE, Coverage
from tenants.roc_dates import format_date


def by_site(reading: Reading) -> Iterator[tuple[SiteReading, list[CameraReading]]]:
    """The sites that have cameras in use, each with them."""
    sites = {site.id: site for site in reading.sites}
    ordered = sorted(reading.cameras, key=lambda each: (str(each.site_id), each.label))
    for site_id, cameras in groupby(ordered, key=lambda each: each.site_id):
        yield sites[site_id], list(cameras)


def continuity(reading: Reading) -> Iterable[Look]:
    """Cameras that missed time of what was due, and sites of which nothing is known."""
    for site, cameras in by_site(reading):
        known = [each for each in cameras if each.coverage is Coverage.KNOWN]
        unheard = [each for each in cameras if each.coverage is Coverage.UNKNOWN]
        wrong = [
            Subject(
                label=each.label,
                id=str(each.id),
                why=f"應錄 {each.facts.due_seconds // 60} 分，缺 {_missing_minutes(each)} 分",
                since=reading.day,
            )
            for each in known
            if each.facts.recorded_seconds < ENOUGH_COVERAGE * each.facts.due_seconds
        ]
        yield Look(law=site.law, of=len(known), wrong=wrong)
        if unheard:
            yield Look(law=site.law, of=len(unheard), known=Known.SILENT if site.heard else Known.NEVER)


def _missing_minutes(camera: CameraReading) -> int:
    """Rounded up: a part of a minute that is missing is never none."""
    return -(-(camera.facts.due_seconds - camera.facts.recorded_seconds) // 60)


def floor(reading: Reading) -> Iterable[Look]:
    """Cameras with fewer days than they owe, and footage that went before its day."""
    for site, cameras in by_site(reading):
        wrong = [
            Subject(
                label=each.label,
                id=str(each.id),
                why=f"應保存 {each.owes} 日，最早可查 {format_date(each.oldest_day) if each.oldest_day else '無'}",
                since=each.oldest_day,
            )
            for each in cameras
            if each.owes is not None
        ]
        never = all(each.oldest_day is None for each in cameras)
        yield Look(law=site.law, of=len(cameras), wrong=wrong, known=Known.NEVER if never else Known.YES)
    lost = [
        Subject(label=label, id="", why=words)
        for count, label, words in (
            (reading.retention.floor_missing, "影像", f"{reading.retention.floor_missing} 段未滿保存天數即遺失"),
            (reading.retention.lost_requests, "申請", f"{reading.retention.lost_requests} 件的影像於收件後遭刪除"),
        )
        if count
    ]
    if lost:
        yield Look(law=reading.main, of=len(lost), wrong=lost)


def at_risk(reading: Reading) -> Iterable[Look]:
    """What will cost footage if nobody acts. Of a site that never said a word nobody knows (DR-30)."""
    for site, cameras in by_site(reading):
        wrong = [
            Subject(label=each.label, id=each.id, why=each.why, since=each.since)
            for each in reading.risks
            if each.site_id == site.id
        ]
        never = not wrong and all(each.silent and each.oldest_day is None for each in cameras)
        known = Known.NEVER if never else Known.YES
        yield Look(law=site.law, of=max(len(cameras), len(wrong)), wrong=wrong, known=known)


def ceiling(reading: Reading) -> Iterable[Look]:
    """Days and copies that should be gone, and destruction that stands still."""
    grace = DESTRUCTION_GRACE.days
    late = [
        Subject(label=format_date(day), id=day.isoformat(), why="屆期未完成銷毀", since=due)
        for day, due in reading.late_days
        if (reading.day - due).days >= grace
    ]
    late += [
        Subject(label=each.label, id=str(each.id), why="應銷毀而未完成", since=civil_day(each.since))
        for each in reading.late_copies
        if reading.now - each.since > DESTRUCTION_GRACE
    ]
    if reading.retention.stopped_runs:
        late.append(Subject(label="銷毀作業", id="", why="作業暫停，等候首長核可"))
    if reading.retention.stalled:
        late.append(Subject(label="銷毀作業", id="", why="已逾一日沒有銷毀任何到期影像"))
    if reading.cameras or late:
        yield Look(law=reading.main, of=max(1, len(late)), wrong=late)


def copies(reading: Reading) -> Iterable[Look]:
    """Holds and copies for reference that wait for somebody."""
    facts = reading.retention
    wrong = [
        Subject(label=label, id="", why=f"{count} 筆{words}")
        for count, label, words in (
            (facts.late_reviews, "保全與備查複製本", "逾複查日"),
            (facts.incomplete_holds, "保全與備查複製本", "未完成"),
        )
        if count
    ]
    if facts.open_holds or wrong:
        yield Look(law=reading.main, of=max(facts.open_holds, len(wrong)), wrong=wrong)


def replies(reading: Reading) -> Iterable[Look]:
    """Letters past the day to answer."""
    late = reading.late_requests
    wrong = [Subject(label="公文案件", id="", why=f"{late} 件逾處理期限")] if late else []
    if reading.open_requests or late:
        yield Look(law=reading.main, of=max(reading.open_requests, late), wrong=wrong)


def policies(reading: Reading) -> Iterable[Look]:
    """Measures that a meeting has to pass."""
    for site in reading.sites:
        if site.law.policy.adoption_required:
            body = site.law.policy.adoption_body or "會議"
            wrong = [] if site.passed_on else [Subject(label=site.name, id=str(site.id), why=f"尚未登記{body}通過")]
            yield Look(law=site.law, of=1, wrong=wrong)


def functions(reading: Reading) -> Iterable[Look]:
    """Functions that a camera 宜 have and lacks."""
    for site, cameras in by_site(reading):
        if site.law.equipment_functions is None:
            continue
        reviewed = [each for each in cameras if each.unmet_functions is not None]
        wrong = [
            Subject(label=each.label, id=str(each.id), why=f"{len(each.unmet_functions)} 項功能可以改善")
            for each in reviewed
            if each.unmet_functions
        ]
        yield Look(law=site.law, of=len(reviewed), wrong=wrong)
        if len(reviewed) < len(cameras):
            yield Look(law=site.law, of=len(cameras) - len(reviewed), known=Known.NEVER)
