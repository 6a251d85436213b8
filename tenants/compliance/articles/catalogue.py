"""The table of articles, and how each looks at a day. A new duty is one line here and a reading in its room.

The order is that in which a page lists them: recording and keeping before papers and people.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from tenants.compliance.articles.facts import CameraReading, Reading, SiteReading
from tenants.compliance.articles.model import Article, Force, Known, Look, Subject
from tenants.compliance.rules import DESTRUCTION_GRACE, ENOUGH_COVERAGE, Coverage
from tenants.permissions import ROLE_NAMES, Role
from tenants.profiles import Clause
from tenants.roc_dates import format_date
from tenants.upkeep.rules import CalibrationState

_HEAD, _HANDLER = ROLE_NAMES[Role.HEAD], ROLE_NAMES[Role.HANDLER]


def _by_site(reading: Reading) -> Iterator[tuple[SiteReading, list[CameraReading]]]:
    sites = {site.id: site for site in reading.sites}
    ordered = sorted(reading.cameras, key=lambda each: (str(each.site_id), each.label))
    for site_id, cameras in groupby(ordered, key=lambda each: each.site_id):
        yield sites[site_id], list(cameras)


def _continuity(reading: Reading) -> Iterable[Look]:
    for site, cameras in _by_site(reading):
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
            silent = any(each.silent and each.oldest_day is not None for each in unheard)
            yield Look(law=site.law, of=len(unheard), known=Known.SILENT if silent else Known.NEVER)


def _missing_minutes(camera: CameraReading) -> int:
    """Rounded up: a part of a minute that is missing is never none."""
    return -(-(camera.facts.due_seconds - camera.facts.recorded_seconds) // 60)


def _floor(reading: Reading) -> Iterable[Look]:
    for site, cameras in _by_site(reading):
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


def _ceiling(reading: Reading) -> Iterable[Look]:
    grace = DESTRUCTION_GRACE.days
    late = [
        Subject(label=format_date(day), id=day.isoformat(), why="屆期未完成銷毀", since=due)
        for day, due in reading.late_days
        if (reading.day - due).days >= grace
    ]
    if reading.retention.stopped_runs:
        late.append(Subject(label="銷毀作業", id="", why="作業暫停，等候首長核可"))
    if reading.retention.stalled:
        late.append(Subject(label="銷毀作業", id="", why="已逾一日沒有銷毀任何到期影像"))
    if reading.cameras or late:
        yield Look(law=reading.main, of=max(1, len(late)), wrong=late)


def _copies(reading: Reading) -> Iterable[Look]:
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


def _replies(reading: Reading) -> Iterable[Look]:
    late = reading.late_requests
    wrong = [Subject(label="公文案件", id="", why=f"{late} 件逾處理期限")] if late else []
    if reading.open_requests or late:
        yield Look(law=reading.main, of=max(reading.open_requests, late), wrong=wrong)


def _policies(reading: Reading) -> Iterable[Look]:
    for site in reading.sites:
        if site.law.policy.adoption_required:
            body = site.law.policy.adoption_body or "會議"
            wrong = [] if site.passed_on else [Subject(label=site.name, id=str(site.id), why=f"尚未登記{body}通過")]
            yield Look(law=site.law, of=1, wrong=wrong)


def _calibrations(reading: Reading) -> Iterable[Look]:
    words = {
        CalibrationState.DUE: "已逾校正日",
        CalibrationState.OVERDUE: "時間不準，應即校正",
    }
    for site, cameras in _by_site(reading):
        wrong = [
            Subject(label=each.label, id=str(each.id), why=words[each.calibration], since=each.calibration_due)
            for each in cameras
            if each.calibration in words
        ]
        yield Look(law=site.law, of=len(cameras), wrong=wrong)


def _functions(reading: Reading) -> Iterable[Look]:
    for site, cameras in _by_site(reading):
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


ARTICLES: tuple[Article, ...] = (
    Article(
        key="continuity",
        name="持續正常運作",
        clause=Clause.CONTINUITY,
        force=Force.MUST,
        definition=(
            f"當日應錄影時段（教保服務機構為開放時間，國小為全日）內，錄影時間不足 {ENOUGH_COVERAGE:.1%} 的鏡頭。"
            "遲傳的影像算有錄影；整日沒有回報的鏡頭列為未回報或無資料，不算符合。"
        ),
        unit="支鏡頭",
        owner=_HANDLER,
        looks=_continuity,
        retold=True,
    ),
    Article(
        key="retention_min",
        name="保存天數",
        clause=Clause.RETENTION_MIN,
        force=Force.MUST,
        definition="鏡頭最早可查的影像晚於應保存的日數；以及未滿保存天數即遺失、或收件後遭刪除的影像。新設鏡頭自啟用日起算。",
        unit="支鏡頭",
        owner=_HANDLER,
        looks=_floor,
    ),
    Article(
        key="retention_max",
        name="屆期銷毀",
        clause=Clause.RETENTION_MAX,
        force=Force.MUST,
        definition="影像屆期後逾一日仍未完成銷毀與查核的日份，以及停住的銷毀作業。依法保全的影像不計。",
        unit="日份",
        owner=_HEAD,
        looks=_ceiling,
    ),
    Article(
        key="agency_reply",
        name="公文依限函復",
        clause=Clause.AGENCY_REPLY,
        force=Force.MUST,
        definition="處理期限已過，尚未決定或尚未函復的公文調閱案件。期限依速別以工作日計。",
        unit="件案件",
        owner=_HEAD,
        looks=_replies,
    ),
    Article(
        key="retained_copy",
        name="保全與備查複製本",
        clause=Clause.RETAINED_COPY,
        force=Force.MUST,
        definition="逾複查日仍未複查，或未完成的保全與備查複製本。",
        unit="筆",
        owner=_HEAD,
        looks=_copies,
    ),
    Article(
        key="local_policy",
        name="訂定管理規定",
        clause=Clause.LOCAL_POLICY,
        force=Force.MUST,
        definition="規定要求經會議通過，而當日沒有已生效的登記。規定未要求者不列入。",
        unit="個場所",
        owner=_HEAD,
        looks=_policies,
        retold=True,
    ),
    Article(
        key="calibration",
        name="定期校正",
        clause=Clause.CALIBRATION,
        force=Force.MUST,
        definition="已逾下次校正日（未曾校正者自啟用日起算六個月），或時間不準而尚未校正的鏡頭。規定未提及者僅列為建議。",
        unit="支鏡頭",
        owner=_HANDLER,
        looks=_calibrations,
    ),
    Article(
        key="equipment",
        name="設備功能",
        clause=Clause.EQUIPMENT,
        force=Force.SHOULD,
        definition="評估後有功能未符合的鏡頭。規定用「宜」，只列建議，不算未符合（四項功能：彩色清晰、角度全面、時間準點、收音）。",
        unit="支鏡頭",
        owner=_HANDLER,
        looks=_functions,
    ),
)
BY_KEY: Mapping[str, Article] = {article.key: article for article in ARTICLES}
